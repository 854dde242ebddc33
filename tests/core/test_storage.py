"""A disk that fails, at each point at which it can: a file is stored whole or not at all, and somebody is told."""

from __future__ import annotations

import errno
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.urls import reverse

from feasibility.enums import SectionName
from feasibility.services.sections import section_of
from rocket.core import storage
from rocket.core.documents import DocumentRefused, store_document
from rocket.core.models import Document
from rocket.demo.documents import small_pdf

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def full(*args: Any, **kwargs: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


class _FullFile:
    """An open file whose disk fills up after the first block."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __enter__(self) -> _FullFile:
        return self

    def __exit__(self, *args: Any) -> None:
        self._file.close()

    def write(self, block: bytes) -> None:
        self._file.write(block[:100])
        self._file.flush()
        full()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _files(settings: Any) -> list[Path]:
    folder = Path(settings.DOCUMENTS_DIR)
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


@pytest.mark.parametrize("step", ["mkdir", "open", "write", "fsync", "rename"])
def test_a_full_disk_is_told_and_leaves_nothing_behind(settings: Any, monkeypatch: Any, step: str) -> None:
    really_open = Path.open
    if step == "write":
        monkeypatch.setattr(
            Path,
            "open",
            lambda self, mode="r", *a, **k: (
                _FullFile(really_open(self, mode, *a, **k))
                if mode == "xb"
                else really_open(self, mode, *a, **k)
            ),
        )
    elif step == "fsync":
        monkeypatch.setattr(storage.os, "fsync", full)
    else:
        monkeypatch.setattr(Path, step, full)
    with pytest.raises(DocumentRefused) as refused:
        store_document(file=SimpleUploadedFile("plan.pdf", small_pdf("x") * 20), by=None, now=NOW)
    monkeypatch.undo()
    assert (refused.value.code, str(refused.value)) == (
        "storage",
        "The portal could not store the file, and nothing has changed. Try again in some minutes.",
    )
    assert (_files(settings), Document.objects.count()) == ([], 0)


@pytest.mark.parametrize("step", ["new_file", "receive_data_chunk"])
def test_a_disk_that_is_full_while_a_large_file_comes_in_ends_in_the_same_page(
    cast: Any, settings: Any, monkeypatch: Any, step: str
) -> None:
    """Files above a megabyte are kept on the disk of the server before any view sees them."""
    proposal, client = cast.draft(), cast.client("lead")
    monkeypatch.setattr(TemporaryFileUploadHandler, step, full)
    page = client.post(
        reverse("upload_annex", args=[proposal.number, "accounts"]),
        {
            "accounts-seen_version": section_of(proposal, SectionName.ANNEXES).version,
            "accounts-file": SimpleUploadedFile("plan.pdf", small_pdf("x") + b" " * 2_000_000),
        },
    )
    assert page.status_code == 422
    assert "The portal could not store the file, and nothing has changed." in page.content.decode()


def test_a_file_that_can_not_be_removed_hides_no_other_fault(monkeypatch: Any, settings: Any) -> None:
    from rocket.core.documents import check_file, stored

    checked = check_file(SimpleUploadedFile("plan.pdf", small_pdf("x")))
    monkeypatch.setattr(storage.DocumentStorage, "delete", full)
    with pytest.raises(ZeroDivisionError), stored(checked, by=None, now=NOW):
        _ = 1 / 0


def test_the_folder_is_tried_by_writing(settings: Any, tmp_path: Path, monkeypatch: Any) -> None:
    storage.documents().probe()
    assert _files(settings) == []
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        storage.documents().probe()


def test_a_folder_without_room_for_a_few_files_counts_as_full(settings: Any, monkeypatch: Any) -> None:
    class Usage:
        free = 3 * settings.DOCUMENT_MAX_BYTES - 1

    monkeypatch.setattr(storage.shutil, "disk_usage", lambda folder: Usage)
    with pytest.raises(OSError, match="nearly full"):
        storage.documents().probe()
    Usage.free += 1
    storage.documents().probe()
