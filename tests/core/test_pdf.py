"""A PDF reads the project's own files and nothing else, whatever its HTML asks for."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO

import pytest

from rocket.core import pdf
from rocket.core.errors import RocketError

SECRET = "canary-1f2e3d4c"
HELLO = '<html lang="en"><head><title>Report</title>{head}</head><body><h1>Report</h1><p>Two shores.</p>{body}</body></html>'

needs_libraries = pytest.mark.skipif(
    bool(pdf.missing_pdf_libraries()), reason="PDF libraries lack; install libpango-1.0-0 and its like"
)


def make(body="", head=""):
    return pdf.html_to_pdf(HELLO.format(head=head, body=body))


def everything_in(made):
    """All bytes of the file, streams unpacked, and the text of attachments."""
    import pikepdf

    with pikepdf.open(BytesIO(made)) as file:
        parts = [bytes(o.read_bytes()) for o in file.objects if isinstance(o, pikepdf.Stream)]
        attached = [bytes(spec.get_file().read_bytes()) for spec in file.attachments.values()]
    return b"".join([made, *parts, *attached])


@pytest.fixture
def listener():
    """Counts who calls on the loopback address."""
    calls = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(SECRET.encode())

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", calls
    server.shutdown()
    server.server_close()


@pytest.fixture
def canary(tmp_path):
    file = tmp_path / "canary.txt"
    file.write_text(SECRET)
    return file


HOSTILE = {
    "img": ("", '<img src="{url}" alt="x">'),
    "img srcset": ("", '<img srcset="{url} 1x" src="{url}" alt="x">'),
    "stylesheet": ('<link rel="stylesheet" href="{url}">', ""),
    "attachment in the head": ('<link rel="attachment" href="{url}">', ""),
    "attachment in a link": ("", '<a rel="attachment" href="{url}">x</a>'),
    "css background": ("<style>body {{ background: url({url}) }}</style>", ""),
    "inline style": ("", '<p style="background: url({url})">x</p>'),
    "css content": ("<style>p::before {{ content: url({url}) }}</style>", ""),
    "css list": ("<style>li {{ list-style-image: url({url}) }}</style>", "<ul><li>x</li></ul>"),
    "import": ("<style>@import url({url});</style>", ""),
    "font": ("<style>@font-face {{ font-family: x; src: url({url}) }} p {{ font-family: x }}</style>", ""),
    "svg image": (
        "",
        '<svg width="9" height="9"><title>x</title><image href="{url}" width="9" height="9"/></svg>',
    ),
    "svg use": ("", '<svg width="9" height="9"><title>x</title><use href="{url}#x"/></svg>'),
    "svg in an address": (
        "",
        "<img alt=\"x\" src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
        "<image href='{url}' width='9' height='9'/></svg>\">",
    ),
    "svg entity": (
        "",
        '<img alt="x" src="data:image/svg+xml,<!DOCTYPE svg [<!ENTITY x SYSTEM \'{url}\'>]>'
        "<svg xmlns='http://www.w3.org/2000/svg'><text>&x;</text></svg>\">",
    ),
    "object": ("", '<object data="{url}" type="image/png">x</object>'),
    "embed": ("", '<embed src="{url}" type="image/png">'),
    "iframe": ("", '<iframe src="{url}"></iframe>'),
    "base": ('<base href="{url}/">', '<img src="x.png" alt="x">'),
}


@needs_libraries
@pytest.mark.parametrize("way", HOSTILE)
def test_no_way_leads_to_another_server(listener, way):
    address, calls = listener
    head, body = (part.format(url=f"{address}/x") for part in HOSTILE[way])
    made = make(body=body, head=head)
    assert made.startswith(b"%PDF-")
    assert calls == []
    assert SECRET.encode() not in everything_in(made)


@needs_libraries
@pytest.mark.parametrize("way", HOSTILE)
def test_no_way_leads_to_a_file_of_the_machine(canary, way):
    head, body = (part.format(url=canary.as_uri()) for part in HOSTILE[way])
    made = make(body=body, head=head)
    assert made.startswith(b"%PDF-")
    assert SECRET.encode() not in everything_in(made)


@needs_libraries
def test_the_canary_would_be_seen(canary, monkeypatch):
    """Without our rule WeasyPrint takes the file in: so the tests above would notice."""
    monkeypatch.setattr(pdf, "_own_file", lambda url: str(canary))
    assert SECRET.encode() in everything_in(make(head='<link rel="attachment" href="static:canary.txt">'))


@needs_libraries
@pytest.mark.parametrize(
    "address",
    [
        "static:../../manage.py",
        "static:/../manage.py",
        "static:%2e%2e/%2e%2e/manage.py",
        "static:..\\..\\manage.py",
        "static://127.0.0.1/x",
        "static:css",
        "static:",
        "static:css/nothing-here.css",
        "static:css/tokens.css%00.png",
        "STATIC:../manage.py",
        "font:../../etc/passwd",
        "font:",
        "file:///etc/passwd",
        "http://[::1",
        "http://\u0000",
        "ftp://127.0.0.1/x",
        "gopher:x",
        "javascript:alert(1)",
        "data:,",
        "data:text/css;base64,####",
        "//127.0.0.1/x",
        "../../../../etc/passwd",
        "\\\\host\\share",
        "a" * 5000,
    ],
)
def test_a_hostile_address_is_left_out_and_the_file_is_made(address):
    made = make(
        head=f'<link rel="attachment" href="{address}"><link rel="stylesheet" href="{address}">',
        body=f'<img src="{address}" alt="x"><a href="{address}">x</a>',
    )
    assert made.startswith(b"%PDF-")
    unpacked = everything_in(made)
    assert b"DJANGO_SETTINGS_MODULE" not in unpacked
    assert b"root:x:0:0" not in unpacked


@needs_libraries
def test_own_stylesheets_are_read(monkeypatch):
    asked = []
    own_file = pdf._own_file

    def note(url):
        asked.append(url)
        return own_file(url)

    monkeypatch.setattr(pdf, "_own_file", note)
    make(head='<link rel="stylesheet" href="static:css/tokens.css">')
    assert asked == ["static:css/tokens.css"]


@needs_libraries
def test_the_file_is_tagged_and_names_its_language_and_title():
    import pikepdf

    with pikepdf.open(BytesIO(make())) as file:
        assert str(file.Root.Lang) == "en"
        assert bool(file.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in file.Root
        with file.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Report"


def test_a_machine_without_the_libraries_is_told_which(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(RocketError, match=r"libpango-1\.0-0") as refused:
        make()
    assert refused.value.code == "pdf_libraries"
