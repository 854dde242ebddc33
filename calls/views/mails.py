"""Mails that did not get through, as the desk sees them: never what is in them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calls.services.mails import mail_arrived, send_mail_again
from calls.views.desk import PAGE_SIZE, programme_of_desk
from rocket.core.errors import RocketError
from rocket.core.models import OutboxMessage
from rocket.core.models.outbox import OutboxState
from rocket.core.permissions import may


def _undelivered(request: HttpRequest) -> Any:
    # The words of a mail are its reader's alone: links that reset a password or open an invitation stand in them.
    return OutboxMessage.objects.undelivered(request.arrived_at).defer("text", "html")  # type: ignore[attr-defined]


def _row(message: OutboxMessage) -> dict[str, Any]:
    """One mail for the table: how it stands, and what may be done with it."""
    state, words = {
        OutboxState.FAILED: ("failed", _("Refused by the mail server")),
        OutboxState.HANDING_OVER: ("unknown", _("May have left")),
    }.get(OutboxState(message.state), ("due", _("Waits too long")))
    return {
        "message": message,
        "state": state,
        "state_text": words,
        "may_leave_again": message.state != OutboxState.WAITING,
    }


@require_safe
def undelivered(request: HttpRequest, programme: str) -> HttpResponse:
    """Mails of the whole portal of which nobody knows whether they arrived, the latest first."""
    found = programme_of_desk(request, programme, to="list_mails")
    page = Paginator(_undelivered(request), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "calls/mails.html",
        {
            "programme": found,
            "page": page,
            "rows": [_row(message) for message in page],
            "may_settle": bool(may(request.user, "settle_mails", found)),
        },
    )


@require_POST
def arrived(request: HttpRequest, programme: str, pk: int) -> HttpResponse:
    found = programme_of_desk(request, programme, to="settle_mails")
    message = get_object_or_404(_undelivered(request), pk=pk)
    try:
        mail_arrived(
            message=message,
            programme=found,
            by=request.user,  # type: ignore[arg-type]
            now=request.arrived_at,  # type: ignore[attr-defined]
        )
    except RocketError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The mail to %(to)s counts as delivered.") % {"to": message.to})
    return redirect("desk_mails", found.code)


@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, programme: str, pk: int) -> HttpResponse:
    """Say that the mail may arrive twice, then let it leave once more."""
    found = programme_of_desk(request, programme, to="settle_mails")
    message = get_object_or_404(_undelivered(request).exclude(state=OutboxState.WAITING), pk=pk)
    if request.method == "POST":
        try:
            send_mail_again(
                message=message,
                programme=found,
                by=request.user,  # type: ignore[arg-type]
                now=request.arrived_at,  # type: ignore[attr-defined]
            )
        except RocketError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The mail to %(to)s is on its way again.") % {"to": message.to})
        return redirect("desk_mails", found.code)
    return render(
        request,
        "calls/mail_again.html",
        {
            "programme": found,
            **_row(message),
            "crumbs": [(_("Mails"), reverse("desk_mails", args=[found.code])), (_("Send again"), "")],
        },
    )
