"""The desk's list of mails that did not get through."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from calls.models import Programme
from calls.services import load_programme
from feasibility import services
from feasibility.models import Proposal
from rocket.core import outbox
from rocket.core.models import AuditEntry, OutboxMessage
from tests.factories.calls import NEXT_FILE
from tests.feasibility.pages import text_of

SECRET = "https://portal.example/account/password/reset/key/abc/"


@pytest.fixture
def programme(db: None, now: datetime) -> Programme:
    """The whole one, with which the cast can be made."""
    load_programme(path=NEXT_FILE, by=None, now=now)
    return Programme.objects.get(code="rocket-next")


@pytest.fixture
def lost(cast: Any) -> OutboxMessage:
    """A mail with a link that only its reader may follow; nobody knows whether it left."""
    OutboxMessage.objects.all().delete()
    now = timezone.now()
    return OutboxMessage.objects.create(
        to="mia@example.nl", subject="Choose a new password", text=f"Follow {SECRET}", html=f"<a href={SECRET}>", language="nl",
        desk_sees_subject=True, state="handing_over", attempts=1, last_error="TimeoutError: slow", created_at=now - timedelta(hours=2),
        next_try_at=now - timedelta(hours=2), handover_began_at=now - timedelta(hours=2),
    )  # fmt: skip


def page(cast: Any, who: str = "manager") -> str:
    response = cast.client(who).get(reverse("desk_mails", args=["rocket-next"]))
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_says_to_whom_what_when_and_why(cast: Any, lost: OutboxMessage) -> None:
    text = text_of(cast.client("manager").get(reverse("desk_mails", args=["rocket-next"])))
    for words in ("mia@example.nl", "Choose a new password", "NL", "May have left", "TimeoutError: slow"):
        assert words in text


@pytest.mark.parametrize("who", ["manager", "auditor"])
def test_what_a_mail_says_is_for_its_reader_alone(cast: Any, lost: OutboxMessage, who: str) -> None:
    assert SECRET not in page(cast, who)
    if who == "manager":
        url = reverse("desk_mail_again", args=["rocket-next", lost.pk])
        assert SECRET not in cast.client(who).get(url).content.decode()


def test_a_subject_that_tells_of_a_draft_is_not_shown(cast: Any, lost: OutboxMessage) -> None:
    OutboxMessage.objects.update(subject="Advice on “LumiWeave”: Summary", desk_sees_subject=False)
    text = page(cast)
    assert "LumiWeave" not in text
    assert "Not shown" in text


def test_mails_of_a_draft_and_of_accounts(cast: Any) -> None:
    """What the services write: nothing of a draft is for the desk, a receipt is."""
    OutboxMessage.objects.all().delete()
    cast.submitted("Secret title")
    open_ones = OutboxMessage.objects.filter(desk_sees_subject=True).values_list("subject", flat=True)
    closed = OutboxMessage.objects.filter(desk_sees_subject=False)
    assert len(open_ones) == 3
    assert all("R-" in subject for subject in open_ones)
    assert closed.count() == 4


@pytest.mark.parametrize("is_submitted", [True, False])
def test_a_withdrawn_draft_stays_unknown_to_the_desk(cast: Any, is_submitted: bool) -> None:
    proposal = cast.submitted() if is_submitted else cast.draft()
    OutboxMessage.objects.all().delete()
    services.withdraw(
        proposal=Proposal.objects.get(pk=proposal.pk), reason="No.", by=cast.people["lead"], now=cast.now
    )
    assert set(OutboxMessage.objects.values_list("desk_sees_subject", flat=True)) == {is_submitted}


def test_it_stands_in_the_managers_list_only_while_there_is_one(cast: Any, lost: OutboxMessage) -> None:
    words = "Look after 1 mail that did not get through"
    url = reverse("my_work")
    assert words in text_of(cast.client("manager").get(url))
    for who in ("auditor", "lead", "consultant"):
        assert words not in text_of(cast.client(who).get(url))
    outbox.settle(lost, timezone.now())
    assert words not in text_of(cast.client("manager").get(url))


def test_it_arrived(cast: Any, lost: OutboxMessage) -> None:
    client = cast.client("manager")
    url = reverse("desk_mail_arrived", args=["rocket-next", lost.pk])
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 302
    lost.refresh_from_db()
    assert lost.state == "delivered"
    entry = AuditEntry.objects.about(lost).get()
    assert (entry.verb, entry.by, entry.before["state"], entry.after["state"]) == (
        "mail_arrived", cast.people["manager"], "handing_over", "delivered",
    )  # fmt: skip
    assert client.post(url).status_code == 404
    assert (outbox.deliver_due(timezone.now() + timedelta(days=1)), mail.outbox) == (0, [])


def test_sending_again_warns_first_and_is_recorded(
    cast: Any, lost: OutboxMessage, django_capture_on_commit_callbacks: Any
) -> None:
    client = cast.client("manager")
    url = reverse("desk_mail_again", args=["rocket-next", lost.pk])
    assert "It may arrive twice" in text_of(client.get(url))
    assert mail.outbox == []
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url).status_code == 302
    lost.refresh_from_db()
    assert (lost.state, [message.to for message in mail.outbox]) == ("delivered", [["mia@example.nl"]])
    assert AuditEntry.objects.about(lost).get().verb == "mail_sent_again"
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404


def test_what_waits_can_not_be_sent_again(cast: Any, lost: OutboxMessage) -> None:
    OutboxMessage.objects.update(state="waiting", handover_began_at=None)
    text = page(cast)
    assert "Waits too long" in text
    assert "Send again" not in text
    assert (
        cast.client("manager").post(reverse("desk_mail_again", args=["rocket-next", lost.pk])).status_code
        == 404
    )


def test_auditor_reads_and_does_nothing(cast: Any, lost: OutboxMessage) -> None:
    text = page(cast, "auditor")
    assert "mia@example.nl" in text
    assert "It arrived" not in text


def test_nothing_to_look_after(cast: Any) -> None:
    OutboxMessage.objects.all().delete()
    assert "Every mail got through" in page(cast)
