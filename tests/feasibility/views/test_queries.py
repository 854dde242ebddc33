"""Pages ask the database the same number of questions whatever they show. The numbers are part of the test."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortia.models import Partner
from consortia.services import confirm_partner, invite_partner, register_organisation
from feasibility import services
from feasibility.enums import SectionName
from feasibility.models import Deliverable, ExpectedProduct, Proposal, Submission, WorkPackage
from feasibility.selectors import asked_of
from feasibility.services.sections import section_of
from rocket.core.models import OutboxMessage


def count(client: Any, url: str, method: str = "get", **data: Any) -> int:
    """Queries of one request, after a first one that fills the process's caches."""
    if method == "get":
        assert client.get(url).status_code == 200, url
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = getattr(client, method)(url, data)
    assert answer.status_code in (200, 302), (url, answer.status_code)
    return len(queries)


def add_partner(cast: Any, proposal: Proposal, number: int) -> Partner:
    """One more confirmed research partner with a budget."""
    person = cast.people["outsider"]
    firm = register_organisation(
        name=f"Institut {number}",
        country="DE",
        kind="research",
        region_code="DEA34",
        region_version=2021,
        region_name="Borken",
        postcode="46325",
        town="Borken",
        register_number=f"Münster HRB 1{number}",
        by=person,
        now=cast.now,
    )
    invitation = invite_partner(
        consortium=proposal.consortium,
        organisation=firm,
        email=person.email,
        role="project",
        by=cast.people["lead"],
        now=cast.now,
    )
    from allauth.account.models import EmailAddress

    EmailAddress.objects.get_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )
    confirm_partner(invitation=invitation, by=person, now=cast.now)
    part = proposal.consortium.partners.get(organisation=firm)
    cast.builder.budget(Proposal.objects.get(pk=proposal.pk), part, cast.now)
    services.save_declarations(
        proposal=Proposal.objects.get(pk=proposal.pk),
        partner=part,
        codes=[one.code for one in asked_of(proposal.kind, part)],
        seen_version=0,
        by=type(person).objects.get(pk=person.pk),  # anew: a person remembers its organisations
        now=cast.now,
    )
    return part


def grow(cast: Any, proposal: Proposal) -> None:
    """Three more partners with budgets, three more products, advice on every section."""
    for number in range(3):
        part = add_partner(cast, proposal, number)
        services.add_product(
            proposal=proposal,
            product=ExpectedProduct(
                name=f"Product {number}",
                description="More of it.",
                ket=proposal.call.programme.kets.get(code="PH"),
                owner=part,
                trl_start=3,
                trl_end=6,
                market_year=2031,
            ),
            seen_version=section_of(proposal, SectionName.PRODUCTS).version,
            by=cast.people["lead"],
            now=cast.now,
        )
        services.save_work_package(
            proposal=proposal,
            package=WorkPackage(title=f"Package {number}", lead=part, first_month=1, last_month=2),
            partners=list(proposal.consortium.partners.all()),
            deliverables=[
                Deliverable(title="More", due_month=2),
                Deliverable(title="Still more", due_month=2),
            ],
            seen_version=section_of(proposal, SectionName.WORK_PLAN).version,
            by=cast.people["lead"],
            now=cast.now,
        )
        for name in SectionName:
            services.advise(
                proposal=proposal, section=name, text="More.", by=cast.people["consultant"], now=cast.now
            )


SUBMISSION = 20
"""Queries of an accepted submission, mails and receipt among them."""
AUTOSAVE = 22
"""Queries of a section that saves itself, with the panel that it shows then."""


def test_submitting_asks_the_same_for_small_and_large(cast: Any) -> None:
    """A button that many press in the last minute: neither its partners nor their mails make it slower."""
    warm, small, large = cast.draft("Warm"), cast.draft("Small"), cast.draft("Large")
    grow(cast, large)
    for name in (SectionName.PARTNERS, SectionName.WORK_PLAN, SectionName.PRODUCTS):
        services.set_completed(
            proposal=large,
            name=name,
            is_completed=True,
            seen_version=section_of(large, name).version,
            by=cast.people["lead"],
            now=cast.now + timedelta(minutes=1),
        )
    client = cast.client("lead")
    cast.builder.submit(warm, 1)  # begins the year's series of receipts
    client.get(warm.get_absolute_url())  # the process knows programme and call
    counts = []
    for proposal in (small, large):
        proposal.refresh_from_db()
        mails = OutboxMessage.objects.count()
        url = reverse("submit_proposal", args=[proposal.number])
        asked = count(client, url, "post", seen_version=proposal.version)
        assert Submission.objects.filter(proposal=proposal).count() == 1
        counts.append((asked, OutboxMessage.objects.count() - mails))
    assert counts == [(SUBMISSION, 3), (SUBMISSION, 4)]


def test_saving_asks_the_same_for_small_and_large(cast: Any) -> None:
    small, large = cast.draft("Small"), cast.draft("Large")
    grow(cast, large)
    client = cast.client("lead")
    counts = []
    for proposal in (small, large):
        url = reverse("section_summary", args=[proposal.number])
        client.get(url)
        version = section_of(proposal, SectionName.SUMMARY).version
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(
                url, {"seen_version": version, "title": "New", "summary": "Text"}, headers={"X-Autosave": "1"}
            )
        assert answer.status_code == 200
        counts.append(len(queries))
    assert counts == [AUTOSAVE, AUTOSAVE]
