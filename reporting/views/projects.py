"""What the programme funds, for everybody."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reporting.charts import project_page
from reporting.filters import ProjectFilter
from reporting.models import Project
from reporting.selectors import public_project
from rocket.core.filtering import pills, without_choices
from rocket.core.permissions import find, visible

PAGE_SIZE = 25
ORDERS = {"title": "title", "budget": "budget", "decided": "opened_at"}
"""What the list can be sorted by; a minus before it turns it round."""
LATEST_FIRST = "-decided"


@dataclass(frozen=True)
class SortLink:
    """Where the head of a column leads, and how the column is sorted now."""

    url: str
    sorted: str


@login_not_required
@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """Funded projects, the latest first, narrowed and sorted as asked for."""
    every = visible(request.user, Project)
    filters = ProjectFilter(request.GET or None, queryset=every)  # type: ignore[arg-type]
    order = _order(request)
    by = ORDERS[order.removeprefix("-")]
    turned = "-" if order.startswith("-") else ""
    rows = filters.qs.with_parts().with_money().order_by(f"{turned}{by}", f"{turned}number")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    chosen = pills(request, filters.form)
    return render(
        request,
        "reporting/projects.html",
        {
            "filter": filters,
            "pills": chosen,
            "clear_url": without_choices(request, filters.form) if chosen else "",
            "sort": {name: _sort_link(request, name, order) for name in ORDERS},
            "page_obj": page,
            "shown": page.paginator.count,
            "total": every.count(),
        },
    )


def _order(request: HttpRequest) -> str:
    asked = request.GET.get("sort", "")
    return asked if asked.removeprefix("-") in ORDERS else LATEST_FIRST


def _sort_link(request: HttpRequest, name: str, order: str) -> SortLink:
    """A second press turns the order round. Figures and days start with the largest and latest."""
    first, second = (name, f"-{name}") if name == "title" else (f"-{name}", name)
    query = request.GET.copy()
    query.pop("page", None)
    query["sort"] = second if order == first else first
    now = {name: "ascending", f"-{name}": "descending"}.get(order, "")
    return SortLink(f"?{query.urlencode()}", now)


@login_not_required
@require_safe
def project(request: HttpRequest, number: str) -> HttpResponse:
    """Title, partners, technology, budget and products of one project. Nothing of the decision is public."""
    found = find(
        request,
        Project,
        to="view",
        queryset=visible(request.user, Project).with_parts().with_money(),  # type: ignore[attr-defined]
        number=number,
    )
    request.shown_programme = found.programme  # type: ignore[attr-defined]
    page = public_project(found)
    return render(
        request,
        "reporting/project.html",
        {
            "project": found,
            "page": page,
            **project_page(page),
            "crumbs": [(_("Projects"), reverse("projects")), (found.title, "")],
        },
    )
