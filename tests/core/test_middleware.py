"""A request's moment is the one at which it arrived."""

from datetime import UTC, datetime, timedelta

import time_machine
from django.conf import settings
from django.http import HttpResponse

from rocket.core.middleware import ArrivalMiddleware

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_a_request_that_waits_keeps_the_moment_of_its_arrival(rf):
    def slow_portal(request):
        clock.shift(timedelta(seconds=30))
        return HttpResponse(request.arrived_at.isoformat())

    with time_machine.travel(NOW, tick=False) as clock:
        assert ArrivalMiddleware(slow_portal)(rf.get("/")).content == b"2026-11-24T09:00:00+00:00"


def test_nothing_stands_before_it():
    assert settings.MIDDLEWARE[0] == "rocket.core.middleware.ArrivalMiddleware"
