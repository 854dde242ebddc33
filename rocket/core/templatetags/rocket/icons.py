"""Line icons of the installed package: the only markup that is taken as it is."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import lucide
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from rocket.core.templatetags.rocket.library import as_text, register


@lru_cache(maxsize=512)
def _drawing_of(name: str) -> str:
    """The inner drawing of a lucide icon, without its frame."""
    text = lucide._render_icon(name, None)
    inner = re.sub(r"^\s*<svg[^>]*>|</svg>\s*$", "", text, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "", inner).strip()


@register.simple_tag
def icon(name: str, size: int = 20, label: Any = "") -> str:
    """A line icon beside words. Hidden from assistive technology unless ``label`` says what it means."""
    return _icon(str(name), size, as_text(label))


@lru_cache(maxsize=1024, typed=True)
def _icon(name: str, size: int, label: str) -> str:
    meaning = (
        format_html('role="img" aria-label="{}"', label) if label else format_html('aria-hidden="{}"', "true")
    )
    return format_html(
        '<svg class="icon" width="{}" height="{}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round" focusable="false" {}>{}</svg>',
        size,
        size,
        meaning,
        mark_safe(_drawing_of(name)),  # noqa: S308 drawings of an installed package, chosen by our templates
    )
