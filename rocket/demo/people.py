"""Who can sign in to the demonstration. All of them are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from calls.models import ClusterOrganisation
from consortia.models import Consultant
from rocket.accounts.models import User
from rocket.accounts.roles import Role
from rocket.accounts.services import grant_role

PASSWORD = "across-the-border"  # noqa: S105 - a demonstration's password is known to everybody by design


@dataclass(frozen=True)
class Person:
    """A sign-in of the demonstration and what it shows."""

    email: str
    name: str
    shows: Any
    language: str = "en"
    role: Role | None = None
    cluster: str = ""


PEOPLE = (
    Person(
        "lead@demo.example", "Marlies Terhorst", _("SME in Münster, leads proposals in many states"), "de"
    ),
    Person("partner@demo.example", "Joris Veldhuis", _("SME in Enschede, partner across the border"), "nl"),
    Person("research@demo.example", "Femke Brand", _("Research organisation in Arnhem"), "nl"),
    Person("newcomer@demo.example", "Nina Neumann", _("No organisation yet: starts from nothing"), "de"),
    Person(
        "consultant@demo.example",
        "Carsten Wolff",
        _("Consultant of NMWP.NRW"),
        "de",
        Role.CONSULTANT,
        "nmwp_nrw",
    ),
    Person(
        "consultant.nl@demo.example",
        "Sanne de Vries",
        _("Consultant of Oost NL"),
        "nl",
        Role.CONSULTANT,
        "oost_nl",
    ),
    Person(
        "manager@demo.example",
        "Hanna Brouwer",
        _("Programme manager: calls, checks, decisions, report"),
        "en",
        Role.MANAGER,
    ),
    Person(
        "assessor@demo.example",
        "Piet Assink",
        _("Assessor: reads what waits for a decision"),
        "nl",
        Role.ASSESSOR,
    ),
    Person(
        "controller@demo.example",
        "Karin Kontrolle",
        _("Controller: reads the money of the funded projects"),
        "de",
        Role.CONTROLLER,
    ),
    Person(
        "auditor@demo.example",
        "Anna Prüfer",
        _("Auditor: reads from submission on, changes nothing"),
        "en",
        Role.AUDITOR,
    ),
)


@dataclass(frozen=True)
class SignIn:
    title: Any
    email: str
    password: str


def sign_ins() -> list[SignIn]:
    """For the sign-in page of a demonstration."""
    return [SignIn(person.shows, person.email, PASSWORD) for person in PEOPLE]


def make_people(*, programmes: tuple[str, ...], now: datetime) -> dict[str, User]:
    """Every person with a verified address and their role in each of ``programmes``; by the part before the @."""
    found = {}
    hashed = make_password(PASSWORD)  # once for all of them: hashing is slow by design
    for person in PEOPLE:
        user = User.objects.filter(email=person.email).first()
        if user is None:
            user = User.objects.create(
                email=person.email, password=hashed, name=person.name, language=person.language, joined_at=now
            )
            EmailAddress.objects.create(user=user, email=person.email, verified=True, primary=True)
        for code in programmes:
            if person.role:
                grant_role(user=user, role=person.role, programme_code=code, by=None, now=now)
            if person.cluster:
                cluster = ClusterOrganisation.objects.get(programme__code=code, code=person.cluster)
                Consultant.objects.get_or_create(user=user, cluster=cluster)
        found[person.email.partition("@")[0]] = user
    return found
