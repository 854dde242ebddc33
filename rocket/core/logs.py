"""What the portal writes about its own work: one line an event, without a word about people.

A request has a short number that its lines, its tasks and its error page share. Imported by the settings: no models here.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import traceback
from contextvars import ContextVar, Token
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Nothing that a person mistakes when reading a number aloud."""

_current: ContextVar[str] = ContextVar("request_id", default="")


def new_request_id() -> str:
    """Ten characters in two groups: 50 bits, short enough for a telephone."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(2))


def request_id() -> str:
    """The number of the request or task that runs now; empty outside both."""
    return _current.get()


def begin(number: str) -> Token[str]:
    return _current.set(number)


def end(token: Token[str]) -> None:
    _current.reset(token)


# An address is taken out wherever it stands, and so is what follows a "?" in an address of the web: both may stand in
# the words of a library. gunicorn names the network address of a request that it can't read.
SCRUBBED = (
    (re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)*"), "[address]"),
    (re.compile(r"\?[^\s\"'<>]*=[^\s\"'<>]*"), "?[query]"),
    (re.compile(r"\bip=\S+"), "ip=[address]"),
)


def scrub(text: str) -> str:
    """``text`` without addresses of people and without query strings."""
    for pattern, instead in SCRUBBED:
        text = pattern.sub(instead, text)
    return text


def route_of(request: Any) -> str:
    """The pattern of the address, such as ``proposals/<str:number>/``: what was filled in may be a token."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else ""


def _message(record: logging.LogRecord) -> str:
    text = record.getMessage()
    request = getattr(record, "request", None)
    path = getattr(request, "path", "")
    if len(path) > 1:  # Django's own lines about a request name its address
        text = text.replace(path, route_of(request) or "[path]")
    return scrub(text)


SAFE_WORDS = {
    "OperationalError",
    "InterfaceError",
    "ImproperlyConfigured",
    "TemplateDoesNotExist",
    "TemplateSyntaxError",
    "NoReverseMatch",
    "ConnectionError",
    "TimeoutError",
}
"""Faults of machines and programmes, by name. Others may quote what somebody typed, so their words stay out."""


def _has_safe_words(error: BaseException) -> bool:
    own = (OSError, ImportError, AttributeError, NameError, TypeError, NotImplementedError)
    return isinstance(error, own) or any(kind.__name__ in SAFE_WORDS for kind in type(error).__mro__)


ROOT = str(Path(__file__).resolve().parent.parent.parent)


def _short(path: str) -> str:
    return path.rpartition("/site-packages/")[2].removeprefix(ROOT + "/")


def exception_facts(error: BaseException) -> dict[str, Any]:
    """Type, place and, where they can't quote anybody, the words of ``error`` and of what led to it."""
    kind = type(error)
    facts: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
    if _has_safe_words(error) and (words := str(error).strip()):
        facts["text"] = scrub(words.splitlines()[0])[:500]
    facts["frames"] = [
        f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-30:]
    ]
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and before is not error:
        facts["after"] = exception_facts(before)
    return facts


class JsonFormatter(logging.Formatter):
    """One JSON object a line. Fields given as ``extra={"facts": {...}}`` stand beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if number := request_id() or getattr(getattr(record, "request", None), "request_id", ""):
            line["request_id"] = number
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[1]:
            line["exception"] = exception_facts(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """For a person at a terminal: the same events, tracebacks as Python writes them."""

    def format(self, record: logging.LogRecord) -> str:
        facts = "".join(f" {name}={value}" for name, value in getattr(record, "facts", {}).items())
        head = f"{self.formatTime(record, '%H:%M:%S')} {record.levelname:<7} {record.name}"
        text = f"{head}: {_message(record)}{facts}" + (f" [{number}]" if (number := request_id()) else "")
        if record.exc_info:
            text += "\n" + scrub(self.formatException(record.exc_info))
        return text


def configuration(form: str, level: str) -> dict[str, Any]:
    """The value of Django's ``LOGGING``, and of gunicorn's ``logconfig_dict``; ``form`` is json or text."""
    formatter = JsonFormatter if form == "json" else TextFormatter
    quiet = {"level": "WARNING"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"portal": {"()": f"{formatter.__module__}.{formatter.__name__}"}},
        "handlers": {"portal": {"class": "logging.StreamHandler", "formatter": "portal"}},
        "root": {"level": level, "handlers": ["portal"]},
        "loggers": {
            # Django brings handlers of its own, one of which mails whole requests to ADMINS.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.request": {"level": "ERROR"},  # what is below stands in the line of each request
            "django.db.backends": quiet,  # statements hold what people wrote
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
            "gunicorn.error": {"handlers": [], "level": level, "propagate": True},
            "gunicorn.access": {"handlers": [], "level": "ERROR", "propagate": False},
            "kombu.connection": {"level": "ERROR"},  # an embedded portal has no broker
            "weasyprint.progress": {"propagate": False},  # read by rocket.core.pdf, step by step
            **dict.fromkeys(
                (
                    "celery.app.trace",
                    "celery.worker.strategy",
                    "asyncio",
                    "boto3",
                    "botocore",
                    "s3transfer",
                    "urllib3",
                    "fontTools",
                    "weasyprint",
                ),
                quiet,
            ),
        },
    }
