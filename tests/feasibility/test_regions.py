"""A region is one place in every version of NUTS that the programme file names: for rules, care and import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from calls.models import Programme, Region
from calls.services import load_programme
from feasibility.eligibility import Outcome
from feasibility.models import Proposal
from feasibility.selectors import dossier_of, load, report_of
from feasibility.services.proposals import cluster_of

NOORD_FRIESLAND = [("NL121", 2013), ("NL124", 2016), ("NL124", 2021), ("NL127", 2024)]
ELSEWHERE = [("NL121", 2016), ("NL127", 2021), ("NL413", 2024)]


@pytest.fixture
def both_programmes(programme: Programme, now: Any) -> list[Programme]:
    """The demonstration programme, and ROCKET as it was."""
    load_programme(path=Path(settings.BASE_DIR) / "programmes" / "rocket.toml", by=None, now=now)
    return list(Programme.objects.order_by("code"))


def move(proposal: Proposal, code: str, version: int) -> Any:
    """Let the lead partner's organisation lie there."""
    organisation = proposal.consortium.lead_partner.organisation
    organisation.region_code, organisation.region_version = code, version
    organisation.save()
    return organisation


def test_one_place_lies_in_the_area_of_both_programmes_by_each_of_its_codes(both_programmes: Any) -> None:
    for programme in both_programmes:
        found = {programme.regions.known_as(*key).get().name for key in NOORD_FRIESLAND}
        assert found == {"Noord-Friesland"}
        assert not any(programme.regions.known_as(*key).exists() for key in ELSEWHERE)
        assert programme.regions.all().keys() == Region.objects.all().keys()
        assert len(programme.regions.all().keys()) == 4 * 51


@pytest.mark.parametrize(
    ("key", "outcome"),
    [
        *((key, Outcome.PASSED) for key in NOORD_FRIESLAND),
        *((key, Outcome.FAILED) for key in ELSEWHERE),
        (("NL121", 2010), Outcome.UNKNOWN),  # the programme names no code of that version
    ],
)
def test_the_rule_on_the_area_takes_every_code_of_a_place(
    cast: Any, key: tuple[str, int], outcome: Outcome
) -> None:
    proposal = cast.draft()
    move(proposal, *key)
    findings = {
        finding.code: finding.outcome for finding in report_of(load(proposal.pk), now=cast.now).findings
    }
    assert findings["PROGRAMME-AREA"] == outcome


def test_the_dossier_names_every_code_of_the_area(cast: Any) -> None:
    area = dossier_of(load(cast.draft().pk), now=cast.now).programme.area
    assert {tuple(region) for region in area} == Region.objects.all().keys()


def test_the_cluster_organisation_is_found_by_every_code(cast: Any) -> None:
    proposal = cast.draft()
    found = {cluster_of(move(proposal, *key), proposal.call).code for key in NOORD_FRIESLAND}
    assert found == {"novel_t"}
