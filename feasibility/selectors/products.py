"""The expected products as pages and PDF show them, from a proposal's plain content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from feasibility.enums import ReadinessLevel
from rocket.core.text import LocalisedText


@dataclass(frozen=True)
class ShownProduct:
    """One product in words."""

    name: str
    description: str
    ket: str
    owner: str
    trl_start: str
    trl_end: str
    market_year: int | str


def products_in(content: dict[str, Any]) -> list[ShownProduct]:
    """The products of a content, also of an earlier portal; no query."""
    owners = {entry["key"]: entry["organisation"] for entry in content["partners"]}
    kets = {entry["code"]: entry["name"] for entry in content["kets"]}
    if content["main_ket"]:
        kets[content["main_ket"]["code"]] = content["main_ket"]["name"]
    kets |= content.get("technologies") or {}
    return [
        ShownProduct(
            name=product["name"],
            description=product["description"],
            ket=str(LocalisedText(kets.get(product["ket"]) or product["ket"])),
            owner=owners.get(product["owner"], ""),
            trl_start=readiness_text(product["trl_start"]),
            trl_end=readiness_text(product["trl_end"]),
            market_year=product["market_year"],
        )
        for product in content["products"]
    ]


def readiness_text(level: Any) -> str:
    """A readiness level with what it means; a value that is none stays as it is."""
    try:
        return ReadinessLevel(int(level)).with_number
    except (TypeError, ValueError):
        return str(level or "–")
