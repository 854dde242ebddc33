"""Long work beside the request: a Celery task where a broker is, a thread of the portal's own process where not."""

from __future__ import annotations

import logging
import threading
from typing import Any

import redis
from celery import Task
from django.conf import settings
from django.db import connections, transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)


def ask_broker() -> None:
    """Raises at once, or after a second, where Redis is away; does nothing in a portal without it.

    Celery's own connection would try for seconds, and nobody's request may wait for that.
    """
    if settings.REDIS_URL:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1, retry=Retry(NoBackoff(), 0)
        ) as broker:
            broker.ping()


def start(task: Task, *args: Any) -> None:
    """Start ``task`` once the running transaction is committed.

    A broker that is away is no failure: whatever needs such work keeps a row, and a sweep starts it again.
    """
    transaction.on_commit(lambda: _start(task, *args), robust=True)


def _start(task: Task, *args: Any) -> None:
    if settings.BACKGROUND_THREADS:
        threading.Thread(target=_run, args=(task, *args), daemon=True, name=task.name).start()
        return
    try:
        ask_broker()
        task.delay(*args)
    except Exception as error:  # a broker that is away raises many kinds
        logger.warning("%s waits for its sweep: %s", task.name, type(error).__name__)


def _run(task: Task, *args: Any) -> None:
    try:
        task(*args)
    except Exception:
        logger.exception("%s failed", task.name)
    finally:
        connections.close_all()
