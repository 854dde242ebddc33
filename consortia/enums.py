"""Choices of the organisations and consortia."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrganisationKind(models.TextChoices):
    """What an organisation is; whether an SME is one is decided by its declaration, not by this choice."""

    SME = "sme", _("Small or medium-sized enterprise")
    LARGE = "large", _("Large enterprise")
    RESEARCH = "research", _("Research organisation")
    PUBLIC = "public", _("Public body")
    OTHER = "other", _("Other organisation")


class OrganisationSource(models.TextChoices):
    """Where the portal has an organisation from."""

    PORTAL = "portal", _("Registered in the portal")
    KEEP = "keep.eu", _("keep.eu")
    CSV = "csv", _("Imported list")


class MembershipRole(models.TextChoices):
    OWNER = "owner", pgettext_lazy("member of an organisation", "Owner")
    MEMBER = "member", pgettext_lazy("member of an organisation", "Member")


class JoinState(models.TextChoices):
    """What became of a request to act for an organisation."""

    WAITING = "waiting", pgettext_lazy("request to join", "Waiting")
    GRANTED = "granted", pgettext_lazy("request to join", "Granted")
    DECLINED = "declined", pgettext_lazy("request to join", "Declined")


class SizeClass(models.TextChoices):
    """Size of an enterprise. Source: Recommendation 2003/361/EC, Annex, Art. 2."""

    MICRO = "micro", _("Micro enterprise")
    SMALL = "small", _("Small enterprise")
    MEDIUM = "medium", _("Medium-sized enterprise")
    LARGE = "large", _("Large enterprise")

    @property
    def is_sme(self) -> bool:
        return self != SizeClass.LARGE


class ComputedClass(models.TextChoices):
    """Class that figures and holdings give: the sizes, and the two answers that nobody can declare."""

    MICRO = "micro", _("Micro enterprise")
    SMALL = "small", _("Small enterprise")
    MEDIUM = "medium", _("Medium-sized enterprise")
    LARGE = "large", _("Large enterprise")
    NOT_SME = "not_sme", _("Held by public bodies, so no SME")
    UNKNOWN = "unknown", _("Not yet known")


class PartnerRole(models.TextChoices):
    LEAD = "lead", _("Lead partner")
    PROJECT = "project", _("Project partner")
    ASSOCIATED = "associated", _("Associated partner")


class PartnerState(models.TextChoices):
    INVITED = "invited", _("Invited")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    @property
    def takes_part(self) -> bool:
        """Whether the partner is, or may still become, part of the consortium."""
        return self in {PartnerState.INVITED, PartnerState.CONFIRMED}


class LeadOfferState(models.TextChoices):
    """What became of an offer to lead the consortium."""

    WAITING = "waiting", pgettext_lazy("offer of the lead", "Waiting")
    ACCEPTED = "accepted", pgettext_lazy("offer of the lead", "Accepted")
    DECLINED = "declined", pgettext_lazy("offer of the lead", "Declined")
    TAKEN_BACK = "taken_back", pgettext_lazy("offer of the lead", "Taken back")


class InvitationState(models.TextChoices):
    """What an invitation is at a moment; never stored, so that it cannot outlive its deadline."""

    OPEN = "open", pgettext_lazy("invitation", "Open")
    ACCEPTED = "accepted", pgettext_lazy("invitation", "Accepted")
    DECLINED = "declined", pgettext_lazy("invitation", "Declined")
    EXPIRED = "expired", pgettext_lazy("invitation", "Expired")
    REPLACED = "replaced", pgettext_lazy("invitation", "Replaced")
