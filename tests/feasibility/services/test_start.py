"""Who may start a proposal, for whom."""

from __future__ import annotations

from typing import Any

import pytest

from feasibility import services
from feasibility.models import Proposal
from rocket.core.errors import RocketError


def start(cast: Any, who: str, firm: str) -> Proposal:
    return services.start_proposal(
        call=cast.call,
        kind=cast.call.kinds.get(),
        organisation=cast.builder.firms[firm],
        title="LumiLoom",
        by=cast.people[who],
        now=cast.now,
    )


def test_own_organisation_leads(cast: Any) -> None:
    proposal = start(cast, "lead", "lead")
    assert proposal.consortium.lead_partner.organisation == cast.builder.firms["lead"]


@pytest.mark.parametrize("who", ["newcomer", "partner", "consultant", "manager"])
def test_nobody_starts_one_for_an_organisation_of_others(cast: Any, who: str) -> None:
    with pytest.raises(RocketError):
        start(cast, who, "lead")
    assert not Proposal.objects.exists()
