"""The report as a file: what a screen reader, a printer and a firewall find in it."""

import io
import re
import socket
import subprocess

import pikepdf
import pytest
from django.utils import translation

from calls.models import Programme
from reporting.exporters.json import fingerprint
from reporting.exporters.pdf import report_html, report_pdf
from reporting.selectors import programme_figures
from rocket.core.pdf import html_to_pdf
from tests.factories import reporting as make

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "de", "nl")


_made: dict[str, bytes] = {}


def text_of(content: bytes) -> str:
    """All words of the file in reading order, with single spaces."""
    found = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return re.sub(r"\s+", " ", found.stdout.decode())


def elements_of(node, kind):
    """Structure elements of one kind, in reading order."""
    if isinstance(node, pikepdf.Array):
        return [element for child in node for element in elements_of(child, kind)]
    if not isinstance(node, pikepdf.Dictionary):
        return []
    own = [node] if node.get("/S") == kind else []
    return own + (elements_of(node["/K"], kind) if "/K" in node else [])


@pytest.fixture
def figures(rocket):
    return programme_figures(rocket, make.AS_OF)


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def report(rocket, figures, language):
    """The file; made once for equal pages, because the typeface takes its time."""
    page = report_html(figures, rocket, language)
    if page not in _made:
        _made[page] = report_pdf(figures, rocket, language)
    return _made[page]


@pytest.fixture
def opened(report):
    with pikepdf.open(io.BytesIO(report)) as pdf:
        yield pdf


def test_it_says_its_language_and_its_title_and_is_tagged(opened, language):
    root = opened.Root
    with opened.open_metadata() as meta:
        part, title = meta["pdfuaid:part"], meta["dc:title"]
    with translation.override(language):
        expected = translation.gettext("%(name)s programme report") % {"name": "ROCKET"}
    assert (str(root.Lang), bool(root.MarkInfo.Marked), part, title) == (language, True, "1", expected)
    assert root.ViewerPreferences.DisplayDocTitle
    assert len(elements_of(root.StructTreeRoot.K, "/H1")) == 1
    assert len(elements_of(root.StructTreeRoot.K, "/H2")) == 8


def test_every_figure_has_words(opened):
    drawn = elements_of(opened.Root.StructTreeRoot.K, "/Figure")
    assert len(drawn) == 6
    assert [str(figure.get("/Alt", "")) for figure in drawn if not str(figure.get("/Alt", "")).strip()] == []


def test_every_table_has_a_caption_and_heads(opened):
    tables = elements_of(opened.Root.StructTreeRoot.K, "/Table")
    assert len(tables) == 13
    for table in tables:
        assert len(elements_of(table.K, "/Caption")) == 1
        assert elements_of(table.K, "/TH")


def test_every_font_is_embedded_and_no_sign_is_missing(opened, report):
    fonts = [
        font
        for page in opened.pages
        for font in page.get("/Resources", {}).get("/Font", {}).values()
        if isinstance(font, pikepdf.Dictionary)
    ]
    assert fonts
    for font in fonts:
        (descendant,) = font.DescendantFonts
        assert "Inter" in str(font.BaseFont)
        assert "/FontFile2" in descendant.FontDescriptor or "/FontFile3" in descendant.FontDescriptor
    for page in opened.pages:
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) in ("Tj", "TJ"):
                parts = operands[0] if isinstance(operands[0], pikepdf.Array) else operands
                shown = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
                glyphs = [shown[k : k + 2] for k in range(0, len(shown), 2)]
                assert b"\0\0" not in glyphs


def test_pages_are_numbered(report, opened, language):
    word, of = {"en": ("Page", "of"), "de": ("Seite", "von"), "nl": ("Pagina", "van")}[language]
    with translation.override(language):
        if translation.gettext("Page %(page)s of %(pages)s").startswith("Page"):
            word, of = "Page", "of"
    last = len(opened.pages)
    assert f"{word} {last} {of} {last}" in text_of(report)


def test_names_of_the_programme_come_in_the_readers_language(report, language):
    words = {"en": "Microsystems technology", "de": "Mikrosystemtechnik", "nl": "Microsysteemtechnologie"}
    assert words[language] in text_of(report)
    assert [word for code, word in words.items() if code != language and word in text_of(report)] == []


def test_the_moment_is_that_of_the_programmes_zone(report):
    assert re.search(r"18:00( Uhr)? \(Europe/Amsterdam\)", text_of(report))


def test_it_carries_the_fingerprint_of_the_json(report, figures):
    assert fingerprint(figures) in text_of(report).replace(" ", "")


def test_an_empty_programme_says_nothing_yet_and_shows_no_zero(db):
    empty = make.programme()
    words = text_of(report_pdf(programme_figures(empty, make.AS_OF), empty, "en"))
    assert "Nothing is funded yet, and no call has been published." in words
    assert "No organisation takes part in a project yet." in words
    assert "0.00" not in words
    assert re.findall(r"(?<![\d:.-])0(?![\d.:])", words) == []


def test_texts_of_people_are_shown_and_never_run(rocket):
    from reporting.models import Project

    Project.objects.filter(title="ColdBond").update(title='<b>&"</b><img src=x>')
    words = text_of(report_pdf(programme_figures(rocket, make.AS_OF), rocket, "en"))
    assert '<b>&"</b><img src=x>' in words


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="{http}" alt="x">',
        '<img src="{file}" alt="x">',
        '<link rel="stylesheet" href="{http}">',
        '<link rel="attachment" href="{file}">',
        "<style>@import url({http}); body {{ background: url({file}) }}</style>",
        '<svg width="9" height="9"><title>x</title><image href="{http}" width="9" height="9"/></svg>',
        '<object data="{http}"></object>',
        '<img src="static:../../settings.py" alt="x">',
    ],
)
def test_nothing_is_fetched(markup, tmp_path):
    canary = tmp_path / "canary.txt"
    canary.write_text("CANARY-7319")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x.png"
        page = f"<html lang=en><title>x</title><body><p>x</p>{markup.format(http=address, file=canary.as_uri())}</body>"
        content = html_to_pdf(page)
        with pytest.raises(TimeoutError):
            listener.accept()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        streams = [bytes(o.read_bytes()) for o in pdf.objects if isinstance(o, pikepdf.Stream)]
        attached = list(pdf.attachments)
    assert attached == []
    assert [stream for stream in streams if b"CANARY-7319" in stream] == []


def test_one_programme_costs_a_fixed_number_of_queries(rocket, figures, django_assert_num_queries):
    programme = Programme.objects.get(pk=rocket.pk)
    with django_assert_num_queries(1):
        report_html(figures, programme, "en")


def test_the_contents_name_the_page_of_every_chapter(report, tmp_path):
    """The page that a line of the contents names is the one on which that heading stands."""
    pages = (
        subprocess.run(["pdftotext", "-layout", "-", "-"], input=report, capture_output=True, check=True)
        .stdout.decode()
        .split("\f")
    )
    lines = re.findall(r"^\s*(\d)\s+(\S.*?)\s{3,}(\d+)\s*$", pages[1], re.M)
    assert len(lines) == 7
    for number, title, page in lines:
        assert re.search(rf"^\s*{number}\s+{re.escape(title)}", pages[int(page) - 1], re.M), title
