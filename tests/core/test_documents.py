"""Files are checked by content, kept under names of our own and only ever downloaded."""

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rocket.core.documents import DocumentRefused, download, store_document
from rocket.core.models import Document
from tests.factories.consortia import PersonFactory

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\n" + b"x" * 991
pytestmark = pytest.mark.django_db


def store(name="plan.pdf", content=PDF, by=None):
    return store_document(file=SimpleUploadedFile(name, content), by=by, now=NOW)


def named(name):
    """An upload whose name nobody has cleaned: browsers send what they like."""
    file = SimpleUploadedFile("x.pdf", PDF)
    file._name = name
    return file


def refusal(name, content):
    with pytest.raises(DocumentRefused) as refused:
        store(name, content)
    assert Document.objects.count() == 0
    return refused.value.code, str(refused.value)


def test_a_file_is_kept_whole_with_its_facts(settings):
    mia = PersonFactory()
    document = store("Plan für Münster.pdf", by=mia)
    document.refresh_from_db()
    assert (document.name, document.content_type, document.size) == (
        "Plan für Münster.pdf",
        "application/pdf",
        1000,
    )
    assert document.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (document.stored_by, document.stored_at) == (mia, NOW)
    path = Path(document.file.path)
    assert path.read_bytes() == PDF
    assert path.is_relative_to(settings.DOCUMENTS_DIR)


def test_the_name_on_the_disk_is_ours_alone():
    assert re.fullmatch(r"[0-9a-f]{32}\.pdf", Path(store("../../etc/secret name.pdf").file.path).name)


def test_the_same_file_twice_is_two_documents_with_files_of_their_own():
    first, second = store(), store()
    assert first.file.path != second.file.path
    assert Path(first.file.path).read_bytes() == Path(second.file.path).read_bytes() == PDF


def test_no_document_lies_where_the_web_server_looks(settings):
    path = Path(store().file.path)
    served = [settings.STATIC_ROOT, *(f[1] if isinstance(f, tuple) else f for f in settings.STATICFILES_DIRS)]
    assert [folder for folder in served if path.is_relative_to(folder)] == []
    with pytest.raises(ValueError, match="not accessible via a URL"):
        _ = store().file.url


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/plan.pdf", "plan.pdf"),
        ("C:\\Users\\Mia\\plan.pdf", "plan.pdf"),
        ("a/b\\c/plan.PDF", "plan.PDF"),
        ("my\x00\r\nplan.pdf", "my plan.pdf"),
        ("pl\ud800an.pdf", "plan.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        (" plan.pdf ", "plan.pdf"),
    ],
)
def test_of_a_name_with_a_path_or_controls_the_plain_end_is_kept(given, kept):
    document = store_document(file=named(given), by=None, now=NOW)
    document.refresh_from_db()
    assert document.name == kept


def test_an_empty_file_is_refused():
    assert refusal("plan.pdf", b"") == ("empty", "The file is empty. Choose another one.")


@pytest.mark.parametrize(("size", "is_kept"), [(999, False), (1000, True), (1001, True)])
def test_a_file_larger_than_the_limit_is_refused(settings, size, is_kept):
    settings.DOCUMENT_MAX_BYTES = size
    if is_kept:
        assert store().size == 1000
    else:
        assert refusal("plan.pdf", PDF) == (
            "too_large",
            "The file is larger than 999\u00a0bytes. Make it smaller.",
        )


@pytest.mark.parametrize("name", ["plan.exe", "plan.pdf.exe", "plan", "plan.svg", "plan.html", "plan.pdf."])
def test_another_kind_of_file_is_refused_by_its_name(name):
    assert refusal(name, PDF) == ("kind", "Only PDF files are taken here. Save the file as PDF.")


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00" * 9,
        b"PK\x03\x04" * 9,
        b"<svg onload=alert(1)>",
        b"<html>%PDF-1.7",
        b"\n%PDF-1.7",
        b"%PD",
    ],
)
def test_another_kind_of_file_is_refused_by_its_content(content):
    assert refusal("plan.pdf", content) == (
        "content",
        "“plan.pdf” is not a PDF file, though its name says so.",
    )


def test_a_document_leaves_as_a_download_that_runs_nothing():
    response = download(store("Plan für Münster; 1.pdf"))
    assert b"".join(response.streaming_content) == PDF
    assert {
        name: response[name] for name in ("Content-Type", "Content-Length", "X-Content-Type-Options")
    } == {
        "Content-Type": "application/pdf",
        "Content-Length": "1000",
        "X-Content-Type-Options": "nosniff",
    }
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Plan_f%C3%BCr_M%C3%BCnster_1.pdf"
