"""From the JSON form of the standing SME declaration back to the forms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from consortia.declaration_forms.related import CONTROLS, HELD_BY_US, HOLDS_US
from consortia.models import SmeDeclaration


def sme_initial(declaration: SmeDeclaration | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the standing declaration says, for the form and for its rows."""
    if declaration is None or "subject" not in declaration.enterprise:
        return {}, []
    graph = declaration.enterprise
    enterprises = {enterprise["identifier"]: enterprise for enterprise in graph["enterprises"]}
    subject = enterprises[graph["subject"]]
    initial: dict[str, Any] = {
        "declared_class": declaration.declared_class,
        "is_consolidated": subject.get("is_consolidated", False),
        "presumes_independence": subject.get("presumes_independence", False),
        "founded_on": subject.get("founded_on"),
        "previous_class": graph.get("previous_class", ""),
    }
    periods = sorted(subject.get("periods", []), key=lambda period: period["closed_on"], reverse=True)
    for prefix, period in zip(("", "previous_"), periods, strict=False):
        initial |= _figures(prefix, period) | {f"{prefix}closed_on": period["closed_on"]}
    initial["is_estimate"] = any(period.get("is_estimate") for period in periods)
    return initial, _rows(graph, enterprises)


def _rows(graph: dict[str, Any], enterprises: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for each relation, those of the enterprise itself first, then along the chains.

    Of a relation between two others, the row is that of the one that has none yet.
    """
    rows: list[dict[str, Any]] = []
    number_of: dict[str, int] = {}
    waiting = list(graph.get("relations", []))
    while waiting:
        reached = {graph["subject"], *number_of}
        relation = next(
            (r for r in waiting if graph["subject"] in (r["holder"], r["held"])),
            next((r for r in waiting if reached & {r["holder"], r["held"]}), waiting[0]),
        )
        waiting.remove(relation)
        is_holder = relation["held"] == graph["subject"] or (
            relation["holder"] != graph["subject"] and relation["held"] in number_of
        )
        own, other = relation["holder"], relation["held"]
        if not is_holder:
            own, other = other, own
        row = _row(enterprises[own], relation, HOLDS_US if is_holder else HELD_BY_US)
        if other != graph["subject"]:
            row["counterpart"] = str(number_of.get(other, ""))
        number_of.setdefault(own, len(rows))
        rows.append(row)
    return rows


def _figures(prefix: str, period: dict[str, Any]) -> dict[str, Any]:
    return {
        prefix + name: Decimal(str(period[name]))
        for name in ("headcount", "turnover", "balance_sheet")
        if period.get(name) is not None
    }


def _row(other: dict[str, Any], relation: dict[str, Any], direction: str) -> dict[str, Any]:
    country, _space, number = other["identifier"].removeprefix("name:").partition(" ")
    row: dict[str, Any] = {
        "name": other.get("name", ""),
        "kind": other.get("kind", "enterprise"),
        "country": country if len(country) == 2 else "",
        "register_number": "" if other["identifier"].startswith("name:") else number,
        "direction": direction,
        "capital": Decimal(str(relation.get("capital", 0))) * 100,
        "votes": Decimal(str(relation.get("votes", 0))) * 100,
        "control": next((name for name, _label in CONTROLS if name and relation.get(name)), ""),
        "invested": Decimal(str(relation["invested"])) if relation.get("invested") is not None else None,
        "market": relation.get("market", ""),
        "acting_group": relation.get("acting_group", ""),
    }
    periods = sorted(other.get("periods", []), key=lambda period: period["closed_on"], reverse=True)
    for prefix, period in zip(("", "previous_"), periods, strict=False):
        row |= _figures(prefix, period)
    for name in ("annual_budget", "inhabitants"):
        if other.get(name) is not None:
            row[name] = Decimal(str(other[name]))
    return row
