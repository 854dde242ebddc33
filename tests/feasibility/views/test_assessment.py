"""The assessor's list and page: what passed the formal check and waits for a decision."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from consortia.models import Membership
from feasibility import services
from feasibility.models import Proposal
from rocket.core.permissions import may

pytestmark = pytest.mark.django_db


@pytest.fixture
def checked(cast: Any) -> Any:
    proposal = cast.submitted("BarnSense")
    services.move(proposal=proposal, verb="confirm_eligible", by=cast.people["manager"], now=cast.now)
    return proposal


def _list(cast: Any, who: str = "assessor") -> str:
    return cast.client(who).get(reverse("assessment", args=[cast.builder.programme.code])).content.decode()


def test_a_proposal_stands_there_from_the_formal_check_to_its_decision(cast: Any) -> None:
    proposal = cast.submitted("BarnSense")
    manager, now = cast.people["manager"], cast.now
    seen = [proposal.number in _list(cast)]
    for verb in ("confirm_eligible", "assess", "await_decision"):
        services.move(proposal=proposal, verb=verb, by=manager, now=now)
        seen.append(proposal.number in _list(cast))
    services.decide(proposal=proposal, outcome="rejected", reason="Too early.", by=manager, now=now)
    seen.append(proposal.number in _list(cast))
    assert seen == [False, True, True, True, False]


def test_the_page_shows_what_was_submitted_and_nothing_of_who_said_what(cast: Any, checked: Any) -> None:
    page = cast.client("assessor").get(
        reverse("assessed_proposal", args=[cast.builder.programme.code, checked.number])
    )
    text = page.content.decode()
    assert checked.submissions.get().receipt_number in text
    assert "Conflict of interest" in text
    assert "Hanna Brouwer" not in text
    assert reverse("desk_step", args=[cast.builder.programme.code, checked.number, "assess"]) not in text


def test_one_of_the_own_organisation_is_left_out_and_hidden(cast: Any, checked: Any) -> None:
    assessor = cast.people["assessor"]
    Membership.objects.create(user=assessor, organisation=cast.builder.firms["research"], joined_at=cast.now)
    page = _list(cast)
    assert checked.number not in page
    assert "Proposals in which your own organisation takes part are not on this list." in page
    address = reverse("assessed_proposal", args=[cast.builder.programme.code, checked.number])
    assert cast.client("assessor").get(address).status_code == 404
    assert not may(assessor, "view_for_assessment", checked)


@pytest.mark.parametrize("who", ["assessor", "controller", "auditor", "manager", "outsider"])
def test_the_rows_that_a_person_sees_are_those_that_the_table_allows(
    cast: Any, checked: Any, who: str
) -> None:
    funded = cast.submitted("LumiGrid")
    cast.builder.decide(funded)
    cast.submitted("GridSkin")
    cast.draft("PulsePatch")
    given_up = cast.submitted("OldSkin")
    services.withdraw(proposal=given_up, reason="No.", by=cast.people["lead"], now=cast.now)
    user = cast.people[who]
    seen = set(Proposal.objects.visible_to(user))
    assert seen == {one for one in Proposal.objects.all() if may(user, "view", one)}
    assert len(seen) == {"assessor": 1, "controller": 1, "auditor": 4, "manager": 4, "outsider": 0}[who]


def test_the_file_has_the_rows_of_the_list(cast: Any, checked: Any) -> None:
    cast.submitted("GridSkin")
    address = reverse("assessment", args=[cast.builder.programme.code])
    answer = cast.client("assessor").get(address, {"format": "csv"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert checked.number in lines[1]


def test_what_waits_is_named_on_the_first_page(cast: Any, checked: Any) -> None:
    page = cast.client("assessor").get(reverse("my_work")).content.decode()
    assert "Read 1 proposal that waits for its decision" in page
    assert reverse("assessment", args=[cast.builder.programme.code]) in page
