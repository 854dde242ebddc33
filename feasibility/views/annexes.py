"""The annexes of a proposal: what is asked for, handing in, replacing, removing, and the archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feasibility import selectors, services
from feasibility.annex_limits import LETTERS, AnnexLimits, annex_limits
from feasibility.enums import SectionName
from feasibility.exporters.letter import partnership_letter_pdf
from feasibility.forms import AnnexForm
from feasibility.models import Annex, Proposal, Section
from feasibility.services.sections import section_of
from feasibility.views._common import file_response, find_proposal, no_pdf, page_context, reader_language
from feasibility.views._section import demand_edit, tick_context, tick_section
from rocket.accounts.http import SignedInRequest
from rocket.core import antivirus
from rocket.core.documents import download
from rocket.core.errors import RocketError, Stale
from rocket.core.permissions import may, visible
from rocket.core.text import LocalisedText


@require_http_methods(["GET", "HEAD", "POST"])
def annexes(request: SignedInRequest, number: str) -> HttpResponse:
    """The list of annexes that the kind asks for, with a file form each."""
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.ANNEXES)
    if request.method == "POST":
        demand_edit(request, section)
        if done := tick_section(request, proposal, SectionName.ANNEXES):
            return done
    return _annex_page(request, proposal, section)


@dataclass(frozen=True)
class AnnexRow:
    """One entry of the list of annexes: what may be handed in, the file in force, the form, and earlier files."""

    code: str
    name: str
    is_required: bool
    limits: AnnexLimits
    annex: Annex | None
    form: Any
    earlier: list[Annex]
    has_template: bool


def _annex_rows(proposal: Proposal, section: Section, bound: dict[str, AnnexForm]) -> list[AnnexRow]:
    """The annexes that the kind of project asks for, with every file that was ever handed in for them: one query."""
    rows = (
        Annex.objects.filter(proposal=proposal)
        .select_related("document__stored_by")
        .order_by("-document__stored_at", "-pk")
    )
    files: dict[str, list[Annex]] = {}
    for annex in rows:
        files.setdefault(annex.code, []).append(annex)
    found = []
    for spec in proposal.kind.annexes:
        code, limits = spec["code"], annex_limits(spec)
        there = files.get(code, [])
        found.append(
            AnnexRow(
                code=code,
                name=str(LocalisedText(spec["name"])),
                is_required=spec.get("required", True),
                limits=limits,
                annex=next((annex for annex in there if annex.removed_at is None), None),
                form=bound.get(code)
                or AnnexForm(prefix=code, limits=limits, initial={"seen_version": section.version}),
                earlier=[annex for annex in there if annex.removed_at is not None],
                has_template=spec.get("template") in LETTERS,
            )
        )
    return found


def _annex_page(
    request: SignedInRequest,
    proposal: Proposal,
    section: Section,
    bound: dict[str, AnnexForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        "feasibility/annexes.html",
        {
            **page_context(request, proposal, section=SectionName.ANNEXES, title=SectionName.ANNEXES.label),
            **tick_context(request, section),
            "annexes": _annex_rows(proposal, section, bound or {}),
            "is_scanned": antivirus.is_on(),
        },
        status=status,
    )


@require_safe
def template(request: SignedInRequest, number: str, code: str) -> HttpResponse:
    """The letter that is signed and handed in as this annex, in the reader's language; 503 where the libraries lack."""
    proposal = find_proposal(request, number)
    if not any(spec["code"] == code and spec.get("template") in LETTERS for spec in proposal.kind.annexes):
        raise Http404
    language = reader_language()
    try:
        content = partnership_letter_pdf(
            proposal, language=language, zone=proposal.call.programme.zone, now=request.arrived_at
        )
    except RocketError as error:
        return no_pdf(request, str(error))
    return file_response(content, "application/pdf", f"{number}-{code}-{language}.pdf")


@require_POST
def upload_annex(request: SignedInRequest, number: str, code: str) -> HttpResponse:
    """Take one file. What is refused is said beside the field; nothing is stored then."""
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.ANNEXES)
    demand_edit(request, section)
    spec = next((annex for annex in proposal.kind.annexes if annex["code"] == code), None)
    if spec is None:
        raise Http404
    status = 422
    form = AnnexForm(request.POST, request.FILES, prefix=code, limits=annex_limits(spec))
    if form.is_valid():
        try:
            services.save_annex(
                proposal=proposal,
                code=code,
                file=form.cleaned_data["file"],
                seen_version=form.cleaned_data["seen_version"],
                by=request.user,
                now=request.arrived_at,
            )
        except RocketError as refused:
            form.add_error("file", str(refused))
            if isinstance(refused, Stale):
                # The page shows what the other one handed in: the next press has seen it.
                status, proposal = 409, selectors.load(proposal.pk)
                section = section_of(proposal, SectionName.ANNEXES)
                form.data = data = request.POST.copy()
                data[f"{code}-seen_version"] = str(section.version)
        else:
            messages.success(request, _("The file is stored."))
            # The progress bar's script loads the page itself: a redirect that it followed would use up the message.
            is_script = request.headers.get("X-Requested-With") == "XMLHttpRequest"
            return HttpResponse(status=204) if is_script else redirect("section_annexes", number)
    return _annex_page(request, proposal, section, {code: form}, status=status)


@require_safe
def annex_file(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """The stored file, as a download: for the consortium and its consultant each, for the desk what was submitted."""
    proposal = get_object_or_404(
        visible(request.user, Proposal).prefetch_related("consortium__partners"), number=number
    )
    rows = (
        Annex.objects.filter(proposal=proposal)
        if may(request.user, "view_draft", proposal)
        else selectors.submitted_annexes(proposal.submissions.first())
    )
    annex = get_object_or_404(rows.select_related("document"), pk=pk)
    return download(annex.document)  # type: ignore[return-value]


@require_POST
def remove_annex(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Take a file out of the proposal; it stays in the archive."""
    proposal = find_proposal(request, number)
    section = section_of(proposal, SectionName.ANNEXES)
    demand_edit(request, section)
    annex = get_object_or_404(Annex.objects.select_related("document", "proposal"), pk=pk, proposal=proposal)
    try:
        services.remove_annex(
            annex=annex,
            seen_version=section.version,
            by=request.user,
            now=request.arrived_at,
        )
    except RocketError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The file is removed. It stays among the earlier files."))
    return redirect("section_annexes", number)
