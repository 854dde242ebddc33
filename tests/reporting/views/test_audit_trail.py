"""The audit trail: what the desk reads of it, and what stays unseen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from reporting.audit_trail import entries_of, words_of
from rocket.accounts.roles import Role
from rocket.accounts.services import grant_role

pytestmark = pytest.mark.django_db


def trail(cast: Any, who: str = "manager", **query: str) -> str:
    answer = cast.client(who).get(reverse("audit_trail", args=[cast.builder.programme.code]), query)
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode()


def test_it_tells_who_did_what(cast: Any) -> None:
    proposal = cast.submitted()
    page = trail(cast)
    assert proposal.number in page
    assert "Formal check due" in page
    assert "Call published" in page
    assert str(cast.people["lead"]) in page


def test_drafts_and_what_was_written_before_submission_stay_unseen(cast: Any) -> None:
    draft, submitted = cast.draft("SecretDraft"), cast.submitted()
    entries = list(entries_of(cast.builder.programme))
    about = {e.subject_id for e in entries if e.subject_type == "feasibility.proposal"}
    assert about == {str(submitted.pk)}
    assert not [e for e in entries if e.verb.startswith(("saved", "advi", "started"))]
    assert draft.number not in trail(cast)


def test_figures_of_an_organisation_are_not_shown(cast: Any) -> None:
    cast.submitted()
    assert "SME declaration made" in trail(cast, subject_type="consortia.organisation")
    assert "3600000" not in trail(cast, subject_type="consortia.organisation")


def test_roles_of_this_programme_alone(cast: Any) -> None:
    for code in (cast.builder.programme.code, "another"):
        grant_role(
            user=cast.people["outsider"],
            role=Role.AUDITOR,
            programme_code=code,
            by=cast.people["manager"],
            now=cast.now,
        )
    granted = [e for e in entries_of(cast.builder.programme) if e.verb == "role_granted"]
    assert {e.after["programme"] for e in granted} == {cast.builder.programme.code}


def test_it_is_narrowed_by_person_kind_and_day(cast: Any) -> None:
    cast.submitted()
    lead = cast.people["lead"]
    page = trail(cast, by=str(lead.pk))
    assert "Call published" not in page
    assert "Formal check due" in page
    tomorrow = (cast.now + timedelta(days=1)).date().isoformat()
    assert "No entry fits this choice" in trail(cast, since=tomorrow)


def test_the_file_gives_what_is_shown(cast: Any) -> None:
    proposal = cast.submitted()
    lines = trail(cast, subject_type="feasibility.proposal", format="csv").splitlines()
    assert proposal.number in lines[1]
    assert not [line for line in lines if "Call published" in line]


def test_every_event_has_words(cast: Any) -> None:
    cast.builder.decide(cast.submitted())
    for entry in entries_of(cast.builder.programme):
        assert words_of(entry) != entry.verb, entry.verb


def test_an_auditor_reads_it_an_applicant_does_not(cast: Any) -> None:
    assert "Call published" in trail(cast, "auditor")
    url = reverse("audit_trail", args=[cast.builder.programme.code])
    assert cast.client("lead").get(url).status_code == 404
