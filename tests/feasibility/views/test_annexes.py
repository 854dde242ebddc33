"""Annexes as a person meets them: stated limits, refusals that leave nothing behind, the archive."""

from __future__ import annotations

import errno
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from feasibility.annex_limits import annex_limits
from feasibility.enums import SectionName
from feasibility.models import Annex
from feasibility.services.sections import section_of
from rocket.core.models import AuditEntry, Document
from rocket.demo.documents import small_pdf
from tests.core.test_antivirus import Clamd
from tests.core.test_file_kinds import GOOD, PASSWORD, office, pdf

pytestmark = pytest.mark.django_db


def text_of(page: Any) -> str:
    return " ".join(page.content.decode().split()).replace("\u00a0", " ").replace("&nbsp;", " ")


def limit(proposal: Any, **limits: Any) -> None:
    """Set what the annex ``accounts`` may be, as the programme's file does."""
    for annex in proposal.kind.annexes:
        if annex["code"] == "accounts":
            annex.update(limits)
    proposal.kind.save()


def upload(
    client: Client, proposal: Any, name: str, content: bytes, code: str = "accounts", **extra: Any
) -> Any:
    version = section_of(proposal, SectionName.ANNEXES).version
    file = SimpleUploadedFile(name, content)
    return client.post(
        reverse("upload_annex", args=[proposal.number, code]),
        {f"{code}-seen_version": extra.pop("version", version), f"{code}-file": file},
        **extra,
    )


def page_of(client: Client, proposal: Any) -> str:
    return text_of(client.get(reverse("section_annexes", args=[proposal.number])))


def everything(settings: Any) -> tuple[Any, ...]:
    """All that an upload could leave behind: rows, audit, files."""
    folder = Path(settings.DOCUMENTS_DIR)
    return (
        list(Annex.objects.order_by("pk").values_list("pk", "removed_at")),
        Document.objects.count(),
        AuditEntry.objects.count(),
        sorted(path for path in folder.rglob("*") if path.is_file()),
    )


class TestLimits:
    def test_kinds_and_size_stand_on_the_page_before_anything_is_chosen(self, cast: Any) -> None:
        proposal = cast.draft()
        limit(proposal, kinds=["pdf", "xlsx"], max_mb=5)
        page = page_of(cast.client("lead"), proposal)
        assert "PDF, Excel (XLSX), at most 5.0 MB" in page
        assert 'accept=".pdf,.xlsx"' in page
        assert "PDF, at most 20.0 MB" in page

    def test_an_entry_without_limits_is_pdf_of_twenty_megabytes(self) -> None:
        limits = annex_limits({"code": "x"})
        assert (limits.kinds, limits.max_bytes) == (("pdf",), 20 * 1024 * 1024)

    def test_the_portals_limit_is_never_loosened(self, settings: Any) -> None:
        settings.DOCUMENT_MAX_BYTES = 4096
        assert annex_limits({"code": "x", "max_mb": 20}).max_bytes == 4096

    @pytest.mark.parametrize("kind", GOOD)
    def test_every_kind_that_is_allowed_is_taken(self, cast: Any, kind: str) -> None:
        proposal = cast.draft()
        limit(proposal, kinds=[kind])
        assert upload(cast.client("lead"), proposal, f"plan.{kind}", GOOD[kind]).status_code == 302
        assert proposal.annexes.get(code="accounts", removed_at=None).document.name == f"plan.{kind}"

    def test_nobody_without_a_scanner_is_told_otherwise(self, cast: Any, settings: Any) -> None:
        proposal, client = cast.draft(), cast.client("lead")
        off = "Files are not scanned for viruses on this portal."
        on = "Every file is scanned for viruses before it is stored."
        settings.CLAMD_ADDRESS = ""
        page = page_of(client, proposal)
        assert (off in page, on in page) == (True, False)
        settings.CLAMD_ADDRESS = "127.0.0.1:3310"
        page = page_of(client, proposal)
        assert (off in page, on in page) == (False, True)


REFUSED = {
    "not what its name says": ("plan.docx", GOOD["pdf"], "“plan.docx” is not a file of the kind Word (DOCX)"),
    "a program named PDF": (
        "plan.pdf",
        b"MZ\x90\x00" * 9,
        "“plan.pdf” is not a PDF file, though its name says so.",
    ),
    "another kind": ("plan.png", GOOD["png"], "Taken here: PDF, Word (DOCX). Save the file as one of these."),
    "a password": ("plan.pdf", pdf(encryption=PASSWORD), "The file is protected by a password"),
    "a bomb": (
        "plan.docx",
        office(**{"word/media/a.bin": b"\0" * 11_000_000}),
        "The file unpacks to far more than an annex needs.",
    ),
    "macros": ("plan.docx", office(**{"word/vbaProject.bin": b"x"}), "The file holds macros."),
    "empty": ("plan.pdf", b"", "The file is empty."),
    "too large": (
        "plan.pdf",
        b"%PDF-" + b"x" * 1024 * 1024,
        "The file is larger than 1.0 MB. Make it smaller.",
    ),
    "larger than the portal takes": (
        "plan.pdf",
        b"%PDF-" + b"x" * 3 * 1024 * 1024,
        "The file is larger than 1.0 MB. Make it smaller.",
    ),
}


class TestRefused:
    @pytest.mark.parametrize("why", REFUSED)
    def test_a_refused_file_is_explained_and_leaves_nothing_behind(
        self, cast: Any, settings: Any, why: str
    ) -> None:
        proposal, client = cast.draft(), cast.client("lead")
        settings.DOCUMENT_MAX_BYTES = 2 * 1024 * 1024
        limit(proposal, kinds=["pdf", "docx"], max_mb=1)
        before = everything(settings)
        name, content, words = REFUSED[why]
        page = upload(client, proposal, name, content)
        assert page.status_code == 422
        assert words in text_of(page)
        assert everything(settings) == before

    def test_bytes_above_the_portals_limit_are_read_and_never_kept(
        self, cast: Any, settings: Any, monkeypatch: Any
    ) -> None:
        settings.DOCUMENT_MAX_BYTES = 100_000
        kept: list[int] = []

        class Memory(io.BytesIO):
            def write(self, data: Any) -> int:
                kept.append(len(data))
                return super().write(data)

        monkeypatch.setattr("django.core.files.uploadhandler.BytesIO", Memory)
        proposal = cast.draft()
        page = upload(cast.client("lead"), proposal, "plan.pdf", b"%PDF-" + b"x" * 900_000)
        assert page.status_code == 422
        assert sum(kept) > 0
        assert sum(kept) <= 100_000 + 1024

    def test_an_infected_file_is_refused(self, cast: Any, settings: Any) -> None:
        proposal, client = cast.draft(), cast.client("lead")
        server = Clamd(b"stream: Eicar-Test-Signature FOUND\0")
        settings.CLAMD_ADDRESS = server.address
        before = everything(settings)
        page = upload(client, proposal, "plan.pdf", small_pdf("x"))
        assert page.status_code == 422
        assert "Eicar-Test-Signature" in text_of(page)
        assert server.received == [small_pdf("x")]
        assert everything(settings) == before

    @pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EROFS])
    def test_a_disk_that_is_full_or_broken_half_way_leaves_nothing_behind(
        self, cast: Any, settings: Any, monkeypatch: Any, error: int
    ) -> None:
        proposal, client = cast.draft(), cast.client("lead")
        before = everything(settings)

        def fail(_descriptor: int) -> None:
            raise OSError(error, "no")

        monkeypatch.setattr("rocket.core.storage.os.fsync", fail)
        page = upload(client, proposal, "plan.pdf", small_pdf("x"))
        assert page.status_code == 422
        assert "The portal could not store the file, and nothing has changed." in text_of(page)
        assert everything(settings) == before

    def test_a_database_that_fails_afterwards_leaves_no_file_behind(
        self, cast: Any, settings: Any, monkeypatch: Any
    ) -> None:
        proposal, client = cast.draft(), cast.client("lead")
        client.raise_request_exception = False
        before = everything(settings)
        monkeypatch.setattr("feasibility.services.sections.annexes.record", lambda *args: 1 / 0)
        assert upload(client, proposal, "plan.pdf", small_pdf("x")).status_code == 500
        assert everything(settings) == before

    def test_somebody_was_quicker(self, cast: Any, settings: Any) -> None:
        """Nothing is stored; the page then shows the other one's file, and the next press replaces it."""
        proposal = cast.draft()
        seen = section_of(proposal, SectionName.ANNEXES).version
        assert upload(cast.client("partner"), proposal, "theirs.pdf", small_pdf("theirs")).status_code == 302
        before = everything(settings)
        page = upload(cast.client("lead"), proposal, "mine.pdf", small_pdf("mine"), version=seen)
        assert page.status_code == 409
        assert "theirs.pdf" in text_of(page)
        assert everything(settings) == before
        now = section_of(proposal, SectionName.ANNEXES).version
        assert f'name="accounts-seen_version" value="{now}"' in text_of(page)

    def test_a_text_above_the_limit_is_answered_with_a_page(self, cast: Any, settings: Any) -> None:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
        proposal = cast.draft()
        page = cast.client("lead").post(
            reverse("section_summary", args=[proposal.number]), {"summary": "x" * 5000}
        )
        assert page.status_code == 413
        assert "This is more than the portal takes at once" in text_of(page)


class TestArchive:
    def test_earlier_files_are_listed_and_can_be_had_by_the_consortium(self, cast: Any) -> None:
        proposal, client = cast.draft(), cast.client("lead")
        old = proposal.annexes.get(code="accounts")
        upload(client, proposal, "second.pdf", small_pdf("second"))
        page = page_of(cast.client("partner"), proposal)
        assert "1 earlier file<" in page
        address = reverse("annex_file", args=[proposal.number, old.pk])
        assert f'href="{address}"' in page
        answer = cast.client("partner").get(address)
        assert b"".join(answer.streaming_content) == small_pdf("accounts")
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert cast.client("outsider").get(address).status_code == 404

    def test_a_removed_file_stays_among_the_earlier_ones(self, cast: Any) -> None:
        proposal, client = cast.draft(), cast.client("lead")
        annex = proposal.annexes.get(code="accounts")
        answer = client.post(reverse("remove_annex", args=[proposal.number, annex.pk]), follow=True)
        assert "The file is removed. It stays among the earlier files." in text_of(answer)
        assert "1 earlier file<" in text_of(answer)

    def test_a_script_that_shows_progress_is_told_without_a_page(self, cast: Any) -> None:
        proposal, client = cast.draft(), cast.client("lead")
        answer = upload(
            client, proposal, "a.pdf", small_pdf("a"), headers={"X-Requested-With": "XMLHttpRequest"}
        )
        assert (answer.status_code, answer.content) == (204, b"")
        assert "The file is stored." in page_of(client, proposal)

    def test_the_page_asks_no_more_for_many_earlier_files(self, cast: Any) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        proposal, client = cast.draft(), cast.client("lead")
        page_of(client, proposal)
        counts = []
        for _more in range(2):
            with CaptureQueriesContext(connection) as captured:
                page_of(client, proposal)
            counts.append(len(captured))
            for number in range(5):
                upload(client, proposal, f"{number}.pdf", small_pdf(str(number)))
            page_of(client, proposal)  # shows the messages
        assert counts[0] == counts[1]
