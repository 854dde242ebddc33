"""HTML to tagged PDF. Nothing is fetched but the project's own static files and its typeface."""

from __future__ import annotations

import logging
import mimetypes
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _

from rocket.core.errors import RocketError


def missing_pdf_libraries() -> str:
    """Empty, or a sentence that names the packages which WeasyPrint lacks on this machine."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        return _(
            "PDF files need the packages libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0 and fonts-dejavu-core."
        )
    return ""


def _typeface() -> str:
    """The upright variable Inter of the installed package: the PDF must not depend on what set-up has made."""
    import fontpkg_inter

    folder = Path(str(fontpkg_inter.__file__)).parent
    return str(next(p for p in sorted(folder.rglob("*.ttf")) if "italic" not in p.name.lower()))


def _own_file(url: str) -> str:
    """The path of one of the project's own files. Raises ``ValueError`` for every other address."""
    scheme, _sep, path = url.partition(":")
    found = _typeface() if url == "font:inter" else None
    if scheme == "static":
        found = finders.find(path.lstrip("/"))
    if not isinstance(found, str):
        raise ValueError(f"A PDF may not fetch {scheme}: addresses.")
    return found


def _css_text(text: str) -> str:
    """``text`` as a string of a style sheet."""
    escaped = "".join(
        character if character.isalnum() or character in " .,:;–-()/" else f"\\{ord(character):x} "
        for character in text
    )
    return f'"{escaped}"'


def page_of_pages() -> str:
    """The content of the page number, in CSS: words in the reader's language around the two counters."""
    text = _("Page %(page)s of %(pages)s") % {"page": "\0page\0", "pages": "\0pages\0"}
    parts = text.split("\0")
    return " ".join(
        f"counter({part})" if place % 2 else _css_text(part) for place, part in enumerate(parts) if part
    )


Progress = Callable[[int], None]
"""Is told per cent from time to time; what it raises ends the work."""


def no_progress(per_cent: int) -> None:
    pass


class _Steps(logging.Handler):
    """WeasyPrint tells its seven steps, and each page that it lays out, to a logger; this one passes them on.

    Only the thread that asked hears its own steps.
    """

    def __init__(self, tell: Progress) -> None:
        super().__init__(logging.INFO)
        self.tell, self.thread = tell, threading.get_ident()

    def handle(self, record: logging.LogRecord) -> bool:
        """Unlike the inherited one it lets errors through: that is how the work is ended."""
        if threading.get_ident() == self.thread and (step := re.match(r"Step (\d)", record.getMessage())):
            self.tell(min(20 + int(step[1]) * 10, 90))
        return True


@contextmanager
def _told(progress: Progress) -> Iterator[None]:
    steps, source = _Steps(progress), logging.getLogger("weasyprint.progress")
    source.addHandler(steps)
    if source.getEffectiveLevel() > logging.INFO:
        source.setLevel(logging.INFO)
    try:
        yield
    finally:
        source.removeHandler(steps)


def html_to_pdf(html: str, *, progress: Progress = no_progress) -> bytes:
    """A PDF/UA-1 file of ``html``, whose links to stylesheets and images read ``static:css/report.css``.

    ``font:inter`` is the typeface. Raises ``RocketError`` where the machine lacks the libraries.
    """
    if missing := missing_pdf_libraries():
        raise RocketError("pdf_libraries", missing)
    import weasyprint
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFilesOnly(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            path = _own_file(url)
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            return URLFetcherResponse(url, Path(path).read_bytes(), {"Content-Type": kind})

    with _told(progress):
        pdf: bytes = weasyprint.HTML(string=html, base_url="static:", url_fetcher=OwnFilesOnly()).write_pdf(
            pdf_variant="pdf/ua-1"
        )
    return pdf
