"""The figures as JSON, in the form that ``docs/figures.md`` describes."""

from __future__ import annotations

from reporting.figures import ProgrammeFigures
from rocket.core.audit import sha256_of


def report_json(figures: ProgrammeFigures) -> bytes:
    return figures.to_json().encode()


def fingerprint(figures: ProgrammeFigures) -> str:
    """SHA-256 of the JSON file: the report prints it, so that both can be held against each other."""
    return sha256_of(figures.to_json())
