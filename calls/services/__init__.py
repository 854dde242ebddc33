"""The changes to programmes and calls, one verb a function."""

from calls.services import questions
from calls.services.calls import (
    CallContent,
    CallRefused,
    Gap,
    NotComplete,
    amend_call,
    archive_call,
    create_call,
    decide_call,
    edit_call,
    gaps,
    publish_call,
)
from calls.services.programme import Change, Loading, LoadReport, load_programme

__all__ = [
    "CallContent",
    "CallRefused",
    "Change",
    "Gap",
    "LoadReport",
    "Loading",
    "NotComplete",
    "amend_call",
    "archive_call",
    "create_call",
    "decide_call",
    "edit_call",
    "gaps",
    "load_programme",
    "publish_call",
    "questions",
]
