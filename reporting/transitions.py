"""Every way of a project, and of a product, from one state to the next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reporting.enums import ProjectState as S
from reporting.enums import Stage
from rocket.core.states import Transition, TransitionTable

PROJECT = TransitionTable(
    [
        Transition(
            "start",
            (S.CONTRACTING,),
            S.RUNNING,
            pgettext_lazy("verb", "Grant agreement signed: the project runs"),
            "project_started",
            allowed="run",
        ),
        Transition(
            "begin_closing",
            (S.RUNNING,),
            S.CLOSING,
            pgettext_lazy("verb", "Begin to close"),
            "project_closing",
            allowed="run",
        ),
        Transition(
            "close",
            (S.CLOSING,),
            S.CLOSED,
            pgettext_lazy("verb", "Close the project"),
            "project_closed",
            allowed="run",
        ),
        Transition(
            "terminate",
            (S.CONTRACTING, S.RUNNING, S.CLOSING),
            S.TERMINATED,
            pgettext_lazy("verb", "Terminate the project"),
            "project_terminated",
            allowed="run",
            needs_reason=True,
        ),
    ]
)

STAGES: dict[Stage, tuple[Stage, ...]] = {
    Stage.PLANNED: (Stage.IN_DEVELOPMENT, Stage.ON_MARKET, Stage.STOPPED),
    Stage.IN_DEVELOPMENT: (Stage.ON_MARKET, Stage.STOPPED),
    Stage.ON_MARKET: (),
    Stage.STOPPED: (Stage.IN_DEVELOPMENT,),
}
"""Where a product may go from each stage. A first sale has happened and stays."""


def event_words(event: str) -> str:
    """An event of a project's audit trail in words: the state that its transition leads to."""
    row = next((row for row in PROJECT if row.event == event), None)
    if row is not None:
        return str(S(row.target).label)
    return str(_("Project opened")) if event == "project_opened" else event
