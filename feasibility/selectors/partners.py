"""The partners of a proposal as their page shows them, and what is still open of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from consortia.countries import country_name
from consortia.declarations import accounts_due, de_minimis_due
from consortia.enums import OrganisationKind, PartnerRole, PartnerState
from consortia.models import Organisation, Partner
from feasibility.cofinancing import AidBasis
from feasibility.eligibility import FiguresClass, Known, PartnerFacts
from feasibility.enums import DeclarationState, SectionName
from feasibility.models import Proposal
from feasibility.selectors.dossier import dossier_of


@dataclass(frozen=True)
class OpenPoint:
    """Something that the partner's own people have to do; as text in the active language when it is shown."""

    sentence: Any
    values: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        text = str(self.sentence) % self.values
        # "Voorbeeld B.V." at the end brings its own full stop.
        return text[:-1] if text.endswith("..") else text


@dataclass(frozen=True)
class PartnerRow:
    """A partner as the partnership page shows it: its latest invitation, and how its declarations stand.

    The consortium sees that a declaration is there, never a figure of it.
    """

    partner: Partner
    invitation: Any
    sme: DeclarationState
    de_minimis: DeclarationState
    open_points: tuple[OpenPoint, ...]
    remind_again_at: datetime | None
    """Set while it was reminded so lately that it can't be again."""

    organisation = property(lambda self: self.partner.organisation)


def partner_rows(proposal: Proposal, *, now: datetime) -> list[PartnerRow]:
    """All partners but removed ones, the lead first, each with its latest invitation; one query."""
    prefetch_related_objects(list(proposal.consortium.partners.all()), "invitations")
    rows = [p for p in proposal.consortium.partners.all() if p.state != PartnerState.WITHDRAWN]
    rows.sort(key=lambda partner: (not partner.is_lead, partner.pk))
    return [
        PartnerRow(
            partner=partner,
            invitation=next(iter(partner.invitations.all()), None),
            sme=sme_state(partner, now),
            de_minimis=de_minimis_state(partner, now),
            open_points=open_points_of(proposal, partner, now=now),
            remind_again_at=_reminded_until(partner, now),
        )
        for partner in rows
    ]


def _reminded_until(partner: Partner, now: datetime) -> datetime | None:
    again = partner.remind_again_at
    return again if again is not None and now < again else None


def sme_status(organisation: Organisation) -> Known:
    """Whether the rules take the organisation for an SME, by the declaration that stands; no query where it was read."""
    declaration = organisation.sme_declaration
    return PartnerFacts(
        key=str(organisation.pk),
        name=organisation.name,
        kind=organisation.presumed_kind,
        figures_class=FiguresClass(declaration.computed_class or FiguresClass.UNKNOWN)
        if declaration
        else None,
        declaration_valid=declaration is not None,
    ).is_sme


def sme_state(partner: Partner, now: datetime) -> DeclarationState:
    """How the SME declaration of a loaded partner stands at ``now``; no query."""
    organisation = partner.organisation
    declaration = organisation.sme_declaration
    is_sme = organisation.presumed_kind == OrganisationKind.SME
    if partner.role == PartnerRole.ASSOCIATED or not (is_sme or declaration):
        return DeclarationState.NOT_NEEDED
    if declaration is None:
        return DeclarationState.MISSING
    declared, computed = (
        FiguresClass(one) for one in (declaration.declared_class, declaration.computed_class)
    )
    if computed is FiguresClass.UNKNOWN:
        return DeclarationState.MISSING
    # Whoever is no SME because of public holdings declares to be large: there is one word for both.
    if declared != computed and (declared.is_sme or computed.is_sme):
        return DeclarationState.CONTRADICTS
    return DeclarationState.OUT_OF_DATE if accounts_due(declaration, now) else DeclarationState.THERE


def de_minimis_state(partner: Partner, now: datetime) -> DeclarationState:
    """The same for de minimis aid, which is declared only where the partner's grant rests on it."""
    plan = getattr(partner, "budget", None)
    if plan is None or plan.aid_basis is None or plan.aid_basis.code != AidBasis.DE_MINIMIS:
        return DeclarationState.NOT_NEEDED
    declaration = partner.organisation.de_minimis_declaration
    if declaration is None:
        return DeclarationState.MISSING
    return DeclarationState.OUT_OF_DATE if de_minimis_due(declaration, now) else DeclarationState.THERE


_SME = {
    DeclarationState.MISSING: _("Declare the size of %(partner)s with its figures."),
    DeclarationState.CONTRADICTS: _(
        "Mend the SME declaration of %(partner)s: its figures give another class than the declared one."
    ),
    DeclarationState.OUT_OF_DATE: _(
        "Declare the size of %(partner)s anew once the accounts of its later year are approved."
    ),
}
_DE_MINIMIS = {
    DeclarationState.MISSING: _("Declare the earlier de minimis aid of %(partner)s."),
    DeclarationState.OUT_OF_DATE: _(
        "Declare the de minimis aid of %(partner)s anew: the declaration is old."
    ),
}


def open_points_of(proposal: Proposal, partner: Partner, *, now: datetime) -> tuple[OpenPoint, ...]:
    """What a loaded proposal still needs of this partner's own people; no query."""
    if partner.role == PartnerRole.ASSOCIATED or not PartnerState(partner.state).takes_part:
        return ()
    organisation = partner.organisation
    values = {"partner": organisation.name}
    points = []
    if organisation.region is None and not organisation.outside_area:
        points.append(_("Enter the region in which %(partner)s works."))
    for state, sentences in ((sme_state(partner, now), _SME), (de_minimis_state(partner, now), _DE_MINIMIS)):
        if state in sentences:
            points.append(sentences[state])
    ticked = any(
        row.name == SectionName.BUDGET and row.partner_id == partner.pk and row.is_completed
        for row in proposal.sections.all()
    )
    if not ticked:
        points.append(_("Complete the budget of %(partner)s."))
    return tuple(OpenPoint(sentence, values) for sentence in points)


@dataclass(frozen=True)
class LinkedGroup:
    """Linked partners whose country is a matter of choice: they count once, for one of ``countries``.

    ``settled`` is the country for which they count now, empty while that is open.
    """

    partners: tuple[Partner, ...]
    countries: tuple[str, ...]
    settled: str

    @property
    def settled_name(self) -> str:
        return country_name(self.settled)

    @property
    def key(self) -> str:
        return "-".join(str(partner.pk) for partner in self.partners)


def linked_groups_of(proposal: Proposal, *, now: datetime) -> list[LinkedGroup]:
    """The linked groups of a loaded proposal that may choose their country: none with the lead partner in it, whose
    country counts, and none that works in one country. No query."""
    partners = {str(partner.pk): partner for partner in proposal.consortium.partners.all()}
    found = []
    for group in dossier_of(proposal, now=now).groups:
        members = tuple(partners[one.key] for one in group.partners if one.is_sme is not Known.NO)
        countries = sorted({one.organisation.country for one in members})
        if len(countries) > 1 and not any(one.role == PartnerRole.LEAD for one in group.partners):
            settled = group.countries[0] if len(group.countries) == 1 else ""
            found.append(LinkedGroup(members, tuple(countries), settled))
    return found
