"""A file is what its bytes are: wrong content, passwords, bombs, macros."""

import io
import struct
import zipfile

import pikepdf
import pytest
from openpyxl import Workbook

from rocket.core import file_kinds
from rocket.core.file_kinds import KINDS, MEGABYTE, WrongContent


def pdf(**saving):
    file = io.BytesIO()
    made = pikepdf.new()
    made.add_blank_page()
    made.save(file, **saving)
    return file.getvalue()


def xlsx():
    file = io.BytesIO()
    Workbook().save(file)
    return file.getvalue()


def office(part="word/document.xml", compression=zipfile.ZIP_DEFLATED, **parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as package:
        for name, content in {"[Content_Types].xml": b"<Types/>", part: b"<document/>", **parts}.items():
            package.writestr(name, content)
    return file.getvalue()


PASSWORD = pikepdf.Encryption(owner="a", user="b")
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 30
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 30
GOOD = {"pdf": pdf(), "xlsx": xlsx(), "docx": office(), "jpg": JPEG, "png": PNG}


def verdict(kind, content):
    try:
        KINDS[kind].check(io.BytesIO(content))
    except WrongContent as wrong:
        return wrong.code
    return "taken"


@pytest.mark.parametrize("content", GOOD)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_takes_its_own_files_alone(kind, content):
    assert verdict(kind, GOOD[content]) == ("taken" if kind == content else "content")


@pytest.mark.parametrize("streams", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
def test_a_pdf_behind_a_password_is_refused(streams):
    assert verdict("pdf", pdf(encryption=PASSWORD, object_stream_mode=streams)) == "encrypted"
    assert verdict("pdf", pdf(object_stream_mode=streams)) == "taken"


def test_a_password_is_seen_wherever_the_blocks_meet(monkeypatch):
    locked = pdf(encryption=PASSWORD)
    for block in (64, 97, 200, 1000):
        monkeypatch.setattr(file_kinds, "BLOCK", block)
        assert verdict("pdf", locked) == "encrypted"


def test_a_pdf_that_only_speaks_of_passwords_is_taken():
    page = b"%PDF-1.4\n4 0 obj\n<</Length 30>>\nstream\n(/Encrypt 5 0 R) Tj\nendstream\nendobj\n"
    assert verdict("pdf", page + b"trailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n") == "taken"


def test_an_office_file_behind_a_password_is_refused():
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    locked = start + b"\0" * 900 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 900
    assert (verdict("docx", locked), verdict("xlsx", start + b"\0" * 900)) == ("encrypted", "content")


def test_a_package_with_a_locked_entry_is_refused():
    locked = bytearray(office())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.find(signature) + place] |= 1
    assert verdict("docx", bytes(locked)) == "encrypted"


def test_macros_are_refused():
    assert verdict("docx", office(**{"word/vbaProject.bin": b"x"})) == "macros"


def test_a_plain_zip_is_no_office_file():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("readme.txt", b"x")
    assert (verdict("docx", file.getvalue()), verdict("xlsx", GOOD["docx"])) == ("content", "content")


def test_a_bomb_by_its_ratio_is_refused():
    assert verdict("docx", office(**{"word/media/a.bin": b"\0" * (11 * MEGABYTE)})) == "bomb"
    assert verdict("docx", office(**{"word/media/a.bin": b"\0" * (9 * MEGABYTE)})) == "taken"


def test_a_bomb_by_its_size_is_refused(monkeypatch):
    monkeypatch.setattr(file_kinds, "MOST_UNPACKED", 1000)
    assert verdict("docx", office(a=b"x" * 1000)) == "bomb"
    assert verdict("docx", office(a=b"x" * 900)) == "taken"


def test_a_bomb_by_the_number_of_its_entries_is_refused(monkeypatch):
    monkeypatch.setattr(file_kinds, "MOST_ENTRIES", 2)
    assert verdict("docx", office(a=b"x")) == "bomb"


def test_a_bomb_that_lies_about_its_size_is_refused():
    """Both headers say one byte: what is unpacked counts, and no more than one block of it is ever held."""
    bomb = bytearray(office(big=b"\0" * (11 * MEGABYTE)))
    true = struct.pack("<I", 11 * MEGABYTE)
    while (at := bomb.find(true)) >= 0:
        bomb[at : at + 4] = struct.pack("<I", 1)
    assert verdict("docx", bytes(bomb)) in ("bomb", "content")


@pytest.mark.parametrize("cut", [10, 60, -30, -5])
def test_a_broken_package_is_refused(cut):
    assert verdict("docx", office()[:cut]) == "content"


def test_noise_is_refused_without_an_error():
    noise = bytes(range(256)) * 40
    assert {verdict(kind, start + noise) for kind in KINDS for start in (b"", b"PK\x03\x04")} == {"content"}
