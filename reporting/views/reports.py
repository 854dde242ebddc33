"""Reports: asked for, watched, fetched, cancelled."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calls.desk import programme_of
from calls.models import Programme
from reporting import services
from reporting.enums import ReportFormat
from reporting.exporters import export
from reporting.forms import DayForm, ReportForm
from reporting.models import Report
from reporting.moments import as_of
from reporting.selectors import programme_figures
from rocket.accounts.http import SignedInRequest
from rocket.core.documents import download
from rocket.core.errors import RocketError
from rocket.core.pdf import missing_pdf_libraries
from rocket.core.permissions import find, may, visible

PAGE_SIZE = 20


def _find(request: SignedInRequest, programme: Programme, pk: int, *, to: str = "view") -> Report:
    return find(
        request,
        Report,
        to=to,
        queryset=visible(request.user, Report)
        .filter(programme=programme)
        .select_related("programme", "asked_by", "document"),
        pk=pk,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: SignedInRequest, programme: str) -> HttpResponse:
    """Every report that was made, and a form for one more."""
    found = programme_of(request, programme)
    services.resume_reports(request.arrived_at)
    language = (get_language() or "en")[:2]
    form = ReportForm(
        request.POST or None,
        today=timezone.localdate(request.arrived_at, found.zone),
        initial={"format": ReportFormat.PDF, "language": language},
    )
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        moment: datetime = request.arrived_at
        if chosen["as_of"]:
            moment = min(as_of(chosen["as_of"].isoformat(), found.zone), request.arrived_at)
        try:
            report = services.ask_report(
                programme=found,
                format=chosen["format"],
                language=chosen["language"],
                as_of=moment,
                by=request.user,
                now=request.arrived_at,
            )
        except RocketError as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(report)
    rows = (
        visible(request.user, Report)
        .filter(programme=found)
        .select_related("programme", "asked_by", "document")
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "reporting/reports.html",
        {
            "programme": found,
            "form": form,
            "page_obj": page,
            "pdf_problem": missing_pdf_libraries(),
        },
        status=422 if form.is_bound else 200,
    )


@require_safe
def report(request: SignedInRequest, programme: str, pk: int) -> HttpResponse:
    """One report: how far it is, and once it is made its file, figures and fingerprint.

    htmx asks for the part that changes; without JavaScript the page asks again by itself.
    """
    found = programme_of(request, programme)
    services.resume_reports(request.arrived_at)
    wanted = _find(request, found, pk)
    context = {
        "programme": found,
        "report": wanted,
        "may_cancel": wanted.is_open and bool(may(request.user, "cancel", wanted)),
        "crumbs": [(_("Reports"), reverse("reports", args=[found.code])), (_("Report"), "")],
    }
    if request.headers.get("HX-Request"):
        return render(request, "reporting/_report_state.html", context)
    response = render(request, "reporting/made_report.html", context)
    if wanted.is_open:
        response["Refresh"] = "3"
    return response


@require_safe
def report_file(request: SignedInRequest, programme: str, pk: int) -> HttpResponseBase:
    wanted = _find(request, programme_of(request, programme), pk)
    if wanted.document is None:
        return redirect(wanted)
    return download(wanted.document)


@require_POST
def cancel(request: SignedInRequest, programme: str, pk: int) -> HttpResponse:
    wanted = _find(request, programme_of(request, programme), pk, to="cancel")
    services.cancel_report(report=wanted, by=request.user)
    if wanted.state_now.is_done:
        messages.info(request, _("The report was ready already."))
    else:
        messages.success(request, _("The report is cancelled."))
    return redirect(wanted)


@require_safe
def figures_file(request: SignedInRequest, programme: str, format: str) -> HttpResponse:
    """The figures of this moment, or of ``?as_of=``, as XLSX, CSV or JSON, at once."""
    found = programme_of(request, programme)
    wanted, language = ReportFormat(format), (get_language() or "en")[:2]
    form = DayForm(request.GET, today=timezone.localdate(request.arrived_at, found.zone))
    if not form.is_valid():
        return HttpResponseBadRequest(
            " ".join(str(error) for error in form.errors["as_of"]), content_type="text/plain; charset=utf-8"
        )
    moment = request.arrived_at
    if form.cleaned_data["as_of"]:
        moment = min(as_of(form.cleaned_data["as_of"].isoformat(), found.zone), moment)
    content = export(programme_figures(found, moment), found, format=wanted, language=language)
    day = timezone.localtime(moment, found.zone).strftime("%Y-%m-%d")
    return HttpResponse(
        content,
        content_type=wanted.content_type,
        headers={"Content-Disposition": f'attachment; filename="{found.code}-{day}.{wanted}"'},
    )
