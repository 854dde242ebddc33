"""A programme with one region on each side, and the cluster organisation that looks after the German one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from calls.models import ClusterOrganisation, Country, Programme, Region


@pytest.fixture
def seeded_countries(db, settings):
    settings.HOME_PROGRAMME = ""
    programme = Programme.objects.create(
        code="p",
        name={"en": "P"},
        short_name="P",
        tagline={"en": "P"},
        heading={"en": "P"},
        summary={"en": "P"},
        rule_book="V",
        starts_on=date(2014, 1, 1),
        ends_on=date(2027, 1, 1),
        funding_rate=Decimal("0.6"),
        grant_cap=Decimal("300000.00"),
        product_target=40,
    )
    germany = Country.objects.create(programme=programme, code="DE", name={"en": "Germany"}, side="east")
    netherlands = Country.objects.create(
        programme=programme, code="NL", name={"en": "the Netherlands"}, side="west", position=1
    )
    return programme, germany, netherlands


@pytest.fixture
def seeded_region(seeded_countries):
    programme, germany, _netherlands = seeded_countries
    region = Region.objects.create(
        programme=programme,
        code="DEA33",
        version=2013,
        name="Münster",
        country=germany,
        short="MUN",
        column=1,
        row=1,
    )
    cluster = ClusterOrganisation.objects.create(programme=programme, code="c", name="C", country=germany)
    cluster.regions.add(region)
    return region, cluster
