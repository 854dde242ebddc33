"""Projects and products on the desk: what stands where, and the steps that are possible."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from calls.desk import programme_of
from calls.models import Programme
from reporting import services
from reporting.desk_filters import DeskProjectFilter, ProductFilter
from reporting.enums import Stage
from reporting.exporters.listing import products_table, projects_table
from reporting.forms import ProjectStepForm, StageForm
from reporting.models import Product, Project
from reporting.transitions import PROJECT, STAGES, event_words
from rocket.accounts.http import SignedInRequest
from rocket.core.errors import RocketError
from rocket.core.lists import list_context, list_file
from rocket.core.models import AuditEntry
from rocket.core.permissions import find, may


@require_safe
def projects(request: SignedInRequest, programme: str) -> HttpResponseBase:
    """Every funded project with its money, as it stands now."""
    found = programme_of(request, programme)
    rows = Project.objects.of(found).funded().with_parts().with_money().order_by("-opened_at", "-number")
    filters = DeskProjectFilter(request.GET or None, programme=found, queryset=rows)
    with timezone.override(found.zone):
        if file := list_file(request, lambda: projects_table(filters.qs), f"{found.code}-projects"):
            return file
    return render(
        request,
        "reporting/desk_projects.html",
        {**list_context(request, filters), "programme": found, "total": rows.count()},
    )


@require_safe
def products(request: SignedInRequest, programme: str) -> HttpResponseBase:
    """Every product of the funded projects with its stage."""
    found = programme_of(request, programme)
    rows = Product.objects.filter(project__in=Project.objects.of(found).funded()).select_related(
        "project", "ket", "owner"
    )
    filters = ProductFilter(
        request.GET or None, programme=found, queryset=rows.order_by("project__title", "pk")
    )
    with timezone.override(found.zone):
        if file := list_file(request, lambda: products_table(filters.qs), f"{found.code}-products"):
            return file
    return render(
        request,
        "reporting/desk_products.html",
        {**list_context(request, filters), "programme": found, "total": rows.count()},
    )


def _find(request: SignedInRequest, programme: Programme, number: str, *, to: str) -> Project:
    return find(
        request,
        Project,
        to=to,
        queryset=Project.objects.of(programme).funded().with_parts().with_money(),
        number=number,
    )


def _steps(request: SignedInRequest, project: Project) -> list[dict[str, Any]]:
    """The buttons: every row of the table that leads on from here and that this person may take."""
    return [
        {
            "label": row.label,
            "needs_reason": row.needs_reason,
            "url": reverse("move_project", args=[project.programme.code, project.number, row.verb]),
        }
        for row in PROJECT.from_state(project.state)
        if may(request.user, row.action, project)
    ]


@require_safe
def project(request: SignedInRequest, programme: str, number: str) -> HttpResponse:
    """One project: partners, money, products and their stages, steps, and what has happened."""
    found = programme_of(request, programme)
    current = _find(request, found, number, to="view_on_desk")
    about = list(current.products.select_related("ket", "owner").prefetch_related("stages__by"))
    return render(
        request,
        "reporting/desk_project.html",
        {
            "programme": found,
            "project": current,
            "partners": current.proposal.consortium.partners.confirmed().select_related("organisation"),
            "products": [
                {
                    "product": one,
                    "may_move": bool(STAGES[one.stage_now]) and bool(may(request.user, "set_stage", one)),
                }
                for one in about
            ],
            "steps": _steps(request, current),
            "history": [
                {"word": event_words(entry.verb), "entry": entry}
                for entry in AuditEntry.objects.about(current).select_related("by").order_by("-sequence")
            ],
            "crumbs": [(_("Projects"), reverse("desk_projects", args=[found.code])), (current.title, "")],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, programme: str, number: str, verb: str) -> HttpResponse:
    """Take the project one step on; where a reason is needed, ask for it first."""
    found = programme_of(request, programme)
    row = next((row for row in PROJECT if row.verb == verb), None)
    if row is None:
        raise Http404
    current = _find(request, found, number, to=row.action)
    url = reverse("desk_project", args=[found.code, number])
    form = ProjectStepForm(request.POST or None, button=row.label) if row.needs_reason else None
    if request.method != "POST" and form is None:
        return redirect(url)
    if request.method == "POST" and (form is None or form.is_valid()):
        reason = form.cleaned_data["reason"] if form else ""
        try:
            services.move_project(
                project=current, verb=verb, by=request.user, now=request.arrived_at, reason=reason
            )
        except RocketError as refused:
            if form is None:
                messages.error(request, str(refused))
                return redirect(url)
            form.add_error(None, str(refused))
        else:
            return redirect(url)
    return render(
        request,
        "reporting/step_form.html",
        {
            "programme": found,
            "heading": row.label,
            "lead": current.title,
            "form": form,
            "crumbs": [(current.title, url), (str(row.label), "")],
        },
        status=422 if request.method == "POST" else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def stage(request: SignedInRequest, programme: str, pk: int) -> HttpResponse:
    """Record the next stage of a product."""
    found = programme_of(request, programme)
    product = find(
        request,
        Product,
        to="set_stage",
        queryset=Product.objects.filter(project__in=Project.objects.of(found).funded()).select_related(
            "project__proposal__call__programme", "owner"
        ),
        pk=pk,
    )
    url = reverse("desk_project", args=[found.code, product.project.number])
    form = StageForm(request.POST or None, product=product)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.set_product_stage(
                product=product,
                stage=Stage(given["stage"]),
                first_sold_on=given["first_sold_on"],
                evidence=given["evidence"],
                by=request.user,
                now=request.arrived_at,
            )
        except RocketError as refused:
            form.add_error("first_sold_on" if refused.code.startswith("first_sale") else None, str(refused))
        else:
            messages.success(request, _("The stage of %(product)s is recorded.") % {"product": product.name})
            return redirect(url)
    return render(
        request,
        "reporting/step_form.html",
        {
            "programme": found,
            "heading": product.name,
            "lead": _("Stage now: %(stage)s") % {"stage": product.get_stage_display()},
            "form": form,
            "crumbs": [(product.project.title, url), (product.name, "")],
        },
        status=422 if request.method == "POST" else 200,
    )
