"""The task list of a proposal: sections with their state, whose part each is, and what opens a locked one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortia.enums import PartnerState
from consortia.models import Partner
from feasibility.cofinancing import AidBasis
from feasibility.eligibility import EligibilityReport, Finding, describe, rule_class
from feasibility.enums import DerogationState, SectionName
from feasibility.models import DerogationRequest, Proposal
from feasibility.panel import SECTION_RULES
from feasibility.permissions import own_partners
from feasibility.selectors import asked_of, parts_of, standing_declarations


@dataclass(frozen=True)
class Task:
    """One row. Without ``url`` it is locked, and ``why`` says what opens it."""

    title: str
    state: str
    url: str = ""
    why: str = ""
    counts: bool = True
    state_text: str = ""
    is_own: bool = False
    """Whether it waits for the reader's organisation, which does not lead: the lead partner's order is that of the page."""
    others_url: str = ""
    """Where the reader, whose own part is done, sees who still has something to do, and reminds them."""

    @property
    def is_done(self) -> bool:
        return self.state == "completed" or not self.is_work

    @property
    def is_work(self) -> bool:
        """Whether somebody of the consortium has to do it; a derogation is answered by others."""
        return self.state not in set(DerogationState.values)


@dataclass(frozen=True)
class TaskGroup:
    title: str
    tasks: list[Task] = field(default_factory=list)


def _section_state(
    proposal: Proposal, name: str, failed: frozenset[str], partner: Partner | None = None
) -> str:
    row = next(
        (
            s
            for s in proposal.sections.all()
            if s.name == name and s.partner_id == (partner.pk if partner else None)
        ),
        None,
    )
    if row is None or not row.was_begun:
        return "not_started"
    if failed & set(SECTION_RULES.get(name, ())):
        return "needs_attention" if row.is_completed else "in_progress"
    return "completed" if row.is_completed else "in_progress"


def _failed_of(report: EligibilityReport, partner: Partner) -> list[Finding]:
    """What failed because of this partner."""
    return [
        finding
        for finding in report.failed
        if finding.blocks
        and any(fact.subject == "partner" and fact.key == str(partner.pk) for fact in finding.evidence)
    ]


def _reason(state: str, name: str, findings: list[Finding]) -> str:
    """Why a finished section has to be looked at again: what the first rule says that it does not keep."""
    if state != "needs_attention":
        return ""
    codes = SECTION_RULES.get(name, ())
    return next((describe(finding).message for finding in findings if finding.code in codes), "")


def task_groups(
    proposal: Proposal, user: Any, report: EligibilityReport, *, is_over: bool = False
) -> list[TaskGroup]:
    """The groups in the order of work; ``is_over``: it can no longer be submitted. Uses the loaded proposal; no query."""
    number = proposal.number
    blocking = [finding for finding in report.failed if finding.blocks]
    failed = frozenset(finding.code for finding in blocking)
    parts = parts_of(proposal)
    mine = {partner.pk for partner in own_partners(user, proposal)}
    leads = any(partner.is_lead and partner.pk in mine for partner in parts)

    def section(name: SectionName, why: str = "") -> Task:
        state = _section_state(proposal, name, failed)
        why = _reason(state, name, blocking) or why
        return Task(str(name.label), state, reverse(f"section_{name}", args=[number]), why)

    confirmed = sum(partner.state == PartnerState.CONFIRMED for partner in parts)
    partners_why = ngettext(
        "%(confirmed)s of %(n)s partner has confirmed",
        "%(confirmed)s of %(n)s partners have confirmed",
        len(parts),
    ) % {"confirmed": confirmed, "n": len(parts)}
    organisation_tasks = [
        task
        for partner in parts
        if partner.pk in mine
        for task in _declaration_tasks(partner, proposal, is_own=not leads)
    ]
    budgets = []
    for partner in parts:
        wrong = _failed_of(report, partner)
        state = _section_state(
            proposal, SectionName.BUDGET, frozenset(finding.code for finding in wrong), partner
        )
        why = _reason(state, SectionName.BUDGET, wrong)
        if partner.pk not in mine and not leads and proposal.is_editable:
            words = _("The lead partner fills it in")
            if not partner.is_lead:
                words = _("%(partner)s and the lead partner fill it in")
            why = words % {"partner": partner.organisation.name}
        title = _("Budget of %(partner)s") % {"partner": partner.organisation.name}
        is_own = partner.pk in mine and not leads
        budgets.append(
            Task(title, state, reverse("partner_budget", args=[number, partner.pk]), why, is_own=is_own)
        )
    products = len(proposal.products.all())
    packages = len(proposal.work_packages.all())
    groups = [
        TaskGroup(
            _("The project"),
            [
                section(SectionName.SUMMARY),
                section(SectionName.CROSS_BORDER),
                section(SectionName.TECHNOLOGY),
            ],
        ),
        TaskGroup(_("Partners"), [section(SectionName.PARTNERS, partners_why), *organisation_tasks]),
        TaskGroup(
            _("Work plan"),
            [
                section(
                    SectionName.WORK_PLAN,
                    ngettext("%(n)s work package", "%(n)s work packages", packages) % {"n": packages}
                    if packages
                    else "",
                )
            ],
        ),
        TaskGroup(
            _("Money and results"),
            [
                *budgets,
                section(
                    SectionName.PRODUCTS,
                    ngettext("%(n)s product", "%(n)s products", products) % {"n": products}
                    if products
                    else "",
                ),
            ],
        ),
    ]
    last = _derogation_tasks(proposal, leads)
    if proposal.kind.annexes:
        there = len(proposal.annexes.all())
        asked = len(proposal.kind.annexes)
        last.append(
            section(SectionName.ANNEXES, _("%(n)s of %(asked)s uploaded") % {"n": there, "asked": asked})
        )
    if declarers := [partner for partner in parts if asked_of(proposal.kind, partner)]:
        last.append(_declarations_task(proposal, declarers, mine, leads=leads))
    if is_over:
        check = reverse("check_answers", args=[number])
        why = _("It can no longer be submitted in this call")
        last.append(Task(_("Check your answers"), "closed", check, why, counts=False))
    elif proposal.is_editable:
        last.append(
            Task(
                _("Check your answers and submit") if leads else _("Check your answers"),
                "not_started" if report.is_eligible else "locked",
                reverse("check_answers", args=[number]),
                ("" if leads else _("The lead partner submits"))
                if report.is_eligible
                else _("You can look at it now; submission opens when no rule blocks it"),
                counts=False,
                state_text=_("Ready") if report.is_eligible else _("Blocked by rules"),
            )
        )
    groups.append(TaskGroup(_("Annexes and submission") if proposal.kind.annexes else _("Submission"), last))
    return groups


def _declarations_task(proposal: Proposal, asked: list[Partner], mine: set[int], *, leads: bool) -> Task:
    """What every partner declares for this proposal; the row says whether the reader's own still has to."""
    open_parts = [
        partner.pk
        for partner in asked
        if len(standing_declarations(proposal, partner)) < len(asked_of(proposal.kind, partner))
    ]
    begun = any(standing_declarations(proposal, partner) for partner in asked)
    done = len(asked) - len(open_parts)
    why = ngettext(
        "%(done)s of %(n)s partner has declared", "%(done)s of %(n)s partners have declared", len(asked)
    )
    words = why % {"done": done, "n": len(asked)}
    waits_for_reader = bool(mine & set(open_parts))
    if waits_for_reader:
        words = _("%(words)s; yours has not yet") % {"words": words}
    return Task(
        str(SectionName.DECLARATIONS.label),
        "completed" if not open_parts else "in_progress" if begun else "not_started",
        reverse("section_declarations", args=[proposal.number]),
        words,
        is_own=waits_for_reader and not leads,
        others_url=""
        if waits_for_reader or not open_parts
        else reverse(f"section_{SectionName.PARTNERS}", args=[proposal.number]),
    )


def _declaration_tasks(partner: Partner, proposal: Proposal, *, is_own: bool) -> list[Task]:
    """What the partner's own people declare; de minimis aid only where its grant rests on that."""
    organisation = partner.organisation
    back = f"?{urlencode({'next': proposal.get_absolute_url()})}"
    tasks = [
        Task(
            _("SME declaration of %(partner)s") % {"partner": organisation.name},
            "completed" if organisation.sme_declaration else "not_started",
            reverse("sme_declaration", args=[organisation.pk]) + back,
            counts=False,
            is_own=is_own,
        )
    ]
    plan = getattr(partner, "budget", None)
    if plan is not None and plan.aid_basis is not None and plan.aid_basis.code == AidBasis.DE_MINIMIS:
        tasks.append(
            Task(
                _("De minimis declaration of %(partner)s") % {"partner": organisation.name},
                "completed" if organisation.de_minimis_declaration else "not_started",
                reverse("de_minimis_declaration", args=[organisation.pk]) + back,
                counts=False,
                is_own=is_own,
            )
        )
    return tasks


def _derogation_tasks(proposal: Proposal, leads: bool) -> list[Task]:
    """What became of the derogations that the consortium asked for, the latest of each rule."""
    if not proposal.is_editable:
        return []
    latest: dict[str, DerogationRequest] = {}
    for request in proposal.derogation_requests.all():
        latest.setdefault(request.rule_code, request)
    words = {
        DerogationState.WAITING: _("The programme office answers, by mail to everybody in the consortium"),
        DerogationState.GRANTED: _("The rule passes for this proposal"),
    }
    return [
        Task(
            _("Derogation: %(rule)s") % {"rule": rule_class(request.rule_code).title},
            str(request.state),
            reverse("ask_derogation", args=[proposal.number]) if leads else "",
            words.get(DerogationState(request.state), request.answer),
            counts=False,
            state_text=request.get_state_display(),
        )
        for request in latest.values()
        if request.state != DerogationState.TAKEN_BACK
    ]


def next_task(groups: list[TaskGroup]) -> Task | None:
    """The first one that is not done, a partner's own before what is everybody's. Where only others still have something
    to do, it leads to them; where all is done, it is the last row."""
    tasks = [task for group in groups for task in group.tasks if task.url]
    undone = [task for task in tasks if not task.is_done and task.state != "locked"]
    for_reader = [task for task in undone if not task.others_url]
    if for_reader:
        return next((task for task in for_reader if task.is_own), for_reader[0])
    if undone:
        return replace(undone[0], title=_("See who still has something to do"), url=undone[0].others_url)
    return tasks[-1] if tasks else None
