"""Mail follows the commit, once, whatever fails on the way."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.test import override_settings

from rocket.core import outbox, tasks
from rocket.core.models import OutboxMessage
from rocket.core.models.outbox import OutboxState

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def enqueue(*to, now=NOW, subject="You are invited"):
    return outbox.enqueue_rendered(
        to=to or ["mia@example.nl"],
        subject=subject,
        text="Come and see.\n",
        html="<p>Come and see.</p>",
        language="en",
        now=now,
    )


class Server(EmailBackend):
    """A mail server that fails as ``Server.fails`` says: at ``open``, ``send`` or ``close``."""

    fails: dict[str, BaseException] = {}
    during_send = None

    def _fail(self, at):
        if at in self.fails:
            raise self.fails[at]

    def open(self):
        self._fail("open")

    def close(self):
        self._fail("close")

    def send_messages(self, messages):
        if Server.during_send:
            Server.during_send()
        self._fail("send")
        return super().send_messages(messages)


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    Server.fails, Server.during_send = {}, None
    yield Server
    Server.fails, Server.during_send = {}, None


def row():
    return OutboxMessage.objects.get()


def test_a_mail_leaves_after_the_commit_and_not_before(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        enqueue()
    assert (row().state, mail.outbox) == (OutboxState.WAITING, [])
    with time_machine.travel(NOW, tick=False):
        for callback in callbacks:
            callback()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["mia@example.nl"], "You are invited", "Come and see.\n")
    assert [(part.content, part.mimetype) for part in sent.alternatives] == [
        ("<p>Come and see.</p>", "text/html")
    ]
    assert sent.extra_headers == {"Message-ID": f"<{row().message_id}@rocket.invalid>"}
    assert (row().state, row().attempts, row().last_error) == (OutboxState.DELIVERED, 1, "")
    assert row().delivered_at == NOW


def test_a_mail_falls_with_its_transaction(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        enqueue()
        transaction.set_rollback(True)
    assert (OutboxMessage.objects.count(), callbacks, mail.outbox) == (0, [], [])


def test_while_the_broker_is_away_the_mail_waits_for_the_sweep(
    django_capture_on_commit_callbacks, monkeypatch, caplog
):
    def away(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(tasks.deliver_outbox, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        enqueue()
    assert (row().state, mail.outbox) == (OutboxState.WAITING, [])
    assert caplog.messages == ["The outbox waits for its sweep: ConnectionError"]
    with time_machine.travel(NOW + timedelta(minutes=1)):
        assert tasks.deliver_outbox() == 1
    assert (row().state, len(mail.outbox)) == (OutboxState.DELIVERED, 1)


def test_each_addressee_gets_a_mail_of_their_own_and_one_only():
    enqueue("mia@example.nl", "tom@example.de", "mia@example.nl")
    assert outbox.deliver_due(NOW) == 2
    assert [message.to for message in mail.outbox] == [["mia@example.nl"], ["tom@example.de"]]
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 2


def test_a_delivered_mail_is_never_sent_again():
    enqueue()
    assert [outbox.deliver_due(NOW), outbox.deliver_due(NOW + timedelta(days=1))] == [1, 0]
    assert len(mail.outbox) == 1


def test_two_workers_never_take_the_same_mail(server):
    enqueue()
    second = []

    def meanwhile():
        Server.during_send = None
        second.append(outbox.deliver_due(NOW))

    Server.during_send = meanwhile
    assert (outbox.deliver_due(NOW), second, len(mail.outbox)) == (1, [0], 1)


def test_a_row_that_another_worker_claimed_after_the_look_is_left_alone(monkeypatch):
    enqueue()
    (pk,) = OutboxMessage.objects.values_list("pk", flat=True)
    OutboxMessage.objects.update(state=OutboxState.HANDING_OVER, handover_began_at=NOW)

    class SawItWaiting:
        def order_by(self, *fields):
            return self

        def values_list(self, *fields, **options):
            return [pk]

    monkeypatch.setattr(type(OutboxMessage.objects), "due", lambda self, now: SawItWaiting(), raising=False)
    assert (outbox.deliver_due(NOW), mail.outbox) == (0, [])


def test_a_worker_that_dies_between_claim_and_hand_over_leaves_an_uncertain_mail_not_a_second_one(server):
    enqueue()
    server.fails = {"send": SystemExit()}
    with pytest.raises(SystemExit):
        outbox.deliver_due(NOW)
    server.fails = {}
    assert row().state == OutboxState.HANDING_OVER
    assert outbox.deliver_due(NOW + timedelta(days=1)) == 0
    assert mail.outbox == []
    uncertain = OutboxMessage.objects.uncertain
    assert list(uncertain(NOW + timedelta(minutes=10))) == []
    assert list(uncertain(NOW + timedelta(minutes=10, seconds=1))) == [row()]


@pytest.mark.parametrize(
    "refusal",
    [
        smtplib.SMTPDataError(451, b"later"),
        smtplib.SMTPRecipientsRefused({"mia@example.nl": (550, b"unknown")}),
        smtplib.SMTPSenderRefused(550, b"no", "portal@rocket.invalid"),
    ],
)
def test_what_the_server_refused_is_tried_again(server, refusal):
    enqueue()
    server.fails = {"send": refusal}
    assert outbox.deliver_due(NOW) == 0
    assert (row().state, row().attempts) == (OutboxState.WAITING, 1)
    assert row().last_error.startswith(type(refusal).__name__)
    server.fails = {}
    assert outbox.deliver_due(NOW + timedelta(seconds=59)) == 0
    assert outbox.deliver_due(NOW + timedelta(minutes=1)) == 1
    assert (row().state, row().attempts, row().last_error) == (OutboxState.DELIVERED, 2, "")


@pytest.mark.parametrize("broken", [smtplib.SMTPServerDisconnected("gone"), TimeoutError("slow")])
def test_a_connection_that_breaks_on_the_way_leaves_an_uncertain_mail(server, broken):
    """The server may have taken it before the connection broke: a second one is worse than a question."""
    enqueue()
    server.fails = {"send": broken}
    assert outbox.deliver_due(NOW) == 0
    server.fails = {}
    assert outbox.deliver_due(NOW + timedelta(days=1)) == 0
    assert list(OutboxMessage.objects.uncertain(NOW + timedelta(hours=1))) == [row()]
    assert row().last_error == f"{type(broken).__name__}: {broken}"


def test_a_farewell_that_fails_does_not_send_the_mail_again(server):
    enqueue()
    server.fails = {"close": smtplib.SMTPServerDisconnected("gone")}
    assert outbox.deliver_due(NOW) == 1
    assert (row().state, len(mail.outbox)) == (OutboxState.DELIVERED, 1)


def test_retries_come_after_a_minute_five_thirty_three_hours_twelve_and_then_it_has_failed(server):
    enqueue()
    server.fails = {"open": ConnectionRefusedError("no server")}
    moment, waits = NOW, []
    for _attempt in range(5):
        outbox.deliver_due(moment)
        assert row().state == OutboxState.WAITING
        waits.append(row().next_try_at - moment)
        moment = row().next_try_at
    assert waits == [
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=3),
        timedelta(hours=12),
    ]
    outbox.deliver_due(moment)
    assert (row().state, row().attempts) == (OutboxState.FAILED, 6)
    assert row().last_error == "ConnectionRefusedError: no server"
    server.fails = {}
    assert (outbox.deliver_due(moment + timedelta(days=30)), mail.outbox) == (0, [])


def test_the_message_id_stays_the_same_over_all_attempts(server):
    enqueue()
    before = row().message_id
    server.fails = {"open": ConnectionRefusedError()}
    outbox.deliver_due(NOW)
    server.fails = {}
    outbox.deliver_due(NOW + timedelta(minutes=1))
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{before}@rocket.invalid>"


def test_a_mail_that_can_not_be_made_holds_up_no_other():
    enqueue("broken@example.nl\nBcc: all@example.nl", "mia@example.nl")
    assert outbox.deliver_due(NOW) == 1
    assert [message.to for message in mail.outbox] == [["mia@example.nl"]]
    assert OutboxMessage.objects.get(to__startswith="broken").last_error.startswith("BadHeaderError")


def test_a_subject_of_several_lines_becomes_one_and_the_words_are_the_addressees(tmp_path, settings):
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "hello.subject.txt").write_text(
        "{% autoescape off %}{% translate 'Yes' %},\n {{ name }}\n{% endautoescape %}"
    )
    (folder / "hello.txt").write_text("\n{{ site_url }} {{ language }}\n\n")
    (folder / "hello.html").write_text("<p>{{ name }}</p>")
    with override_settings(TEMPLATES=[{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]):
        (written,) = outbox.enqueue_mail(
            template="mail/hello",
            to=["tom@example.de"],
            language="de",
            context={"name": "<Tom>\nBcc: x"},
            now=NOW,
        )
    assert written.subject == "Ja, <Tom> Bcc: x"
    assert written.text == f"{settings.SITE_URL} de\n"
    assert written.html == "<p>&lt;Tom&gt;\nBcc: x</p>"
    assert written.language == "de"
