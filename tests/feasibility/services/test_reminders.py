"""Reminding a partner: what is open of it, without figures, once a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from consortia import services as consortia_services
from consortia.models import Membership, Organisation, SmeDeclaration
from feasibility import services
from feasibility.enums import DeclarationState as D
from feasibility.models import Proposal, Section
from feasibility.selectors import load, partner_rows
from rocket.core.errors import Refused, RocketError
from rocket.core.models import OutboxMessage


def part(proposal: Proposal, cast: Any, who: str) -> Any:
    return next(
        one for one in proposal.consortium.partners.all() if one.organisation == cast.builder.firms[who]
    )


@pytest.fixture
def draft(cast: Any) -> Proposal:
    """A draft in which the Dutch SME has declared nothing and not completed its budget."""
    proposal: Proposal = cast.draft()
    SmeDeclaration.objects.filter(organisation=cast.builder.firms["partner"]).delete()
    Section.objects.filter(proposal=proposal, partner=part(load(proposal.pk), cast, "partner")).update(
        is_completed=False
    )
    OutboxMessage.objects.all().delete()
    return proposal


def remind(cast: Any, proposal: Proposal, who: str = "partner", *, by: str = "lead", **over: Any) -> int:
    loaded = load(proposal.pk)
    return services.remind_partner(
        proposal=loaded, partner=part(loaded, cast, who), by=cast.people[by], now=over.get("now", cast.now)
    )


def test_its_people_read_what_is_open_in_their_language(cast: Any, draft: Proposal) -> None:
    colleague = cast.people["newcomer"]
    Membership.objects.create(
        user=colleague, organisation=cast.builder.firms["partner"], role="member", joined_at=cast.now
    )
    colleague.language = "en"
    colleague.save()
    assert remind(cast, draft) == 2
    mails = {mail.to: mail for mail in OutboxMessage.objects.all()}
    assert {to: mail.language for to, mail in mails.items()} == {
        "partner@demo.example": "nl",
        "newcomer@demo.example": "en",
    }
    text = mails["newcomer@demo.example"].text
    assert "– Declare the size of Weefwerk Twente B.V. with its figures." in text
    assert "– Complete the budget of Weefwerk Twente B.V.\n" in text
    assert "Marlies Terhorst asks you" in text
    assert draft.get_absolute_url() in text


def test_once_a_day_and_the_proposal_stays_the_same_version(cast: Any, draft: Proposal) -> None:
    version = draft.version
    remind(cast, draft)
    with pytest.raises(RocketError) as refused:
        remind(cast, draft, now=cast.now + timedelta(hours=23, minutes=59))
    assert refused.value.code == "reminded"
    assert OutboxMessage.objects.count() == 1
    remind(cast, draft, now=cast.now + timedelta(days=1))
    assert OutboxMessage.objects.count() == 2
    draft.refresh_from_db()
    assert draft.version == version


def test_nothing_is_asked_where_nothing_is_open_or_nobody_confirmed(cast: Any, draft: Proposal) -> None:
    with pytest.raises(RocketError) as refused:
        remind(cast, draft, "research")
    assert refused.value.code == "nothing"
    consortia_services.remove_partner(
        partner=part(load(draft.pk), cast, "partner"), by=cast.people["lead"], now=cast.now
    )
    invitation = consortia_services.invite_partner(
        consortium=draft.consortium, organisation=cast.builder.firms["partner"], email="partner@demo.example",
        role="project", by=cast.people["lead"], now=cast.now,
    )  # fmt: skip
    OutboxMessage.objects.all().delete()
    with pytest.raises(RocketError) as refused:
        remind(cast, draft)
    assert refused.value.code == "not_confirmed"
    assert OutboxMessage.objects.count() == 0
    assert invitation.partner.reminded_at is None


def test_only_the_lead_and_only_while_it_can_be_changed(cast: Any, draft: Proposal) -> None:
    for by in ("partner", "research", "consultant", "manager", "outsider"):
        with pytest.raises(Refused):
            remind(cast, draft, by=by)
    Proposal.objects.filter(pk=draft.pk).update(state="submitted")
    with pytest.raises(Refused):
        remind(cast, draft)


class TestStates:
    """How the declarations of the partners stand."""

    def of(self, cast: Any, proposal: Proposal, who: str, **over: Any) -> tuple[D, D]:
        rows = partner_rows(load(proposal.pk), now=over.get("now", cast.now))
        row = next(one for one in rows if one.organisation == cast.builder.firms[who])
        return row.sme, row.de_minimis

    def test_there_missing_and_not_needed(self, cast: Any) -> None:
        proposal = cast.draft()
        assert self.of(cast, proposal, "lead") == (D.THERE, D.NOT_NEEDED)
        assert self.of(cast, proposal, "research") == (D.NOT_NEEDED, D.NOT_NEEDED)
        SmeDeclaration.objects.all().delete()
        assert self.of(cast, proposal, "lead")[0] == D.MISSING

    def test_out_of_date_the_day_after_a_later_year_ends(self, cast: Any) -> None:
        proposal = cast.draft()
        declaration = SmeDeclaration.objects.get(organisation=cast.builder.firms["lead"])
        declaration.accounts_closed_on = cast.now.date().replace(year=cast.now.year - 1)
        declaration.save()
        assert self.of(cast, proposal, "lead")[0] == D.THERE
        assert self.of(cast, proposal, "lead", now=cast.now + timedelta(days=1))[0] == D.OUT_OF_DATE

    @pytest.mark.parametrize(
        ("declared", "computed", "expected"),
        [
            ("small", "small", D.THERE), ("micro", "small", D.CONTRADICTS), ("small", "large", D.CONTRADICTS),
            ("large", "not_sme", D.THERE), ("small", "unknown", D.MISSING), ("small", "not_sme", D.CONTRADICTS),
        ],
    )  # fmt: skip
    def test_class_against_figures_as_the_rule_sees_it(
        self, cast: Any, declared: str, computed: str, expected: D
    ) -> None:
        proposal = cast.draft()
        SmeDeclaration.objects.filter(organisation=cast.builder.firms["lead"]).update(
            declared_class=declared, computed_class=computed
        )
        assert self.of(cast, proposal, "lead")[0] == expected

    def test_de_minimis_where_the_grant_rests_on_it(self, cast: Any) -> None:
        from calls.models import AidBasis
        from consortia.models import DeMinimisDeclaration
        from feasibility.models import PartnerBudget

        proposal = cast.draft()
        basis = AidBasis.objects.get(programme=cast.builder.programme, code="de_minimis")
        PartnerBudget.objects.filter(proposal=proposal).update(aid_basis=basis)
        assert self.of(cast, proposal, "lead")[1] == D.THERE
        assert self.of(cast, proposal, "research")[1] == D.MISSING
        DeMinimisDeclaration.objects.update(declared_at=cast.now - timedelta(days=365))
        assert self.of(cast, proposal, "lead")[1] == D.THERE
        assert self.of(cast, proposal, "lead", now=cast.now + timedelta(seconds=1))[1] == D.OUT_OF_DATE

    def test_no_figure_of_a_declaration_is_among_the_open_points(self, cast: Any) -> None:
        proposal = cast.draft()
        SmeDeclaration.objects.update(declared_class="micro")
        Organisation.objects.filter(pk=cast.builder.firms["partner"].pk).update(
            region_code="", region_version=None
        )
        rows = partner_rows(load(proposal.pk), now=cast.now)
        points = [str(point) for row in rows for point in row.open_points]
        assert points == [
            "Mend the SME declaration of Lichtmess Optik GmbH: its figures give another class than the declared one.",
            "Enter the region in which Weefwerk Twente B.V. works.",
            "Mend the SME declaration of Weefwerk Twente B.V.: its figures give another class than the declared one.",
        ]
