from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from reporting.enums import Stage
from reporting.services import set_product_stage
from reporting.transitions import STAGES
from rocket.core.errors import Refused, RocketError, Stale
from rocket.core.models import AuditEntry
from rocket.core.states import NotPossible
from tests.factories import reporting as make

pytestmark = pytest.mark.django_db
SALE = {"evidence": "Invoice 17 of 3 May 2017", "first_sold_on": make.DECIDED.date()}


@pytest.fixture
def product(db):
    return make.project(make.call(make.programme())).products.get()


@pytest.fixture
def manager(db):
    return make.person(manager="rocket")


def test_a_first_sale_with_date_and_evidence_puts_it_on_the_market(product, manager):
    set_product_stage(product=product, stage=Stage.ON_MARKET, by=manager, now=make.AS_OF, **SALE)
    assert (product.stage, product.staged_at, product.first_sold_on) == (
        Stage.ON_MARKET,
        make.AS_OF,
        SALE["first_sold_on"],
    )
    assert [step.stage for step in product.stages.all()] == [Stage.PLANNED, Stage.ON_MARKET]
    assert AuditEntry.objects.about(product).get().verb == "product_staged"


@pytest.mark.parametrize("missing", ["evidence", "first_sold_on"])
def test_without_date_or_evidence_it_is_not_on_the_market(product, manager, missing):
    sale = {**SALE, missing: None if missing == "first_sold_on" else "  "}
    with pytest.raises(RocketError) as error:
        set_product_stage(product=product, stage=Stage.ON_MARKET, by=manager, now=make.AS_OF, **sale)
    assert error.value.code == "first_sale_missing"
    product.refresh_from_db()
    assert product.stage == Stage.PLANNED


def test_a_sale_of_tomorrow_is_none(product, manager):
    sale = {**SALE, "first_sold_on": (make.AS_OF + timedelta(days=1)).date()}
    with pytest.raises(RocketError) as error:
        set_product_stage(product=product, stage=Stage.ON_MARKET, by=manager, now=make.AS_OF, **sale)
    assert error.value.code == "first_sale_in_future"


def test_the_database_keeps_the_promise_too(product):
    product.stage = Stage.ON_MARKET
    with pytest.raises(IntegrityError), transaction.atomic():
        product.save()


def test_a_product_on_the_market_stays_there(product, manager):
    set_product_stage(product=product, stage=Stage.ON_MARKET, by=manager, now=make.AS_OF, **SALE)
    for stage in Stage:
        with pytest.raises(NotPossible):
            set_product_stage(product=product, stage=stage, by=manager, now=make.AS_OF, **SALE)


def test_every_stage_has_its_row():
    assert set(STAGES) == set(Stage)


def test_of_two_people_at_once_one_is_told(product, manager):
    from reporting.models import Product

    theirs = Product.objects.get(pk=product.pk)
    set_product_stage(product=product, stage=Stage.IN_DEVELOPMENT, by=manager, now=make.AS_OF)
    with pytest.raises(Stale):
        set_product_stage(product=theirs, stage=Stage.STOPPED, by=manager, now=make.AS_OF)


@pytest.mark.parametrize("roles", [{}, {"auditor": "rocket"}, {"manager": "other"}])
def test_only_the_programmes_manager_sets_a_stage(product, roles):
    with pytest.raises(Refused):
        set_product_stage(
            product=product, stage=Stage.IN_DEVELOPMENT, by=make.person(**roles), now=make.AS_OF
        )
