"""What an organisation declares about its size and about earlier de minimis aid."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consortia.enums import ComputedClass, SizeClass
from rocket.core.money import EuroField

from .organisations import Organisation


class DeclarationQuerySet(models.QuerySet[Any]):
    def current(self) -> DeclarationQuerySet:
        """Declarations that stand: no later one has taken their place."""
        return self.filter(superseded_at=None)

    def visible_to(self, user: Any) -> DeclarationQuerySet:
        """Declarations of the organisations that the user sees."""
        return self.filter(organisation__in=Organisation.objects.visible_to(user).values("pk"))


class SmeDeclaration(models.Model):
    """The size class that an organisation declares, the figures, and the class that these give.

    Source: Recommendation 2003/361/EC, Annex, Art. 3(5) and 4.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="sme_declarations")
    declared_class = models.CharField(_("declared class"), max_length=10, choices=SizeClass.choices)
    enterprise = models.JSONField(_("figures and holdings"))
    """In the form that ``consortia.sme`` reads."""
    computed_class = models.CharField(
        _("class that the figures give"), max_length=10, choices=ComputedClass.choices
    )
    accounts_closed_on = models.DateField(_("end of the latest closed period"))
    """For an enterprise that has not closed a period yet: the day on which it declared its estimate."""
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(_("declared at"))
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("SME declaration")
        verbose_name_plural = _("SME declarations")
        ordering = ["-declared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(superseded_at=None),
                name="sme_declaration_one_stands",
                violation_error_message=_("Another SME declaration of this organisation still stands."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_declared_class_display()}"

    @property
    def is_consistent(self) -> bool:
        """Whether the figures give the declared class."""
        return self.declared_class == self.computed_class


class DeMinimisDeclaration(models.Model):
    """An organisation's word on all de minimis aid that its single undertaking has got; also on none.

    Source: Regulation (EU) 2023/2831, Art. 7(4).
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="de_minimis_declarations")
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(_("declared at"))
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("de minimis declaration")
        verbose_name_plural = _("de minimis declarations")
        ordering = ["-declared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(superseded_at=None),
                name="de_minimis_declaration_one_stands",
                violation_error_message=_(
                    "Another de minimis declaration of this organisation still stands."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.declared_at:%Y-%m-%d}"


class DeMinimisAid(models.Model):
    """One earlier de minimis aid, as declared."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="de_minimis_aids")
    declaration = models.ForeignKey(DeMinimisDeclaration, models.CASCADE, related_name="aids")
    granted_on = models.DateField(_("granted on"))
    """The day on which the legal right to the aid arose, whatever the day of payment."""
    granting_body = models.CharField(_("granting body"), max_length=200)
    country = models.CharField(_("member state that granted it"), max_length=2)
    regulation = models.CharField(_("regulation"), max_length=20)
    """``2023/2831`` or ``1407/2013``, or the number of a special one (agriculture, fisheries, SGEI)."""
    amount = EuroField(_("gross grant equivalent"))

    class Meta:
        verbose_name = _("de minimis aid")
        verbose_name_plural = _("de minimis aids")
        ordering = ["granted_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0),
                name="de_minimis_aid_not_negative",
                violation_error_message=_("An aid cannot be less than nothing."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.granting_body} · {self.granted_on:%Y-%m-%d}"
