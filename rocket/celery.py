"""Celery for real use; an embedded portal runs the same tasks inside its own process."""

import logging.config
import os
import time
from contextvars import Token
from typing import Any

from celery import Celery, signals

from rocket.core import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rocket.settings")
app = Celery("rocket")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

log = logging.getLogger("rocket.task")

REQUEST_ID = "portal_request_id"
"""The header that takes the number of a request to the tasks that it started."""


@signals.celeryd_init.connect
@signals.beat_init.connect
def refuse_to_start(**kwargs: Any) -> None:
    """Celery swallows what a receiver raises, but for the end of the process."""
    from rocket.core.checks import faults_that_stop

    if faults := faults_that_stop():
        raise SystemExit("\n".join(faults))


@signals.setup_logging.connect
def use_the_portals_logs(**kwargs: Any) -> None:
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@signals.before_task_publish.connect
def send_the_number_along(headers: dict[str, Any] | None = None, **kwargs: Any) -> None:
    if headers is not None and (number := logs.request_id()):
        headers[REQUEST_ID] = number


@signals.task_prerun.connect
def take_the_number_up(task: Any = None, **kwargs: Any) -> None:
    """A task that beat started has no request: it gets a number of its own. In one's own process the number stands."""
    if task is not None and not task.request.is_eager:
        number = task.request.get(REQUEST_ID) or logs.new_request_id()
        task.request.number_token = logs.begin(number)
        task.request.began = time.monotonic()


@signals.task_postrun.connect
def lay_the_number_down(task: Any = None, state: str = "", **kwargs: Any) -> None:
    token: Token[str] | None = task.request.get("number_token") if task is not None else None
    if token is None:
        return
    ms = round((time.monotonic() - task.request.began) * 1000)
    log.info("task", extra={"facts": {"task": task.name, "state": state, "ms": ms}})
    logs.end(token)
