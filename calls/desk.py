"""What calls puts on the desk's rail and into the public bar."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from calls.models import CallQuestion, Programme
from calls.remembered import programme_at_hand
from rocket.accounts.roles import Role
from rocket.core.context import register_home_programme
from rocket.core.desk import MenuEntry, Question, Waiting, register_menu, register_waiting
from rocket.core.models import OutboxMessage

_doors: list[tuple[int, str, tuple[Role, ...]]] = []


def register_door(page: str, *roles: Role, position: int) -> None:
    """``page``: name of the first page that these roles have on the desk of a programme. Where somebody has several
    roles, the lowest ``position`` is theirs."""
    _doors.append((position, page, roles))
    _doors.sort()


def doors_of(user: Any) -> list[tuple[Programme, str]]:
    """The programmes that have a desk for the person, the newest first, each with the address of the first page of
    the person's role there; one query, none for people without a role."""
    if not user.is_authenticated or not user.roles:
        return []
    held = {page: user.programmes_as(*roles) for _position, page, roles in _doors}
    codes = frozenset().union(*held.values())
    programmes = Programme.objects.filter(code__in=codes).order_by("-starts_on", "code") if codes else ()
    found = []
    for programme in programmes:
        first = next(page for page, theirs in held.items() if programme.code in theirs)
        found.append((programme, reverse(first, args=[programme.code])))
    return found


def programme_of(request: Any, code: str, *roles: Role) -> Programme:
    """The programme whose desk the page belongs to, for people with one of ``roles`` in it (managers and auditors
    unless given); 404 for everybody else, as if it did not exist."""
    if code not in request.user.programmes_as(*(roles or (Role.MANAGER, Role.AUDITOR))):
        raise Http404
    programme = programme_at_hand(get_object_or_404(Programme, code=code))
    request.desk_programme = programme
    return programme


def desk_doors(request: Any) -> Iterable[MenuEntry]:
    """From the applicant's bar to the desk, for those who have a place there: to the newest programme, from whose rail
    the others are reached. A bar has no room for all of them."""
    for programme, url in doors_of(request.user)[:1]:
        yield MenuEntry(
            _("Desk of %(name)s") % {"name": programme.short_name}, url, "layout-dashboard", position=90
        )


def other_desks(request: Any) -> Iterable[MenuEntry]:
    """The desks of the other programmes that have one for the person; a query only for those with several."""
    programme = getattr(request, "desk_programme", None)
    if programme is None or len({code for _role, code in request.user.roles}) < 2:
        return
    for place, (other, url) in enumerate(doors_of(request.user)):
        if other.code != programme.code:
            yield MenuEntry(other.short_name, url, "arrow-right", position=place)


def home_programme() -> Programme | None:
    """The programme whose name, mark and colours the public pages carry; one query."""
    found = Programme.objects.home(settings.HOME_PROGRAMME)
    return programme_at_hand(found) if found is not None and found.loaded_at else found


def desk_entries(request: Any) -> Iterable[MenuEntry]:
    """Calls, on the desk of a programme, for those who may list them."""
    programme = getattr(request, "desk_programme", None)
    if programme is not None and programme.code in request.user.programmes_as(Role.MANAGER, Role.AUDITOR):
        yield MenuEntry(_("Calls"), reverse("desk_calls", args=[programme.code]), "calendar", position=20)
        yield MenuEntry(
            _("Questions"), reverse("desk_questions", args=[programme.code]), "messages-square", position=25
        )
        yield MenuEntry(_("Mails"), reverse("desk_mails", args=[programme.code]), "mail", position=80)


def calls_entry(request: Any) -> Iterable[MenuEntry]:
    """The calls, in the bar of those who are signed in."""
    yield MenuEntry(_("Calls"), reverse("calls"), "calendar", position=40)


def waiting(user: Any) -> Iterable[Question]:
    """Questions about calls that managers have not answered yet."""
    codes = user.programmes_as(Role.MANAGER) if user.is_authenticated else ()
    if codes:
        yield Question(
            CallQuestion.objects.waiting()
            .filter(call__programme__code__in=codes)
            .order_by()
            .values("call__programme__code", "call__programme__short_name")
            .annotate(n=Count("pk")),
            _questions,
        )


def _questions(rows: list[dict[str, Any]]) -> Iterable[Waiting]:
    for row in sorted(rows, key=itemgetter("call__programme__code")):
        text = ngettext("Answer %(n)s question about a call", "Answer %(n)s questions about calls", row["n"])
        url = reverse("desk_questions", args=[row["call__programme__code"]])
        yield Waiting(text % {"n": row["n"]}, url, detail=row["call__programme__short_name"])


def undelivered_mails(user: Any) -> Iterable[Question]:
    """Mails of the portal that did not surely arrive, for managers."""
    codes = sorted(user.programmes_as(Role.MANAGER)) if user.is_authenticated else []
    if not codes:
        return

    def tell(rows: list[dict[str, Any]]) -> Iterable[Waiting]:
        if n := sum(row["n"] for row in rows):
            text = ngettext(
                "Look after %(n)s mail that did not get through",
                "Look after %(n)s mails that did not get through",
                n,
            )
            yield Waiting(text % {"n": n}, reverse("desk_mails", args=[codes[0]]))

    undelivered = OutboxMessage.objects.undelivered(timezone.now()).order_by()
    yield Question(undelivered.values("state").annotate(n=Count("pk")), tell)


def register() -> None:
    register_waiting(waiting)
    register_waiting(undelivered_mails)
    register_home_programme(home_programme)
    register_menu(desk_entries, area="desk")
    register_menu(calls_entry, area="applicant")
    register_menu(desk_doors, area="applicant")
    register_menu(other_desks, area="programmes")
