"""Taking a proposal into another call: its texts and the lead partner's figures go along, its partners are asked again.

What nobody but a partner can give stays behind until that partner has confirmed: its own people then take their
figures over. Annexes, declarations, advice and derogations belong to the round for which they were made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from calls.models import Call, CostCategory, Programme, ProjectKind
from calls.models.programme import ProgrammePart
from consortia.enums import PartnerRole, PartnerState
from consortia.models import Partner
from consortia.services import invite_partner
from feasibility import selectors
from feasibility.cofinancing import flat_rate_amount
from feasibility.enums import ProposalState, SectionName
from feasibility.models import BudgetLine, PartnerBudget, Proposal, Section
from feasibility.services.proposals import start_proposal
from feasibility.services.sections import bump
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import Refused, RocketError
from rocket.core.permissions import demand

M = TypeVar("M", bound=models.Model)
P = TypeVar("P", bound=ProgrammePart)


@dataclass
class Copying:
    """A copy under way: from which loaded proposal into which, and what finds no place in the new call."""

    source: Proposal
    copy: Proposal
    by: User
    now: datetime
    partners: dict[int, Partner] = field(default_factory=dict)
    """Partners of the copy by the key of the partner of the source for which they stand."""
    left_out: list[Any] = field(default_factory=list)
    """Names, in the reader's language, of what the new call does not have."""

    @property
    def programme(self) -> Programme:
        return self.copy.call.programme

    def part(self, old: P | None) -> P | None:
        """The part of the copy's programme with the same code; None, and left out, where it has none."""
        if old is None or old.programme_id == self.programme.pk:
            return old
        found: P | None = (
            type(old)._default_manager.filter(programme=self.programme, code=old.code).first()  # type: ignore[attr-defined]
        )
        if found is None:
            self.leave_out(old.name)
        return found

    def leave_out(self, name: Any) -> None:
        if name not in self.left_out:
            self.left_out.append(name)

    def clone(self, row: M, **changes: Any) -> M | None:
        """A row of the source as a new one of the copy, with ``changes``; not saved.

        Every reference to a part of the programme goes to the part with the same code, and every reference to a
        partner to the one that stands for it. None where the copy has no such thing and the row can't do without.
        """
        values: dict[str, Any] = {}
        for column in row._meta.concrete_fields:
            if column.primary_key or column.name in changes:
                continue
            value = getattr(row, column.name)
            if isinstance(value, ProgrammePart):
                value = self.part(value)
            elif isinstance(value, Partner):
                value = self.partners.get(value.pk)
            elif isinstance(value, Proposal):
                value = self.copy
            if value is None and not column.null:
                return None
            values[column.name] = value
        return type(row)(**values, **changes)

    def begin(self, name: SectionName, partner: Partner | None = None) -> None:
        """The section counts as begun, and as not completed: somebody reads it again for the new call."""
        changes = {"changed_by": self.by, "changed_at": self.now, "is_completed": False}
        section, is_new = Section.objects.get_or_create(
            proposal=self.copy, name=name, partner=partner, defaults={"version": 1, **changes}
        )
        if not is_new:
            Section.objects.filter(pk=section.pk).update(version=models.F("version") + 1, **changes)


def copy_texts(copying: Copying) -> None:
    """Summary, cross-border value and duration; the first day only where it is still to come."""
    source, copy = copying.source, copying.copy
    today = copying.now.astimezone(copying.programme.zone).date()
    values = {
        "summary": source.summary,
        "cross_border_value": source.cross_border_value,
        "months": source.months,
        "starts_on": source.starts_on if source.starts_on and source.starts_on > today else None,
    }
    if source.starts_on and values["starts_on"] is None:
        copying.leave_out(_("First day of the project, which is over"))
    Proposal.objects.filter(pk=copy.pk).update(**values)
    copying.begin(SectionName.SUMMARY)
    if source.cross_border_value:
        copying.begin(SectionName.CROSS_BORDER)


def copy_technology(copying: Copying) -> None:
    """Technologies and fields of application that the new call takes."""
    source, copy, call = copying.source, copying.copy, copying.copy.call
    takes_kets = set(call.kets.values_list("pk", flat=True))
    takes_fields = set(call.fields.values_list("pk", flat=True))

    def taken(parts: Any, known: set[int]) -> list[Any]:
        found = []
        for old in parts:
            part = copying.part(old)
            if part is not None and part.pk in known:
                found.append(part)
            elif part is not None:
                copying.leave_out(part.name)
        return found

    main = taken([source.main_ket] if source.main_ket else [], takes_kets)
    Proposal.objects.filter(pk=copy.pk).update(main_ket=main[0] if main else None)
    copy.kets.set(taken(source.kets.all(), takes_kets))
    copy.fields.set(taken(source.fields.all(), takes_fields))
    if source.main_ket or source.fields.all():
        copying.begin(SectionName.TECHNOLOGY)


def copy_work_plan(copying: Copying) -> None:
    """Work packages with their deliverables. Of the partners named in them, those that are asked again."""
    packages = list(copying.source.work_packages.all())
    if not packages:
        return
    copying.begin(SectionName.WORK_PLAN)
    for package in packages:
        new = copying.clone(package, saved_in=1)
        if new is None:
            continue
        new.save()
        new.partners.set(
            copying.partners[partner.pk]
            for partner in package.partners.all()
            if partner.pk in copying.partners
        )
        for deliverable in package.deliverables.all():
            if (part := copying.clone(deliverable, package=new)) is not None:
                part.save()


def copy_budget(copying: Copying, source: Partner, partner: Partner) -> None:
    """Costs by category, who pays them, and the aid basis. Flat rates are worked out anew by the new programme's file."""
    amounts = {line.category.code: line.amount for line in source.budget_lines.all()}
    categories = {c.code: c for c in CostCategory.objects.filter(programme=copying.programme)}
    for line in source.budget_lines.all():
        if line.category.code not in categories:
            copying.leave_out(line.category.name)
    entered = {code: amounts.get(code, Decimal(0)) for code, c in categories.items() if c.flat_rate is None}
    worked_out = {
        code: flat_rate_amount(
            sum((entered.get(b, Decimal(0)) for b in c.flat_rate_of), Decimal(0)), c.flat_rate
        )
        for code, c in categories.items()
        if c.flat_rate is not None
    }
    BudgetLine.objects.bulk_create(
        BudgetLine(proposal=copying.copy, partner=partner, category=categories[code], amount=amount)
        for code, amount in {**entered, **worked_out}.items()
        if amount
    )
    for funding in source.funding_lines.all():
        if (new := copying.clone(funding)) is not None:
            new.save()
    plan = getattr(source, "budget", None)
    if plan is not None:
        basis = copying.part(plan.aid_basis)
        if basis is not None and basis.code not in copying.copy.kind.aid_bases:
            copying.leave_out(basis.name)
            basis = None
        PartnerBudget.objects.create(
            proposal=copying.copy, partner=partner, aid_basis=basis, research_category=plan.research_category
        )
    if amounts or plan is not None:
        copying.begin(SectionName.BUDGET, partner)


def copy_products(copying: Copying, source: Partner, partner: Partner) -> None:
    """The products that this partner brings to the market."""
    for product in copying.source.products.all():
        if product.owner_id == source.pk:
            if (new := copying.clone(product)) is not None:
                new.save()
                copying.begin(SectionName.PRODUCTS)
            else:
                copying.leave_out(product.name)


PARTS: tuple[Callable[[Copying], None], ...] = (copy_texts, copy_technology, copy_work_plan)
"""What the consortium wrote together. A new part of a proposal is copied once a function for it stands here."""

PARTS_OF_PARTNER: tuple[Callable[[Copying, Partner, Partner], None], ...] = (copy_budget, copy_products)
"""What one partner gave: the lead partner's goes along, another's once its own people take it over."""


def contact_of(partner: Partner) -> str:
    """The mailbox to which the partner is asked again: that of its last invitation, else of who confirmed for it."""
    latest = next(iter(partner.invitations.all()), None)
    if latest is not None:
        return str(latest.email)
    return partner.confirmed_by.email if partner.confirmed_by else ""


def partners_to_ask(source: Proposal) -> list[Partner]:
    """The other partners of a loaded proposal that took part or were asked to, and can be asked again. Two queries."""
    prefetch_related_objects(list(source.consortium.partners.all()), "invitations", "confirmed_by")
    return [
        partner
        for partner in source.consortium.partners.all()
        if not partner.is_lead and PartnerState(partner.state).takes_part and contact_of(partner)
    ]


def copy_in(source: Proposal, call: Call, kind: ProjectKind) -> Proposal | None:
    """The copy of ``source`` that stands in the call already."""
    return source.copies.filter(call=call, kind=kind).exclude(state=ProposalState.WITHDRAWN).first()


@dataclass(frozen=True)
class Copied:
    """The new draft, and the names of what the new call does not have."""

    proposal: Proposal
    left_out: tuple[Any, ...]


@transaction.atomic
def copy_proposal(
    *,
    source: Proposal,
    call: Call,
    kind: ProjectKind,
    title: str,
    partners: Collection[int],
    by: User,
    now: datetime,
) -> Copied:
    """A new draft in ``call`` that begins with what ``source`` holds; only people of its lead partner may.

    ``partners`` are keys of partners of ``source`` that are asked to take part again, by mail to the address of their
    last invitation. Raises ``RocketError`` where the call has closed or does not take the kind, and (copied_already,
    with ``url``) where a copy stands in that call already: so pressing twice asks nobody twice.
    """
    demand(by, "copy", source)
    Proposal.objects.select_for_update().get(pk=source.pk)
    if earlier := copy_in(source, call, kind):
        raise RocketError(
            "copied_already",
            _("%(number)s is a copy of this proposal in that call already. Go on with that one.")
            % {"number": earlier.number},
            url=earlier.get_absolute_url(),
        )
    source = selectors.load(source.pk)
    lead = source.consortium.lead_partner
    copy = start_proposal(call=call, kind=kind, organisation=lead.organisation, title=title, by=by, now=now)
    Proposal.objects.filter(pk=copy.pk).update(copied_from=source)
    copying = Copying(source, copy, by, now, {lead.pk: copy.consortium.partners.get(role=PartnerRole.LEAD)})
    asked = [partner for partner in partners_to_ask(source) if partner.pk in set(partners)]
    for partner in asked:
        invitation = invite_partner(
            consortium=copy.consortium,
            organisation=partner.organisation,
            email=contact_of(partner),
            role=partner.role,
            contribution=partner.contribution,
            by=by,
            now=now,
        )
        copying.partners[partner.pk] = invitation.partner
    if asked:
        copying.begin(SectionName.PARTNERS)
    for part in PARTS:
        part(copying)
    for part_of_partner in PARTS_OF_PARTNER:
        part_of_partner(copying, lead, copying.partners[lead.pk])
    audit.record(
        subject=copy,
        verb="copied",
        by=by,
        now=now,
        after={
            "from": source.number,
            "asked": [partner.organisation_id for partner in asked],
            "left_out": [str(name) for name in copying.left_out],
        },
    )
    copy.refresh_from_db()
    return Copied(copy, tuple(copying.left_out))


@transaction.atomic
def take_over_figures(*, proposal: Proposal, partner: Partner, by: User, now: datetime) -> tuple[Any, ...]:
    """A confirmed partner's own people take its budget and products over from the proposal that this one is a copy of.

    Returns the names of what finds no place here. Raises ``Refused`` for anybody else, and ``RocketError`` (begun)
    where the partner has a budget here already, since nothing is overwritten, and (nothing) where there is nothing.
    """
    demand(by, "edit", proposal)
    if not partner.organisation.memberships.filter(user=by).exists():
        raise Refused("not_own", _("Only the partner's own people take over its figures."))
    source_part = selectors.earlier_part_of(partner, proposal)
    if source_part is None or proposal.copied_from_id is None:
        raise RocketError("nothing", _("There are no earlier figures of this partner to take over."))
    bump(proposal, now)
    if Section.objects.filter(
        proposal=proposal, name=SectionName.BUDGET, partner=partner, version__gt=0
    ).exists():
        raise RocketError("begun", _("The budget of this partner is begun already. Nothing was taken over."))
    source = selectors.load(proposal.copied_from_id)
    part = next(one for one in source.consortium.partners.all() if one.pk == source_part.pk)
    copying = Copying(source, selectors.load(proposal.pk), by, now, {part.pk: partner})
    for part_of_partner in PARTS_OF_PARTNER:
        part_of_partner(copying, part, partner)
    audit.record(
        subject=proposal,
        verb="figures_taken_over",
        by=by,
        now=now,
        after={"partner": partner.organisation.name, "from": source.number},
    )
    return tuple(copying.left_out)
