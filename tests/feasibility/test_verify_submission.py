"""A receipt can be checked: by whoever holds the JSON file, and by the portal over its archive."""

import hashlib
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from feasibility.models import Submission

pytestmark = pytest.mark.django_db


def verify(receipt: str) -> tuple[bool, str]:
    """Whether the command ended well, and what it printed."""
    out = StringIO()
    try:
        call_command("verify_submission", receipt, stdout=out)
    except CommandError as error:
        return False, f"{out.getvalue()}{error}"
    return True, out.getvalue()


@pytest.fixture
def submission(cast: Any) -> Submission:
    return cast.submitted().submissions.get()  # type: ignore[no-any-return]


def test_the_json_file_gives_the_fingerprint_of_the_receipt(cast: Any, submission: Submission) -> None:
    Submission.objects.update(content=submission.content.replace("Münster", "Münster 🚀"))
    changed = Submission.objects.get()
    Submission.objects.update(sha256=hashlib.sha256(changed.content.encode()).hexdigest())
    answer = cast.client("partner").get(
        reverse("receipt_json", args=[submission.proposal.number, submission.receipt_number])
    )
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == (
        f'attachment; filename="{submission.proposal.number}-{submission.receipt_number}.json"'
    )
    assert hashlib.sha256(answer.content).hexdigest() == Submission.objects.get().sha256
    assert json.loads(answer.content)["proposal"] == submission.proposal.number


def test_a_submission_that_nobody_touched_agrees(submission: Submission) -> None:
    is_well, said = verify(submission.receipt_number)
    assert is_well
    assert said.splitlines() == [
        f"{submission.receipt_number}: content agrees with SHA-256 {submission.sha256}",
        *(f"{a['code']} {a['name']}: agrees" for a in json.loads(submission.content)["annexes"]),
    ]


def test_a_changed_content_is_found(submission: Submission) -> None:
    Submission.objects.update(content=submission.content.replace("GridSkin", "GridSkim"))
    is_well, said = verify(submission.receipt_number)
    assert not is_well
    assert f"{submission.receipt_number}: CHANGED. The receipt says {submission.sha256}" in said


def test_a_changed_and_a_missing_file_are_found(submission: Submission) -> None:
    first, second, _third = [
        annex.document for annex in submission.proposal.annexes.order_by("pk").select_related("document")
    ]
    Path(first.file.path).write_bytes(b"%PDF-1.4 other")
    Path(second.file.path).unlink()
    is_well, said = verify(submission.receipt_number)
    assert not is_well
    assert f"{first.name}: CHANGED" in said
    assert f"{second.name}: CAN'T BE READ" in said
    assert said.endswith("2 of 4 differ.")


def test_a_receipt_that_does_not_exist(db: None) -> None:
    assert verify("R-2026-9999") == (False, "There is no receipt R-2026-9999.")


def test_pages_lead_to_the_files(cast: Any, submission: Submission) -> None:
    number, receipt = submission.proposal.number, submission.receipt_number
    desk = reverse("desk_proposal", args=[cast.builder.programme.code, number])
    for who, page in (("lead", submission.get_absolute_url()), ("manager", desk)):
        shown = cast.client(who).get(page).content.decode()
        for name in ("receipt_pdf", "receipt_json"):
            assert f'href="{reverse(name, args=[number, receipt])}"' in shown
    draft = cast.draft()
    assert (
        reverse("draft_pdf", args=[draft.number])
        in cast.client("lead").get(draft.get_absolute_url()).content.decode()
    )


def test_a_receipt_belongs_to_its_own_proposal(cast: Any, submission: Submission) -> None:
    other = cast.draft()
    for name in ("receipt_pdf", "receipt_json"):
        assert (
            cast.client("lead").get(reverse(name, args=[other.number, submission.receipt_number])).status_code
            == 404
        )


def test_a_machine_without_pdf_libraries_says_so(cast: Any, submission: Submission, monkeypatch: Any) -> None:
    monkeypatch.setattr("rocket.core.pdf.missing_pdf_libraries", lambda: "libpango lacks.")
    draft = cast.draft()
    for address in (
        reverse("receipt_pdf", args=[submission.proposal.number, submission.receipt_number]),
        reverse("draft_pdf", args=[draft.number]),
    ):
        page = cast.client("lead").get(address)
        assert page.status_code == 503
        assert "libpango lacks." in page.content.decode()
