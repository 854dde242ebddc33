"""The eligibility panel: findings in the reader's words, each with a link to what mends it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from feasibility.eligibility import (
    EligibilityReport,
    Evidence,
    Finding,
    Outcome,
    Reader,
    Remedy,
    describe,
    first_for,
    rule_class,
    rule_codes,
)
from feasibility.eligibility.readers import ASKED_OF_LEAD
from feasibility.eligibility.values import show as show_value
from feasibility.enums import DerogationState, SectionName
from feasibility.models import Proposal
from feasibility.permissions import own_partners
from rocket.core.display import day_text

SECTION_RULES: dict[str, tuple[str, ...]] = {
    SectionName.SUMMARY: ("DURATION",),
    SectionName.TECHNOLOGY: ("KET-CALL", "FIELD-CALL"),
    SectionName.PARTNERS: (
        "LEAD-ONE", "SME-LED", "SME-COUNT", "BOTH-SIDES", "SME-INDEPENDENT", "PARTNERS-CONFIRMED",
        "SME-DECLARATION", "PROGRAMME-AREA",
    ),
    SectionName.BUDGET: (
        "GRANT-LIMIT", "FUNDING-RATE", "AID-INTENSITY", "PARTNER-SHARE", "BUDGET-SUM", "DE-MINIMIS",
    ),
    SectionName.WORK_PLAN: ("WORK-PLAN", "WORK-PLAN-PARTNERS"),
    SectionName.PRODUCTS: ("PRODUCTS",),
    SectionName.ANNEXES: ("ANNEXES",),
    SectionName.DECLARATIONS: ("DECLARATIONS",),
}  # fmt: skip
"""Which rules a section can change: its panel shows those first."""

_OF_ORGANISATION = {
    "declare_sme": ("sme_declaration", ""),
    "declare_holdings": ("sme_declaration", "related-0"),
    "declare_de_minimis": ("de_minimis_declaration", ""),
    "edit_region": ("edit_organisation", "id_region"),
}
"""Remedies on the pages of the partner's organisation: address and field."""

_OF_BUDGET = {
    "edit_budget": "",
    "lower_grant": "id_funding_grant",
    "lower_project_grant": "id_funding_grant",
    "choose_aid_basis": "id_aid_basis",
}
"""Remedies in a partner's budget: field."""

_OF_PACKAGE = {
    "name_work_package": "id_title",
    "choose_package_lead": "id_lead",
    "edit_package_months": "id_%(field)s",
    "add_deliverable": "id_deliverables-0-title",
    "edit_deliverable": "id_deliverables-%(row)s-title",
}
"""Remedies on the page of a work package: field."""

_FIELDS = {"fields": "fields_of_application"}
"""Fields whose name in the form differs from their name in the rules."""


@dataclass(frozen=True)
class ShownFinding:
    """One finding as the panel shows it. ``outcome`` is passed, failed, unknown, warns or derogation."""

    outcome: str
    title: str
    message: str
    remedy_text: str
    remedy_url: str
    code: str
    source: str
    evidence: tuple[str, ...]
    note: str = ""
    """What became of a derogation from this rule that the consortium asked for."""
    ask_url: str = ""
    """Where this reader asks for a derogation from the rule."""


@dataclass(frozen=True)
class Panel:
    """A report for one reader. ``checked_at`` is the moment that the rules were given as now.

    ``failed`` and ``unknown`` block the submission; ``warned`` holds what did not pass and does not block.
    """

    failed: list[ShownFinding]
    unknown: list[ShownFinding]
    passed: list[ShownFinding]
    checked_at: datetime | None
    is_eligible: bool
    warned: list[ShownFinding] = field(default_factory=list)

    passed_count = property(lambda self: len(self.passed))
    failed_count = property(lambda self: len(self.failed))
    unknown_count = property(lambda self: len(self.unknown))
    warned_count = property(lambda self: len(self.warned))
    shown = property(lambda self: [*self.failed, *self.unknown, *self.warned, *self.passed])
    """All of them; none beside a section that no rule looks at."""


def panel_of(
    report: EligibilityReport,
    proposal: Proposal,
    *,
    now: datetime | None,
    reader: Any = None,
    only: Collection[str] | None = None,
    with_remedies: bool = True,
) -> Panel:
    """The panel of ``report``; with ``only``, just the findings of these rules (what one section can change).

    ``reader`` is the person for whom remedies become links: someone of the consortium. Others mend nothing and get
    none. Without ``with_remedies`` they are not even told what would mend it: they are there to advise.
    """
    groups: dict[Outcome, list[ShownFinding]] = {outcome: [] for outcome in Outcome}
    warned: list[ShownFinding] = []
    for finding in report.findings:
        if only is None or finding.code in only:
            shown = show(finding, proposal, reader=reader)
            if not with_remedies:
                shown = replace(shown, remedy_text="")
            does_warn = finding.outcome is not Outcome.PASSED and not finding.blocks
            (warned if does_warn else groups[finding.outcome]).append(shown)
    return Panel(
        failed=groups[Outcome.FAILED],
        unknown=groups[Outcome.UNKNOWN],
        passed=groups[Outcome.PASSED],
        checked_at=now,
        is_eligible=report.is_eligible,
        warned=warned,
    )


def reader_of(user: Any, proposal: Proposal) -> Reader | None:
    """For whom the panel is worded; None for people outside of the consortium, who mend nothing."""
    mine = own_partners(user, proposal) if user is not None else []
    if not mine:
        return None
    return Reader(frozenset(str(p.pk) for p in mine), any(p.is_lead for p in mine))


def show(finding: Finding, proposal: Proposal, *, reader: Any = None) -> ShownFinding:
    who = reader_of(reader, proposal)
    text = describe(finding, who)
    remedy = first_for(finding, who)
    outcome = str(finding.outcome.value)
    if finding.derogation is not None:
        outcome = "derogation"
    elif outcome != "passed" and not finding.blocks:
        outcome = "warns"
    return ShownFinding(
        outcome=outcome,
        title=text.title,
        message=text.message,
        remedy_text=text.remedy,
        remedy_url=remedy_url(remedy, finding.code, proposal, who) if remedy and who else "",
        code=finding.code,
        source=text.source,
        evidence=_beyond(text.message, finding, text.evidence),
        **_derogation(finding, remedy, proposal, who),
    )


def _beyond(message: str, finding: Finding, sentences: tuple[str, ...]) -> tuple[str, ...]:
    """What the evidence adds to the message; a fact that only repeats a name of it is left out. Nothing of what
    passed: there the message is enough."""
    if finding.outcome is Outcome.PASSED:
        return ()
    if len(sentences) != len(finding.evidence):
        return sentences  # of a fact that has no words any more
    return tuple(
        sentence
        for sentence, fact in zip(sentences, finding.evidence, strict=True)
        if not _is_the_message(fact, finding)
        and (
            len(fact.values) > 1
            or not all(str(show_value(value)) in message for value in fact.values.values())
        )
    )


def _is_the_message(fact: Evidence, finding: Finding) -> bool:
    """Whether the message was made of the very figures of this fact."""
    return len(fact.values) > 1 and all(
        name in finding.parameters and finding.parameters[name] == value
        for name, value in fact.values.items()
    )


def _derogation(
    finding: Finding, remedy: Remedy | None, proposal: Proposal, who: Reader | None
) -> dict[str, str]:
    """What became of the latest request for a derogation, or where to ask for one: shown while the rule fails."""
    if finding.outcome is Outcome.PASSED or who is None:
        return {}
    latest = next((r for r in proposal.derogation_requests.all() if r.rule_code == finding.code), None)
    note = ""
    if latest is not None and latest.state == DerogationState.WAITING:
        day = day_text(latest.asked_at)
        return {
            "note": _("A derogation was asked for on %(day)s. The programme office answers.") % {"day": day}
        }
    if latest is not None and latest.state == DerogationState.REFUSED:
        note = _("The programme office refused a derogation: %(reason)s") % {"reason": latest.answer}
    derogable = finding.code in rule_codes() and rule_class(finding.code).derogable
    if not (derogable and who.leads and proposal.is_editable and finding.outcome is Outcome.FAILED):
        return {"note": note}
    is_remedy = remedy is not None and remedy.code == "ask_derogation"
    return {"note": note, "ask_url": "" if is_remedy else ask_url(finding.code, proposal)}


def ask_url(rule_code: str, proposal: Proposal) -> str:
    """Where the lead partner asks for a derogation from the rule."""
    return f"{reverse('ask_derogation', args=[proposal.number])}?{urlencode({'rule': rule_code})}"


def remedy_url(remedy: Remedy, rule_code: str, proposal: Proposal, who: Reader) -> str:
    """Where ``who`` does the remedy, down to the field; empty where only the lead partner can, and is to be asked.

    What another organisation has to declare leads to its row among the partners, where it is reminded: its own pages
    are open to its people alone.
    """
    values, number = remedy.parameters, proposal.number
    key = str(values.get("key", ""))
    partner = next((p for p in proposal.consortium.partners.all() if str(p.pk) == key), None)

    def at(name: str, *args: Any, anchor: str = "") -> str:
        return reverse(name, args=args) + (f"#{anchor}" if anchor else "")

    if not who.does(remedy):
        return (
            at("section_partners", number, anchor=f"partner-{key}")
            if partner and remedy.code not in ASKED_OF_LEAD
            else ""
        )
    if remedy.code in _OF_ORGANISATION:
        if partner is None:
            return at("section_partners", number)
        name, anchor = _OF_ORGANISATION[remedy.code]
        back = urlencode({"next": proposal.get_absolute_url()})
        return f"{at(name, partner.organisation_id)}?{back}" + (f"#{anchor}" if anchor else "")
    if remedy.code in _OF_BUDGET:
        if partner is None:
            return at("section_budget", number)
        return at("partner_budget", number, partner.pk, anchor=_OF_BUDGET[remedy.code])
    match remedy.code:
        case "invite_partner" | "invite_sme":
            return at("section_partners", number, anchor="invite")
        case "send_invitation" | "remove_partner":
            return at("section_partners", number, anchor=f"partner-{key}" if partner else "")
        case "choose_country":
            return at("section_partners", number, anchor="countries")
        case "choose_lead":
            return at("lead_of_proposal", number)
        case "ask_derogation":
            return ask_url(str(values.get("rule", rule_code)), proposal)
        case "edit_section" if values.get("section") in SectionName.values:
            field = str(values.get("field", ""))
            anchor = f"id_{_FIELDS.get(field, field)}" if field else ""
            return at(f"section_{values['section']}", number, anchor=anchor)
        case "edit_product" if key.isdigit():
            return at("edit_product", number, int(key), anchor="id_trl_end")
        case "add_product":
            return at("new_product", number)
        case "add_work_package":
            return at("new_work_package", number)
        case code if code in _OF_PACKAGE and key.isdigit():
            return at("edit_work_package", number, int(key), anchor=_OF_PACKAGE[code] % dict(values))
        case "assign_partner":
            return at("section_work_plan", number)
        case "declare":
            return at("section_declarations", number, anchor=f"partner-{key}" if key in who.own else "")
        case "add_annex":
            return at("section_annexes", number, anchor=str(values.get("annex", "")))
        case "wait_for_opening":
            return at("call", proposal.call.slug)
        case "choose_call":
            return at("copy_proposal", number) if who.leads else at("calls")
    sections = {code: section for section, codes in SECTION_RULES.items() for code in codes}
    section = sections.get(rule_code, "")
    return at(f"section_{section}", number) if section else at("proposal", number)
