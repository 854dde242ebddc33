"""A question about a call, and its answer."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from rocket.accounts.models import User

MAX_QUESTION = 1000
MAX_ANSWER = 4000


class QuestionQuerySet(models.QuerySet["CallQuestion"]):
    def published(self) -> "QuestionQuerySet":
        """Answered for everybody to read, the latest answer first."""
        return self.filter(answered_at__isnull=False, is_public=True).order_by("-answered_at", "-pk")

    def waiting(self) -> "QuestionQuerySet":
        """Not answered yet, the oldest first."""
        return self.filter(answered_at=None).order_by("asked_at", "pk")

    def visible_to(self, user: "User | AnonymousUser") -> "QuestionQuerySet":
        """Managers and auditors of the programme. What is published stands on the call's page."""
        from calls.permissions import desk_programmes

        return self.filter(desk_programmes(user, "call__programme")) if user.is_authenticated else self.none()


class CallQuestion(models.Model):
    """Somebody asks, the desk answers. The asker's name is shown nowhere; the answer goes to them by mail."""

    call = models.ForeignKey(Call, models.CASCADE, verbose_name=_("call"), related_name="questions")
    text = models.TextField(_("question"), max_length=MAX_QUESTION)
    language = models.CharField(_("language"), max_length=2)
    """The asker's; the answer is written in it too."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", editable=False)
    asked_at = models.DateTimeField(_("asked at"), editable=False)
    answer = models.TextField(_("answer"), max_length=MAX_ANSWER, blank=True)
    is_public = models.BooleanField(_("published"), default=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question about a call")
        verbose_name_plural = _("questions about calls")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="question_has_its_answer_with_its_time",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]
