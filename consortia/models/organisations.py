"""Organisations, the people who act for them, and where the portal has them from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.models import Region
from consortia.enums import MembershipRole, OrganisationKind, OrganisationSource
from consortia.names import normalise_name
from rocket.accounts.roles import Role

if TYPE_CHECKING:
    from consortia.models.declarations import DeMinimisDeclaration, SmeDeclaration
    from rocket.accounts.models import User


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def of_member(self, user: User) -> OrganisationQuerySet:
        """Organisations that the user acts for."""
        return self.filter(memberships__user=user)

    def in_care_of(self, user: User) -> OrganisationQuerySet:
        """Organisations in a region that one of the user's cluster organisations looks after. One query more."""
        return self.in_regions(Region.objects.filter(clusters__consultants__user=user).keys())

    def in_regions(self, keys: Iterable[tuple[str, int]]) -> OrganisationQuerySet:
        """Organisations whose region has one of these codes in that version of NUTS.

        The same code in another version may be another place.
        """
        codes: dict[int, list[str]] = {}
        for code, version in sorted(keys):
            codes.setdefault(version, []).append(code)
        regions = models.Q(pk__in=[])
        for version, known in codes.items():
            regions |= models.Q(region_version=version, region_code__in=known)
        return self.filter(regions)

    def visible_to(self, user: Any) -> OrganisationQuerySet:
        """Own organisations; those in care for consultants; all for managers, controllers and auditors."""
        if not user.is_authenticated:
            return self.none()
        if any(user.has_role(role) for role in (Role.MANAGER, Role.CONTROLLER, Role.AUDITOR)):
            return self.all()
        visible = models.Q(pk__in=Membership.objects.filter(user=user).values("organisation_id"))
        if user.has_role(Role.CONSULTANT):
            visible |= models.Q(pk__in=Organisation.objects.in_care_of(user).values("pk"))
        return self.filter(visible)

    def unclaimed(self) -> OrganisationQuerySet:
        """Imported organisations for which nobody acts yet."""
        return self.filter(claimed_at=None)

    def named_like(self, name: str) -> OrganisationQuerySet:
        """Organisations whose normalised name is the same, or has every word of a longer or shorter one."""
        normalised = normalise_name(name)
        if not normalised:
            return self.none()
        every_word = models.Q()
        for word in normalised.split():
            every_word &= models.Q(search_name__contains=word)
        return self.filter(models.Q(search_name=normalised) | every_word)


class Organisation(models.Model):
    """An enterprise, research organisation or public body, by the establishment that does the work."""

    name = models.CharField(_("name"), max_length=250)
    legal_form = models.CharField(_("legal form"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind.choices, blank=True)
    """Empty as long as nobody has said it: an imported list knows no sizes."""
    country = models.CharField(_("country"), max_length=2)
    region_code = models.CharField(_("region"), max_length=10, blank=True)
    region_version = models.PositiveSmallIntegerField(_("NUTS version of the region"), null=True, blank=True)
    region_name = models.CharField(_("name of the region"), max_length=120, blank=True)
    outside_area = models.BooleanField(_("outside the programme area"), default=False)
    """Somebody who knows said that it lies outside; no region and not outside means: not yet known."""
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    town = models.CharField(_("town"), max_length=120, blank=True)
    street = models.CharField(_("street and number"), max_length=200, blank=True)
    register_number = models.CharField(_("register number"), max_length=80, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    kets = models.ManyToManyField(
        "calls.Ket", verbose_name=_("key enabling technologies"), blank=True, related_name="organisations"
    )
    offers = models.TextField(_("what it offers"), blank=True)
    seeks = models.TextField(_("what it seeks"), blank=True, default="")
    consultants_may_write = models.BooleanField(
        _("consultants of the region may write to its people"), default=False
    )
    """Without it a consultant sees the organisation, but not who acts for it."""
    source = models.CharField(
        _("source"), max_length=20, choices=OrganisationSource.choices, default=OrganisationSource.PORTAL
    )
    source_reference = models.CharField(_("reference in the source"), max_length=500, blank=True)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    search_name = models.CharField(max_length=250, editable=False, db_index=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["search_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "register_number"],
                condition=~models.Q(register_number=""),
                name="organisation_register_number_once",
                violation_error_message=_("An organisation with this register number is registered already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(outside_area=True) | models.Q(region_code=""),
                name="organisation_region_or_outside",
                violation_error_message=_("An organisation outside the programme area has no region of it."),
            ),
            models.CheckConstraint(
                condition=(models.Q(region_code="") & models.Q(region_version=None))
                | (~models.Q(region_code="") & models.Q(region_version__isnull=False)),
                name="organisation_region_with_version",
                violation_error_message=_("A region is a code and the version of that code."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_name = normalise_name(self.name)[:250]
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search_name"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("organisation", args=[self.pk])

    @property
    def is_claimed(self) -> bool:
        return self.claimed_at is not None

    @property
    def presumed_kind(self) -> OrganisationKind:
        """Its kind; where nobody has said one, an enterprise whose size is still to be declared.

        So a rule on SMEs is not yet known for it, and neither passed nor failed.
        """
        return OrganisationKind(self.kind) if self.kind else OrganisationKind.SME

    @property
    def region(self) -> tuple[str, int] | None:
        """Code and NUTS version; None where it is not known or lies outside."""
        return (self.region_code, self.region_version) if self.region_version is not None else None

    @property
    def sme_declaration(self) -> SmeDeclaration | None:
        """The SME declaration that stands; no query where ``with_declarations`` read it."""
        return next((d for d in self.sme_declarations.all() if d.superseded_at is None), None)

    @property
    def de_minimis_declaration(self) -> DeMinimisDeclaration | None:
        """The de minimis declaration that stands, with ``aids``; no query where ``with_declarations`` read it."""
        return next((d for d in self.de_minimis_declarations.all() if d.superseded_at is None), None)

    @property
    def identifiers(self) -> frozenset[str]:
        """What tells this organisation from others: its number in the portal, its register and its VAT number."""
        register = f"{self.country} {self.register_number}" if self.register_number else ""
        return frozenset(text for text in (f"organisation:{self.pk}", register, self.vat_number) if text)

    @property
    def is_imported(self) -> bool:
        return self.source != OrganisationSource.PORTAL


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: Any) -> MembershipQuerySet:
        """The people of the organisations that the user acts for."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(organisation__in=Membership.objects.filter(user=user).values("organisation_id"))


class Membership(models.Model):
    """A person acts for an organisation."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(
        _("role"), max_length=10, choices=MembershipRole.choices, default=MembershipRole.MEMBER
    )
    joined_at = models.DateTimeField(_("joined at"))

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                name="membership_once",
                violation_error_message=_("This person is a member of the organisation already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"

    @property
    def is_owner(self) -> bool:
        return self.role == MembershipRole.OWNER


class SourceRecord(models.Model):
    """One row of an imported list, and the organisation that it stands for.

    Several rows may stand for one organisation. It is what makes a second import change nothing.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="source_records")
    source = models.CharField(_("source"), max_length=20, choices=OrganisationSource.choices)
    reference = models.CharField(_("reference in the source"), max_length=500)
    imported_at = models.DateTimeField(_("imported at"))

    class Meta:
        verbose_name = _("source record")
        verbose_name_plural = _("source records")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "reference"],
                name="source_record_once",
                violation_error_message=_("This record of the source was imported already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.reference}"


class Consultant(models.Model):
    """A person who advises for one of the programme's cluster organisations."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="consultancies")
    cluster = models.ForeignKey("calls.ClusterOrganisation", models.PROTECT, related_name="consultants")

    class Meta:
        verbose_name = _("consultant")
        verbose_name_plural = _("consultants")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "cluster"],
                name="consultant_once",
                violation_error_message=_("This person advises for the cluster organisation already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.cluster}"
