"""Countries and regions as the choices of a form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from calls.models import Programme
from consortia.countries import COUNTRIES, country_name
from consortia.models import Organisation
from consortia.selectors import Place

OUTSIDE = "outside"


def country_choices(programme: Programme | None) -> list[tuple[str, Any]]:
    """The programme's countries first, then the others by name."""
    own = [country.code for country in programme.countries.all()] if programme else []
    others = sorted((code for code in COUNTRIES if code not in own), key=country_name)
    return [("", _("Choose a country")), *[(code, country_name(code)) for code in [*own, *others]]]


def region_choices(places: Iterable[Place], given: Iterable[str] = ()) -> list[tuple[Any, Any]]:
    """The places by country, each as ``version:code``, and the place outside of them.

    A place that is among ``given`` by any of its codes has that one, so that choosing the same place changes
    nothing; every other has its newest.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for place in places:
        values = {key_of(*key) for key in place.keys}
        value = next((value for value in given if value in values), key_of(*place.newest_key))
        groups.setdefault(str(place.country.name), []).append((value, place.name))
    return [("", _("From the postcode")), *groups.items(), (OUTSIDE, _("Outside the programme area"))]


def key_of(code: str, version: int) -> str:
    return f"{version}:{code}"


def with_region_of(organisation: Organisation, choices: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """An imported organisation may lie in a region that this programme does not have; it can stay so."""
    value = region_value(organisation)
    known = {key for group in choices for key, _name in pairs(group)}
    if not value or value in known:
        return choices
    return [*choices, (value, organisation.region_name or organisation.region_code)]


def names(fields: Iterable[Any]) -> list[str]:
    """Names of the fields that stand in a layout outside of any group."""
    return [name for name in fields if isinstance(name, str)]


def label_of(value: str, choices: Any) -> str:
    return next((str(name) for group in choices for key, name in pairs(group) if key == value), value)


def pairs(group: Any) -> list[tuple[Any, Any]]:
    """The choices of a group, or the choice itself."""
    key, value = group
    return list(value) if isinstance(value, list) else [(key, value)]


def region_value(organisation: Organisation) -> str:
    """The region of an organisation as the form's choice, by the code and the version that it has."""
    if organisation.outside_area:
        return OUTSIDE
    return key_of(*organisation.region) if organisation.region is not None else ""
