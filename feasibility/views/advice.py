"""Advice as the consortium reads and answers it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from feasibility import services
from feasibility.enums import SectionName
from feasibility.forms import AnswerForm
from feasibility.models import Advice, Proposal
from feasibility.permissions import is_of_consortium
from feasibility.selectors.advice import threads_by_section, threads_of
from feasibility.views._advice import Bound, card_maker
from feasibility.views._common import find_proposal, page_crumbs
from rocket.accounts.http import SignedInRequest
from rocket.core.errors import RocketError
from rocket.core.kept import KeptPost, forget_post, keeps_posts, kept_post


@keeps_posts
@require_http_methods(["GET", "HEAD", "POST"])
def advice(request: SignedInRequest, number: str) -> HttpResponse:
    """All advice on a proposal by section, open threads first; posted to it, an answer to one of them."""
    if "discard" in request.GET:
        forget_post(request)
        return redirect(request.path)
    proposal = find_proposal(request, number)
    kept = kept_post(request) if request.method != "POST" else None
    bound: Bound = {}
    if request.method == "POST" or kept:
        data: Any = kept.data if kept else request.POST
        form, thread = answer_form(proposal, data)
        if request.method == "POST" and send_answer(request, form, thread):
            return redirect(back_to(request, thread, form.cleaned_data["back"]))
        bound = {thread.pk: form}
    return _page(request, proposal, bound, kept, status=422 if request.method == "POST" else 200)


def _page(
    request: SignedInRequest, proposal: Proposal, bound: Bound, kept: KeptPost | None, status: int
) -> HttpResponse:
    make = card_maker(request, proposal, action=request.path, back="", bound=bound)
    groups = [
        {
            "section": group.section,
            "url": reverse(f"section_{group.section}", args=[proposal.number]),
            "cards": make(list(group.threads)),
        }
        for group in threads_by_section(threads_of(proposal))
    ]
    return render(
        request,
        "feasibility/advice.html",
        {
            "proposal": proposal,
            "crumbs": page_crumbs(proposal, _("Advice")),
            "groups": sorted(groups, key=lambda group: not group["cards"].open),  # type: ignore[attr-defined]
            "kept": kept,
        },
        status=status,
    )


def answer_form(proposal: Proposal, data: Any) -> tuple[AnswerForm, Advice]:
    """The form as it was sent, and the thread of the proposal that it names; 404 for another one's."""
    pk = data.get("advice", "")
    thread = get_object_or_404(proposal.advice, pk=int(pk) if pk.isascii() and pk.isdecimal() else 0)
    thread.proposal = proposal
    return AnswerForm(data, place=thread.pk), thread


def send_answer(request: SignedInRequest, form: AnswerForm, thread: Advice) -> bool:
    """Leave the answer; False where the form then says why not."""
    if not form.is_valid():
        return False
    try:
        services.answer_advice(
            advice=thread, text=form.cleaned_data["text"], by=request.user, now=request.arrived_at
        )
    except RocketError as refused:
        form.add_error(None, str(refused))
        return False
    forget_post(request)
    messages.success(request, _("Your answer is sent. Everybody else who reads it gets a mail."))
    return True


def back_to(request: SignedInRequest, thread: Advice, back: str) -> str:
    """The thread on the page where it was answered: beside the section, on the page of advice, or on the
    consultant's."""
    if not is_of_consortium(request.user, thread.proposal):
        name = "draft_in_care"
    elif back in SectionName.values:
        name = f"section_{back}"
    else:
        name = "proposal_advice"
    return reverse(name, args=[thread.proposal.number]) + f"#advice-{thread.pk}"


def _move(request: SignedInRequest, number: str, pk: int, change: Any) -> HttpResponse:
    proposal = find_proposal(request, number)
    thread = get_object_or_404(proposal.advice, pk=pk)
    thread.proposal = proposal
    try:
        change(advice=thread, by=request.user, now=request.arrived_at)
    except RocketError as refused:
        messages.error(request, str(refused))
    return redirect(back_to(request, thread, request.POST.get("back", "")))


@require_POST
def done(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    return _move(request, number, pk, services.finish_advice)


@require_POST
def reopen(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    return _move(request, number, pk, services.reopen_advice)
