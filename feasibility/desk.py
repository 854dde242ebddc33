"""What proposals put on the desk, the applicant's bar and the list of things that wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from calls.models import Programme
from consortia.enums import PartnerState
from consortia.models import LeadOffer
from feasibility.enums import AdviceSide, ProposalState
from feasibility.models import Advice, DerogationRequest, Proposal
from rocket.accounts.roles import Role
from rocket.core.desk import MenuEntry, Waiting, register_menu, register_waiting

DOORS = (
    ("desk", (Role.MANAGER, Role.AUDITOR)),
    ("assessment", (Role.ASSESSOR,)),
    ("control", (Role.CONTROLLER,)),
)
"""The first page of each role on the desk of a programme, by its name."""


def doors_of(user: Any) -> list[tuple[Programme, str]]:
    """The programmes that have a desk for the person, the newest first, each with the address of the first page of
    the person's role there; one query, none for people without a role."""
    if not user.is_authenticated or not user.roles:
        return []
    held = {name: user.programmes_as(*roles) for name, roles in DOORS}
    codes = frozenset().union(*held.values())
    programmes = Programme.objects.filter(code__in=codes).order_by("-starts_on", "code") if codes else ()
    found = []
    for programme in programmes:
        first = next(name for name, _roles in DOORS if programme.code in held[name])
        found.append((programme, reverse(first, args=[programme.code])))
    return found


def desk_entries(request: Any) -> Iterable[MenuEntry]:
    programme = getattr(request, "desk_programme", None)
    if programme is None:
        return
    if programme.code in request.user.programmes_as(Role.ASSESSOR, Role.MANAGER, Role.AUDITOR):
        yield MenuEntry(
            _("Assessment"), reverse("assessment", args=[programme.code]), "list-checks", position=35
        )
    if programme.code in request.user.programmes_as(Role.MANAGER, Role.AUDITOR):
        yield MenuEntry(
            _("Proposals"), reverse("desk_proposals", args=[programme.code]), "file-text", position=30
        )
        yield MenuEntry(
            _("Derogations"), reverse("desk_derogations", args=[programme.code]), "shield-check", position=60
        )


def applicant_entries(request: Any) -> Iterable[MenuEntry]:
    yield MenuEntry(_("My work"), reverse("my_work"), "pencil", position=10)
    user = request.user
    if user.is_authenticated and user.has_role(Role.CONSULTANT):
        yield MenuEntry(_("In my care"), reverse("in_my_care"), "messages-square", position=20)


def desk_doors(request: Any) -> Iterable[MenuEntry]:
    """From the applicant's bar to the desk, for those who have a place there: to the newest programme, from whose rail
    the others are reached. A bar has no room for all of them."""
    for programme, url in doors_of(request.user)[:1]:
        yield MenuEntry(
            _("Desk of %(name)s") % {"name": programme.short_name}, url, "layout-dashboard", position=90
        )


def waiting(user: Any) -> Iterable[Waiting]:
    """Formal checks and decisions of every desk on which the person has a place; one query, none for other people."""
    codes = user.programmes_as(Role.MANAGER, Role.AUDITOR) if user.is_authenticated else ()
    if not codes:
        return
    counts = (
        Proposal.objects.filter(
            call__programme__code__in=codes,
            state__in=[ProposalState.SUBMITTED, ProposalState.DECISION_PENDING],
        )
        .values_list("call__programme__code", "call__programme__short_name", "state")
        .annotate(n=Count("pk"))
        .order_by("call__programme__code", "-state")
    )
    for code, programme, state, n in counts:
        if state == ProposalState.SUBMITTED:
            text = ngettext("Formal check of %(n)s proposal", "Formal check of %(n)s proposals", n)
        else:
            text = ngettext("Decide on %(n)s proposal", "Decide on %(n)s proposals", n)
        url = f"{reverse('desk_proposals', args=[code])}?state={state}"
        yield Waiting(text % {"n": n}, url, detail=programme)


def waiting_not_returned(user: Any) -> Iterable[Waiting]:
    """Proposals that were opened for changes and not submitted again in time: the check goes on with the last one.

    One query, none for people without a place on a desk.
    """
    codes = user.programmes_as(Role.MANAGER, Role.AUDITOR) if user.is_authenticated else ()
    if not codes:
        return
    now = timezone.now()
    opened = Proposal.objects.filter(
        call__programme__code__in=codes, state__in=[ProposalState.REOPENED, ProposalState.RETURNED]
    )
    late = opened.with_closing(now).filter(Q(closes__lte=now))
    for proposal in late.select_related("call__programme").order_by("number"):
        programme = proposal.call.programme
        yield Waiting(
            _("Check %(number)s: it was not submitted again in time") % {"number": proposal.number},
            reverse("desk_proposal", args=[programme.code, proposal.number]),
            detail=programme.short_name,
        )


def waiting_for_assessors(user: Any) -> Iterable[Waiting]:
    """Proposals that an assessor can read before their decision; one query, none for anybody else."""
    if not user.is_authenticated or not user.has_role(Role.ASSESSOR):
        return
    rows = Proposal.objects.for_assessor(user).order_by("call__programme__code")
    places = rows.values_list("call__programme__code", "call__programme__short_name")
    for (code, name), n in sorted(Counter(places).items()):
        text = ngettext(
            "Read %(n)s proposal that waits for its decision",
            "Read %(n)s proposals that wait for their decision",
            n,
        )
        yield Waiting(text % {"n": n}, reverse("assessment", args=[code]), detail=name)


def waiting_derogations(user: Any) -> Iterable[Waiting]:
    """Derogations that a manager answers; one query, none for anybody else."""
    codes = user.programmes_as(Role.MANAGER) if user.is_authenticated else ()
    if not codes:
        return
    asked = DerogationRequest.objects.waiting().filter(proposal__call__programme__code__in=codes)
    for request in asked.select_related("proposal__call__programme").order_by("asked_at", "pk"):
        programme = request.proposal.call.programme
        yield Waiting(
            _("Derogation asked for: %(number)s") % {"number": request.proposal.number},
            reverse("answer_derogation", args=[programme.code, request.pk]),
            detail=programme.short_name,
        )


def waiting_lead_offers(user: Any) -> Iterable[Waiting]:
    """Proposals that the person's organisation is asked to lead; one query."""
    if not user.is_authenticated:
        return
    offers = LeadOffer.objects.waiting().filter(
        partner__organisation__memberships__user=user,
        partner__state=PartnerState.CONFIRMED,
        consortium__proposal__isnull=False,
    )
    for offer in offers.select_related("partner__organisation", "consortium__proposal"):
        title = _("Will %(name)s lead %(title)s?") % {
            "name": offer.partner.organisation.name,
            "title": offer.consortium.proposal.title,
        }
        yield Waiting(title, reverse("lead_of_proposal", args=[offer.consortium.proposal.number]))


def waiting_for_applicants(user: Any) -> Iterable[Waiting]:
    """What the consortium has to do next: accept a grant, complete what was returned, submit again; one query."""
    asked = {
        ProposalState.APPROVED: _("Accept the grant for %(title)s"),
        ProposalState.APPROVED_WITH_CONDITIONS: _("Accept the grant for %(title)s"),
        ProposalState.RETURNED: _("Complete %(title)s and submit it again"),
        ProposalState.REOPENED: _("Submit %(title)s again"),
    }
    if not user.is_authenticated:
        return
    for proposal in Proposal.objects.of_member(user).filter(state__in=asked).select_related("call"):
        due = proposal.closes_at if proposal.is_editable else None
        title = asked[ProposalState(proposal.state)] % {"title": proposal.title}
        yield Waiting(title, proposal.get_absolute_url(), due=due)


def waiting_for_consultants(user: Any) -> Iterable[Waiting]:
    """Answers of consortia to a consultant's advice; one query, none for other people."""
    if not user.is_authenticated or not user.has_role(Role.CONSULTANT):
        return
    in_care = Proposal.objects.in_care_of(user).values("pk")
    n = Advice.objects.filter(proposal__in=in_care).waiting_for(AdviceSide.CONSULTANT).count()
    if n:
        text = ngettext("Read %(n)s answer to your advice", "Read %(n)s answers to your advice", n)
        yield Waiting(text % {"n": n}, f"{reverse('in_my_care')}?advice=waits")


def waiting_advice(user: Any) -> Iterable[Waiting]:
    """Own proposals with advice that the consortium has not answered yet; one query."""
    if not user.is_authenticated:
        return
    open_ones = Advice.objects.waiting_for(AdviceSide.CONSORTIUM).values("proposal")
    for proposal in Proposal.objects.of_member(user).filter(pk__in=open_ones).only("number", "title"):
        yield Waiting(
            _("Read the advice on %(title)s") % {"title": proposal.title},
            reverse("proposal_advice", args=[proposal.number]),
        )


def register() -> None:
    register_menu(desk_entries, area="desk")
    register_menu(applicant_entries, area="applicant")
    register_menu(desk_doors, area="applicant")
    register_waiting(waiting)
    register_waiting(waiting_not_returned)
    register_waiting(waiting_for_applicants)
    register_waiting(waiting_for_assessors)
    register_waiting(waiting_derogations)
    register_waiting(waiting_lead_offers)
    register_waiting(waiting_for_consultants)
    register_waiting(waiting_advice)
