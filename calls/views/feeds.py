"""Calls for calendars and feed readers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls.models import Call
from calls.selectors import calls_by_phase, last_changes
from rocket.core.display import moment_text
from rocket.core.icalendar import MEDIA_TYPE, Event, calendar_file

FEED_LENGTH = 50


@login_not_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """When open and planned calls open and close."""
    calls = calls_by_phase(Call.objects.all(), request.arrived_at)  # type: ignore[attr-defined]
    return _file(_("Calls"), "calls.ics", [*calls.open, *calls.planned])


@login_not_required
@require_safe
def call_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """When one public call opens and closes."""
    call = get_object_or_404(Call.objects.public().select_related("programme"), slug=slug)
    return _file(str(call), f"{call.slug}.ics", [call])


def _file(name: str, file_name: str, calls: list[Call]) -> HttpResponse:
    changed = last_changes(calls)
    events = [event for call in calls for event in _events(call, changed.get(call.pk))]
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return HttpResponse(calendar_file(name, events), content_type=MEDIA_TYPE, headers=headers)


def _events(call: Call, changed_at: datetime | None) -> Iterable[Event]:
    host = urlsplit(settings.SITE_URL).hostname
    moments = (
        ("opens", call.opens_at, _("Opens: %(title)s")),
        ("closes", call.closes_at, _("Closes: %(title)s")),
    )
    for which, at, words in moments:
        if at is None:  # a public call has both
            continue
        with timezone.override(call.programme.zone):
            shown = moment_text(at, "weekday")
        yield Event(
            uid=f"call-{call.pk}-{which}@{host}",
            at=at,
            changed_at=changed_at or call.published_at or at,
            summary=words % {"title": call},
            description=f"{shown}\n{call.summary}".strip(),
            url=settings.SITE_URL + call.get_absolute_url(),
            sequence=call.version,
        )


class CallsFeed(Feed):  # type: ignore[type-arg]  # django-stubs alone makes it generic
    """Public calls, the one that was published or changed last on top."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return _("Calls")

    def subtitle(self) -> str:
        return _("New calls and changes to published ones.")

    def link(self) -> str:
        return reverse("calls")

    def items(self) -> list[Call]:
        calls = list(Call.objects.public().select_related("programme"))
        self.changed = last_changes(calls)
        return sorted(calls, key=lambda call: (self._changed(call), call.pk), reverse=True)[:FEED_LENGTH]

    def _changed(self, call: Call) -> datetime:
        moment = self.changed.get(call.pk) or call.published_at or call.opens_at
        assert moment is not None  # a public call has its times
        return moment

    def item_title(self, item: Call) -> str:
        return str(item)

    def item_description(self, item: Call) -> str:
        assert item.opens_at is not None  # a public call has its times
        assert item.closes_at is not None
        with timezone.override(item.programme.zone):
            times = _("Open from %(opens)s to %(closes)s.") % {
                "opens": moment_text(item.opens_at),
                "closes": moment_text(item.closes_at),
            }
        return f"{times} {item.summary}".strip()

    def item_pubdate(self, item: Call) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Call) -> datetime:
        return self._changed(item)


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The feed; each request gets an object of its own, since it remembers what it read."""
    return CallsFeed()(request)
