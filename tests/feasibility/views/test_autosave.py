"""Nothing is lost: a section saves itself, a post after the session's end is kept and offered again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feasibility.models import Section

pytestmark = pytest.mark.django_db
FROM_HERE = {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "same-origin"}


def answers(proposal: Any, version: int, **changes: Any) -> dict[str, Any]:
    return {
        "title": proposal.title,
        "summary": "A first sentence",
        "starts_on": "2027-06-01",
        "months": "24",
        "seen_version": version,
        **changes,
    }


def section(proposal: Any) -> Section:
    return Section.objects.get(proposal=proposal, name="summary")


def test_a_draft_saves_itself_and_tells_the_next_version(cast: Any) -> None:
    proposal = cast.draft()
    seen = section(proposal).version
    response = cast.client("lead").post(
        reverse("section_summary", args=[proposal.number]),
        answers(proposal, seen),
        headers={"X-Autosave": "1"},
    )
    proposal.refresh_from_db()
    assert (response.status_code, response.json()["version"], proposal.summary) == (
        200,
        seen + 1,
        "A first sentence",
    )
    assert "DURATION" in response.json()["panel"]


def test_saving_itself_never_ticks_and_unticks_what_is_no_longer_complete(cast: Any) -> None:
    proposal = cast.draft()
    assert section(proposal).is_completed
    url = reverse("section_summary", args=[proposal.number])
    client = cast.client("lead")
    data = answers(proposal, section(proposal).version, summary="", is_completed="on")
    assert client.post(url, data, headers={"X-Autosave": "1"}).status_code == 200
    assert not section(proposal).is_completed
    data = answers(proposal, section(proposal).version, is_completed="on")
    client.post(url, data, headers={"X-Autosave": "1"})
    assert not section(proposal).is_completed


def test_saving_itself_overwrites_nobody(cast: Any) -> None:
    proposal = cast.draft()
    url, seen = reverse("section_summary", args=[proposal.number]), section(proposal).version
    cast.client("partner").post(url, answers(proposal, seen, summary="Theirs"), headers={"X-Autosave": "1"})
    response = cast.client("lead").post(
        url, answers(proposal, seen, summary="Mine"), headers={"X-Autosave": "1"}
    )
    proposal.refresh_from_db()
    assert (response.status_code, proposal.summary) == (409, "Theirs")


def test_a_post_after_the_session_ended_is_offered_after_sign_in(cast: Any) -> None:
    proposal = cast.draft()
    url = reverse("section_summary", args=[proposal.number])
    gone = Client()
    response = gone.post(
        url, answers(proposal, section(proposal).version, summary="Typed too late"), **FROM_HERE
    )
    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/")
    gone.force_login(cast.people["lead"], backend="django.contrib.auth.backends.ModelBackend")
    page = gone.get(url).content.decode()
    assert "Typed too late" in page
    proposal.refresh_from_db()
    assert proposal.summary != "Typed too late"
    saved = gone.post(url, answers(proposal, section(proposal).version, summary="Typed too late"))
    proposal.refresh_from_db()
    assert (saved.status_code, proposal.summary) == (302, "Typed too late")
    assert "is not saved yet" not in gone.get(url).content.decode()


def test_what_is_kept_can_be_thrown_away(cast: Any) -> None:
    proposal = cast.draft()
    url = reverse("section_summary", args=[proposal.number])
    client = Client()
    client.post(url, answers(proposal, 1, summary="Typed too late"), **FROM_HERE)
    client.force_login(cast.people["lead"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(url + "?discard=1").status_code == 302
    assert "Typed too late" not in client.get(url).content.decode()


def test_a_stale_csrf_token_keeps_the_text(cast: Any) -> None:
    proposal = cast.draft()
    url = reverse("section_summary", args=[proposal.number])
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.people["lead"], backend="django.contrib.auth.backends.ModelBackend")
    refused = client.post(url, answers(proposal, 1, summary="With an old token"), **FROM_HERE)
    assert refused.status_code == 403
    assert f'href="{url}"' in refused.content.decode()
    assert "With an old token" in client.get(url).content.decode()


def test_another_site_can_slip_nothing_in(cast: Any) -> None:
    proposal = cast.draft()
    url = reverse("section_summary", args=[proposal.number])
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.people["lead"], backend="django.contrib.auth.backends.ModelBackend")
    for origin in ({"HTTP_SEC_FETCH_SITE": "cross-site"}, {"HTTP_ORIGIN": "https://evil.example"}, {}):
        client.post(url, answers(proposal, 1, summary="Slipped in"), **origin)
        assert "Slipped in" not in client.get(url).content.decode()


def test_nobody_else_gets_what_was_kept(cast: Any) -> None:
    proposal = cast.draft()
    url = reverse("section_summary", args=[proposal.number])
    client = Client()
    client.post(url, answers(proposal, 1, summary="Typed too late"), **FROM_HERE)
    client.force_login(cast.people["outsider"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(url).status_code == 404
