"""The page of declarations: everybody ticks for the own organisation, and sees where the others stand."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feasibility.enums import SectionName
from feasibility.models import PartnerDeclaration, Proposal
from feasibility.services.sections import section_of
from tests.feasibility.pages import text_of

pytestmark = pytest.mark.django_db
FROM_HERE = {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "same-origin"}


def address(proposal: Proposal) -> str:
    return reverse("section_declarations", args=[proposal.number])


def part_of(proposal: Proposal, cast: Any, who: str) -> Any:
    return proposal.consortium.partners.get(organisation=cast.builder.firms[who])


def ticks(proposal: Proposal, part: Any, *codes: str, **over: Any) -> dict[str, Any]:
    prefix = f"partner-{part.pk}"
    seen = section_of(proposal, SectionName.DECLARATIONS, part).version
    return {
        "partner": part.pk,
        f"{prefix}-seen_version": seen,
        **{f"{prefix}-declare_{code}": "on" for code in codes},
        **over,
    }


def in_force(part: Any) -> set[str]:
    return set(
        PartnerDeclaration.objects.filter(partner=part, withdrawn_at=None).values_list("code", flat=True)
    )


def test_own_ticks_are_saved_and_those_of_others_stay(cast: Any) -> None:
    proposal = cast.draft()
    own, other = part_of(proposal, cast, "partner"), part_of(proposal, cast, "lead")
    before = in_force(other)
    answer = cast.client("partner").post(address(proposal), ticks(proposal, own, "may_sign", "publication"))
    assert (answer.status_code, answer["Location"]) == (302, address(proposal))
    assert in_force(own) == {"may_sign", "publication"}
    assert in_force(other) == before
    page = text_of(cast.client("lead").get(address(proposal)))
    assert "Weefwerk Twente B.V. · 2 of 6 declared" in page
    assert "Still open: Not in difficulty, No recovery order, Work has not begun, No double funding" in page
    assert "Lichtmess Optik GmbH · 7 of 7 declared" in page


def test_whoever_has_declared_all_is_back_at_the_list(cast: Any) -> None:
    proposal = cast.draft()
    own = part_of(proposal, cast, "partner")
    codes = in_force(own)
    answer = cast.client("partner").post(address(proposal), ticks(proposal, own, *codes))
    assert answer["Location"] == proposal.get_absolute_url()
    answer = cast.client("partner").post(address(proposal), ticks(proposal, own, "may_sign"), follow=True)
    assert "Weefwerk Twente B.V.: 1 of 6 declarations made." in text_of(answer)


@pytest.mark.parametrize("who", ["lead", "research", "consultant"])
def test_nobody_posts_for_another_organisation(cast: Any, who: str) -> None:
    proposal = cast.draft()
    part = part_of(proposal, cast, "partner")
    before = in_force(part)
    answer = cast.client(who).post(address(proposal), ticks(proposal, part))
    assert answer.status_code == 403
    assert in_force(part) == before


def test_an_outsider_does_not_find_the_page(cast: Any) -> None:
    proposal = cast.draft()
    part = part_of(proposal, cast, "partner")
    client = cast.client("outsider")
    assert client.get(address(proposal)).status_code == 404
    assert client.post(address(proposal), ticks(proposal, part)).status_code == 404


def test_the_page_never_saves_itself(cast: Any) -> None:
    """A declaration is made by pressing a button, not by a script that saves a tick."""
    html = cast.client("lead").get(address(cast.draft())).content.decode()
    assert "autosave.js" not in html
    assert "data-autosave>" not in html
    assert "data-autosave " not in html


def test_whoever_declares_nothing_reads_the_words(cast: Any) -> None:
    page = cast.client("consultant").get(address(cast.draft()))
    assert "entitled to act for it" in text_of(page)
    assert "<form method" not in page.content.decode().split("<main")[1].split("</main>")[0]


def test_two_people_of_one_organisation(cast: Any) -> None:
    proposal = cast.draft()
    part = part_of(proposal, cast, "partner")
    mine = ticks(proposal, part)
    cast.client("partner").post(address(proposal), ticks(proposal, part, "may_sign"))
    page = cast.client("partner").post(address(proposal), mine)
    assert page.status_code == 409
    assert "Joris Veldhuis has declared in the meantime" in text_of(page)
    assert in_force(part) == {"may_sign"}
    form = page.context["forms"][0]
    again = {**mine, f"{form.prefix}-seen_version": form["seen_version"].value()}
    assert cast.client("partner").post(address(proposal), again).status_code == 302
    assert in_force(part) == set()


def test_after_the_submission_they_are_read_only(cast: Any) -> None:
    proposal = cast.submitted()
    part = part_of(proposal, cast, "partner")
    client = cast.client("partner")
    page = client.get(address(proposal))
    assert 'type="checkbox"' not in page.content.decode()
    assert "6 of 6 declared" in text_of(page)
    assert client.post(address(proposal), ticks(proposal, part)).status_code == 403
    assert len(in_force(part)) == 6


def test_ticks_after_the_session_ended_are_offered_again(cast: Any) -> None:
    proposal = cast.draft()
    part = part_of(proposal, cast, "partner")
    cast.client("partner")  # reads English from here on
    gone = Client()
    gone.post(address(proposal), ticks(proposal, part, "may_sign"), **FROM_HERE)
    gone.force_login(cast.people["partner"], backend="django.contrib.auth.backends.ModelBackend")
    page = gone.get(address(proposal))
    assert "is not saved yet" in text_of(page)
    form = page.context["forms"][0]
    assert [one.code for one, tick in form.rows() if tick.value()] == ["may_sign"]
    assert len(in_force(part)) == 6
    assert gone.get(address(proposal) + "?discard=1").status_code == 302
    assert "is not saved yet" not in text_of(gone.get(address(proposal)))


def test_a_call_without_declarations_has_no_such_task(cast: Any) -> None:
    proposal = cast.draft()
    lead = cast.client("lead")
    assert "3 of 3 partners have declared" in text_of(lead.get(proposal.get_absolute_url()))
    proposal.kind.declarations = []
    proposal.kind.save()
    assert "have declared" not in text_of(lead.get(proposal.get_absolute_url()))
    assert "This call asks for no declarations." in text_of(lead.get(address(proposal)))


def test_the_task_says_whether_the_readers_own_is_open(cast: Any) -> None:
    proposal = cast.draft()
    part = part_of(proposal, cast, "partner")
    cast.client("partner").post(address(proposal), ticks(proposal, part))
    assert "2 of 3 partners have declared; yours has not yet" in text_of(
        cast.client("partner").get(proposal.get_absolute_url())
    )
    assert "yours has not yet" not in text_of(cast.client("lead").get(proposal.get_absolute_url()))


def test_check_page_and_desk_show_words_moment_and_person(cast: Any) -> None:
    proposal = cast.submitted()
    for page in (
        cast.client("lead").get(reverse("check_answers", args=[proposal.number])),
        cast.client("manager").get(
            reverse("desk_proposal", args=[proposal.call.programme.code, proposal.number])
        ),
    ):
        words = text_of(page)
        assert "entitled to act for it" in words
        assert "Weefwerk Twente B.V. 20 November 2026" in words
        assert str(cast.people["partner"]) in words
