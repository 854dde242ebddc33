"""What may be handed in as one annex: stated on the page before anybody chooses a file, held when it arrives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat

from rocket.core.documents import kinds_in_words
from rocket.core.file_kinds import KINDS, MEGABYTE

DEFAULT_KINDS = ("pdf",)
DEFAULT_MB = 20
"""What holds where the programme's file says nothing."""


LETTERS = ("partnership_letter",)
"""Files that the portal makes from the proposal, to be signed and handed in as the annex: the file's ``template``."""


@dataclass(frozen=True)
class AnnexLimits:
    """``kinds`` are keys of ``rocket.core.file_kinds.KINDS``, ``max_mb`` counts megabytes of 1024² bytes."""

    kinds: tuple[str, ...]
    max_mb: int

    @property
    def max_bytes(self) -> int:
        """The programme's limit, or the portal's own where that is less."""
        return min(self.max_mb * MEGABYTE, int(settings.DOCUMENT_MAX_BYTES))

    @property
    def kinds_text(self) -> str:
        return kinds_in_words(self.kinds)

    @property
    def size_text(self) -> str:
        return str(filesizeformat(self.max_bytes))

    @property
    def accept(self) -> str:
        """For the browser's own file dialogue; what really counts is the content."""
        return ",".join(f".{ending}" for kind in self.kinds for ending in KINDS[kind].extensions)


def annex_limits(annex: Mapping[str, Any]) -> AnnexLimits:
    """The limits of one entry of a kind's list of annexes; kinds that the portal does not know are left out."""
    kinds = tuple(kind for kind in annex.get("kinds", DEFAULT_KINDS) if kind in KINDS)
    return AnnexLimits(kinds or DEFAULT_KINDS, int(annex.get("max_mb", DEFAULT_MB)))
