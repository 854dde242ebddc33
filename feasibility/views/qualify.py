"""Check if you qualify: five questions for everybody, answered in the address, kept nowhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls.desk import home_programme
from calls.enums import RuleBook
from calls.models import Call, ClusterOrganisation, Programme, Region
from calls.selectors import calls_by_phase
from feasibility.eligibility import CallFacts, Finding, Outcome, ProgrammeFacts, describe
from feasibility.eligibility import Region as RegionFacts
from feasibility.forms import QualifyForm
from feasibility.panel import ShownFinding
from feasibility.qualify import PARTNER_RULES, Answer, Answers, Offer, check
from feasibility.selectors import rules_for


@login_not_required
@require_safe
def qualify(request: HttpRequest) -> HttpResponse:
    """The questions, and once they are answered what follows. The address alone holds the answers."""
    programme = home_programme()
    if programme is None:
        raise Http404
    now: datetime = request.arrived_at  # type: ignore[attr-defined]
    form = QualifyForm(request.GET or None, programme=programme)
    context: dict[str, Any] = {"programme": programme, "form": form}
    if form.is_bound and form.is_valid():
        calls = calls_by_phase(Call.objects.filter(programme=programme), now)
        answers = form.answers()
        with timezone.override(programme.zone):
            answer = _check(programme, [*calls.open, *calls.planned], answers, now)
            context |= {
                "answer": answer,
                "verdict": answer.verdict.name,
                "found": next(
                    (c for c in (*calls.open, *calls.planned) if c.slug == answer.offer.call), None
                ),
                "against": [_shown(finding) for finding in answer.against],
                "passed": [_shown(finding) for finding in answer.report.passed],
                "consultants": _consultants(programme, form.region, answers.country),
                "answered": form.answered(),
            }
            return render(request, "feasibility/qualify.html", context)
    return render(request, "feasibility/qualify.html", context, status=422 if form.errors else 200)


def _check(programme: Programme, calls: list[Call], answers: Answers, now: datetime) -> Answer:
    kets, fields = list(programme.kets.all()), list(programme.application_fields.all())
    countries = list(programme.countries.all())
    names = {f"ket:{ket.code}": dict(ket.name) for ket in kets}
    names |= {f"field:{one.code}": dict(one.name) for one in fields}
    names |= {f"country:{one.code}": dict(one.name) for one in countries}
    offers = [
        Offer(
            call=call.slug,
            is_open=call.is_open_at(now),
            rules=rules_for(kind, call),
            facts=CallFacts(
                opens_at=call.opens_at,
                closes_at=call.closes_at,
                published=True,
                kets=frozenset(ket.code for ket in call.kets.all()),
                fields=frozenset(one.code for one in call.fields.all()),
            ),
        )
        for call in calls
        for kind in call.kinds.all()
    ]
    if not offers:
        takes_all = CallFacts(
            opens_at=None,
            closes_at=None,
            published=False,
            kets=frozenset(ket.code for ket in kets),
            fields=frozenset(one.code for one in fields),
        )
        offers = [
            Offer(call=None, is_open=False, rules=rules_for(kind), facts=takes_all)
            for kind in programme.kinds.all()
        ]
    facts = ProgrammeFacts(
        countries=tuple(country.code for country in countries),
        area=frozenset(RegionFacts(*key) for region in programme.regions.all() for key in region.keys),
        zone=programme.time_zone,
        rule_book=RuleBook(programme.rule_book),
    )
    return check(
        answers,
        offers,
        facts,
        names={**names, "country:??": {"en": "–"}},
        own_name=_("Your company"),
        partner_name=_("Your partner"),
        now=now,
    )


def _shown(finding: Finding) -> ShownFinding:
    """A finding in words for somebody who has no proposal yet: what would mend it names the company's own ways."""
    text = describe(finding)
    remedy, url = _remedy(finding, text.remedy)
    return ShownFinding(
        outcome=str(finding.outcome.value),
        title=text.title,
        message=text.message,
        remedy_text=remedy,
        remedy_url=url,
        code=finding.code,
        source=text.source,
        evidence=(),
    )


def _remedy(finding: Finding, of_the_rule: str) -> tuple[str, str]:
    """What mends it for a company without a proposal, and where on the page that is."""
    if finding.outcome is Outcome.PASSED:
        return "", ""
    if finding.outcome is Outcome.UNKNOWN and finding.code in {"SME-LED", *PARTNER_RULES}:
        return _("Choose a range for turnover or for the balance sheet total."), "#id_turnover"
    if finding.code in PARTNER_RULES:
        return of_the_rule, "#consultants"
    if finding.code == "SME-LED":
        return _("Find an SME that leads, and take part as its partner."), "#consultants"
    if finding.code == "PROGRAMME-AREA":
        return _(
            "Do the work in an establishment within the area, or ask the programme management for a derogation."
        ), "#id_place"
    return of_the_rule, "#questions"


def _consultants(programme: Programme, region: Region | None, country: str) -> list[ClusterOrganisation]:
    """Those who care for the company's region; without one in the area, those of its country; else all."""
    rows = programme.clusters.select_related("country")
    if region is not None and (near := list(rows.filter(regions=region))):
        return near
    return list(rows.filter(country__code=country)) if country else list(rows)
