"""A call: a published round of the programme."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.enums import CallPhase, CallState
from calls.models.programme import ApplicationField, Ket, Programme, ProjectKind
from calls.outcome import Outcome
from rocket.core.money import EuroField
from rocket.core.text import LocalisedField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from rocket.accounts.models import User


class CallQuerySet(models.QuerySet["Call"]):
    def public(self) -> "CallQuerySet":
        """Everything but drafts."""
        return self.exclude(state=CallState.DRAFT)

    def published(self) -> "CallQuerySet":
        """In the state published: neither draft nor decided nor archived."""
        return self.filter(state=CallState.PUBLISHED)

    def open_at(self, now: datetime) -> "CallQuerySet":
        """Taking proposals at that moment: from ``opens_at`` inclusive to ``closes_at`` exclusive."""
        return self.published().filter(opens_at__lte=now, closes_at__gt=now)

    def planned_at(self, now: datetime) -> "CallQuerySet":
        """Published, but not open yet at that moment."""
        return self.published().filter(opens_at__gt=now)

    def closed_at(self, now: datetime) -> "CallQuerySet":
        """Public and past its deadline at that moment, whether decided or not."""
        return self.public().filter(closes_at__lte=now)

    def in_phase_at(self, phase: CallPhase, now: datetime) -> "CallQuerySet":
        """Public calls as the list of calls groups them at that moment; one that was decided early is closed."""
        if phase is CallPhase.OPEN:
            return self.open_at(now)
        if phase is CallPhase.PLANNED:
            return self.public().filter(opens_at__gt=now)
        return self.public().filter(opens_at__lte=now).exclude(state=CallState.PUBLISHED, closes_at__gt=now)

    def rounds(self) -> "CallQuerySet":
        """Counted as calls: pioneer rounds are direct awards and are not."""
        return self.filter(is_pioneer_round=False)

    def visible_to(self, user: "User | AnonymousUser") -> "CallQuerySet":
        """Everybody sees public calls; drafts are seen by the managers and auditors of their programme."""
        from calls.permissions import desk_programmes

        if not user.is_authenticated:
            return self.public()
        return self.filter(~Q(state=CallState.DRAFT) | desk_programmes(user, "programme"))


class Call(models.Model):
    """A round in which proposals of some kinds are taken, between two moments, within one budget."""

    programme = models.ForeignKey(
        Programme, models.PROTECT, verbose_name=_("programme"), related_name="calls"
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = LocalisedField(_("title"))
    summary = LocalisedField(_("summary"), blank=True, default=dict)
    text = LocalisedField(_("text"), blank=True, default=dict)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=CallState.choices, default=CallState.DRAFT, editable=False
    )
    is_pioneer_round = models.BooleanField(_("pioneer round"), default=False)
    budget = EuroField(_("budget"), null=True, blank=True)
    grant_cap_sme = EuroField(_("largest grant per SME"), null=True, blank=True)
    """Tightens the kind's own cap; empty leaves it as it is."""
    grant_cap_project = EuroField(_("largest grant per project"), null=True, blank=True)
    kinds = models.ManyToManyField(
        ProjectKind, verbose_name=_("kinds of project"), related_name="calls", blank=True
    )
    kets = models.ManyToManyField(
        Ket, verbose_name=_("key enabling technologies"), related_name="calls", blank=True
    )
    fields = models.ManyToManyField(
        ApplicationField, verbose_name=_("application fields"), related_name="calls", blank=True
    )
    decision_expected_on = models.DateField(_("decision expected by"), null=True, blank=True)
    """The day by which the programme means to have decided on every proposal; empty: not known yet."""
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    """Counts every change: two people who edit at once are told."""

    outcome: Outcome | None = None
    """What came of it; set by ``calls.selectors.with_outcome`` alone."""

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["closes_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="call_closes_after_it_opens",
                violation_error_message=_("A call closes after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(opens_at__isnull=False, closes_at__isnull=False),
                name="public_call_has_its_times",
                violation_error_message=_("A published call has an opening and a closing time."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.title) or self.slug

    def get_absolute_url(self) -> str:
        return reverse("call", args=[self.slug])

    @property
    def is_decided(self) -> bool:
        """Every proposal has its decision."""
        return self.state in (CallState.DECIDED, CallState.ARCHIVED)

    def is_open_at(self, now: datetime) -> bool:
        """True when published and ``opens_at <= now < closes_at``."""
        return self.phase_at(now) is CallPhase.OPEN and self.state == CallState.PUBLISHED

    def phase_at(self, now: datetime) -> CallPhase:
        """Planned, open or closed at that moment, by the call's two times alone.

        A draft without times counts as planned.
        """
        if self.opens_at is None or self.closes_at is None or now < self.opens_at:
            return CallPhase.PLANNED
        return CallPhase.OPEN if now < self.closes_at else CallPhase.CLOSED

    @property
    def takes_every_ket(self) -> bool:
        """True when no technology of the programme is left out."""
        return len(self.kets.all()) == len(self.programme.kets.all())

    @property
    def takes_every_field(self) -> bool:
        """True when no application field of the programme is left out."""
        return len(self.fields.all()) == len(self.programme.application_fields.all())

    def time_left(self, now: datetime) -> timedelta:
        """From that moment to the deadline; never below zero."""
        if self.closes_at is None:
            return timedelta(0)
        return max(self.closes_at - now, timedelta(0))

    def grant_cap_sme_of(self, kind: ProjectKind) -> Decimal:
        """The most that one SME may get in a project of this kind: the lower of the kind's and the call's cap."""
        return min(cap for cap in (kind.grant_cap_sme, self.grant_cap_sme) if cap is not None)

    def grant_cap_project_of(self, kind: ProjectKind) -> Decimal | None:
        """The most that one project of this kind may get, or None where neither sets a limit."""
        return min(
            (cap for cap in (kind.grant_cap_project, self.grant_cap_project) if cap is not None), default=None
        )
