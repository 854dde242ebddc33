"""A portal in which every list has many rows: what a case has one of, thirty times.

Rows are copied in bulk beside the services, which would need minutes for it: a case has one consortium that came about
through them, and a page's queries depend on how many rows there are and not on how they came.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.db import models

from calls.models import Call, CallQuestion
from consortia.models import (
    ColleagueInvitation,
    DeMinimisAid,
    Invitation,
    JoinRequest,
    Membership,
    Partner,
    StaffInvitation,
)
from feasibility.enums import AdviceSide, AdviceStep, SectionName
from feasibility.models import (
    Advice,
    AdviceReply,
    Annex,
    Decision,
    Derogation,
    ExpectedProduct,
    PartnerBudget,
    Proposal,
    Section,
)
from reporting.models import Project
from rocket.accounts.models import RoleGrant
from rocket.core.models import AuditEntry, Document, OutboxMessage, SavedList

M = TypeVar("M", bound=models.Model)


def multiply(row: M, times: int, **changes: Any) -> list[M]:
    """That many copies of a row; what a change can be called with the number of the copy is."""
    copies = []
    for number in range(times):
        copy = type(row)(
            **{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
        )
        for name, value in changes.items():
            setattr(copy, name, value(number) if callable(value) else value)
        copies.append(copy)
    return type(row)._default_manager.bulk_create(copies)


class World:
    """``grow`` adds that many rows to every list of a case. A list that no line of it fills is not held by a test.

    ``start`` tells the rows of one growth from those of another.
    """

    def __init__(self, case: Any, times: int, start: int = 0) -> None:
        self.case, self.times, self.start = case, times, start
        self.now, self.people = case.cast.now, case.cast.people

    def _named(self, pattern: str) -> Callable[[int], str]:
        return lambda number: pattern % (self.start + number)

    def grow(self) -> None:
        self.persons = multiply(
            self.people["partner"],
            self.times,
            email=self._named("many%d@demo.example"),
            name=self._named("Person %d"),
        )
        self._organisations()
        for proposal in (self.case.draft, self.case.submitted, self.case.project.proposal):
            self._partners(proposal)
            self._content(proposal)
        self._calls()
        self._proposals()
        self._organisation_of_the_lead()
        self._desk()

    def _organisations(self) -> None:
        firm = self.case.organisation
        self.firms = multiply(
            firm, self.times, name=self._named("Firma %d"), search_name=self._named("firma %d"), register_number=self._named("Münster HRB 9%d"),
            consultants_may_write=True,
        )  # fmt: skip
        kets = list(self.case.programme.kets.all())
        firm.kets.through.objects.bulk_create(
            [
                firm.kets.through(organisation_id=one.pk, ket_id=ket.pk)
                for one in [firm, *self.firms]
                for ket in kets
            ],
            ignore_conflicts=True,
        )
        multiply(
            firm.sme_declarations.get(superseded_at=None),
            self.times,
            organisation_id=lambda n: self.firms[n].pk,
        )
        of_aid = multiply(
            firm.de_minimis_declarations.get(superseded_at=None),
            self.times,
            organisation_id=lambda n: self.firms[n].pk,
        )
        DeMinimisAid.objects.bulk_create(
            DeMinimisAid(
                organisation=declaration.organisation, declaration=declaration, granted_on=self.now.date(), granting_body="NRW",
                country="DE", regulation="2023/2831", amount=1000,
            )
            for declaration in of_aid
        )  # fmt: skip
        multiply(
            firm.memberships.first(),
            self.times,
            organisation_id=lambda n: self.firms[n].pk,
            user_id=lambda n: self.persons[n].pk,
        )

    def _partners(self, proposal: Proposal) -> None:
        model = proposal.consortium.partners.get(organisation=self.case.cast.builder.firms["partner"])
        parts = multiply(model, self.times, organisation_id=lambda n: self.firms[n].pk)
        basis = self.case.programme.aid_bases.get(code="de_minimis")
        multiply(
            PartnerBudget.objects.get(partner=model),
            self.times,
            partner_id=lambda n: parts[n].pk,
            aid_basis_id=basis.pk,
        )
        for line in [*model.budget_lines.all(), *model.funding_lines.all()]:
            multiply(line, self.times, partner_id=lambda n: parts[n].pk)
        multiply(
            Section.objects.get(proposal=proposal, name=SectionName.BUDGET, partner=model), self.times,
            partner_id=lambda n: parts[n].pk,
        )  # fmt: skip
        multiply(
            Invitation.objects.filter(partner=model).first(), self.times, partner_id=lambda n: parts[n].pk,
            token_sha256=self._named(f"{proposal.pk}-%d"),
        )  # fmt: skip

        for declared in model.declarations.filter(withdrawn_at=None):
            multiply(declared, self.times, partner_id=lambda n: parts[n].pk)
        self._work_plan(proposal, parts)

    def _work_plan(self, proposal: Proposal, parts: list[Partner]) -> None:
        """More packages, in which every partner takes part, with more deliverables each."""
        model = proposal.work_packages.first()
        packages = multiply(
            model, self.times, position=lambda n: 100 + self.start + n, title=self._named("Package %d")
        )
        through = type(model).partners.through
        through.objects.bulk_create(
            through(workpackage_id=package.pk, partner_id=part.pk) for package in packages for part in parts
        )
        for deliverable in model.deliverables.all():
            multiply(deliverable, self.times, package_id=lambda n: packages[n].pk)
        multiply(model.deliverables.first(), self.times, position=lambda n: 100 + self.start + n)

    def _content(self, proposal: Proposal) -> None:
        expected = multiply(
            ExpectedProduct.objects.filter(proposal=proposal).first(),
            self.times,
            name=self._named("Product %d"),
        )
        annex = Annex.objects.filter(proposal=proposal).first()
        files = multiply(annex.document, self.times)
        multiply(annex, self.times, document_id=lambda n: files[n].pk, removed_at=self.now)
        Derogation.objects.bulk_create(
            Derogation(proposal=proposal, rule_code=f"RULE-{self.start + n}", reason="So it is.", granted_by=self.people["manager"], granted_at=self.now)
            for n in range(self.times)
        )  # fmt: skip
        # Answered ones of rules of the draft's own, and in other drafts one each that waits.
        if proposal == self.case.draft:
            codes = [rule["code"] for rule in proposal.kind.rules]
            multiply(
                self.case.asked, self.times, rule_code=lambda n: codes[n % len(codes)], state="refused", answer="No.",
                answered_at=self.now, answered_by_id=self.people["manager"].pk,
            )  # fmt: skip
        self._advice(proposal)
        if submission := proposal.submissions.first():
            multiply(
                submission,
                self.times,
                version=lambda n: 900 + self.start + n,
                receipt_number=self._named(f"R-1999-{proposal.pk}%03d"),
            )
            made = Decision.objects.bulk_create(
                Decision(
                    proposal=proposal, submission=submission, outcome="reserve", reason="Later.", decided_by=self.people["manager"],
                    decided_at=self.now - timedelta(days=n),
                )
                for n in range(self.times)
            )  # fmt: skip
            assert made
        self._trail(proposal, "returned")
        if project := Project.objects.filter(proposal=proposal).first():
            products = multiply(
                project.products.first(),
                self.times,
                name=self._named("Product %d"),
                expected_product_id=lambda n: expected[n].pk,
            )
            multiply(project.products.first().stages.first(), self.times, product_id=lambda n: products[n].pk)
            multiply(project.steps.first(), self.times)

    def _advice(self, proposal: Proposal) -> None:
        advice = Advice.objects.bulk_create(
            Advice(
                proposal=proposal, section=section, text=f"Advice {n}", by=self.people["consultant"], of="Cluster",
                at=self.now, done_at=self.now if n % 3 == 2 else None, done_by=self.people["lead"] if n % 3 == 2 else None,
            )
            for section in SectionName
            for n in range(self.times)
        )  # fmt: skip
        AdviceReply.objects.bulk_create(
            AdviceReply(
                advice=one, step=AdviceStep.ANSWERED, text="Words.", side=side, by=by, of="Somebody", at=self.now + timedelta(minutes=n)
            )
            for one in advice
            for n, (side, by) in enumerate(
                [(AdviceSide.CONSULTANT, self.people["consultant"]), (AdviceSide.CONSORTIUM, self.persons[0])]
            )
        )  # fmt: skip

    def _trail(self, subject: models.Model, verb: str) -> None:
        """More of the subject's past, as if it had happened. Nothing here asks whether the chain is whole."""
        entry = AuditEntry.objects.about(subject).order_by("-sequence").first()
        multiply(
            entry,
            self.times,
            sequence=lambda n: 1000 + self.start + n,
            verb=verb,
            by_id=lambda n: self.persons[n].pk,
        )

    def _calls(self) -> None:
        for call, published in ((self.case.call, True), (self.case.draft_call, False)):
            self.calls = multiply(call, self.times, slug=self._named(f"{call.slug}-%d"))
            for part in ("kinds", "kets", "fields") if published else ():
                through = getattr(Call, part).through
                target = next(
                    f.attname for f in through._meta.concrete_fields if f.attname not in ("id", "call_id")
                )
                chosen = list(getattr(call, part).values_list("pk", flat=True))
                through.objects.bulk_create(
                    through(call_id=copy.pk, **{target: pk}) for copy in self.calls for pk in chosen
                )
            self._trail(call, "call_amended" if published else "call_edited")
        self._trail(self.case.programme, "programme_loaded")
        answered = {"answer": "Yes.", "answered_at": self.now, "answered_by_id": self.people["manager"].pk}
        multiply(self.case.question, self.times, text=self._named("Question %d"))
        multiply(
            CallQuestion.objects.order_by("pk").first(), self.times, text=self._named("Asked %d"), **answered
        )

    def _proposals(self) -> None:
        """Proposals of the same people in every state that a list shows, each with its consortium."""
        for word, model in (
            ("d", self.case.draft),
            ("s", self.case.submitted),
            ("p", self.case.project.proposal),
            ("c", self.case.checked),
        ):
            consortia = multiply(model.consortium, self.times)
            copies = multiply(
                Proposal.objects.get(pk=model.pk), self.times, number=self._named(f"P-1999-{word}%d"), title=self._named(f"Copy {word} %d"),
                consortium_id=lambda n, consortia=consortia: consortia[n].pk,
            )  # fmt: skip
            for partner in Partner.objects.filter(consortium=model.consortium)[:3]:
                multiply(partner, self.times, consortium_id=lambda n, consortia=consortia: consortia[n].pk)
            if submission := model.submissions.first():
                multiply(
                    submission,
                    self.times,
                    proposal_id=lambda n, copies=copies: copies[n].pk,
                    receipt_number=self._named(f"R-1998-{word}%d"),
                )
            Advice.objects.bulk_create(
                Advice(
                    proposal=copy, section="summary", text="Advice", by=self.people["consultant"], at=self.now
                )
                for copy in copies
            )
            if word == "p":
                self._funded(model, copies)
            elif word == "d":
                multiply(
                    self.case.asked,
                    self.times,
                    proposal_id=lambda n, copies=copies: copies[n].pk,
                )
                Proposal.objects.filter(pk__in=[copy.pk for copy in copies]).update(copied_from=model)
        # Invitations that wait for the partner's answer.
        invited = multiply(
            self.case.invitation.partner, self.times, organisation_id=lambda n: self.firms[n].pk
        )
        multiply(
            Invitation.objects.get(pk=self.case.invitation.pk),
            self.times,
            partner_id=lambda n: invited[n].pk,
            token_sha256=self._named("open-%d"),
        )

    def _funded(self, model: Proposal, copies: list[Proposal]) -> None:
        decisions = multiply(model.decisions.last(), self.times, proposal_id=lambda n: copies[n].pk)
        projects = multiply(
            self.case.project, self.times, number=self._named("X-1999-%d"), proposal_id=lambda n: copies[n].pk,
            decision_id=lambda n: decisions[n].pk,
        )  # fmt: skip
        multiply(self.case.project.steps.first(), self.times, project_id=lambda n: projects[n].pk)

    def _organisation_of_the_lead(self) -> None:
        """The lead acts for many organisations, and its own has many people, letters, requests and declarations."""
        own = Membership.objects.get(user=self.people["lead"], organisation=self.case.organisation)
        multiply(own, self.times, organisation_id=lambda n: self.firms[n].pk)
        multiply(self.case.membership, self.times, user_id=lambda n: self.persons[n].pk)
        multiply(
            JoinRequest.objects.get(pk=self.case.join_request.pk),
            self.times,
            user_id=lambda n: self.persons[n].pk,
        )
        multiply(
            ColleagueInvitation.objects.get(pk=self.case.letter.pk), self.times, email=self._named("letter%d@demo.example"),
            token_sha256=self._named("colleague-%d"),
        )  # fmt: skip
        for declarations in (
            self.case.organisation.sme_declarations,
            self.case.organisation.de_minimis_declarations,
        ):
            multiply(declarations.get(superseded_at=None), self.times, superseded_at=self.now)
        declaration = self.case.organisation.de_minimis_declarations.get(superseded_at=None)
        DeMinimisAid.objects.bulk_create(
            DeMinimisAid(
                organisation=self.case.organisation, declaration=declaration, granted_on=self.now.date(), granting_body="NRW", country="DE",
                regulation="2023/2831", amount=1000,
            )
            for _n in range(self.times)
        )  # fmt: skip

    def _desk(self) -> None:
        multiply(self.case.stuck, self.times, message_id=self._named("00000000-0000-0000-0000-%012d"))
        multiply(
            OutboxMessage.objects.filter(state="waiting").first(),
            self.times,
            message_id=self._named("10000000-0000-0000-0000-%012d"),
        )
        multiply(
            RoleGrant.objects.get(pk=self.case.grant.pk), self.times, user_id=lambda n: self.persons[n].pk
        )
        multiply(
            StaffInvitation.objects.get(pk=self.case.offer.pk), self.times, email=self._named("staff%d@demo.example"),
            token_sha256=self._named("staff-%d"),
        )  # fmt: skip
        files = multiply(Document.objects.first(), self.times)
        multiply(
            self.case.report,
            self.times,
            document_id=lambda n: files[n].pk,
            asked_by_id=lambda n: self.persons[n].pk,
        )
        for page in ("proposals", "projects", "products", "audit", "calls"):
            SavedList.objects.bulk_create(
                SavedList(user=self.persons[n], page=f"/desk/{self.case.programme.code}/{page}/", name=f"Choice {self.start + n}", query="", is_shared=True)
                for n in range(self.times)
            )  # fmt: skip
