"""What proposals put on the desk, the applicant's bar and the list of things that wait."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from calls.desk import register_door
from consortia.enums import PartnerState
from consortia.models import LeadOffer
from feasibility.enums import EDITABLE, AdviceSide, ProposalState
from feasibility.models import Advice, DerogationRequest, Proposal
from rocket.accounts.roles import Role
from rocket.core.desk import MenuEntry, Question, Waiting, register_menu, register_waiting


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


def waiting(user: Any) -> Iterable[Question]:
    """Formal checks and decisions, for those who have a place on a programme's desk."""
    codes = user.programmes_as(Role.MANAGER, Role.AUDITOR) if user.is_authenticated else ()
    if codes:
        yield Question(
            Proposal.objects.filter(
                call__programme__code__in=codes,
                state__in=[ProposalState.SUBMITTED, ProposalState.DECISION_PENDING],
            )
            .order_by()
            .values("call__programme__code", "call__programme__short_name", "state")
            .annotate(n=Count("pk")),
            _checks_and_decisions,
        )


def _checks_and_decisions(rows: list[dict[str, Any]]) -> Iterable[Waiting]:
    def place(row: dict[str, Any]) -> tuple[str, bool]:
        return row["call__programme__code"], row["state"] == ProposalState.DECISION_PENDING

    for row in sorted(rows, key=place):
        n, state = row["n"], row["state"]
        text = (
            ngettext("Formal check of %(n)s proposal", "Formal check of %(n)s proposals", n)
            if state == ProposalState.SUBMITTED
            else ngettext("Decide on %(n)s proposal", "Decide on %(n)s proposals", n)
        )
        url = reverse("desk_proposals", args=[row["call__programme__code"]])
        yield Waiting(text % {"n": n}, f"{url}?state={state}", detail=row["call__programme__short_name"])


def waiting_not_returned(user: Any) -> Iterable[Question]:
    """Proposals that were opened for changes and not submitted again in time: the check goes on with the last one."""
    codes = user.programmes_as(Role.MANAGER, Role.AUDITOR) if user.is_authenticated else ()
    if codes:
        opened = Proposal.objects.filter(
            call__programme__code__in=codes, state__in=[ProposalState.REOPENED, ProposalState.RETURNED]
        )
        now = timezone.now()
        late = opened.with_closing(now).filter(Q(closes__lte=now))
        yield Question(
            late.values("number", "call__programme__code", "call__programme__short_name"), _not_returned
        )


def _not_returned(rows: list[dict[str, Any]]) -> Iterable[Waiting]:
    for row in sorted(rows, key=itemgetter("number")):
        yield Waiting(
            _("Check %(number)s: it was not submitted again in time") % {"number": row["number"]},
            reverse("desk_proposal", args=[row["call__programme__code"], row["number"]]),
            detail=row["call__programme__short_name"],
        )


def waiting_for_assessors(user: Any) -> Iterable[Question]:
    """Proposals that an assessor can read before their decision."""
    if user.is_authenticated and user.has_role(Role.ASSESSOR):
        rows = Proposal.objects.filter(pk__in=Proposal.objects.for_assessor(user).values("pk")).order_by()
        yield Question(
            rows.values("call__programme__code", "call__programme__short_name").annotate(n=Count("pk")),
            _to_assess,
        )


def _to_assess(rows: list[dict[str, Any]]) -> Iterable[Waiting]:
    for row in sorted(rows, key=itemgetter("call__programme__code")):
        text = ngettext(
            "Read %(n)s proposal that waits for its decision",
            "Read %(n)s proposals that wait for their decision",
            row["n"],
        )
        url = reverse("assessment", args=[row["call__programme__code"]])
        yield Waiting(text % {"n": row["n"]}, url, detail=row["call__programme__short_name"])


def waiting_derogations(user: Any) -> Iterable[Question]:
    """Derogations that a manager answers."""
    codes = user.programmes_as(Role.MANAGER) if user.is_authenticated else ()
    if codes:
        yield Question(
            DerogationRequest.objects.waiting()
            .filter(proposal__call__programme__code__in=codes)
            .values(
                "pk", "asked_at", "proposal__number", "proposal__call__programme__code",
                "proposal__call__programme__short_name",
            ),
            _derogations,
        )  # fmt: skip


def _derogations(rows: list[dict[str, Any]]) -> Iterable[Waiting]:
    for row in sorted(rows, key=itemgetter("asked_at", "pk")):
        yield Waiting(
            _("Derogation asked for: %(number)s") % {"number": row["proposal__number"]},
            reverse("answer_derogation", args=[row["proposal__call__programme__code"], row["pk"]]),
            detail=row["proposal__call__programme__short_name"],
        )


def waiting_lead_offers(user: Any) -> Iterable[Question]:
    """Proposals that the person's organisation is asked to lead."""
    if user.is_authenticated:
        yield Question(
            LeadOffer.objects.waiting()
            .filter(
                partner__organisation__memberships__user=user,
                partner__state=PartnerState.CONFIRMED,
                consortium__proposal__isnull=False,
            )
            .values(
                "pk", "offered_at", "partner__organisation__name", "consortium__proposal__title",
                "consortium__proposal__number",
            ),
            _lead_offers,
        )  # fmt: skip


def _lead_offers(rows: list[dict[str, Any]]) -> Iterable[Waiting]:
    for row in sorted(rows, key=itemgetter("offered_at", "pk"), reverse=True):
        title = _("Will %(name)s lead %(title)s?") % {
            "name": row["partner__organisation__name"],
            "title": row["consortium__proposal__title"],
        }
        yield Waiting(title, reverse("lead_of_proposal", args=[row["consortium__proposal__number"]]))


def waiting_for_applicants(user: Any) -> Iterable[Question]:
    """What the consortium has to do next: accept a grant, complete what was returned, submit again."""
    if user.is_authenticated:
        asked: Any = Proposal.objects.of_member(user).filter(state__in=ASKED).with_closing(timezone.now())
        yield Question(
            asked.values("pk", "number", "title", "state", "changed_at", "closes"), _next_of_applicants
        )


ASKED = {
    ProposalState.APPROVED: _("Accept the grant for %(title)s"),
    ProposalState.APPROVED_WITH_CONDITIONS: _("Accept the grant for %(title)s"),
    ProposalState.RETURNED: _("Complete %(title)s and submit it again"),
    ProposalState.REOPENED: _("Submit %(title)s again"),
}


def _next_of_applicants(rows: list[dict[str, Any]]) -> Iterable[Waiting]:
    for row in _latest_change_first(rows):
        state = ProposalState(row["state"])
        yield Waiting(
            ASKED[state] % {"title": row["title"]},
            reverse("proposal", args=[row["number"]]),
            due=row["closes"] if state in EDITABLE else None,
        )


def _latest_change_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=itemgetter("changed_at", "pk"), reverse=True)


def waiting_for_consultants(user: Any) -> Iterable[Question]:
    """Answers of consortia to a consultant's advice."""
    if user.is_authenticated and user.has_role(Role.CONSULTANT):
        in_care = Proposal.objects.in_care_of(user).values("pk")
        waits = Advice.objects.filter(proposal__in=in_care).waiting_for(AdviceSide.CONSULTANT)
        counted = Advice.objects.filter(pk__in=waits.values("pk")).order_by()
        yield Question(counted.values("proposal__cluster").annotate(n=Count("pk")), _answers_to_advice)


def _answers_to_advice(rows: list[dict[str, Any]]) -> Iterable[Waiting]:
    if n := sum(row["n"] for row in rows):
        text = ngettext("Read %(n)s answer to your advice", "Read %(n)s answers to your advice", n)
        yield Waiting(text % {"n": n}, f"{reverse('in_my_care')}?advice=waits")


def waiting_advice(user: Any) -> Iterable[Question]:
    """Own proposals with advice that the consortium has not answered yet."""
    if user.is_authenticated:
        open_ones = Advice.objects.waiting_for(AdviceSide.CONSORTIUM).values("proposal")
        own = Proposal.objects.of_member(user).filter(pk__in=open_ones)
        yield Question(own.values("pk", "number", "title", "changed_at"), _unread_advice)


def _unread_advice(rows: list[dict[str, Any]]) -> Iterable[Waiting]:
    for row in _latest_change_first(rows):
        yield Waiting(
            _("Read the advice on %(title)s") % {"title": row["title"]},
            reverse("proposal_advice", args=[row["number"]]),
        )


def register() -> None:
    register_menu(desk_entries, area="desk")
    register_menu(applicant_entries, area="applicant")
    register_door("assessment", Role.ASSESSOR, position=20)
    register_waiting(waiting)
    register_waiting(waiting_not_returned)
    register_waiting(waiting_for_applicants)
    register_waiting(waiting_for_assessors)
    register_waiting(waiting_derogations)
    register_waiting(waiting_lead_offers)
    register_waiting(waiting_for_consultants)
    register_waiting(waiting_advice)
