"""What came of calls, told to the pages of calls."""

import pytest

from calls.outcome import Funded
from feasibility.enums import ProposalState
from reporting.selectors import funded_by_call
from tests.factories import reporting as make

pytestmark = pytest.mark.django_db


def test_a_call_has_the_projects_that_are_funded_and_not_given_back(django_assert_num_queries):
    programme = make.programme()
    first, second, third = (make.call(programme, f"call-{place}") for place in (1, 2, 3))
    make.project(first)
    make.project(first)
    back = make.project(second)
    back.proposal.state = ProposalState.WITHDRAWN
    back.proposal.save()
    with django_assert_num_queries(1):
        found = funded_by_call([first, second, third])
    assert found == {first.pk: Funded(2, f"/projects/?call={first.slug}")}


def test_the_page_of_a_call_leads_to_its_projects(client):
    call = make.call(make.programme())
    make.project(call, "SuperSurf")
    assert f'href="/projects/?call={call.slug}"' in client.get(call.get_absolute_url()).content.decode()
    listed = client.get(f"/projects/?call={call.slug}").context["page_obj"]
    assert [project.title for project in listed] == ["SuperSurf"]
