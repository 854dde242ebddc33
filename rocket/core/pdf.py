"""HTML to tagged PDF. Nothing is fetched but the project's own static files."""

from __future__ import annotations

import mimetypes
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


def _fetch_static_only(url: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    scheme, _sep, path = url.partition(":")
    found = finders.find(path.lstrip("/")) if scheme == "static" else None
    if not isinstance(found, str):
        raise ValueError(f"A PDF may not fetch {scheme}: addresses.")
    with open(found, "rb") as file:
        content = file.read()
    return {"string": content, "mime_type": mimetypes.guess_type(found)[0] or "application/octet-stream"}


def html_to_pdf(html: str) -> bytes:
    """A PDF/UA-1 file of ``html``, whose links to stylesheets, fonts and images read ``static:css/report.css``.

    Raises ``RocketError`` where the machine lacks the libraries.
    """
    if missing := missing_pdf_libraries():
        raise RocketError("pdf_libraries", missing)
    import weasyprint

    pdf: bytes = weasyprint.HTML(string=html, base_url="static:", url_fetcher=_fetch_static_only).write_pdf(
        pdf_variant="pdf/ua-1"
    )
    return pdf
