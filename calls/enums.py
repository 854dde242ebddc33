"""Choices of programmes and calls."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleBook(models.TextChoices):
    """The funding period whose regulations hold: V is 2014-2020, VI is 2021-2027."""

    V = "V", _("2014–2020 (V)")
    VI = "VI", _("2021–2027 (VI)")


class Side(models.TextChoices):
    """The shore on which a country lies on the tile map; a third country has none."""

    WEST = "west", _("west")
    EAST = "east", _("east")


class FunderLevel(models.TextChoices):
    """Who stands behind a source of money."""

    UNION = "union", _("European Union")
    NATIONAL = "national", _("country or Land")
    REGIONAL = "regional", _("province")


class IndicatorKind(models.TextChoices):
    """Outputs are counted in projects; results show afterwards."""

    OUTPUT = "output", _("output indicator")
    RESULT = "result", _("result indicator")


class DeclaredBy(models.TextChoices):
    """Whose declaration the programme asks for."""

    LEAD = "lead", _("the lead partner")
    EVERY_PARTNER = "every_partner", _("every partner")


class CallState(models.TextChoices):
    """Stored states of a call. Open, planned and closed are read from the clock and never stored."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    DECIDED = "decided", _("Decided")
    ARCHIVED = "archived", _("Archived")

    @property
    def is_public(self) -> bool:
        """True once everybody may read the call; a draft is for the desk alone."""
        return self is not CallState.DRAFT


class CallPhase(models.TextChoices):
    """What a published call is at one moment."""

    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
