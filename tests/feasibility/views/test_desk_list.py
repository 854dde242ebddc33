"""The desk's list of proposals: narrowed, ordered, saved, taken along as a file."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from feasibility import services
from rocket.core.models import SavedList

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(cast: Any) -> str:
    return reverse("desk_proposals", args=[cast.builder.programme.code])


def text(answer: Any) -> str:
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode("utf-8-sig")


def test_what_is_chosen_stands_above_the_list_and_can_be_taken_out(cast: Any, url: str) -> None:
    cast.submitted()
    page = text(cast.client("manager").get(url, {"state": "submitted", "country": "DE"}))
    assert "Lead partner in: Germany" in page
    assert 'href="?country=DE"' in page
    assert "1 of 1 shown" in page
    assert "0 of 1 shown" in text(cast.client("manager").get(url, {"country": "NL"}))


def test_number_and_title_find_it_in_any_case(cast: Any, url: str) -> None:
    proposal = cast.submitted("GridSkin")
    for words in ("gridsk", proposal.number[-4:]):
        assert "1 of 1 shown" in text(cast.client("manager").get(url, {"words": words}))


def test_a_title_that_is_being_rewritten_is_not_found(cast: Any, url: str) -> None:
    proposal = cast.submitted("GridSkin")
    services.reopen(proposal=proposal, by=cast.people["lead"], now=cast.now)
    type(proposal).objects.filter(pk=proposal.pk).update(title="SecretSkin")
    page = text(cast.client("manager").get(url, {"words": "secret"}))
    assert "0 of 1 shown" in page
    file = text(cast.client("manager").get(url, {"format": "csv"}))
    assert "GridSkin" in file
    assert "SecretSkin" not in file


def test_it_is_ordered(cast: Any, url: str) -> None:
    for title in ("Beta", "Alpha"):
        cast.submitted(title)
    page = text(cast.client("manager").get(url, {"order": "title"}))
    assert page.index("Alpha") < page.index("Beta")


def test_files_hold_what_is_shown_and_no_more(cast: Any, url: str) -> None:
    cast.submitted("Shown")
    cast.draft("Draft")
    manager = cast.client("manager")
    lines = text(manager.get(url, {"format": "csv"})).splitlines()
    assert len(lines) == 2
    assert "Shown" in lines[1]
    assert "720000.00" in lines[1] or ",Formal check due," in lines[1]
    assert len(text(manager.get(url, {"format": "csv", "country": "NL"})).splitlines()) == 1
    book = load_workbook(io.BytesIO(manager.get(url, {"format": "xlsx"}).content))
    assert [cell.value for cell in book.active["B"]] == ["Title", "Shown"]


def test_a_title_never_becomes_a_formula(cast: Any, url: str) -> None:
    cast.submitted("=cmd()")
    manager = cast.client("manager")
    assert ",'=cmd()," in text(manager.get(url, {"format": "csv"}))
    book = load_workbook(io.BytesIO(manager.get(url, {"format": "xlsx"}).content))
    assert book.active["B2"].data_type == "s"


def test_the_file_takes_a_fixed_number_of_queries(
    cast: Any, url: str, django_assert_max_num_queries: Any
) -> None:
    for title in ("One", "Two", "Three"):
        cast.submitted(title)
    manager = cast.client("manager")
    with django_assert_max_num_queries(10):
        assert len(text(manager.get(url, {"format": "csv"})).splitlines()) == 4


def save(cast: Any, who: str, url: str, **data: str) -> Any:
    form = {"page": url, "choice": "state=submitted&page=3", "name": "To check", **data}
    return cast.client(who).post(reverse("save_list"), form, follow=True)


def test_a_choice_is_saved_under_a_name_and_opens_again(cast: Any, url: str) -> None:
    page = save(cast, "manager", url).content.decode()
    saved = SavedList.objects.get()
    assert saved.query == "state=submitted"
    assert f'href="{url}?state=submitted"' in page
    assert "To check" in page


def test_a_shared_choice_is_shown_to_others_a_private_one_is_not(cast: Any, url: str) -> None:
    save(cast, "manager", url, name="Mine")
    save(cast, "manager", url, name="Ours", is_shared="on")
    page = text(cast.client("auditor").get(url))
    assert "Ours" in page
    assert "Mine" not in page


def test_only_the_owner_deletes_it(cast: Any, url: str) -> None:
    save(cast, "manager", url, is_shared="on")
    forget = reverse("forget_list", args=[SavedList.objects.get().pk])
    assert cast.client("auditor").post(forget).status_code == 404
    cast.client("manager").post(forget)
    assert not SavedList.objects.exists()


@pytest.mark.parametrize(
    "data",
    [{"name": " "}, {"choice": ""}, {"choice": "state=" + "x" * 1100}],
)
def test_nothing_to_save_is_told(cast: Any, url: str, data: dict[str, str]) -> None:
    page = save(cast, "manager", url, **data).content.decode()
    assert "Choose filters, and give them a name" in page
    assert not SavedList.objects.exists()


def test_a_name_is_taken_once(cast: Any, url: str) -> None:
    save(cast, "manager", url)
    assert "already" in save(cast, "manager", url).content.decode()
    assert SavedList.objects.count() == 1


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example/", "/no-such-page/"])
def test_another_address_is_no_page(cast: Any, page: str) -> None:
    answer = cast.client("manager").post(
        reverse("save_list"), {"page": page, "choice": "state=submitted", "name": "x"}
    )
    assert answer.status_code == 404
