"""What calls puts on the desk's rail and into the public bar."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db.models import Count
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
