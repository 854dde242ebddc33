"""Loading a programme file."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.db import models, transaction

from calls import nuts, registry
from calls.models import (
    AidBasis,
    ApplicationField,
    AssessmentCriterion,
    ClusterOrganisation,
    CostCategory,
    Country,
    Funder,
    Indicator,
    Ket,
    Programme,
    ProjectKind,
    Region,
)
from calls.programme_file import Mistake, ProgrammeFile, ProgrammeFileRefused, SectionSpec, load, sections
from calls.programme_file.parts import PARTS, Rows, Values
from calls.programme_file.reader import as_json, below
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.text import LocalisedText


@dataclass(frozen=True)
class Change:
    """One thing that loading changed: ``verb`` is added, changed or removed."""

    place: str
    verb: str
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)

    def __str__(self) -> str:
        if self.verb != "changed":
            return f"{self.place}: {self.verb}"
        return f"{self.place}: changed {', '.join(self.after)}"

    def as_json(self) -> Values:
        return {"place": self.place, "verb": self.verb, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class LoadReport:
    """What a load changed, or with ``is_dry_run`` what it would change."""

    programme_code: str
    changes: tuple[Change, ...]
    is_dry_run: bool


class Loading:
    """One load under way: collects changes, and what may not be taken out because something uses it.

    Sections write through ``sync`` and ``update``. Removals wait until every section is written, and then go in
    reverse order, so that nothing is called in use by a part that is itself being removed.
    """

    def __init__(self, programme: Programme, *, is_new: bool) -> None:
        self.programme = programme
        self.is_new = is_new
        self.changes: list[Change] = []
        self.refusals: list[Mistake] = []
        self._removals: list[tuple[str, tuple[str, ...], str, models.Model]] = []

    def update(self, place: str, instance: models.Model, values: Mapping[str, Any]) -> bool:
        """Set the fields that differ and save; True where one did."""
        before = {name: getattr(instance, name) for name in values}
        differing = {name: value for name, value in values.items() if before[name] != value}
        if not differing:
            return False
        for name, value in differing.items():
            setattr(instance, name, value)
        instance.save(update_fields=list(differing))
        self.changes.append(
            Change(place, "changed", _plain({name: before[name] for name in differing}), _plain(differing))
        )
        return True

    def add(self, place: str, instance: models.Model, values: Mapping[str, Any]) -> None:
        """Save a new row and note it."""
        instance.save(force_insert=True)
        self.changes.append(Change(place, "added", after=_plain(values)))

    def note(self, place: str, verb: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Note a change that a section made itself."""
        self.changes.append(Change(place, verb, _plain(before), _plain(after)))

    def sync(
        self,
        section: str,
        existing: Iterable[Any],
        wanted: Mapping[str, Mapping[str, Any]],
        *,
        model: type[models.Model],
        key_of: Callable[[Any], str] = lambda part: part.code,
        place_of: Callable[[str], str] | None = None,
        is_use_asked: bool = True,
    ) -> dict[str, Any]:
        """Make the rows of the programme those of the file; gives the rows that stay, by key.

        Before a row leaves, the registered uses of its key are asked; with ``is_use_asked`` false the caller has
        done that itself.
        """
        place_of = place_of or (lambda key: below(section, key))
        present = {key_of(row): row for row in existing}
        rows: dict[str, Any] = {}
        for key, values in wanted.items():
            row = present.pop(key, None)
            if row is None:
                code = {} if "code" in values else {"code": key}
                row = model(programme=self.programme, **code, **values)
                self.add(place_of(key), row, values)
            else:
                self.update(place_of(key), row, values)
            rows[key] = row
        for key, row in present.items():
            self._removals.append((section, (key,) if is_use_asked else (), place_of(key), row))
        return rows

    def refuse_if_used(self, section: str, code: str, place: str) -> bool:
        """Hold a code that only texts refer to against the registered uses; True where it is in use."""
        return self._refuse(place, registry.uses_of(section, self.programme, code))

    def finish(self) -> None:
        """Take out what the file no longer has, unless something uses it."""
        for section, keys, place, row in reversed(self._removals):
            uses = _related_uses(row)
            for key in keys:
                uses += registry.uses_of(section, self.programme, key)
            if not self._refuse(place, uses):
                row.delete()
                self.changes.append(Change(place, "removed"))

    def _refuse(self, place: str, uses: Iterable[registry.Use]) -> bool:
        words = [f"{use.count} {use.what}" for use in uses]
        if words:
            self.refusals.append(
                Mistake(place, f"can't be taken out, it is in use: {', '.join(words)}. Keep it in the file.")
            )
        return bool(words)


def _related_uses(row: models.Model) -> list[registry.Use]:
    """Rows of any app that point at this one, by model. One query for each relation."""
    uses: dict[str, int] = {}
    for relation in row._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel):
            continue
        other = relation.related_model
        if other is None or isinstance(other, str) or other._meta.auto_created:
            continue  # rows that join many to many are counted through the models that they join
        count = other._base_manager.filter(**{relation.field.name: row.pk}).count()
        if count:
            name = str(other._meta.verbose_name if count == 1 else other._meta.verbose_name_plural)
            uses[name] = uses.get(name, 0) + count
    return [registry.Use(name, count) for name, count in uses.items()]


def _plain(values: Mapping[str, Any]) -> Values:
    """Values as the audit trail keeps them: rows by their code, texts as they are."""
    plain: Values = {}
    for name, value in values.items():
        if isinstance(value, models.Model):
            value = getattr(value, "code", value.pk)
        elif isinstance(value, LocalisedText):
            value = dict(value)
        plain[name] = as_json(value)
    return plain


@transaction.atomic
def load_programme(*, path: Path, by: User | None, now: datetime, is_dry_run: bool = False) -> LoadReport:
    """Bring the programme that the file describes to what the file says, in one transaction.

    Raises ``ProgrammeFileRefused`` with every mistake of the file, or with everything that the file leaves out
    although rows of any app use it; nothing is changed then. Loading the same file again changes nothing and
    leaves no audit entry. A dry run does it all and takes it back.
    """
    file = load(path)
    savepoint = transaction.savepoint()
    report = _apply(file, by=by, now=now, is_dry_run=is_dry_run)
    if is_dry_run:
        transaction.savepoint_rollback(savepoint)
    else:
        transaction.savepoint_commit(savepoint)
    return report


def _apply(file: ProgrammeFile, *, by: User | None, now: datetime, is_dry_run: bool) -> LoadReport:
    values: Values = file.parsed["programme"]
    programme = Programme.objects.select_for_update().filter(code=values["code"]).first()
    is_new = programme is None
    if programme is None:
        programme = Programme(**values)
    loading = Loading(programme, is_new=is_new)
    for spec in sections():
        spec.apply(programme, file.parsed[spec.name], loading)
    loading.finish()
    if loading.refusals:
        raise ProgrammeFileRefused(loading.refusals)
    if loading.changes:
        programme.source_sha256 = file.sha256
        programme.loaded_at = now
        programme.save(update_fields=["source_sha256", "loaded_at"])
        audit.record(
            subject=programme,
            verb="programme_loaded",
            by=by,
            now=now,
            before={change.place: change.before for change in loading.changes if change.before},
            after={
                "sha256": file.sha256,
                **{change.place: change.after or change.verb for change in loading.changes},
            },
        )
    return LoadReport(programme.code, tuple(loading.changes), is_dry_run)


# What calls itself applies -----------------------------------------------------------------------------------
def _apply_programme(programme: Programme, values: Values, loading: Loading) -> None:
    if loading.is_new:
        loading.add("programme", programme, values)
    else:
        loading.update("programme", programme, values)


def _apply_identity(programme: Programme, values: Values, loading: Loading) -> None:
    loading.update("identity", programme, {"identity": values})


def _apply_regions(programme: Programme, rows: Rows, loading: Loading) -> None:
    present = list(programme.regions.all())
    named = {
        key for row in rows.values() for key in nuts.keys_of(row["code"], row["version"], row["other_codes"])
    }
    for region in present:
        place = f"regions.{region.version}.{region.code}"
        # A code that moves from one region of the file to another is still in the area, so nobody falls out of it.
        for code, version in sorted(region.keys - named, key=itemgetter(1)):
            is_own = version == region.version
            loading.refuse_if_used(
                "regions", f"{code}/{version}", place if is_own else f"{place}.codes.{version}"
            )
    loading.sync(
        "regions",
        present,
        _with_countries(programme, rows),
        model=Region,
        key_of=lambda region: f"{region.code}/{region.version}",
        place_of=lambda key: "regions.{1}.{0}".format(*key.split("/")),
        is_use_asked=False,
    )


def _apply_kinds(programme: Programme, rows: Rows, loading: Loading) -> None:
    for kind in programme.kinds.all():
        wanted = rows.get(kind.code)
        if wanted is None:
            continue
        place = below("kinds", kind.code)
        annexes = {annex["code"] for annex in wanted["annexes"]}
        for annex in kind.annexes:
            if annex["code"] not in annexes:
                code = f"{kind.code}/{annex['code']}"
                loading.refuse_if_used("kinds.annexes", code, f"{place}.annexes.{annex['code']}")
        declared = {declaration["code"] for declaration in wanted["declarations"]}
        for declaration in kind.declarations:
            if declaration["code"] not in declared:
                code = f"{kind.code}/{declaration['code']}"
                loading.refuse_if_used("kinds.declarations", code, f"{place}.declarations")
        for basis in kind.aid_bases:
            if basis not in wanted["aid_bases"]:
                loading.refuse_if_used(
                    "kinds.aid_bases", f"{kind.code}/{basis}", f"{place}.aid_bases.{basis}"
                )
    loading.sync("kinds", programme.kinds.all(), rows, model=ProjectKind)


def _apply_with_kinds(programme: Programme, rows: Rows, loading: Loading) -> None:
    """Declarations have no rows of their own: each kind keeps those that it asks for."""


def _apply_clusters(programme: Programme, rows: Rows, loading: Loading) -> None:
    regions = {f"{region.code}/{region.version}": region for region in programme.regions.all()}
    own = {code: {k: v for k, v in row.items() if k != "regions"} for code, row in rows.items()}
    clusters = loading.sync(
        "clusters",
        programme.clusters.prefetch_related("regions"),
        _with_countries(programme, own),
        model=ClusterOrganisation,
    )
    for code, cluster in clusters.items():
        before = sorted(f"{region.code}/{region.version}" for region in cluster.regions.all())
        after = rows[code]["regions"]
        if before != after:
            cluster.regions.set([regions[key] for key in after])
            loading.note(f"clusters.{code}", "changed", {"regions": before}, {"regions": after})


def _with_countries(programme: Programme, rows: Rows) -> Rows:
    countries = {country.code: country for country in programme.countries.all()}
    return {
        key: {**row, "country": countries[row["country"]] if row["country"] else None}
        for key, row in rows.items()
    }


def _plain_part(
    section: str, model: Any, *, has_country: bool = False
) -> Callable[[Programme, Rows, Loading], None]:
    def apply(programme: Programme, rows: Rows, loading: Loading) -> None:
        wanted = _with_countries(programme, rows) if has_country else rows
        loading.sync(section, model.objects.filter(programme=programme), wanted, model=model)

    return apply


_APPLY: dict[str, Callable[[Programme, Any, Loading], None]] = {
    "programme": _apply_programme,
    "identity": _apply_identity,
    "countries": _plain_part("countries", Country),
    "regions": _apply_regions,
    "kets": _plain_part("kets", Ket),
    "application_fields": _plain_part("application_fields", ApplicationField),
    "aid_bases": _plain_part("aid_bases", AidBasis),
    "declarations": _apply_with_kinds,
    "kinds": _apply_kinds,
    "cost_categories": _plain_part("cost_categories", CostCategory),
    "funders": _plain_part("funders", Funder, has_country=True),
    "indicators": _plain_part("indicators", Indicator),
    "criteria": _plain_part("criteria", AssessmentCriterion),
    "clusters": _apply_clusters,
}

OPTIONAL = ("declarations",)
OWN_SECTIONS = tuple(
    SectionSpec(name, parse, _APPLY[name], required=name not in OPTIONAL) for name, parse in PARTS
)
"""The sections of the programme file that calls registers when it starts."""
