"""A new user gets from the landing page to a receipt: on a phone, by keyboard alone, and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from consortia.models import Organisation
from rocket.core.models import OutboxMessage
from tests.browser.hands import Fingers, Hands, Keyboard
from tests.browser.journey import ENSCHEDE, MUENSTER, Writer, answer, declare_sme, details, register, sign_up

Open = Callable[..., Hands]


@pytest.fixture
def call(portal: Any) -> Any:
    """An open call of the demonstration's programme, and nobody who has used the portal before."""
    from django.conf import settings

    from calls.services import load_programme
    from rocket.demo.build import Builder
    from rocket.demo.people import make_people

    now = timezone.now()
    load_programme(path=Path(settings.BASE_DIR) / "programmes" / "rocket-next.toml", by=None, now=now)
    builder = Builder(make_people(programmes=("rocket-next",), now=now), now)
    return builder.call("2026-2", "second", opens=-20, closes=45, published=25)


def qualify(hands: Hands, call: Any) -> None:
    """The five questions of the landing page, answered; they end in the call."""
    hands.open("/")
    hands.follow(reverse("qualify"))
    hands.pick("place", label="Münster")
    hands.choose("staff", "49")
    hands.pick("turnover", index=2)
    hands.choose("partner", "found")
    hands.choose("ket", "PH")
    hands.choose("field", "health")
    hands.press("main form:has([name=staff]) [type=submit]")
    hands.follow(call.get_absolute_url())


def begin(hands: Hands, call: Any, folder: Path) -> Writer:
    """From the call over an account and an organisation to a proposal of one's own."""
    qualify(hands, call)
    hands.follow(reverse("start_proposal", args=[call.slug]))
    hands.follow(reverse("account_signup") + "*")
    sign_up(hands, "nina@example.org", "Nina Neumann")
    register(hands, MUENSTER)
    writer = Writer(hands, folder)
    writer.start("LumiWeave")
    return writer


def run(hands: Hands, partner: Hands, call: Any, folder: Path, *, country: str = "") -> None:
    """``country``, in the words of the page: the partner is new in the portal; empty: it stands on an imported list."""
    if not country:
        Organisation.objects.create(
            name=ENSCHEDE.name, country="NL", region_code="NL213", region_version=2021, region_name="Twente",
            town="Enschede", kind="sme", source="keep.eu", source_reference="TEST 1", created_at=timezone.now(),
        )  # fmt: skip
    writer = begin(hands, call, folder)
    hands.follow("*/sme/*")
    declare_sme(hands, MUENSTER)
    writer.summary()
    writer.cross_border()
    writer.technology()
    writer.invite(ENSCHEDE.name, "joris@example.org", country=country)
    answer(partner, "joris@example.org", "Joris Veldhuis")
    if country:
        details(partner, ENSCHEDE)
    partner.follow("*/sme/*")
    declare_sme(partner, ENSCHEDE)
    Writer(partner, folder, writer.number).declarations()
    writer.partners()
    writer.work_plan()
    writer.budgets()
    writer.products("LumiWeave sensor")
    writer.annexes()
    writer.declarations()
    submission = writer.submit()
    told = OutboxMessage.objects.filter(subject__contains=submission.receipt_number)
    assert sorted(told.values_list("to", flat=True)) == ["joris@example.org", "nina@example.org"]
    assert Organisation.objects.filter(name__startswith="Erfundene").count() == 2
    hands.leave()
    hands.open(writer.home)
    assert hands.at.startswith(reverse("account_login"))


def test_on_a_phone_in_german(portal: Any, visitor: Any, call: Any, tmp_path: Path) -> None:
    phone = {"has_touch": True, "is_mobile": True}
    run(
        Fingers(visitor("de", 390, **phone), portal.url),
        Fingers(visitor("nl", 390, **phone), portal.url),
        call,
        tmp_path,
        country="Niederlande",
    )


def test_by_keyboard_alone(portal: Any, visitor: Any, call: Any, tmp_path: Path) -> None:
    run(
        Keyboard(visitor("nl"), portal.url),
        Keyboard(visitor("de"), portal.url),
        call,
        tmp_path,
        country="Nederland",
    )


def test_without_scripts(portal: Any, visitor: Any, call: Any, tmp_path: Path) -> None:
    run(
        Hands(visitor("en", java_script_enabled=False), portal.url),
        Hands(visitor("nl", java_script_enabled=False), portal.url),
        call,
        tmp_path,
    )
