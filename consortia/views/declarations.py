"""The two declarations of an organisation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consortia import services
from consortia import sme as sme_definition
from consortia.declaration_forms import (
    AidRows,
    DeMinimisForm,
    RelatedRows,
    SmeForm,
    aid_initial,
    aids_of,
    quiet,
    read_enterprise,
    sme_initial,
)
from consortia.declarations import accounts_due
from consortia.models import Organisation
from consortia.views._common import home_programme, safe_next
from rocket.core.errors import RocketError
from rocket.core.permissions import find

ADDED_ROWS = 2


def _with_more_rows(data: Any, prefix: str) -> Any:
    """The posted data with room for more rows: what was typed stays, and nothing is checked yet."""
    changed = data.copy()
    key = f"{prefix}-TOTAL_FORMS"
    total = changed.get(key, "")
    changed[key] = str(min(int(total), 60) + ADDED_ROWS) if total.isdecimal() and len(total) < 4 else "2"
    return changed


def _crumbs(organisation: Organisation, title: str) -> list[tuple[str, str]]:
    return [
        (_("My organisations"), reverse("my_organisations")),
        (organisation.name, organisation.get_absolute_url()),
        (title, ""),
    ]


def _explained(enterprise: Any) -> tuple[sme_definition.Explanation, sme_definition.SmeClass] | None:
    """The class that stored or typed figures give, in sentences; None where they cannot be read."""
    try:
        result = sme_definition.classify(sme_definition.enterprise_from_json(enterprise))
    except sme_definition.JsonFormError:
        return None
    return sme_definition.describe(result), result.sme_class


@require_http_methods(["GET", "HEAD", "POST"])
def sme(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare class, figures and holdings; the page explains the class that they give, step by step."""
    organisation = find(request, Organisation, to="declare", pk=pk)
    programme = home_programme()
    next_url = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    declaration = organisation.sme_declaration
    enterprise: Any = declaration.enterprise if declaration else None
    is_preview = False
    status = 200
    if request.method == "POST" and "add" in request.POST:
        data = _with_more_rows(request.POST, "related")
        form = SmeForm(data)
        rows = RelatedRows(data, prefix="related", form_kwargs={"programme": programme})
        quiet(form, rows)
    elif request.method == "POST":
        form = SmeForm(request.POST, is_preview="preview" in request.POST)
        rows = RelatedRows(request.POST, prefix="related", form_kwargs={"programme": programme})
        status = 422
        valid = form.is_valid()
        if rows.is_valid() and valid and (typed := read_enterprise(organisation, form, rows)):
            enterprise = typed
            if "preview" in request.POST:
                is_preview, status = True, 200
                if (found := _explained(typed)) and not form["declared_class"].value():
                    # What the figures give is ticked already; declared it is by the other button.
                    form.data = request.POST.copy()
                    form.data["declared_class"] = found[1].value
            else:
                try:
                    declaration = services.declare_sme(
                        organisation=organisation,
                        declared_class=form.cleaned_data["declared_class"],
                        enterprise=typed,
                        by=request.user,  # type: ignore[arg-type]
                        now=request.arrived_at,  # type: ignore[attr-defined]
                    )
                except RocketError as refused:
                    form.add_error("closed_on" if refused.code == "period_not_closed" else None, str(refused))
                else:
                    return _declared(request, organisation, declaration, next_url)
    else:
        initial, row_initial = sme_initial(declaration)
        form = SmeForm(initial=initial)
        rows = RelatedRows(prefix="related", initial=row_initial, form_kwargs={"programme": programme})
    explained = _explained(enterprise) if enterprise else None
    title = _("SME declaration")
    return render(
        request,
        "consortia/sme.html",
        {
            "organisation": organisation,
            "form": form,
            "rows": rows,
            "declaration": declaration,
            "explanation": explained[0] if explained else None,
            "computed": explained[1].value if explained else "",
            "is_preview": is_preview,
            "accounts_due": accounts_due(declaration, request.arrived_at),  # type: ignore[attr-defined]
            "earlier": organisation.sme_declarations.select_related("declared_by"),
            "next": next_url,
            "title": title,
            "crumbs": _crumbs(organisation, title),
        },
        status=status,
    )


def _declared(
    request: HttpRequest, organisation: Organisation, declaration: Any, next_url: str
) -> HttpResponse:
    if declaration.is_consistent:
        messages.success(
            request,
            _("Declared: %(declared)s. The figures give the same class.")
            % {"declared": declaration.get_declared_class_display()},
        )
        return redirect(next_url or organisation)
    messages.warning(
        request,
        _(
            "Declared: %(declared)s. The figures give: %(computed)s. Both are kept, and the difference blocks a "
            "submission: correct the figures or the class."
        )
        % {
            "declared": declaration.get_declared_class_display(),
            "computed": declaration.get_computed_class_display(),
        },
    )
    back = f"?{urlencode({'next': next_url})}" if next_url else ""
    return redirect(reverse("sme_declaration", args=[organisation.pk]) + back)


@require_http_methods(["GET", "HEAD", "POST"])
def de_minimis(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare all earlier de minimis aid of the single undertaking, or that there was none."""
    organisation = find(request, Organisation, to="declare", pk=pk)
    programme = home_programme()
    next_url = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    declaration = organisation.de_minimis_declaration
    status = 200
    if request.method == "POST" and "add" in request.POST:
        data = _with_more_rows(request.POST, "aids")
        form = DeMinimisForm(data)
        rows = AidRows(data, prefix="aids", form_kwargs={"programme": programme})
        quiet(form, rows)
    elif request.method == "POST":
        form = DeMinimisForm(request.POST)
        rows = AidRows(request.POST, prefix="aids", form_kwargs={"programme": programme})
        status = 422
        valid = form.is_valid()
        if rows.is_valid() and valid and (aids := aids_of(form, rows)) is not None:
            try:
                services.declare_de_minimis(
                    organisation=organisation,
                    aids=aids,
                    by=request.user,  # type: ignore[arg-type]
                    now=request.arrived_at,  # type: ignore[attr-defined]
                )
            except RocketError as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("The de minimis declaration stands."))
                return redirect(next_url or organisation)
    else:
        initial, row_initial = aid_initial(declaration)
        form = DeMinimisForm(initial=initial)
        rows = AidRows(prefix="aids", initial=row_initial, form_kwargs={"programme": programme})
    title = _("De minimis declaration")
    return render(
        request,
        "consortia/de_minimis.html",
        {
            "organisation": organisation,
            "form": form,
            "rows": rows,
            "declaration": declaration,
            "next": next_url,
            "title": title,
            "crumbs": _crumbs(organisation, title),
        },
        status=status,
    )
