"""Organisations of the programme on the desk, and the box that finds everything."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from consortia.enums import PartnerRole
from consortia.services import confirm_partner, invite_partner
from feasibility import services
from reporting.models import Project
from reporting.selectors.organisations import organisations_in

pytestmark = pytest.mark.django_db


def _found(cast: Any) -> dict[str, tuple[int, int, Any]]:
    rows = organisations_in(cast.builder.programme)
    return {one.name: (one.proposals, one.projects, one.grant) for one in rows}


def _search(cast: Any, words: str) -> dict[str, list[str]]:
    address = reverse("desk_search", args=[cast.builder.programme.code])
    kinds = cast.client("manager").get(address, {"q": words}).context["kinds"]
    return {kind.title: [hit.title for hit in kind.shown] for kind in kinds}


def test_each_organisation_stands_once_with_what_it_takes_part_in(cast: Any) -> None:
    cast.draft("PulsePatch")
    assert _found(cast) == {}
    cast.submitted("GridSkin")
    cast.builder.decide(cast.submitted("LumiGrid"))
    found = _found(cast)
    assert {name: row[:2] for name, row in found.items()} == {
        "Lichtmess Optik GmbH": (2, 1), "Weefwerk Twente B.V.": (2, 1), "Instituut Oppervlak Oost": (2, 1)
    }  # fmt: skip
    assert sum(row[2] for row in found.values()) == Project.objects.with_money().get().grant


def test_who_joins_while_a_proposal_is_rewritten_is_not_the_desks_to_see(cast: Any, now: Any) -> None:
    proposal, lead = cast.submitted("GridSkin"), cast.people["lead"]
    services.reopen(proposal=proposal, by=lead, now=now)
    from tests.factories.consortia import OrganisationFactory

    late = OrganisationFactory(name="Spätling GmbH", claimed_at=None)
    invitation = invite_partner(
        consortium=proposal.consortium, organisation=late, email=cast.people["newcomer"].email,
        role=PartnerRole.PROJECT, by=lead, now=now,
    )  # fmt: skip
    confirm_partner(invitation=invitation, by=cast.people["newcomer"], now=now)
    assert "Spätling GmbH" not in _found(cast)
    assert len(_found(cast)) == 3
    assert _search(cast, "Spätling") == {}


def test_the_list_is_narrowed_and_its_file_has_the_same_rows(cast: Any) -> None:
    cast.submitted("GridSkin")
    address = reverse("desk_organisations", args=[cast.builder.programme.code])
    manager = cast.client("manager")
    for query, names in (
        ({"words": "Enschede"}, ["Weefwerk Twente B.V."]),
        ({"country": "DE"}, ["Lichtmess Optik GmbH"]),
        ({"kind": "research"}, ["Instituut Oppervlak Oost"]),
        ({"size": "small"}, ["Lichtmess Optik GmbH", "Weefwerk Twente B.V."]),
        ({"funded": "yes"}, []),
    ):
        page = manager.get(address, query)
        assert [one.name for one in page.context["page_obj"]] == names
        lines = b"".join(manager.get(address, {**query, "format": "csv"}).streaming_content).decode()
        assert [line.split(",")[0] for line in lines.splitlines()[1:]] == names


def test_the_page_of_an_organisation_names_its_proposals_and_its_grant(cast: Any) -> None:
    cast.draft("PulsePatch")
    cast.builder.decide(cast.submitted("LumiGrid"))
    partner = cast.builder.firms["partner"]
    address = reverse("desk_organisation", args=[cast.builder.programme.code, partner.pk])
    page = cast.client("manager").get(address)
    rows = page.context["rows"]
    assert [row["proposal"].title for row in rows] == ["LumiGrid"]
    assert rows[0]["project"] == Project.objects.get()
    assert rows[0]["grant"] == page.context["organisation"].grant > 0


def test_one_box_finds_proposals_projects_organisations_and_calls(cast: Any) -> None:
    waiting = cast.submitted("GridSkin")
    cast.builder.decide(cast.submitted("LumiGrid"))
    assert _search(cast, "lumig") == {"Proposals": ["LumiGrid"], "Projects": ["LumiGrid"]}
    assert _search(cast, waiting.number) == {"Proposals": ["GridSkin"]}
    assert _search(cast, Project.objects.get().number) == {"Projects": ["LumiGrid"]}
    assert _search(cast, "Innovationsprojekte") == {"Calls": ["Innovation projects, second call"]}
    by_place = _search(cast, "Enschede")
    assert by_place["Organisations"] == ["Weefwerk Twente B.V."]
    assert sorted(by_place["Proposals"]) == ["GridSkin", "LumiGrid"]
    assert by_place["Projects"] == ["LumiGrid"]
    assert _search(cast, "nowhere at all") == {}


def test_the_new_title_of_a_reopened_proposal_is_not_found(cast: Any, now: Any) -> None:
    proposal, lead = cast.submitted("GridSkin"), cast.people["lead"]
    services.reopen(proposal=proposal, by=lead, now=now)
    cast.builder.write(proposal, "Secret Skin", now)
    assert _search(cast, "Secret") == {}
    assert _search(cast, proposal.number) == {"Proposals": ["GridSkin"]}


def test_the_box_stands_on_every_page_of_the_desk_for_those_whom_it_answers(cast: Any) -> None:
    code = cast.builder.programme.code
    assert (
        'class="desk-search"'
        in cast.client("auditor").get(reverse("desk_calls", args=[code])).content.decode()
    )
    assert (
        'class="desk-search"'
        not in cast.client("assessor").get(reverse("assessment", args=[code])).content.decode()
    )
