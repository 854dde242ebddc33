"""What every partner declares before the proposal is submitted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consortia.models import Partner
from feasibility import selectors, services
from feasibility.enums import SectionName
from feasibility.forms import DeclarationsForm
from feasibility.models import Proposal
from feasibility.permissions import own_partners
from feasibility.services.sections import section_of
from feasibility.views._common import find_proposal, page_context
from feasibility.views._section import demand_edit
from rocket.accounts.http import SignedInRequest
from rocket.core.errors import Refused, RocketError, Stale
from rocket.core.kept import forget_post, keeps_posts, kept_post


@keeps_posts
@require_http_methods(["GET", "HEAD", "POST"])
def declarations(request: SignedInRequest, number: str) -> HttpResponse:
    """The ticks of the reader's own organisation, and who has declared what.

    Nothing is saved while somebody ticks: a declaration is made by pressing the button.
    """
    if "discard" in request.GET:
        forget_post(request)
        return redirect(request.path)
    proposal = find_proposal(request, number)
    posted: Any = request.POST if request.method == "POST" else None
    kept = kept_post(request) if posted is None else None
    typed = posted if posted is not None else kept.data if kept else None
    status = 200
    forms = []
    if posted is not None:
        partner = _own_part(request, proposal, posted.get("partner", ""))
        form = _form(proposal, partner, posted)
        demand_edit(request, form.section)
        status = 422
        if form.is_valid():
            try:
                _save(request, proposal, form)
            except RocketError as refused:
                status = {Stale: 409, Refused: 403}.get(type(refused), 422)
                proposal = selectors.load(proposal.pk)
                # What the other one declared stands in the table below; the next press has seen it.
                posted = posted.copy()
                posted[f"{form.prefix}-seen_version"] = str(
                    section_of(proposal, SectionName.DECLARATIONS, partner).version
                )
                form = _form(proposal, partner, posted)
                form.add_error(None, _changed_by(refused) if isinstance(refused, Stale) else str(refused))
            else:
                forget_post(request)
                made, asked = len(form.codes()), len(form.asked)
                words = _("%(name)s: %(made)s of %(n)s declarations made.")
                values = {"name": partner.organisation.name, "made": made, "n": asked}
                if made < asked:
                    messages.info(request, words % values)
                    return redirect("section_declarations", number)
                messages.success(request, words % values)
                return redirect(proposal)
        forms = [form]
    for partner in _parts_of(request, proposal):
        if not any(form.partner.pk == partner.pk for form in forms):
            own = typed if typed is not None and typed.get("partner") == str(partner.pk) else None
            forms.append(_form(proposal, partner, own))
    forms = forms if proposal.is_editable else []
    content = selectors.content_of(proposal)
    title = SectionName.DECLARATIONS.label
    return render(
        request,
        "feasibility/declarations.html",
        {
            **page_context(request, proposal, section=SectionName.DECLARATIONS, title=title),
            "forms": forms,
            "partners": selectors.declaring_partners_in(content),
            "declarations": [] if forms else selectors.declarations_in(content),
            "kept": kept,
        },
        status=status,
    )


def _changed_by(stale: Stale) -> str:
    """No text stands against another here, only ticks: what is declared is in the table of the same page."""
    who = stale.data.get("changed_by")
    return (
        _("%(name)s has declared in the meantime: see below. Your ticks are kept; press again to declare.")
        % {"name": who}
        if who
        else str(stale)
    )


def _parts_of(request: SignedInRequest, proposal: Proposal) -> list[Partner]:
    """The reader's own partners that something is asked of."""
    return [
        partner
        for partner in own_partners(request.user, proposal)
        if selectors.asked_of(proposal.kind, partner)
    ]


def _own_part(request: SignedInRequest, proposal: Proposal, key: str) -> Partner:
    found = next((partner for partner in _parts_of(request, proposal) if str(partner.pk) == key), None)
    if found is None:
        raise PermissionDenied(
            _("Each partner declares for itself: only people of the organisation may do this.")
        )
    return found


def _form(proposal: Proposal, partner: Partner, data: Any) -> DeclarationsForm:
    return DeclarationsForm(
        data,
        partner=partner,
        section=selectors.section_in(proposal, SectionName.DECLARATIONS, partner),
        asked=selectors.asked_of(proposal.kind, partner),
        declared={made.code for made in selectors.standing_declarations(proposal, partner)},
    )


def _save(request: SignedInRequest, proposal: Proposal, form: DeclarationsForm) -> None:
    services.save_declarations(
        proposal=proposal,
        partner=form.partner,
        codes=form.codes(),
        seen_version=form.cleaned_data["seen_version"],
        by=request.user,
        now=request.arrived_at,
    )
