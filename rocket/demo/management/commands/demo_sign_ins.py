from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from rocket.demo.people import PASSWORD, PEOPLE


class Command(BaseCommand):
    help = "Print a sign-in for each role of the demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        width = max(len(person.email) for person in PEOPLE)
        for person in PEOPLE:
            self.stdout.write(f"  {person.email:<{width}}  {person.name}. {person.shows}")
        self.stdout.write(f"  password of all of them: {PASSWORD}")
