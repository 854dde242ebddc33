from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from rocket.accounts.roles import Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person. The e-mail address signs in; what a person may do comes from roles and memberships."""

    email = models.EmailField(
        _("e-mail address"), unique=True, error_messages={"unique": _("This address is taken.")}
    )
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    session_salt = models.CharField(max_length=32, default="", editable=False)
    """Part of what every session of this person carries: a new one ends them all."""

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def roles(self) -> frozenset[tuple[str, str]]:
        """(role, programme code) pairs in force; one query for the life of the object."""
        return frozenset(self.grants.filter(revoked_at=None).values_list("role", "programme_code"))

    def end_sessions(self) -> None:
        """Sign the person out on every device. The session that asks for it must be signed in again by the caller."""
        self.session_salt = get_random_string(32)
        self.save(update_fields=["session_salt"])

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """As Django's, with the salt beside the password."""
        return salted_hmac(
            "rocket.accounts.session",
            f"{self.password}:{self.session_salt}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def has_role(self, role: Role | str, programme_code: str | None = None) -> bool:
        """Has ``role`` in that programme; without a code, in any programme."""
        return any(held == role and programme_code in (None, code) for held, code in self.roles)

    def programmes_as(self, *roles: Role | str) -> frozenset[str]:
        """Codes of the programmes in which the person has one of ``roles``."""
        return frozenset(code for role, code in self.roles if role in roles)
