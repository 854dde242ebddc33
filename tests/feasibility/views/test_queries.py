"""Pages ask the database the same number of questions whatever they show. The numbers are part of the test."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
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


OF_ONE_PROPOSAL = {
    "proposal": 35,
    "proposal_eligibility": 32,
    "check_answers": 32,
    "section_summary": 39,
    "section_cross_border": 39,
    "section_technology": 42,
    "section_partners": 37,
    "section_work_plan": 37,
    "section_budget": 33,
    "section_products": 37,
    "section_annexes": 38,
    "section_declarations": 34,
}
"""Queries of each page about one proposal, whatever its size."""


def test_pages_of_a_proposal_do_not_grow_with_it(cast: Any) -> None:
    proposal = cast.draft()
    client = cast.client("lead")

    def counts() -> dict[str, int]:
        return {name: count(client, reverse(name, args=[proposal.number])) for name in OF_ONE_PROPOSAL}

    small = counts()
    grow(cast, proposal)
    assert counts() == small
    assert small == OF_ONE_PROPOSAL


def test_forms_of_a_budget_a_product_and_a_work_package_do_not_grow(cast: Any) -> None:
    proposal = cast.draft()
    client = cast.client("lead")
    part, product = proposal.consortium.lead_partner, proposal.products.get()
    package = proposal.work_packages.first()

    def counts() -> tuple[int, int, int]:
        return (
            count(client, reverse("partner_budget", args=[proposal.number, part.pk])),
            count(client, reverse("edit_product", args=[proposal.number, product.pk])),
            count(client, reverse("edit_work_package", args=[proposal.number, package.pk])),
        )

    small = counts()
    grow(cast, proposal)
    assert counts() == small == (41, 40, 41)


def test_draft_in_care_does_not_grow(cast: Any) -> None:
    proposal = cast.draft()
    client, url = cast.client("consultant"), reverse("draft_in_care", args=[proposal.number])
    small = count(client, url)
    grow(cast, proposal)
    assert count(client, url) == small == 34


def test_desk_page_of_a_proposal_does_not_grow(cast: Any) -> None:
    client = cast.client("manager")

    def page(proposal: Proposal) -> int:
        return count(client, reverse("desk_proposal", args=[proposal.call.programme.code, proposal.number]))

    small = page(cast.submitted())
    large = cast.draft("Large")
    grow(cast, large)
    for name in (SectionName.PARTNERS, SectionName.WORK_PLAN, SectionName.PRODUCTS):
        services.set_completed(
            proposal=large,
            name=name,
            is_completed=True,
            seen_version=section_of(large, name).version,
            by=cast.people["lead"],
            now=cast.now,
        )
    services.submit(
        proposal=Proposal.objects.get(pk=large.pk),
        by=cast.people["lead"],
        seen_version=Proposal.objects.get(pk=large.pk).version,
        now=cast.now,
    )
    assert page(large) == small == 37


def copies(cast: Any, model: Proposal, number: int) -> None:
    """More proposals of the same people, with their consortium and, where there is one, their submission."""
    from consortia.models import Consortium

    submission = model.submissions.first()
    partners = list(model.consortium.partners.all())
    for index in range(number):
        consortium = Consortium.objects.create(created_at=cast.now, created_by=cast.people["lead"])
        for partner in partners:
            Partner.objects.create(
                consortium=consortium,
                organisation=partner.organisation,
                role=partner.role,
                state=partner.state,
                confirmed_at=partner.confirmed_at,
                confirmed_by=partner.confirmed_by,
                added_at=cast.now,
            )
        copy = Proposal.objects.get(pk=model.pk)
        copy.pk, copy.number, copy.title = None, f"P-1999-{index:04d}{model.pk}", f"Copy {index}"
        copy.consortium = consortium
        copy.save(force_insert=True)
        if submission is not None:
            Submission.objects.create(
                proposal=copy,
                version=copy.version,
                receipt_number=f"R-1999-{index:04d}{model.pk}",
                received_at=submission.received_at,
                submitted_by=submission.submitted_by,
                content=submission.content,
                sha256=submission.sha256,
                findings=submission.findings,
                rule_set_version=submission.rule_set_version,
            )


@pytest.mark.parametrize(
    ("who", "name", "args", "state", "shown", "expected"),
    [
        ("lead", "my_work", (), "draft", "Copy ", 22),
        ("consultant", "in_my_care", (), "draft", "Copy ", 8),
        ("manager", "my_work", (), "submitted", "", 24),
        ("manager", "desk_proposals", ("rocket-next",), "submitted", "P-1999-", 13),
        ("auditor", "desk_proposals", ("rocket-next",), "submitted", "P-1999-", 13),
        ("manager", "desk_proposals", ("rocket-next",), "reopened", "P-1999-", 14),
    ],
)
def test_lists_of_1_3_and_30(
    cast: Any, who: str, name: str, args: tuple[str, ...], state: str, shown: str, expected: int
) -> None:
    first = cast.draft() if state == "draft" else cast.submitted()
    if state == "reopened":
        services.reopen(proposal=Proposal.objects.get(pk=first.pk), by=cast.people["lead"], now=cast.now)
        first.refresh_from_db()
    client, url = cast.client(who), reverse(name, args=args)
    seen = [count(client, url)]
    copies(cast, first, 2)
    seen.append(count(client, url))
    copies_again(cast, first, 27)
    seen.append(count(client, url))
    assert client.get(url).content.decode().count(shown) >= 29
    assert seen == [expected] * 3


def copies_again(cast: Any, first: Proposal, number: int) -> None:
    """A second helping, with numbers of its own."""
    other = Proposal.objects.exclude(pk=first.pk).order_by("-pk")[0]
    copies(cast, other, number)


SUBMISSION = 43
"""Queries of an accepted submission, beside one for each mail."""


def test_submitting_asks_the_same_for_small_and_large(cast: Any) -> None:
    """A button that many press in the last minute. Only the mails, one a person, grow with the consortium."""
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
    counts = []
    for proposal in (small, large):
        proposal.refresh_from_db()
        mails = OutboxMessage.objects.count()
        url = reverse("submit_proposal", args=[proposal.number])
        asked = count(client, url, "post", seen_version=proposal.version)
        assert Submission.objects.filter(proposal=proposal).count() == 1
        counts.append(
            (asked - (OutboxMessage.objects.count() - mails), OutboxMessage.objects.count() - mails)
        )
    assert counts == [(SUBMISSION, 3), (SUBMISSION, 4)]
