"""From the typed forms to the JSON form of ``consortia.sme``."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms

from consortia import sme
from consortia.declaration_forms.figures import SmeForm
from consortia.declaration_forms.related import HOLDS_US
from consortia.declaration_forms.rows import AnyRows, filled
from consortia.models import Organisation
from consortia.names import normalise_name


def subject_identifier(organisation: Organisation) -> str:
    """The identifier by which an organisation stands in the figures of others: register number, else its own."""
    if organisation.register_number:
        return f"{organisation.country} {organisation.register_number}"
    return f"organisation:{organisation.pk}"


def _identifier(row: dict[str, Any]) -> str:
    if row.get("register_number"):
        return f"{row['country']} {row['register_number']}"
    return f"name:{row['country']} {normalise_name(row['name'])}"


def _text(value: Decimal | int | None) -> str | None:
    return None if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _period(
    closed_on: Any, values: dict[str, Any], prefix: str = "", *, is_estimate: bool = False
) -> dict[str, Any]:
    figures = {name: _text(values.get(prefix + name)) for name in ("headcount", "turnover", "balance_sheet")}
    period: dict[str, Any] = {"closed_on": closed_on.isoformat()}
    period.update({name: value for name, value in figures.items() if value is not None})
    return period | ({"is_estimate": True} if is_estimate else {})


def enterprise_of(
    organisation: Organisation, values: dict[str, Any], rows: dict[int, dict[str, Any]]
) -> dict[str, Any]:
    """What the form and its rows, by number, say, in the JSON form of ``consortia.sme``. A holder named in two rows
    is one enterprise."""
    own = subject_identifier(organisation)
    periods = [_period(values["closed_on"], values, is_estimate=values["is_estimate"])]
    if values["previous_closed_on"]:
        periods.append(_period(values["previous_closed_on"], values, "previous_"))
    subject: dict[str, Any] = {"identifier": own, "name": organisation.name, "periods": periods}
    if values["is_consolidated"]:
        subject["is_consolidated"] = True
    if values["presumes_independence"]:
        subject |= {"has_dispersed_capital": True, "presumes_independence": True}
    if values.get("founded_on"):
        subject["founded_on"] = values["founded_on"].isoformat()
    enterprises, relations = {own: subject}, []
    for row in rows.values():
        identifier = _identifier(row)
        enterprises.setdefault(identifier, _related(identifier, row, values))
        chosen = row.get("counterpart")
        other = _identifier(rows[int(chosen)]) if chosen else own
        holder, held = (identifier, other) if row["direction"] == HOLDS_US else (other, identifier)
        relation: dict[str, Any] = {
            "holder": holder,
            "held": held,
            "capital": _text((row["capital"] / 100).normalize()),
            "votes": _text((row["votes"] / 100).normalize()),
        }
        if row["control"]:
            relation[row["control"]] = True
        if row["invested"] is not None:
            relation["invested"] = _text(row["invested"])
        for name in ("market", "acting_group"):
            if row.get(name):
                relation[name] = row[name]
        relations.append(relation)
    # A person acts jointly in every holding alike; said once, it holds for each row of that person.
    groups = {r["holder"]: r["acting_group"] for r in relations if "acting_group" in r}
    for relation in relations:
        if relation["holder"] in groups:
            relation["acting_group"] = groups[relation["holder"]]
    graph: dict[str, Any] = {
        "subject": own,
        "enterprises": list(enterprises.values()),
        "relations": relations,
    }
    if values.get("previous_class"):
        graph["previous_class"] = values["previous_class"]
    return graph


def _related(identifier: str, row: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    enterprise: dict[str, Any] = {"identifier": identifier, "name": row["name"], "kind": row["kind"]}
    if any(row[name] is not None for name in ("headcount", "turnover", "balance_sheet")):
        enterprise["periods"] = [_period(values["closed_on"], row)]
        if values["previous_closed_on"] and any(
            row[f"previous_{name}"] is not None for name in ("headcount", "turnover", "balance_sheet")
        ):
            enterprise["periods"].append(_period(values["previous_closed_on"], row, "previous_"))
    for name in ("annual_budget", "inhabitants"):
        if row[name] is not None:
            enterprise[name] = _text(row[name])
    return enterprise


def read_enterprise(organisation: Organisation, form: SmeForm, rows: AnyRows) -> dict[str, Any] | None:
    """What both valid forms say, in the JSON form; None, with each mistake at its row, where it can't be so."""
    typed = filled(rows)
    numbers = {id(row): number for number, row in enumerate(rows.forms)}
    enterprise = enterprise_of(
        organisation, form.cleaned_data, {numbers[id(row)]: row.cleaned_data for row in typed}
    )
    try:
        sme.enterprise_from_json(enterprise)
    except sme.JsonFormError as error:
        for mistake in error.mistakes:
            _row_of(mistake.place, enterprise, form, typed).add_error(None, mistake.message)
        return None
    return enterprise


def _row_of(place: str, enterprise: dict[str, Any], form: SmeForm, typed: list[Any]) -> forms.Form:
    """The form that a place of the JSON form comes from."""
    match = re.match(r"(relations|enterprises)\[(\d+)\]", place)
    if match is None:
        return form
    number = int(match[2])
    if match[1] == "relations":
        return typed[number]  # type: ignore[no-any-return]
    identifier = enterprise["enterprises"][number]["identifier"]
    return next((row for row in typed if _identifier(row.cleaned_data) == identifier), form)
