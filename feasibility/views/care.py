"""The consultant's desk: proposals and organisations in care, and one draft to read and to advise on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from calls.models import ClusterOrganisation, Programme
from calls.remembered import programme_at_hand
from feasibility import services
from feasibility.enums import SectionName
from feasibility.filters import CareFilter, OrganisationsInCareFilter
from feasibility.forms import AdviceForm
from feasibility.models import Proposal
from feasibility.panel import panel_of
from feasibility.selectors.care import (
    hand_out_calls_and_leads,
    organisations_in_care,
    proposals_in_care,
    sections_in_care,
    with_proposals_and_people,
)
from feasibility.views._advice import Bound, card_maker
from feasibility.views._common import find_proposal, report_of
from feasibility.views.advice import answer_form, back_to, send_answer
from rocket.accounts.http import SignedInRequest
from rocket.accounts.roles import Role
from rocket.core.errors import RocketError
from rocket.core.kept import forget_post, keeps_posts, kept_post
from rocket.core.lists import list_context


def _clusters(request: SignedInRequest) -> list[ClusterOrganisation]:
    """The cluster organisations for which the person advises, with programmes at hand; 403 for everybody else."""
    user: Any = request.user
    if not user.has_role(Role.CONSULTANT):
        raise PermissionDenied(_("This needs the role of Consultant."))
    clusters = list(
        ClusterOrganisation.objects.filter(consultants__user=user).select_related("programme").order_by("pk")
    )
    for cluster in clusters:
        programme_at_hand(cluster.programme)
    return clusters


def _programmes(clusters: list[ClusterOrganisation]) -> list[Programme]:
    return list({cluster.programme_id: cluster.programme for cluster in clusters}.values())


@require_safe
def proposals(request: SignedInRequest) -> HttpResponse:
    """The proposals that the consultant's cluster organisations look after."""
    clusters = _clusters(request)
    rows = proposals_in_care(request.user, request.arrived_at)
    filters = CareFilter(request.GET or None, queryset=rows, now=request.arrived_at)
    context = list_context(request, filters, formats=())
    hand_out_calls_and_leads(context["page_obj"])
    return render(
        request,
        "feasibility/in_my_care.html",
        {
            **context,
            "clusters": clusters,
            "total": rows.count() if context["is_narrowed"] else context["shown"],
            "here": "proposals",
        },
    )


@require_safe
def organisations(request: SignedInRequest) -> HttpResponse:
    """The organisations of the regions of the consultant's cluster organisations."""
    clusters = _clusters(request)
    rows = organisations_in_care(request.user)
    filters = OrganisationsInCareFilter(request.GET or None, queryset=rows, programmes=_programmes(clusters))
    context = list_context(request, filters, formats=())
    return render(
        request,
        "feasibility/organisations_in_care.html",
        {
            **context,
            "clusters": clusters,
            "programme": clusters[0].programme if clusters else None,
            "rows": with_proposals_and_people(request.user, context["page_obj"]),
            "total": rows.count(),
            "here": "organisations",
        },
    )


@keeps_posts
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: SignedInRequest, number: str) -> HttpResponse:
    """One draft to read, its findings, and the advice on each section with forms for more.

    Nothing of the text can be changed here. A post is advice on a section, or an answer in a thread.
    """
    if "discard" in request.GET:
        forget_post(request)
        return redirect(request.path)
    proposal = find_proposal(request, number, to="advise")
    kept = kept_post(request) if request.method != "POST" else None
    data: Any = request.POST if request.method == "POST" else kept.data if kept else {}
    answers: Bound = {}
    advising: AdviceForm | None = None
    if data.get("advice"):
        form, thread = answer_form(proposal, data)
        if request.method == "POST" and send_answer(request, form, thread):
            return redirect(back_to(request, thread, ""))
        answers = {thread.pk: form}
    elif data:
        if data.get("section") not in SectionName.values:
            raise Http404
        advising = AdviceForm(data, place=data["section"])
        if request.method == "POST" and (section := _advise(request, proposal, advising)):
            return redirect(f"{request.path}#section-{section}")
    make = card_maker(request, proposal, action=request.path, back="", bound=answers)
    report = report_of(request, proposal)
    return render(
        request,
        "feasibility/draft_in_care.html",
        {
            "proposal": proposal,
            "panel": panel_of(report, proposal, now=request.arrived_at, with_remedies=False),
            "crumbs": [(_("In my care"), reverse("in_my_care")), (proposal.title, "")],
            "sections": [
                {
                    "section": section,
                    "cards": make(list(section.advice.threads)),
                    "form": _form_for(section.name, advising),
                    "is_asked": advising is not None and advising["section"].value() == section.name,
                }
                for section in sections_in_care(proposal)
            ],
            "kept": kept,
        },
        status=422 if request.method == "POST" else 200,
    )


def _form_for(section: SectionName, sent: AdviceForm | None) -> AdviceForm:
    """The form that was sent where it is this section's, else an empty one."""
    if sent is not None and sent["section"].value() == section:
        return sent
    return AdviceForm(place=section, initial={"section": section})


def _advise(request: SignedInRequest, proposal: Proposal, form: AdviceForm) -> str:
    """Leave the advice and name its section; nothing where the form then says why not."""
    if not form.is_valid():
        return ""
    section = SectionName(form.cleaned_data["section"])
    try:
        services.advise(
            proposal=proposal,
            section=section,
            text=form.cleaned_data["text"],
            by=request.user,
            now=request.arrived_at,
        )
    except RocketError as refused:
        form.add_error(None, str(refused))
        return ""
    forget_post(request)
    messages.success(request, _("Your advice is with the consortium. Each of them gets a mail."))
    return section
