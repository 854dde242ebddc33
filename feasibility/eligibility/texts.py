"""Findings in the reader's language: sentences made from the very values that decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from .finding import Evidence, Finding, FindingText, Outcome, Remedy, RemedyText, RuleText
from .readers import ASKED_OF_LEAD, ASKED_OF_PARTNER, Reader, first_for
from .rule import DEROGATED, DEROGATED_MESSAGE, RULES, Rule, spec_of
from .values import Value, show_all

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.PASSED: pgettext_lazy("rule", "Passed"),
    Outcome.FAILED: pgettext_lazy("rule", "Failed"),
    Outcome.UNKNOWN: pgettext_lazy("rule", "Not yet known"),
}
"""The three answers in words."""

CLASSES: Mapping[str, Text] = {
    "micro": pgettext_lazy("size class", "micro"),
    "small": pgettext_lazy("size class", "small"),
    "medium": pgettext_lazy("size class", "medium"),
    "large": pgettext_lazy("size class", "large"),
    "not_sme": pgettext_lazy("size class", "no SME, held by public bodies"),
    "unknown": pgettext_lazy("size class", "unknown"),
}

FACTS: Mapping[str, Text] = {
    "is_lead": _("%(partner)s is the lead partner."),
    "is_sme": _("%(partner)s is an SME."),
    "not_an_sme": _("%(partner)s is not an SME."),
    "not_confirmed": _("%(partner)s has not confirmed yet."),
    "declined": _("%(partner)s has declined."),
    "not_declared": _("%(partner)s has not declared its size yet."),
    "holdings_not_declared": _("%(partner)s has not declared its holdings."),
    "counts": _("%(partner)s is an independent SME from %(country)s."),
    "counts_once": _("Linked, so they count once: %(partners)s."),
    "may_count": _("%(partner)s does not count yet."),
    "country_open": _("Linked, and not settled for which country they count: %(partners)s (%(countries)s)."),
    "third_country": _("%(partner)s works in %(country)s, which does not take part in the programme."),
    "declaration_ended": _("The declaration of %(partner)s no longer stands."),
    "figures_missing": _("%(partner)s declares the class %(declared)s; its figures do not suffice to tell."),
    "class_differs": _("%(partner)s declares the class %(declared)s; its figures give %(figures)s."),
    "no_aid_basis": _("%(partner)s has not chosen its aid basis."),
    "no_research_category": _("%(partner)s has not chosen the category of its research."),
    "no_budget": _("%(partner)s has no budget yet."),
    "de_minimis_not_declared": _("%(partner)s has not declared its earlier de minimis aid."),
    "de_minimis": _("%(partner)s asks for %(asked)s; its headroom is %(headroom)s."),
    "de_minimis_group": _(
        "%(partners)s are a single undertaking and ask for %(asked)s; their headroom is %(headroom)s."
    ),
    "region_missing": _("%(partner)s has not given the region in which it works."),
    "region_not_comparable": _(
        "%(partner)s works in %(region)s of the NUTS version %(version)s, which the programme does not use."
    ),
    "outside_area": _("%(partner)s works in %(region)s (%(country)s), outside the programme area."),
    "main_ket": _("The main technology is %(name)s."),
    "field_in_call": _("The call takes the field %(name)s."),
    "field_not_in_call": _("The call does not take the field %(name)s."),
    "call_times": _("Open from %(opens)s to %(closes)s."),
    "grant_above_sme_limit": _("%(partner)s asks for %(grant)s; an SME gets at most %(limit)s."),
    "group_above_sme_limit": _(
        "%(partners)s are linked and ask for %(grant)s; as one SME they get at most %(limit)s."
    ),
    "grant_above_partner_limit": _("%(partner)s asks for %(grant)s; a partner gets at most %(limit)s."),
    "grant_above_project_limit": _("The project asks for %(grant)s; a project gets at most %(limit)s."),
    "grant_above_rate": _(
        "%(partner)s asks for %(grant)s of %(cost)s; the rate of %(limit)s allows %(largest)s."
    ),
    "grant_above_intensity": _(
        "%(partner)s asks for %(grant)s of %(cost)s; the aid intensity of %(limit)s allows %(largest)s."
    ),
    "aid_above_intensity": _(
        "%(partner)s asks for %(grant)s and gets %(public)s of other public money (%(funders)s): %(aid)s of %(cost)s. "
        "The aid intensity of %(limit)s allows %(largest)s."
    ),
    "aid_above_ceiling": _(
        "%(partner)s asks for %(grant)s and gets %(public)s of other public money (%(funders)s): %(aid)s. "
        "The aid basis allows %(limit)s."
    ),
    "grant_above_aid_ceiling": _("%(partner)s asks for %(grant)s; the aid basis allows %(limit)s."),
    "share_too_large": _(
        "%(partner)s carries %(cost)s of %(total)s, about %(share)s; at most %(limit)s is allowed."
    ),
    "share_too_small": _(
        "%(partner)s carries %(cost)s of %(total)s, about %(share)s; at least %(limit)s is needed."
    ),
    "amount_below_zero": _("%(partner)s enters %(amount)s for %(line)s; an amount is not below zero."),
    "grant_below_zero": _("%(partner)s asks for %(grant)s; a grant is not below zero."),
    "unknown_category": _(
        "%(partner)s enters %(amount)s for %(category)s, a cost category that the programme does not have."
    ),
    "flat_rate_differs": _(
        "%(partner)s enters %(amount)s for %(category)s; the flat rate of %(rate)s gives %(due)s."
    ),
    "sources_too_low": _(
        "%(partner)s has sources of %(funded)s for costs of %(cost)s: %(difference)s is missing."
    ),
    "sources_too_high": _(
        "%(partner)s has sources of %(funded)s for costs of %(cost)s: %(difference)s is too much."
    ),
    "grant_differs": _("%(partner)s asks for %(grant)s, and its lines from funders give %(granted)s."),
    "duration": ngettext_lazy("Duration: one month.", "Duration: %(months)s months.", "months"),
    "start": _("Start: %(starts)s."),
    "no_levels": _("%(product)s lacks a readiness level."),
    "no_path": _("%(product)s goes from level %(start)s to %(target)s, which is no rise within 1 to 9."),
    "levels_too_low": _("%(product)s goes from level %(start)s to %(target)s; the programme asks for more."),
    "path": _("%(product)s rises from level %(start)s to %(target)s."),
    "section_open": _("The section %(section)s is not complete."),
    "annex_missing": _("The annex %(annex)s is missing."),
    "no_duration": _("The duration of the project is not given yet."),
    "package_without_title": _("Work package %(package)s has no title yet."),
    "package_without_lead": _("Work package %(package)s has no leading partner yet."),
    "package_lead_gone": _("Work package %(package)s is led by a partner that no longer takes part."),
    "package_without_first_month": _("Work package %(package)s has no first month yet."),
    "package_without_last_month": _("Work package %(package)s has no last month yet."),
    "package_before_project": _("Work package %(package)s names month %(month)s; the first one is month 1."),
    "package_beyond_project": ngettext_lazy(
        "Work package %(package)s names month %(month)s; the project takes one month.",
        "Work package %(package)s names month %(month)s; the project takes %(months)s months.",
        "months",
    ),
    "package_months_reversed": _(
        "Work package %(package)s begins in month %(first)s and ends before that, in month %(last)s."
    ),
    "no_deliverable": _("Work package %(package)s has no deliverable."),
    "deliverable_without_title": _("Deliverable %(deliverable)s has no title yet."),
    "deliverable_without_month": _("Deliverable %(deliverable)s has no month in which it is due."),
    "deliverable_outside_package": _(
        "Deliverable %(deliverable)s is due in month %(month)s; its work package runs from month %(first)s to %(last)s."
    ),
    "in_no_package": _("%(partner)s takes part in no work package."),
    "declarations_open": _("%(partner)s has not declared: %(declarations)s."),
}
"""One sentence for each fact of an evidence."""

REMEDIES: Mapping[str, Text] = {
    "choose_lead": _("Name one SME as the lead partner."),
    "invite_partner": _("Invite the first partner."),
    "invite_sme": ngettext_lazy(
        "Invite one more independent SME.", "Invite %(missing)s more independent SMEs.", "missing"
    ),
    "invite_sme_from": _("Invite an independent SME from %(country)s."),
    "send_invitation": _("Send the invitation to %(partner)s again."),
    "remove_partner": _("Take %(partner)s out of the consortium."),
    "declare_sme": _("Declare the size of %(partner)s with its figures."),
    "declare_holdings": _("Declare the holdings of %(partner)s."),
    "declare_de_minimis": _("Declare the earlier de minimis aid of %(partner)s."),
    "choose_country": _("Choose for which country they count: %(partners)s."),
    "choose_aid_basis": _("Choose the aid basis of %(partner)s."),
    "edit_region": _("Enter the region in which %(partner)s works."),
    "ask_derogation": _("Ask the programme management for a derogation."),
    "edit_budget": _("Mend the budget of %(partner)s."),
    "lower_grant": _("Lower the grant of %(partner)s to at most %(largest)s."),
    "lower_project_grant": _("Lower the grants of the project to at most %(largest)s together."),
    "edit_section": _("Complete the section."),
    "edit_product": _("Give %(product)s a readiness level now and a higher one at the end."),
    "add_product": _("Add an expected product."),
    "add_annex": _("Add the annex %(name)s."),
    "add_work_package": _("Add a work package."),
    "name_work_package": _("Give work package %(package)s a title."),
    "choose_package_lead": _("Choose the leading partner of work package %(package)s."),
    "edit_package_months": _("Change the months of work package %(package)s."),
    "add_deliverable": _("Add a deliverable to work package %(package)s."),
    "edit_deliverable": _("Change deliverable %(deliverable)s."),
    "assign_partner": _("Give %(partner)s a part in a work package."),
    "declare": _("Make the declarations of %(partner)s."),
    "wait_for_opening": _("Submit once the call opens on %(opens)s."),
    "choose_call": _("Choose an open call."),
}
"""One sentence for each remedy."""

LIMITS: Mapping[tuple[str, str], Text] = {
    ("GRANT-LIMIT", "per_sme"): _("An SME gets at most %(limit)s."),
    ("GRANT-LIMIT", "per_partner"): _("A partner gets at most %(limit)s."),
    ("GRANT-LIMIT", "per_project"): _("A project gets at most %(limit)s."),
    ("PRODUCTS", "lowest_start"): _("A product starts at readiness level %(limit)s or higher."),
    ("PRODUCTS", "lowest_target"): _("A product reaches readiness level %(limit)s or higher."),
}
"""Limits of a rule that may be left out, one sentence each."""

FIELDS: Mapping[str, Text] = {
    "main_ket": _("Choose a main technology that the call takes."),
    "fields": _("Choose application fields that the call takes."),
    "months": _("Change the duration of the project."),
    "starts_on": _("Change the start of the project."),
}
"""``edit_section`` in words where it means one field."""

NOT_WORDED: Mapping[Outcome, Text] = {
    Outcome.PASSED: _("This rule passed."),
    Outcome.FAILED: _("This rule failed."),
    Outcome.UNKNOWN: _("Whether this rule passes is not known yet."),
}
"""For findings of rules that are gone."""


def describe(finding: Finding, reader: Reader | None = None) -> FindingText:
    """The finding in the active language: title, message, what to do, and the source of the rule.

    Remedies are worded for ``reader``; without one, for nobody in particular. A finding of a rule that no longer
    exists keeps its code as title and its answer as message.
    """
    rule = RULES.get(finding.code)
    remedies = tuple(_remedy(remedy, reader) for remedy in finding.remedies)
    first = first_for(finding, reader)
    return FindingText(
        title=str(rule.title) if rule else finding.code,
        message=_message(finding),
        remedy=_remedy(first, reader).text if first else "",
        source=str(rule.source) if rule else "",
        evidence=tuple(text for text in map(_evidence, finding.evidence) if text),
        remedies=remedies,
    )


def describe_rule(rule: Rule) -> RuleText:
    """The rule in the active language, as a call's page shows it. Limits that are set are named one by one."""
    values = {one.name: spec_of(one).unit.kept(getattr(rule, one.name)) for one in fields(rule)}
    limits = ((LIMITS.get((rule.code, name)), value) for name, value in values.items())
    details = tuple(
        _fill(sentence, {"limit": value}) for sentence, value in limits if sentence and value is not None
    )
    return RuleText(str(rule.title), _fill(rule.requirement, values), details, str(rule.source))


def _message(finding: Finding) -> str:
    if finding.reason == DEROGATED:
        return _fill(DEROGATED_MESSAGE, {"derogation": finding.derogation or ""})
    rule = RULES.get(finding.code)
    sentence = rule.messages.get(finding.reason) if rule else None
    return _fill(sentence or NOT_WORDED[finding.outcome], finding.parameters)


def _evidence(evidence: Evidence) -> str:
    values = dict(evidence.values)
    for name in ("declared", "figures"):
        if isinstance(values.get(name), str):
            values[name] = str(CLASSES.get(str(values[name]), values[name]))
    return _fill(FACTS.get(evidence.fact, ""), values)


def _remedy(remedy: Remedy, reader: Reader | None = None) -> RemedyText:
    code = remedy.code
    if code == "invite_sme" and "country" in remedy.parameters:
        code = "invite_sme_from"
    sentence = REMEDIES.get(code, "")
    if reader is not None and not reader.does(remedy):
        sentence = ASKED_OF_PARTNER.get(code, ASKED_OF_LEAD.get(code, sentence))
    if remedy.code == "edit_section":
        sentence = FIELDS.get(str(remedy.parameters.get("field", "")), sentence)
    return RemedyText(remedy.code, remedy.parameters, _fill(sentence, remedy.parameters))


def _fill(sentence: Text, values: Mapping[str, Value]) -> str:
    """The sentence with its values, or bare where an old finding lacks one that the sentence has since come to name."""
    shown: dict[str, Any] = show_all(values)
    try:
        filled = str(sentence % shown)
    except KeyError:
        return str(sentence)
    # "Voorbeeld B.V." at the end brings its own full stop.
    return filled[:-1] if filled.endswith("..") else filled
