import pytest
from django.utils import translation

from tests.factories import reporting as make


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def rocket(db):
    """A programme with two calls, a pioneer round, three projects, a rejection and a product at each stage."""
    from datetime import timedelta

    from reporting.enums import Stage
    from reporting.services import set_product_stage

    programme = make.programme(
        notice={"en": "Demonstration data.", "de": "Beispieldaten.", "nl": "Voorbeeldgegevens."}
    )
    first, second = make.call(programme, "call-1"), make.call(programme, "call-2")
    pioneers = make.call(programme, "call-0", is_pioneer_round=True)
    both = make.organisation("Koppelvlak Energie B.V.", "NL", make.TWENTE)
    surf = make.project(
        first,
        "SuperSurf",
        partners=[make.organisation("Lichtwerk Borken GmbH"), both],
        budget="1234567.89",
        grant="740740.73",
        products=3,
    )
    make.project(
        pioneers,
        "SAIL PRO",
        partners=[both, make.organisation("Universität Münster", "DE", make.MUENSTER, is_sme=False)],
        ket="PH",
        fields=("health", "energy"),
        budget="98765.43",
        grant="59259.25",
    )
    make.project(
        second,
        "ColdBond",
        partners=[
            make.organisation("Hechtwerk Winterswijk B.V.", "NL", make.ACHTERHOEK),
            make.organisation("Nordchip Bocholt GmbH"),
        ],
        kind="feasibility_study",
        ket="MS",
        budget="40000.01",
        grant="24000.00",
    )
    make.decision(make.proposal(second, "NoGo"), "rejected")
    manager = make.person(manager="rocket")
    sold, tested, _promised = surf.products.all()
    later = make.DECIDED + timedelta(days=30)
    set_product_stage(product=tested, stage=Stage.IN_DEVELOPMENT, by=manager, now=later)
    set_product_stage(
        product=sold,
        stage=Stage.ON_MARKET,
        by=manager,
        now=later,
        evidence="Invoice 17",
        first_sold_on=make.DECIDED.date(),
    )
    return programme
