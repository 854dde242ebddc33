"""Makes a small embedded portal: ``python -m tests.operations.embedded``, in a process of its own.

Its database is SQLite in ROCKET_DATA_DIR, whatever the tests run on.
"""

from __future__ import annotations

from datetime import UTC, datetime


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from calls.services import load_programme
    from rocket.demo.build import PROGRAMME_FILES, Builder
    from rocket.demo.people import make_people

    call_command("migrate", verbosity=0)
    now = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    from django.conf import settings

    load_programme(path=settings.BASE_DIR / "programmes" / PROGRAMME_FILES[1], by=None, now=now)
    people = make_people(programmes=("rocket-next",), now=now)
    builder = Builder(people, now)
    builder.register_firms()
    call = builder.call("2026-2", "second", opens=-20, closes=45, published=25)
    builder.submit(builder.proposal(call, "GridSkin", 6), 2)
    builder.proposal(call, "LumiWeave", 3)


if __name__ == "__main__":
    main()
