"""Five answers of somebody who has not signed in, held against the very rules that proposals are held against.

Pure: answers, the programme's facts and the calls on offer come in, a verdict with its findings goes out. Nothing is
kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from consortia.enums import OrganisationKind, PartnerRole
from consortia.sme import Enterprise, EnterpriseGraph, Figures, Period, SmeClass, classify
from feasibility.eligibility import (
    CallFacts,
    Dossier,
    EligibilityReport,
    FiguresClass,
    Finding,
    PartnerFacts,
    ProgrammeFacts,
    ProposalFacts,
    Region,
    Rule,
    evaluate,
)

QUALIFYING_RULES = ("SME-LED", "SME-COUNT", "BOTH-SIDES", "PROGRAMME-AREA", "KET-CALL", "FIELD-CALL")
"""The rules that five answers can decide. The others need a proposal."""

PARTNER_RULES = frozenset({"SME-COUNT", "BOTH-SIDES"})
"""What a partner on the other side of the border mends."""


class Staff(models.TextChoices):
    """Headcount in annual work units. Source: Recommendation 2003/361/EC, Annex, Art. 2."""

    BELOW_10 = "9", _("Fewer than 10")
    BELOW_50 = "49", _("10 to 49")
    BELOW_250 = "249", _("50 to 249")
    FROM_250 = "250", _("250 or more")
    NO_COMPANY = "none", _("We are not a company, but a university, research or public body")


class Turnover(models.TextChoices):
    """Yearly turnover in EUR; the value is the highest of its range (the lowest of the last)."""

    UP_TO_2 = "2000000", _("Up to EUR 2 million")
    UP_TO_10 = "10000000", _("Up to EUR 10 million")
    UP_TO_50 = "50000000", _("Up to EUR 50 million")
    ABOVE_50 = "50000001", _("More than EUR 50 million")


class Balance(models.TextChoices):
    """Balance sheet total in EUR; the value is the highest of its range (the lowest of the last)."""

    UP_TO_2 = "2000000", _("Up to EUR 2 million")
    UP_TO_10 = "10000000", _("Up to EUR 10 million")
    UP_TO_43 = "43000000", _("Up to EUR 43 million")
    ABOVE_43 = "43000001", _("More than EUR 43 million")


class OtherSide(models.TextChoices):
    """Whether there is a partner across the border."""

    FOUND = "found", _("Yes, a small or medium-sized company in the programme area on the other side")
    WANTED = "wanted", _("Not yet, we would like one")
    NONE = "none", _("No, we want to do it without one")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """``region`` is None outside the programme area; ``country`` is empty outside the programme's countries."""

    country: str
    region: Region | None
    staff: Staff
    turnover: Turnover | None
    balance: Balance | None
    other_side: OtherSide
    ket: str
    application_field: str


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A kind of project in a call. ``call`` is None where no call is planned or open: ``facts`` then takes all."""

    call: str | None
    is_open: bool
    rules: tuple[Rule, ...]
    facts: CallFacts


class Verdict(IntEnum):
    """The four ways on, the best one first."""

    CALL = 1
    PLANNED = 2
    CONSULTANT = 3
    NO = 4


@dataclass(frozen=True)
class Answer:
    """``offer`` is the one that the verdict speaks of; ``report`` what the rules found about it."""

    verdict: Verdict
    offer: Offer
    report: EligibilityReport
    needs_partner: bool = field(default=False)
    """The partner that is wanted is missing, and no rule failed but for that."""

    @property
    def against(self) -> tuple[Finding, ...]:
        """What keeps the company from applying, failed before unknown."""
        return self.report.blocking

    @property
    def fits_otherwise(self) -> bool:
        """Nothing but the partner is missing."""
        return {finding.code for finding in self.against} <= PARTNER_RULES


def size_class(answers: Answers) -> FiguresClass:
    """The class that the ranges give, by the same arithmetic as a declaration with figures.

    Unknown where neither turnover nor balance sheet is known and the headcount leaves it open.
    """
    figures = Figures(
        headcount=Decimal(answers.staff.value),
        turnover=Decimal(answers.turnover.value) if answers.turnover else None,
        balance_sheet=Decimal(answers.balance.value) if answers.balance else None,
    )
    period = Period(
        closed_on=date(2000, 12, 31), figures=figures
    )  # the day decides nothing where there is one
    graph = EnterpriseGraph("own", (Enterprise("own", periods=(period,)),), previous_class=None)
    found: SmeClass = classify(graph).sme_class
    return FiguresClass(found.value)


def dossier_of(
    answers: Answers,
    offer: Offer,
    programme: ProgrammeFacts,
    *,
    names: Mapping[str, Mapping[str, str]],
    own_name: str,
    partner_name: str,
    now: datetime,
) -> Dossier:
    """The dossier of a consortium that is just what was answered: the company leads, its figures stand, it is linked
    to nobody, and the partner, if there is one, is an independent SME in the area."""
    is_company = answers.staff is not Staff.NO_COMPANY
    lead = PartnerFacts(
        key="own",
        name=own_name,
        role=PartnerRole.LEAD,
        kind=OrganisationKind.SME if is_company else OrganisationKind.RESEARCH,
        country=answers.country or "??",
        region=answers.region or Region("??", max(region.version for region in programme.area)),
        figures_class=size_class(answers) if is_company else None,
        declaration_valid=is_company,
        linked=frozenset({"own"}),
    )
    partners = [lead]
    if answers.other_side is OtherSide.FOUND:
        across = next((code for code in programme.countries if code != answers.country), "")
        partners.append(
            PartnerFacts(
                key="partner",
                name=partner_name,
                country=across,
                region=min(programme.area),
                figures_class=FiguresClass.SMALL,
                declaration_valid=True,
                linked=frozenset({"partner"}),
            )
        )
    return Dossier(
        programme=programme,
        call=offer.facts,
        kind="",
        now=now,
        proposal=ProposalFacts(main_ket=answers.ket, fields=frozenset({answers.application_field})),
        partners=tuple(partners),
        names=names,
    )


def check(
    answers: Answers,
    offers: Sequence[Offer],
    programme: ProgrammeFacts,
    *,
    names: Mapping[str, Mapping[str, str]],
    own_name: str,
    partner_name: str,
    now: datetime,
) -> Answer:
    """The best that the offers hold for these answers; the earlier offer where two are alike. Needs one offer."""
    found = []
    for offer in offers:
        rules = [rule for rule in offer.rules if rule.code in QUALIFYING_RULES]
        dossier = dossier_of(
            answers,
            offer,
            programme,
            names=names,
            own_name=own_name,
            partner_name=partner_name,
            now=now,
        )
        found.append(_answer(answers, offer, evaluate(rules, dossier)))
    return min(found, key=lambda one: (one.verdict, len(one.against), not one.offer.is_open))


def _answer(answers: Answers, offer: Offer, report: EligibilityReport) -> Answer:
    against = {finding.code for finding in report.blocking}
    wants_partner = answers.other_side is OtherSide.WANTED
    if not against:
        if offer.call is None:
            return Answer(Verdict.CONSULTANT, offer, report)
        return Answer(Verdict.CALL if offer.is_open else Verdict.PLANNED, offer, report)
    failed = {finding.code for finding in report.failed if finding.blocks}
    if failed <= (PARTNER_RULES if wants_partner else frozenset()):
        # The rest is not known, and a consultant finds it out.
        needs_partner = wants_partner and (bool(failed) or against <= PARTNER_RULES)
        return Answer(Verdict.CONSULTANT, offer, report, needs_partner=needs_partner)
    return Answer(Verdict.NO, offer, report)
