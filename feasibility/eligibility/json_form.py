"""Dossiers as JSON: read with every mistake at its place, and written so that reading gives the same dossier.

``docs/dossier.md`` describes the form field by field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from calls.enums import DeclaredBy, RuleBook
from consortia.enums import OrganisationKind, PartnerRole, PartnerState
from consortia.json_form import MESSAGES, JsonFormError, Mistake, Reader
from consortia.sme import classify, enterprise_from_json
from feasibility.cofinancing import AidBasis, ResearchCategory

from .dossier import (
    Budget,
    CallFacts,
    CoFunder,
    CostCategoryFacts,
    DeclarationFacts,
    DeliverableFacts,
    Dossier,
    FiguresClass,
    PartnerFacts,
    ProductFacts,
    ProgrammeFacts,
    ProposalFacts,
    Region,
    WorkPackageFacts,
)
from .registry import build_rules, check_rules
from .rule import Rule

Chosen = TypeVar("Chosen", bound=Enum)

MESSAGES.update(
    {
        "moment": _("a moment with its offset such as 2026-09-30T17:00:00+02:00 is expected"),
        "whole": _("a whole number from %(low)s to %(high)s is expected"),
        "zone": _("the name of a time zone such as Europe/Amsterdam is expected"),
        "rule": _("%(message)s"),
        "cofunders_differ": _("the co-funders of this source give %(sum)s"),
        "figures_twice": _("either this or the enterprise form, not both"),
    }
)

EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class DossierReader(Reader):
    """Reads one object of the dossier form."""

    def given(self, key: str) -> bool:
        return self.value is not None and self.value.get(key) is not None

    def child(self, key: str) -> DossierReader:
        """The object at a key; where it is missing, an empty one."""
        found = self._get(key, required=True)
        if found is None:
            return DossierReader({}, self.at(key), [])
        return DossierReader(found, self.at(key), self.mistakes)

    def rows(self, key: str) -> list[DossierReader]:
        """The objects of a list."""
        return [DossierReader(one.value, one.place, self.mistakes) for one in self.children(key)]

    def option(self, key: str, choices: type[Chosen]) -> Chosen | None:
        """One of the words of an enumeration; None where it is missing."""
        found = self._get(key, required=False)
        if found is None:
            return None
        words = [str(member.value) for member in choices]
        if found not in words:
            self.note(key, "choice", choices=", ".join(words))
            return None
        return choices(found)

    def moment(self, key: str, *, required: bool = False) -> datetime | None:
        """A moment with offset."""
        found = self._get(key, required)
        if found is None:
            return None
        try:
            moment = datetime.fromisoformat(found)
        except (TypeError, ValueError):
            moment = None
        if moment is None or moment.tzinfo is None:
            self.note(key, "moment")
            return None
        return moment

    def whole(self, key: str, low: int, high: int) -> int | None:
        """A whole number within bounds; None where it is missing."""
        found = self._get(key, required=False)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | Decimal) or found != int(found):
            self.note(key, "whole", low=low, high=high)
            return None
        if not low <= found <= high:
            self.note(key, "whole", low=low, high=high)
            return None
        return int(found)

    def country(self, key: str, *, required: bool = True) -> str:
        code = self.text(key, required=required)
        if code and not (len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()):
            self.note(key, "country")
        return code

    def amounts(self, key: str) -> dict[str, Decimal]:
        """An object of amounts in EUR by code."""
        found = self._get(key, required=False)
        if found is None:
            return {}
        inner = DossierReader(found, self.at(key), self.mistakes)
        codes = list(inner.value or {})
        read = {code: inner.decimal(code, places=2) for code in codes}
        return {code: amount for code, amount in read.items() if amount is not None}

    def words(self, key: str) -> dict[str, str]:
        """An object of texts by key."""
        found = self._get(key, required=False)
        if found is None:
            return {}
        inner = DossierReader(found, self.at(key), self.mistakes)
        return {name: inner.text(name, most=4000) for name in list(inner.value or {})}

    def region(self, key: str) -> Region | None:
        if not self.given(key):
            self._get(key, required=False)
            return None
        return _region(self.child(key))


@dataclass(frozen=True)
class Case:
    """A dossier from a file, with the rules that the file names; ``rules`` is None where it names none."""

    dossier: Dossier
    rules: tuple[Rule, ...] | None


def dossier_from_json(plain: Any) -> Dossier:
    """The dossier of the form in ``docs/dossier.md``. Raises ``JsonFormError`` with every mistake and its place."""
    return case_from_json(plain).dossier


def case_from_json(plain: Any) -> Case:
    """The same, with the rules under ``rules`` where there are any."""
    mistakes: list[Mistake] = []
    root = DossierReader(plain, "", mistakes)
    programme = _programme(root.child("programme"))
    call = _call(root.child("call"))
    proposal = _proposal(root.child("proposal"))
    kind = root.text("kind", required=False)
    now = root.moment("now", required=True) or EPOCH
    partners = _unrepeated([(one, _partner(one)) for one in root.rows("partners")])
    products = _unrepeated([(one, _product(one)) for one in root.rows("products")])
    packages = _unrepeated([(one, _work_package(one)) for one in root.rows("work_packages")])
    annexes = tuple(root.texts("required_annexes"))
    declarations = tuple(_declaration(one) for one in root.rows("required_declarations"))
    derogations = root.words("derogations")
    names = _names(root)
    listed = root._get("rules", required=False)
    for error in check_rules(listed) if listed is not None else ():
        # This form counts the entries of a list from 0, the programme file from 1.
        mistakes.append(Mistake(f"rules{_from_zero(error.place)}", "rule", (("message", error.message),)))
    root.close()
    if mistakes:
        raise JsonFormError(mistakes)
    dossier = Dossier(
        programme=programme,
        call=call,
        kind=kind,
        now=now,
        proposal=proposal,
        partners=tuple(partners),
        products=tuple(products),
        work_packages=tuple(packages),
        required_annexes=annexes,
        required_declarations=declarations,
        derogations=derogations,
        names=names,
    )
    return Case(dossier, None if listed is None else build_rules(listed))


def _from_zero(place: str) -> str:
    number, closed, rest = place.removeprefix("[").partition("]")
    return f"[{int(number) - 1}]{rest}" if closed else place


def _unrepeated(read: list[tuple[DossierReader, Any]]) -> list[Any]:
    seen: set[str] = set()
    for reader, facts in read:
        if facts.key in seen:
            reader.note("key", "repeated_identifier", identifier=facts.key)
        seen.add(facts.key)
    return [facts for _reader, facts in read]


def _region(reader: DossierReader) -> Region:
    code, version = reader.text("code", most=10), reader.whole("version", 1999, 2100)
    if not reader.given("version"):
        reader.note("version", "missing")
    reader.close()
    return Region(code, version or 0)


def _programme(reader: DossierReader) -> ProgrammeFacts:
    zone = reader.text("zone", required=False) or "Europe/Amsterdam"
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        reader.note("zone", "zone")
    categories = []
    for one in reader.rows("cost_categories"):
        rate = one.decimal("flat_rate", required=False, most=Decimal(1), places=6)
        base = tuple(one.texts("flat_rate_of"))
        categories.append(CostCategoryFacts(code=one.text("code"), flat_rate=rate, flat_rate_of=base))
        one.close()
    facts = ProgrammeFacts(
        countries=tuple(reader.texts("countries")),
        area=frozenset(_region(one) for one in reader.rows("area")),
        zone=zone,
        rule_book=reader.option("rule_book", RuleBook) or RuleBook.VI,
        cost_categories=tuple(categories),
        funders=frozenset(reader.texts("funders")),
        public_sources=frozenset(reader.texts("public_sources")),
    )
    if not facts.countries:
        reader.note("countries", "missing")
    reader.close()
    return facts


def _call(reader: DossierReader) -> CallFacts:
    facts = CallFacts(
        opens_at=reader.moment("opens_at"),
        closes_at=reader.moment("closes_at"),
        published=reader.flag("published"),
        kets=frozenset(reader.texts("kets")),
        fields=frozenset(reader.texts("fields")),
    )
    reader.close()
    return facts


def _proposal(reader: DossierReader) -> ProposalFacts:
    facts = ProposalFacts(
        main_ket=reader.text("main_ket", required=False) or None,
        fields=frozenset(reader.texts("fields")),
        months=reader.whole("months", 0, 1200),
        starts_on=reader.day("starts_on", required=False),
        sections=frozenset(reader.texts("sections")),
        annexes=frozenset(reader.texts("annexes")),
    )
    reader.close()
    return facts


def _product(reader: DossierReader) -> ProductFacts:
    facts = ProductFacts(
        key=reader.text("key"),
        name=reader.text("name"),
        trl_start=reader.whole("trl_start", 1, 9),
        trl_target=reader.whole("trl_target", 1, 9),
    )
    reader.close()
    return facts


def _work_package(reader: DossierReader) -> WorkPackageFacts:
    facts = WorkPackageFacts(
        key=reader.text("key"),
        title=reader.text("title", required=False),
        lead=reader.text("lead", required=False) or None,
        partners=frozenset(reader.texts("partners")),
        first_month=reader.whole("first_month", 0, 1200),
        last_month=reader.whole("last_month", 0, 1200),
        deliverables=tuple(_deliverable(one) for one in reader.rows("deliverables")),
    )
    reader.close()
    return facts


def _deliverable(reader: DossierReader) -> DeliverableFacts:
    facts = DeliverableFacts(
        title=reader.text("title", required=False), due_month=reader.whole("due_month", 0, 1200)
    )
    reader.close()
    return facts


def _declaration(reader: DossierReader) -> DeclarationFacts:
    facts = DeclarationFacts(
        code=reader.text("code"), by=reader.option("by", DeclaredBy) or DeclaredBy.EVERY_PARTNER
    )
    reader.close()
    return facts


def _partner(reader: DossierReader) -> PartnerFacts:
    figures = reader.option("figures_class", FiguresClass)
    linked = frozenset(reader.texts("linked")) if reader.given("linked") else None
    single = frozenset(reader.texts("single_undertaking")) if reader.given("single_undertaking") else None
    identifiers = frozenset(reader.texts("identifiers"))
    enterprise = reader._get("enterprise", required=False)
    if enterprise is not None:
        for key in ("figures_class", "linked"):
            if reader.given(key):
                reader.note(key, "figures_twice")
        figures, linked = _from_enterprise(reader, enterprise)
    reader.asked |= {"linked", "single_undertaking"}
    facts = PartnerFacts(
        key=reader.text("key"),
        name=reader.text("name"),
        role=reader.option("role", PartnerRole) or PartnerRole.PROJECT,
        state=reader.option("state", PartnerState) or PartnerState.INVITED,
        kind=reader.option("kind", OrganisationKind) or OrganisationKind.SME,
        country=reader.country("country"),
        region=reader.region("region"),
        declared_class=reader.option("declared_class", FiguresClass),
        figures_class=figures,
        declaration_valid=reader.flag("declaration_valid"),
        identifiers=identifiers,
        vat=reader.text("vat", required=False),
        linked=linked,
        single_undertaking=single,
        chosen_country=reader.country("chosen_country", required=False) or None,
        budget=_budget(reader.child("budget")) if reader.given("budget") else None,
        aid_basis=reader.option("aid_basis", AidBasis),
        research_category=reader.option("research_category", ResearchCategory),
        has_collaboration_bonus=reader.flag("has_collaboration_bonus"),
        de_minimis_headroom=reader.decimal("de_minimis_headroom", required=False, places=2),
        declared=frozenset(reader.texts("declared")),
    )
    reader.asked.add("budget")
    reader.close()
    return facts


def _budget(reader: DossierReader) -> Budget:
    budget = Budget(
        costs=reader.amounts("costs"),
        funding=reader.amounts("funding"),
        grant=reader.decimal("grant", places=2) or Decimal(0),
        cofunders=tuple(_cofunder(one) for one in reader.rows("cofunders")),
    )
    for source in sorted({one.source for one in budget.cofunders}):
        named = sum((one.amount for one in budget.cofunders if one.source == source), Decimal(0))
        if named != budget.funding.get(source, Decimal(0)):
            reader.note(f"funding.{source}", "cofunders_differ", sum=named)
    reader.close()
    return budget


def _cofunder(reader: DossierReader) -> CoFunder:
    facts = CoFunder(
        name=reader.text("name", required=False),
        source=reader.text("source"),
        amount=reader.decimal("amount", places=2) or Decimal(0),
        secured=reader.flag("secured"),
    )
    reader.close()
    return facts


def _names(root: DossierReader) -> dict[str, Mapping[str, str]]:
    found = root._get("names", required=False)
    if found is None:
        return {}
    inner = DossierReader(found, "names", root.mistakes)
    return {key: inner.words(key) for key in list(inner.value or {})}


def _from_enterprise(
    reader: DossierReader, enterprise: Any
) -> tuple[FiguresClass | None, frozenset[str] | None]:
    """The class and the linked group that the form of ``consortia.sme`` gives."""
    try:
        found = classify(enterprise_from_json(enterprise))
    except JsonFormError as refused:
        place = reader.at("enterprise")
        reader.mistakes += [
            Mistake(f"{place}.{one.place}" if one.place else place, one.code, one.parameters)
            for one in refused.mistakes
        ]
        return None, None
    return FiguresClass(found.sme_class.value), found.linked_identifiers


def dossier_to_json(dossier: Dossier) -> dict[str, Any]:
    """The dossier in the form that ``dossier_from_json`` reads, with lists in a fixed order and exact amounts."""
    programme, call, proposal = dossier.programme, dossier.call, dossier.proposal
    return {
        "programme": {
            "countries": list(programme.countries),
            "area": [_region_json(region) for region in sorted(programme.area)],
            "zone": programme.zone,
            "rule_book": programme.rule_book.value,
            "cost_categories": [
                {
                    "code": one.code,
                    "flat_rate": None if one.flat_rate is None else str(one.flat_rate),
                    "flat_rate_of": list(one.flat_rate_of),
                }
                for one in programme.cost_categories
            ],
            "funders": sorted(programme.funders),
            "public_sources": sorted(programme.public_sources),
        },
        "call": {
            "opens_at": _moment_json(call.opens_at),
            "closes_at": _moment_json(call.closes_at),
            "published": call.published,
            "kets": sorted(call.kets),
            "fields": sorted(call.fields),
        },
        "kind": dossier.kind,
        "now": dossier.now.isoformat(),
        "proposal": {
            "main_ket": proposal.main_ket,
            "fields": sorted(proposal.fields),
            "months": proposal.months,
            "starts_on": None if proposal.starts_on is None else proposal.starts_on.isoformat(),
            "sections": sorted(proposal.sections),
            "annexes": sorted(proposal.annexes),
        },
        "partners": [_partner_json(partner) for partner in dossier.partners],
        "products": [
            {"key": one.key, "name": one.name, "trl_start": one.trl_start, "trl_target": one.trl_target}
            for one in dossier.products
        ],
        "work_packages": [
            {
                "key": one.key,
                "title": one.title,
                "lead": one.lead,
                "partners": sorted(one.partners),
                "first_month": one.first_month,
                "last_month": one.last_month,
                "deliverables": [
                    {"title": deliverable.title, "due_month": deliverable.due_month}
                    for deliverable in one.deliverables
                ],
            }
            for one in dossier.work_packages
        ],
        "required_annexes": list(dossier.required_annexes),
        "required_declarations": [
            {"code": one.code, "by": one.by.value} for one in dossier.required_declarations
        ],
        "derogations": dict(sorted(dossier.derogations.items())),
        "names": {key: dict(dossier.names[key]) for key in sorted(dossier.names)},
    }


def _partner_json(partner: PartnerFacts) -> dict[str, Any]:
    budget = partner.budget
    return {
        "key": partner.key,
        "name": partner.name,
        "role": partner.role.value,
        "state": partner.state.value,
        "kind": partner.kind.value,
        "country": partner.country,
        "region": None if partner.region is None else _region_json(partner.region),
        "declared_class": partner.declared_class and partner.declared_class.value,
        "figures_class": partner.figures_class and partner.figures_class.value,
        "declaration_valid": partner.declaration_valid,
        "identifiers": sorted(partner.identifiers),
        "vat": partner.vat,
        "linked": None if partner.linked is None else sorted(partner.linked),
        "single_undertaking": (
            None if partner.single_undertaking is None else sorted(partner.single_undertaking)
        ),
        "chosen_country": partner.chosen_country,
        "budget": budget
        and {
            "costs": {code: str(budget.costs[code]) for code in sorted(budget.costs)},
            "funding": {code: str(budget.funding[code]) for code in sorted(budget.funding)},
            "grant": str(budget.grant),
            "cofunders": [
                {
                    "name": one.name,
                    "source": one.source,
                    "amount": str(one.amount),
                    "secured": one.secured,
                }
                for one in budget.cofunders
            ],
        },
        "aid_basis": partner.aid_basis and partner.aid_basis.value,
        "research_category": partner.research_category and partner.research_category.value,
        "has_collaboration_bonus": partner.has_collaboration_bonus,
        "de_minimis_headroom": (
            None if partner.de_minimis_headroom is None else str(partner.de_minimis_headroom)
        ),
        "declared": sorted(partner.declared),
    }


def _region_json(region: Region) -> dict[str, Any]:
    return {"code": region.code, "version": region.version}


def _moment_json(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
