"""Saving the sections of a proposal. Nothing is overwritten unseen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from calls.models import AidBasis, ApplicationField, CostCategory, Ket
from consortia.models import Partner
from feasibility.annex_limits import annex_limits
from feasibility.cofinancing import flat_rate_amount
from feasibility.enums import EDITABLE, FundingSource, Research, SectionName
from feasibility.models import (
    Annex,
    BudgetLine,
    ExpectedProduct,
    FundingLine,
    PartnerBudget,
    Proposal,
    Section,
)
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.documents import check_file, stored
from rocket.core.errors import Refused, RocketError, Stale
from rocket.core.permissions import demand
from rocket.core.text import without_controls


def section_of(proposal: Proposal, name: SectionName, partner: Partner | None = None) -> Section:
    """The section's row; where nobody has written yet, an unsaved one of version 0."""
    found = (
        Section.objects.filter(proposal=proposal, name=name, partner=partner)
        .select_related("changed_by")
        .first()
    )
    return found or Section(proposal=proposal, name=name, partner=partner)


def bump(proposal: Proposal, now: datetime) -> None:
    """Count a change by the consortium. Raises ``Refused`` where the proposal was submitted in the meantime."""
    if not Proposal.objects.filter(pk=proposal.pk, state__in=EDITABLE).update(
        version=F("version") + 1, changed_at=now
    ):
        raise Refused(
            "not_editable", _("The proposal was submitted in the meantime. Your change was not saved.")
        )
    proposal.refresh_from_db(fields=["version", "changed_at", "state"])


def _claim(
    proposal: Proposal,
    name: SectionName,
    *,
    by: User,
    now: datetime,
    seen_version: int,
    is_completed: bool | None,
    partner: Partner | None = None,
) -> Section:
    """Check permission and versions, and move the section one version on; the caller then writes its content.

    The conditional update carries the promise on every database: of two people who saw the same version, one saves.
    """
    section = section_of(proposal, name, partner)
    demand(by, "edit", section)
    bump(proposal, now)
    changes: dict[str, Any] = {"changed_by": by, "changed_at": now}
    if is_completed is not None:
        changes["is_completed"] = is_completed
    if section.pk is None:
        if seen_version != 0:
            raise Stale
        try:
            with transaction.atomic():
                return Section.objects.create(
                    proposal=proposal, name=name, partner=partner, version=1, **changes
                )
        except IntegrityError as error:
            raise Stale from error
    if not Section.objects.filter(pk=section.pk, version=seen_version).update(
        version=F("version") + 1, **changes
    ):
        raise Stale(
            _("%(name)s changed this section in the meantime. Both texts are shown; yours is not lost.")
            % {"name": section.changed_by},
            changed_by=section.changed_by,
            changed_at=section.changed_at,
        )
    section.refresh_from_db()
    return section


def _record(
    proposal: Proposal,
    section: Section,
    by: User,
    now: datetime,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    changed = {key for key in after if before.get(key) != after[key]}
    audit.record(
        subject=proposal,
        verb=f"saved_{section.name}",
        by=by,
        now=now,
        before={key: before.get(key) for key in sorted(changed)},
        after={key: after[key] for key in sorted(changed)},
    )


@transaction.atomic
def save_summary(
    *,
    proposal: Proposal,
    title: str,
    summary: str,
    cross_border_value: str,
    starts_on: date | None,
    months: int | None,
    is_completed: bool,
    seen_version: int,
    by: User,
    now: datetime,
) -> Section:
    """Save title, texts, first day and duration."""
    section = _claim(
        proposal, SectionName.SUMMARY, by=by, now=now, seen_version=seen_version, is_completed=is_completed
    )
    after = {
        "title": without_controls(title).strip(),
        "summary": without_controls(summary),
        "cross_border_value": without_controls(cross_border_value),
        "starts_on": starts_on,
        "months": months,
    }
    before = {name: getattr(proposal, name) for name in after}
    Proposal.objects.filter(pk=proposal.pk).update(**after)
    for name, value in after.items():
        setattr(proposal, name, value)
    _record(proposal, section, by, now, before, after)
    return section


@transaction.atomic
def save_technology(
    *,
    proposal: Proposal,
    main_ket: Ket | None,
    kets: Collection[Ket],
    fields: Collection[ApplicationField],
    is_completed: bool,
    seen_version: int,
    by: User,
    now: datetime,
) -> Section:
    """Save the one main technology, further ones and the fields of application."""
    section = _claim(
        proposal, SectionName.TECHNOLOGY, by=by, now=now, seen_version=seen_version, is_completed=is_completed
    )
    before = {
        "main_ket": proposal.main_ket.code if proposal.main_ket else None,
        "kets": sorted(ket.code for ket in proposal.kets.all()),
        "fields": sorted(field.code for field in proposal.fields.all()),
    }
    Proposal.objects.filter(pk=proposal.pk).update(main_ket=main_ket)
    proposal.main_ket = main_ket
    proposal.kets.set([ket for ket in kets if ket != main_ket])
    proposal.fields.set(fields)
    after = {
        "main_ket": main_ket.code if main_ket else None,
        "kets": sorted(ket.code for ket in kets if ket != main_ket),
        "fields": sorted(field.code for field in fields),
    }
    _record(proposal, section, by, now, before, after)
    return section


@transaction.atomic
def save_budget(
    *,
    proposal: Proposal,
    partner: Partner,
    costs: Mapping[CostCategory, Decimal],
    funding: Mapping[FundingSource, Decimal],
    aid_basis: AidBasis | None,
    research_category: str,
    is_completed: bool,
    seen_version: int,
    by: User,
    now: datetime,
) -> Section:
    """Save what ``partner`` spends by category and who pays it, in EUR.

    Categories with a flat rate are worked out from the others, rounded half up per partner and category.
    """
    section = _claim(
        proposal,
        SectionName.BUDGET,
        partner=partner,
        by=by,
        now=now,
        seen_version=seen_version,
        is_completed=is_completed,
    )
    categories = list(CostCategory.objects.filter(programme=proposal.call.programme_id).order_by("position"))
    entered = {c.code: costs.get(c, Decimal("0.00")) for c in categories if not c.is_flat_rate}
    worked_out = {
        c.code: flat_rate_amount(
            sum((entered.get(base, Decimal(0)) for base in c.flat_rate_of), Decimal(0)), c.flat_rate
        )
        for c in categories
        if c.flat_rate is not None
    }
    amounts = {**entered, **worked_out}
    before = {
        **{
            f"cost:{line.category.code}": line.amount
            for line in partner.budget_lines.select_related("category")
        },
        **{f"funding:{line.source}": line.amount for line in partner.funding_lines.all()},
    }
    partner.budget_lines.all().delete()
    BudgetLine.objects.bulk_create(
        BudgetLine(proposal=proposal, partner=partner, category=category, amount=amounts[category.code])
        for category in categories
        if amounts.get(category.code)
    )
    partner.funding_lines.all().delete()
    FundingLine.objects.bulk_create(
        FundingLine(proposal=proposal, partner=partner, source=source, amount=amount)
        for source, amount in funding.items()
        if amount
    )
    PartnerBudget.objects.update_or_create(
        partner=partner,
        defaults={
            "proposal": proposal,
            "aid_basis": aid_basis,
            "research_category": Research(research_category).value if research_category else "",
        },
    )
    after = {
        **{f"cost:{code}": amount for code, amount in amounts.items() if amount},
        **{f"funding:{source}": amount for source, amount in funding.items() if amount},
        "partner": partner.organisation.name,
        "aid_basis": aid_basis.code if aid_basis else None,
        "research_category": research_category,
    }
    _record(proposal, section, by, now, before, after)
    return section


@transaction.atomic
def add_product(
    *, proposal: Proposal, product: ExpectedProduct, seen_version: int, by: User, now: datetime
) -> ExpectedProduct:
    """Add or change one expected product; ``product`` carries the checked values."""
    section = _claim(
        proposal, SectionName.PRODUCTS, by=by, now=now, seen_version=seen_version, is_completed=None
    )
    product.proposal = proposal
    product.name = without_controls(product.name).strip()
    product.description = without_controls(product.description)
    product.save()
    _record(
        proposal, section, by, now, {}, {"product": product.name, "trl": [product.trl_start, product.trl_end]}
    )
    return product


@transaction.atomic
def remove_product(*, product: ExpectedProduct, seen_version: int, by: User, now: datetime) -> None:
    proposal = product.proposal
    section = _claim(
        proposal, SectionName.PRODUCTS, by=by, now=now, seen_version=seen_version, is_completed=None
    )
    _record(proposal, section, by, now, {"product": product.name}, {"product": None})
    product.delete()


@transaction.atomic
def set_completed(
    *, proposal: Proposal, name: SectionName, is_completed: bool, seen_version: int, by: User, now: datetime
) -> Section:
    """Tick or untick a section whose content is saved piece by piece (partners, products, annexes)."""
    section = _claim(proposal, name, by=by, now=now, seen_version=seen_version, is_completed=is_completed)
    _record(proposal, section, by, now, {}, {"is_completed": is_completed})
    return section


def save_annex(
    *, proposal: Proposal, code: str, file: Any, seen_version: int, by: User, now: datetime
) -> Annex:
    """Keep ``file`` as the annex ``code``; an earlier one stays in the archive. Raises ``DocumentRefused``.

    The file is checked and brought to the disk before the transaction begins: nobody else waits for it. Where the
    transaction fails, it is deleted again.
    """
    spec = next((annex for annex in proposal.kind.annexes if annex["code"] == code), None)
    if spec is None:
        raise RocketError("annex", _("The call asks for no such annex."))
    demand(by, "edit", section_of(proposal, SectionName.ANNEXES))
    limits = annex_limits(spec)
    checked = check_file(file, kinds=limits.kinds, max_bytes=limits.max_bytes)
    with stored(checked, by=by, now=now) as document, transaction.atomic():
        section = _claim(
            proposal, SectionName.ANNEXES, by=by, now=now, seen_version=seen_version, is_completed=None
        )
        document.save()
        Annex.objects.filter(proposal=proposal, code=code, removed_at=None).update(removed_at=now)
        annex = Annex.objects.create(proposal=proposal, code=code, document=document)
        _record(proposal, section, by, now, {}, {code: document.name, "sha256": document.sha256})
    return annex


@transaction.atomic
def remove_annex(*, annex: Annex, seen_version: int, by: User, now: datetime) -> None:
    proposal = annex.proposal
    section = _claim(
        proposal, SectionName.ANNEXES, by=by, now=now, seen_version=seen_version, is_completed=None
    )
    Annex.objects.filter(pk=annex.pk, removed_at=None).update(removed_at=now)
    _record(proposal, section, by, now, {annex.code: annex.document.name}, {annex.code: None})
