"""The way of a product to the market."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reporting.enums import Stage
from reporting.models import Product, ProductStage
from reporting.transitions import STAGES
from rocket.accounts.models import User
from rocket.core import audit
from rocket.core.errors import RocketError, Stale
from rocket.core.permissions import demand
from rocket.core.states import NotPossible
from rocket.core.text import without_controls


@transaction.atomic
def set_product_stage(
    *,
    product: Product,
    stage: Stage,
    by: User,
    now: datetime,
    evidence: str = "",
    first_sold_on: date | None = None,
) -> ProductStage:
    """Record that the product has reached ``stage``. Earlier stages stay on record.

    On the market means a first sale, with its date, not in the future, and evidence: ``RocketError``
    ``first_sale_missing`` or ``first_sale_in_future`` else. Raises ``NotPossible`` where no way leads there,
    ``Refused``, and ``Stale`` where somebody was faster.
    """
    demand(by, "set_stage", product)
    stage, evidence = Stage(stage), without_controls(evidence).strip()
    before = product.stage_now
    if stage not in STAGES[before]:
        raise NotPossible(
            "wrong_stage",
            _("A product goes from “%(before)s” to other stages than “%(after)s”.")
            % {"before": before.label, "after": stage.label},
        )
    if stage is Stage.ON_MARKET:
        if first_sold_on is None or not evidence:
            raise RocketError("first_sale_missing", _("Give the date of the first sale and its evidence."))
        if first_sold_on > timezone.localdate(now):
            raise RocketError("first_sale_in_future", _("The date of the first sale is in the future."))
    else:
        first_sold_on = None
    changed = Product.objects.filter(pk=product.pk, stage=before, staged_at=product.staged_at).update(
        stage=stage, staged_at=now, evidence=evidence, first_sold_on=first_sold_on
    )
    if not changed:
        raise Stale
    product.refresh_from_db(fields=["stage", "staged_at", "evidence", "first_sold_on"])
    step = ProductStage.objects.create(
        product=product, stage=stage, staged_at=now, evidence=evidence, first_sold_on=first_sold_on, by=by
    )
    audit.record(
        subject=product,
        verb="product_staged",
        by=by,
        now=now,
        before={"stage": before},
        after={"stage": stage, "evidence": evidence, "first_sold_on": first_sold_on},
    )
    return step
