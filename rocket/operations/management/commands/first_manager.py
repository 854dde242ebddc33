"""Gives a programme its first manager; all others are invited in the portal."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from calls.models import Programme
from rocket.accounts.models import RoleGrant
from rocket.accounts.roles import Role
from rocket.accounts.services import grant_role


class Command(BaseCommand):
    help = "Makes somebody who has signed up and confirmed the address the first manager of a programme."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address of the account")
        parser.add_argument("programme", help="code of the programme, such as rocket")

    def handle(self, *args: Any, email: str, programme: str, **options: Any) -> None:
        if not Programme.objects.filter(code=programme).exists():
            codes = ", ".join(Programme.objects.order_by("code").values_list("code", flat=True)) or "none yet"
            raise CommandError(f"There is no programme {programme}. Loaded are: {codes}.")
        grants = RoleGrant.objects.filter(
            programme_code=programme, role=Role.MANAGER, revoked_at=None, user__is_active=True
        )
        if grants.exists():
            raise CommandError(f"{programme} has a manager, who invites all others in the portal.")
        address = (
            EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user").first()
        )
        if address is None or not address.user.is_active:
            raise CommandError(
                "Nobody has signed up with this address and confirmed it. Sign up in the portal first."
            )
        grant_role(
            user=address.user, role=Role.MANAGER, programme_code=programme, by=None, now=timezone.now()
        )
        self.stdout.write(
            f"The account is manager of {programme}. Sign in again; the portal asks for a second factor first."
        )
