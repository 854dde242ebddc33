from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.models import ApplicationField, Call, ClusterOrganisation, Ket, ProjectKind
from consortia.enums import PartnerRole
from consortia.models import Consortium, Membership, Partner
from feasibility.enums import APPROVED, EDITABLE, NOT_YET_SUBMITTED, UNDER_ASSESSMENT, ProposalState
from rocket.accounts.roles import Role

MAX_TITLE = 120
MAX_SUMMARY = 4000


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def of_member(self, user: Any) -> ProposalQuerySet:
        """Proposals in which an organisation of the person is a confirmed partner."""
        return self.filter(consortium__in=Consortium.objects.of_member(user).values("pk"))

    def in_care_of(self, user: Any) -> ProposalQuerySet:
        """Proposals that a cluster organisation of the person looks after, unless the person's own firm takes part."""
        own = Membership.objects.filter(user=user).values("organisation_id")
        return self.filter(cluster__consultants__user=user).exclude(
            consortium__partners__organisation__in=own
        )

    def with_closing(self, now: datetime) -> ProposalQuerySet:
        """With ``closes``, the moment that ``closes_at`` tells, ``is_running``: it may still be submitted, and
        ``runs_until``, which is ``closes`` as long as it is."""
        due = models.Q(state=ProposalState.RETURNED, completion_due_at__isnull=False)
        return self.annotate(
            closes=models.Case(
                models.When(due, then=models.F("completion_due_at")), default=models.F("call__closes_at")
            )
        ).annotate(
            is_running=models.Case(
                models.When(state__in=EDITABLE, closes__gt=now, then=True),
                default=False,
                output_field=models.BooleanField(),
            ),
            runs_until=models.Case(models.When(state__in=EDITABLE, closes__gt=now, then=models.F("closes"))),
        )

    def by_deadline(self) -> ProposalQuerySet:
        """After ``with_closing``: what runs first, the nearest deadline on top; then the rest, the latest on top."""
        return self.order_by("-is_running", "runs_until", models.F("closes").desc(nulls_last=True), "-pk")

    def submitted(self) -> ProposalQuerySet:
        """Submitted at least once, whatever came after."""
        return self.exclude(submissions=None)

    def on_desk(self) -> ProposalQuerySet:
        """What the desk may see: everything but drafts, and drafts that were withdrawn before they were submitted."""
        submissions: Any = self.model._meta.get_field("submissions").related_model
        was_submitted = models.Exists(submissions.objects.filter(proposal=models.OuterRef("pk")))
        return self.exclude(state__in=NOT_YET_SUBMITTED).filter(
            ~models.Q(state=ProposalState.WITHDRAWN) | was_submitted
        )

    def for_assessor(self, user: Any) -> ProposalQuerySet:
        """From the formal check to the decision, in the programmes that the person assesses for; never one in which
        the person's own organisation takes part."""
        own = Membership.objects.filter(user=user).values("organisation_id")
        return self.filter(
            state__in=UNDER_ASSESSMENT, call__programme__code__in=user.programmes_as(Role.ASSESSOR)
        ).exclude(consortium__partners__organisation__in=own)

    def for_controller(self, user: Any) -> ProposalQuerySet:
        """What became a project, in the programmes that the person controls."""
        return self.filter(state__in=APPROVED, call__programme__code__in=user.programmes_as(Role.CONTROLLER))

    def named(self, words: str) -> ProposalQuerySet:
        """By number, or by the title that the desk sees. What is being rewritten is not searched by its title: the
        new one is not the desk's to read."""
        of_desk = models.Q(title__icontains=words) & ~models.Q(state__in=EDITABLE)
        return self.filter(models.Q(number__icontains=words) | of_desk)

    def visible_to(self, user: Any) -> ProposalQuerySet:
        """Own ones, those in care, and for the programme's desk all from submission on; never another's draft.
        Assessors see what waits for a decision, controllers what is funded."""
        if not user.is_authenticated:
            return self.none()
        rows = models.Q(pk__in=self.model.objects.of_member(user).values("pk"))
        if user.has_role(Role.CONSULTANT):
            rows |= models.Q(pk__in=self.model.objects.in_care_of(user).values("pk"))
        if desk := user.programmes_as(Role.MANAGER, Role.AUDITOR):
            submitted = self.model.objects.on_desk().filter(call__programme__code__in=desk)
            rows |= models.Q(pk__in=submitted.values("pk"))
        if user.has_role(Role.ASSESSOR):
            rows |= models.Q(pk__in=self.model.objects.for_assessor(user).values("pk"))
        if user.has_role(Role.CONTROLLER):
            rows |= models.Q(pk__in=self.model.objects.for_controller(user).values("pk"))
        return self.filter(rows)

    def with_lead(self) -> ProposalQuerySet:
        """With KET and ``lead_organisation`` at hand, and without the long texts, for long lists. No query more."""
        lead = models.Q(consortium__partners__role=PartnerRole.LEAD)
        joined: Any = self.annotate(
            lead_partner=models.FilteredRelation("consortium__partners", condition=lead)
        )
        rows: ProposalQuerySet = joined.select_related("main_ket", "lead_partner__organisation")
        return rows.defer("summary", "cross_border_value")

    def with_parts(self) -> ProposalQuerySet:
        """With call, kind, KET and partners at hand, for lists."""
        partners = models.Prefetch("consortium__partners", Partner.objects.select_related("organisation"))
        return self.select_related("call__programme", "kind", "main_ket", "consortium").prefetch_related(
            partners
        )


class Proposal(models.Model):
    """What one consortium asks of one call."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="proposals")
    kind = models.ForeignKey(ProjectKind, on_delete=models.PROTECT, related_name="proposals")
    consortium = models.OneToOneField(Consortium, on_delete=models.PROTECT, related_name="proposal")
    cluster = models.ForeignKey(
        ClusterOrganisation, null=True, on_delete=models.PROTECT, related_name="proposals"
    )
    title = models.CharField(_("title"), max_length=MAX_TITLE)
    summary = models.TextField(_("summary"), blank=True)
    cross_border_value = models.TextField(_("cross-border added value"), blank=True)
    starts_on = models.DateField(_("first day of the project"), null=True, blank=True)
    months = models.PositiveSmallIntegerField(_("duration in months"), null=True, blank=True)
    main_ket = models.ForeignKey(
        Ket, null=True, blank=True, on_delete=models.PROTECT, related_name="proposals"
    )
    kets = models.ManyToManyField(Ket, blank=True, related_name="+")
    fields = models.ManyToManyField(ApplicationField, blank=True, related_name="proposals")
    state = models.CharField(max_length=20, choices=ProposalState.choices, default=ProposalState.DRAFT)
    completion_due_at = models.DateTimeField(null=True, blank=True)
    """Set while returned for completion: the moment until which it may be submitted again."""
    version = models.PositiveIntegerField(default=1)
    """Grows with every change by the consortium; a submission names the version that the person saw."""
    copied_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="copies"
    )
    """The proposal of an earlier round whose texts and figures this one began with."""
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    lead_partner: Any
    """Set by ``with_lead`` and by selectors of lists alone."""

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        indexes = [
            models.Index(fields=["call", "state"], name="proposal_by_call_and_state"),
            models.Index(fields=["-changed_at", "-id"], name="proposal_latest_change"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("proposal", args=[self.number])

    @property
    def lead_organisation(self) -> Any:
        """The organisation of the lead partner: without a query after ``with_lead``, or with partners at hand."""
        partner = getattr(self, "lead_partner", None) or self.consortium.lead_partner
        return partner.organisation if partner else None

    @property
    def state_now(self) -> ProposalState:
        return ProposalState(self.state)

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def closes_at(self) -> Any:
        """Until when this proposal may be submitted: the call's end, or the end of its completion."""
        if self.state == ProposalState.RETURNED and self.completion_due_at:
            return self.completion_due_at
        return self.call.closes_at
