from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from rocket.demo.build import build


class Command(BaseCommand):
    help = "Fill an empty portal with the demonstration; a second run keeps what is there."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Set ROCKET_DEMO=1: the demonstration's sign-ins are known to everybody.")
        made = build(timezone.now())
        self.stdout.write("The demonstration is filled." if made else "The demonstration was there already.")
