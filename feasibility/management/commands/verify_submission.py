"""Whether a submission still is what its receipt says, and its files what its content says."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feasibility.models import Submission
from feasibility.selectors import submitted_annexes
from rocket.core.audit import sha256_of
from rocket.core.models import Document


class Command(BaseCommand):
    help = (
        "Computes the SHA-256 of a submission and of its files again. Ends with 1 where one differs or lacks."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("receipt", help="number of the receipt, such as R-2026-0001")

    def handle(self, *args: Any, receipt: str, **options: Any) -> None:
        submission = Submission.objects.filter(receipt_number=receipt).first()
        if submission is None:
            raise CommandError(f"There is no receipt {receipt}.")
        wrong = 0
        if sha256_of(submission.content) == submission.sha256:
            self.stdout.write(f"{receipt}: content agrees with SHA-256 {submission.sha256}")
        else:
            wrong += 1
            self.stdout.write(
                f"{receipt}: CHANGED. The receipt says {submission.sha256}, "
                f"the content gives {sha256_of(submission.content)}"
            )
        documents = {annex.document.sha256: annex.document for annex in submitted_annexes(submission)}
        for annex in json.loads(submission.content)["annexes"]:
            state = _state(documents.get(annex["sha256"]), annex["sha256"])
            wrong += state != "agrees"
            self.stdout.write(f"{annex['code']} {annex['name']}: {state}")
        if wrong:
            raise CommandError(
                f"{receipt}: {wrong} of {1 + len(json.loads(submission.content)['annexes'])} differ."
            )


def _state(document: Document | None, sha256: str) -> str:
    if document is None:
        return "LACKS in the archive"
    digest = hashlib.sha256()
    try:
        with document.file.open("rb") as file:
            for chunk in file.chunks():
                digest.update(chunk)
    except OSError:
        return "CAN'T BE READ"
    return "agrees" if digest.hexdigest() == sha256 else "CHANGED"
