"""What projects bring to the market, stage by stage."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from calls.models import Ket, Programme
from consortia.models import Organisation
from feasibility.models import ExpectedProduct
from reporting.enums import Stage
from reporting.models.project import Project

TRL = [MinValueValidator(1), MaxValueValidator(9)]


def on_market_is_shown(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=~Q(stage=Stage.ON_MARKET) | (Q(first_sold_on__isnull=False) & ~Q(evidence="")),
        name=name,
        violation_error_message=_("On the market means a first sale, with its date and evidence."),
    )


class ProductQuerySet(models.QuerySet["Product"]):
    def visible_to(self, user: Any) -> ProductQuerySet:
        """Products of the projects that the person sees: all of them are public."""
        return self.filter(project__in=Project.objects.visible_to(user).values("pk"))

    def with_stage_at(self, day: datetime) -> ProductQuerySet:
        """Those that existed at that moment, with ``stage_then``: the stage in which each stood."""
        stages = ProductStage.objects.filter(product=OuterRef("pk"), staged_at__lte=day)
        return self.annotate(
            stage_then=Subquery(stages.order_by("-staged_at", "-pk").values("stage")[:1])
        ).filter(stage_then__isnull=False)


class Product(models.Model):
    """A product, process or service of a project. It counts once, whoever owns it."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="products")
    expected_product = models.OneToOneField(ExpectedProduct, on_delete=models.PROTECT, related_name="product")
    name = models.CharField(_("name"), max_length=120)
    ket = models.ForeignKey(Ket, verbose_name=_("technology"), on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        Organisation, verbose_name=_("owner"), on_delete=models.PROTECT, related_name="products"
    )
    trl_start = models.PositiveSmallIntegerField(_("readiness level at the start"), validators=TRL)
    trl_end = models.PositiveSmallIntegerField(_("readiness level at the end"), validators=TRL)
    market_year = models.PositiveSmallIntegerField(_("expected year of the first sale"))
    stage = models.CharField(_("stage"), max_length=16, choices=Stage.choices, default=Stage.PLANNED)
    staged_at = models.DateTimeField(_("in this stage since"))
    first_sold_on = models.DateField(_("first sold on"), null=True, blank=True)
    evidence = models.TextField(_("evidence"), max_length=1000, blank=True)

    stage_then: str
    """Set by ``with_stage_at`` alone."""

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["project", "pk"]
        constraints = [on_market_is_shown("product_on_market_is_shown")]

    def __str__(self) -> str:
        return self.name

    @property
    def programme(self) -> Programme:
        return self.project.programme

    @property
    def stage_now(self) -> Stage:
        return Stage(self.stage)


class ProductStage(models.Model):
    """One step of a product, never changed: so the figures of a past day can be told again."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="stages")
    stage = models.CharField(_("stage"), max_length=16, choices=Stage.choices)
    staged_at = models.DateTimeField(_("at"))
    first_sold_on = models.DateField(_("first sold on"), null=True, blank=True)
    evidence = models.TextField(_("evidence"), max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("stage of a product")
        verbose_name_plural = _("stages of products")
        ordering = ["staged_at", "pk"]
        constraints = [on_market_is_shown("product_stage_on_market_is_shown")]

    def __str__(self) -> str:
        return f"{self.product}: {self.stage}"
