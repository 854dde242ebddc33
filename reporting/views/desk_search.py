"""One box that finds what the desk knows: proposals, projects, organisations, calls of the programme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls.desk import programme_of
from calls.models import Call, Programme
from consortia.models import Organisation
from feasibility.models import Proposal
from feasibility.selectors import titles_as_submitted
from reporting.models import Project
from reporting.selectors.organisations import organisations_in, organisations_named, taking_part
from rocket.accounts.http import SignedInRequest

MOST = 20
"""Hits of each kind that the page shows."""
LONGEST = 120


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class Hits:
    """What was found of one kind: the first ones, how many there are, and the list that holds just these."""

    title: str
    shown: list[Hit]
    total: int
    url: str = ""


@require_safe
def search(request: SignedInRequest, programme: str) -> HttpResponse:
    """By number, title, name of a partner or place; two queries a kind, none for an empty box."""
    found = programme_of(request, programme)
    words = request.GET.get("q", "").strip()[:LONGEST]
    kinds = [look(found, words) for look in (_proposals, _projects, _organisations, _calls)] if words else []
    return render(
        request,
        "reporting/desk_search.html",
        {"programme": found, "words": words, "kinds": [one for one in kinds if one.total]},
    )


def _hits(title: str, rows: QuerySet[Any], hit: Callable[[Any], Hit], url: str = "") -> Hits:
    shown = list(rows[:MOST])
    titles_as_submitted(one for one in shown if isinstance(one, Proposal))
    return Hits(title, [hit(one) for one in shown], rows.count(), url)


def _with_partner(programme: Programme, words: str) -> Any:
    """Consortia of the programme with a partner of that name or place."""
    named = organisations_named(Organisation.objects.all(), words)
    return taking_part(programme).filter(organisation__in=named.values("pk")).values("consortium")


def _proposals(programme: Programme, words: str) -> Hits:
    rows = Proposal.objects.filter(call__programme=programme).on_desk()
    ours = Q(pk__in=rows.named(words).values("pk")) | Q(consortium__in=_with_partner(programme, words))
    return _hits(
        _("Proposals"),
        rows.filter(ours).select_related("call").order_by("-changed_at", "-pk"),
        lambda one: Hit(
            one.title,
            reverse("desk_proposal", args=[programme.code, one.number]),
            f"{one.number} · {one.call.title} · {one.state_now.desk_label}",
        ),
    )


def _projects(programme: Programme, words: str) -> Hits:
    rows = Project.objects.of(programme).funded()
    return _hits(
        _("Projects"),
        rows.filter(
            Q(number__icontains=words)
            | Q(title__icontains=words)
            | Q(proposal__number__icontains=words)
            | Q(proposal__consortium__in=_with_partner(programme, words))
        ).order_by("-opened_at", "-pk"),
        lambda one: Hit(
            one.title,
            reverse("desk_project", args=[programme.code, one.number]),
            f"{one.number} · {one.get_state_display()}",
        ),
    )


def _organisations(programme: Programme, words: str) -> Hits:
    return _hits(
        _("Organisations"),
        organisations_named(organisations_in(programme), words).order_by("search_name", "pk"),
        lambda one: Hit(
            one.name,
            reverse("desk_organisation", args=[programme.code, one.pk]),
            " · ".join(part for part in (one.country, one.town, one.region_name) if part),
        ),
        f"{reverse('desk_organisations', args=[programme.code])}?{urlencode({'words': words})}",
    )


def _calls(programme: Programme, words: str) -> Hits:
    in_any_language = Q()
    for code, _name in settings.LANGUAGES:
        in_any_language |= Q(**{f"title__{code}__icontains": words})
    return _hits(
        _("Calls"),
        Call.objects.filter(programme=programme)
        .filter(in_any_language | Q(slug__icontains=words))
        .order_by("-opens_at", "-pk"),
        lambda one: Hit(
            str(one.title),
            reverse("desk_call", args=[programme.code, one.slug]),
            str(one.get_state_display()),
        ),
    )
