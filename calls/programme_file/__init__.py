"""The programme file: TOML that says everything about one programme.

``load(path)`` reads and validates it without touching the database; ``calls.services.load_programme`` writes it.
``docs/programme_file.md`` describes the file key by key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calls.programme_file.document import fingerprint, read_document
from calls.programme_file.mistakes import Mistake, Mistakes, ProgrammeFileRefused, did_you_mean
from calls.programme_file.reader import Table
from calls.programme_file.sections import SectionSpec, register_section, sections

__all__ = [
    "Mistake",
    "ProgrammeFile",
    "ProgrammeFileRefused",
    "SectionSpec",
    "Table",
    "load",
    "register_section",
    "sections",
    "validate",
]


@dataclass(frozen=True)
class ProgrammeFile:
    """A file without mistakes: what each section gave, and the fingerprint of the content."""

    parsed: Mapping[str, Any]
    sha256: str


def load(path: Path) -> ProgrammeFile:
    """Read the file and hold it against every section. Raises ``ProgrammeFileRefused`` with all mistakes."""
    return validate(read_document(path))


def validate(document: Mapping[str, Any]) -> ProgrammeFile:
    """The same for a document that is already read."""
    mistakes = Mistakes()
    known = [spec.name for spec in sections()]
    for key in document:
        if key not in known:
            mistakes.add(key, f"no such section.{did_you_mean(key, known)}")
    root = Table(document, "", mistakes)
    parsed: dict[str, Any] = {}
    for spec in sections():
        if spec.required and not root.has(spec.name):
            mistakes.add(spec.name, "missing: a table")
        table = root.table(spec.name, required=False)
        # Without the section, what it would have declared is unknown: complaints of others about that are noise.
        parsed[spec.name] = spec.parse(table, parsed)
        table.finish()
    mistakes.raise_if_any()
    return ProgrammeFile(parsed, fingerprint(document))
