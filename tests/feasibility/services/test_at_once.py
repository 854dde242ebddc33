"""Two people of the lead partner press submit in the same moment, and two people save one section."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, connections

from consortia.models import Membership
from feasibility import services
from feasibility.enums import SectionName
from feasibility.models import Proposal, Section, Submission
from feasibility.services.sections import section_of
from rocket.core.audit import chain_is_whole
from rocket.core.errors import RocketError, Stale
from rocket.core.models import AuditEntry, OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = ("lead", "newcomer") * 3


@pytest.fixture
def several(tmp_path: Path) -> Callable[[], None]:
    """Gives a thread a connection of its own: to the server, or to one file that all of them share."""
    if connection.vendor != "sqlite":
        return lambda: None
    from django.db.utils import ConnectionHandler

    path = tmp_path / "rocket.sqlite3"
    values = {**connection.settings_dict, "NAME": str(path)}

    def own_connection() -> None:
        if not path.exists():
            raise AssertionError("nothing was copied")
        connections["default"] = ConnectionHandler({"default": values}).create_connection("default")

    return own_connection


def together(several: Callable[[], None], tmp_path: Path, acts: list[Callable[[], Any]]) -> list[Any]:
    """What each act came to, all of them begun in the same moment; afterwards their database is this test's own."""
    path = tmp_path / "rocket.sqlite3"
    if connection.vendor == "sqlite":
        with sqlite3.connect(path) as copy:
            connection.connection.backup(copy)
    barrier, outcomes = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        several()
        try:
            barrier.wait(timeout=20)
            outcomes.append(act())
        except (RocketError, OperationalError) as error:
            outcomes.append(error)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if connection.vendor == "sqlite":
        with sqlite3.connect(path) as written:
            written.backup(connection.connection)
    return outcomes


@pytest.fixture
def colleagues(cast: Any) -> Any:
    """A draft of the lead partner, for whom two people act."""
    proposal = cast.draft()
    Membership.objects.create(
        user=cast.people["newcomer"],
        organisation=cast.builder.firms["lead"],
        role="member",
        joined_at=cast.now,
    )
    OutboxMessage.objects.all().delete()
    return Proposal.objects.get(pk=proposal.pk)


def test_two_people_who_press_at_once_get_one_receipt(
    cast: Any, colleagues: Proposal, several: Any, tmp_path: Path
) -> None:
    seen = colleagues.version

    def press(who: str) -> Callable[[], Any]:
        return lambda: (
            services.submit(
                proposal=Proposal.objects.get(pk=colleagues.pk),
                by=cast.people[who],
                seen_version=seen,
                now=cast.now,
            ).receipt_number
        )

    outcomes = together(several, tmp_path, [press(who) for who in PEOPLE])
    assert outcomes == ["R-2026-0001"] * len(PEOPLE)
    made = Submission.objects.get()
    assert made.submitted_by in (cast.people["lead"], cast.people["newcomer"])
    assert AuditEntry.objects.about(colleagues).filter(verb="submitted").count() == 1
    assert chain_is_whole(colleagues)
    to = sorted(OutboxMessage.objects.values_list("to", flat=True))
    assert to == sorted(cast.people[who].email for who in ("lead", "newcomer", "partner", "research"))


def test_of_two_people_who_save_one_section_at_once_one_saves_and_one_is_told(
    cast: Any, colleagues: Proposal, several: Any, tmp_path: Path
) -> None:
    section = section_of(colleagues, SectionName.SUMMARY)
    seen = section.version

    def save(number: int, who: str) -> Callable[[], Any]:
        def act() -> str:
            services.save_summary(
                proposal=Proposal.objects.get(pk=colleagues.pk), title=f"Title {number}", summary=f"Text {number}",
                starts_on=None, months=12, is_completed=False, seen_version=seen, by=cast.people[who], now=cast.now,
            )  # fmt: skip
            return f"Title {number}"

        return act

    outcomes = together(several, tmp_path, [save(number, who) for number, who in enumerate(PEOPLE)])
    (title,) = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert [type(outcome) for outcome in outcomes if not isinstance(outcome, str)] == [Stale] * (
        len(PEOPLE) - 1
    )
    colleagues.refresh_from_db()
    # Title and text are of the same person.
    assert (colleagues.title, colleagues.summary) == (title, title.replace("Title", "Text"))
    assert Section.objects.get(pk=section.pk).version == seen + 1
    assert chain_is_whole(colleagues)
