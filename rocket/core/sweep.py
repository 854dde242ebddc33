"""An embedded portal's own postman: a thread that hands over, every minute, what did not leave at once.

With Redis, Celery does this. Without it there was nobody: a refused mail waited for the next one to be written. A thread
is the simplest that keeps its promise: a sweep at request time would let somebody wait for the mail server, and would
sleep as long as nobody comes. It is safe beside requests, beside other processes and on SQLite, because it shares
nothing with them but the rows: each mail is claimed by one conditional update, no transaction is open while a mail is
on its way, and the connection is closed after each round. A thread that dies with its process leaves at most a mail of
unknown outcome, which the desk sees.
"""

from __future__ import annotations

import logging
import os
import threading

from django.conf import settings
from django.db import close_old_connections, connection

from rocket.core import outbox

logger = logging.getLogger(__name__)
EVERY = 60.0
"""Seconds between two rounds, unless a new mail wakes it."""


class Sweep:
    """``start`` it once a process; ``wake`` makes the next round begin now."""

    def __init__(self, every: float = EVERY) -> None:
        self.every = every
        self._woken = threading.Event()
        self._ended = False
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process = 0

    @property
    def is_running(self) -> bool:
        """In this very process: a fork inherits the object, but not the thread."""
        return self._thread is not None and self._thread.is_alive() and self._process == os.getpid()

    def start(self) -> None:
        """Begin with a round now; a second call changes nothing."""
        with self._lock:
            if self.is_running:
                return
            self._ended, self._process = False, os.getpid()
            self._thread = threading.Thread(target=self._run, name="outbox-sweep", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        """End after the round that runs."""
        self._ended = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._ended:
            self.round()
            self._woken.wait(self.every)
            self._woken.clear()

    def round(self) -> None:
        """Deliver what is due. Whatever goes wrong, the next round comes."""
        close_old_connections()
        try:
            outbox.deliver_due()
        except Exception:  # a database that is locked or away now may be back in a minute
            logger.exception("A round of the outbox's sweep failed")
        finally:
            connection.close()


sweep = Sweep()
"""The one of this process."""


def start_where_needed() -> None:
    """A web process without a worker beside it delivers the mails itself."""
    if settings.BACKGROUND_THREADS:
        sweep.start()
