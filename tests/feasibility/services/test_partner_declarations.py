"""Declarations: each partner for itself, with the words of that day, until the submission."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from feasibility import services
from feasibility.enums import SectionName
from feasibility.models import PartnerDeclaration, Proposal
from feasibility.selectors import asked_of, completed_sections, load, report_of, standing_declarations
from feasibility.services.sections import section_of
from rocket.core.errors import Refused, RocketError, Stale
from rocket.core.models import AuditEntry


def part_of(proposal: Proposal, cast: Any, who: str) -> Any:
    return proposal.consortium.partners.get(organisation=cast.builder.firms[who])


def declare(cast: Any, proposal: Proposal, codes: list[str], *, who: str = "partner", **over: Any) -> Any:
    partner = over.pop("partner", None) or part_of(proposal, cast, over.pop("whose", who))
    values = {
        "seen_version": section_of(proposal, SectionName.DECLARATIONS, partner).version,
        "by": cast.people[who],
        "now": cast.now,
    }
    return services.save_declarations(proposal=proposal, partner=partner, codes=codes, **{**values, **over})


def in_force(proposal: Proposal, cast: Any, who: str = "partner") -> dict[str, Any]:
    rows = PartnerDeclaration.objects.filter(partner=part_of(proposal, cast, who), withdrawn_at=None)
    return {row.code: row for row in rows}


def state_of(proposal: Proposal, cast: Any) -> str:
    finding = report_of(load(proposal.pk), now=cast.now).finding("DECLARATIONS")
    assert finding is not None
    return finding.outcome.value


def codes_of(proposal: Proposal, cast: Any, who: str) -> list[str]:
    return [one.code for one in asked_of(proposal.kind, part_of(proposal, cast, who))]


def test_the_lead_partner_is_asked_for_more(cast: Any) -> None:
    proposal = cast.draft()
    assert set(codes_of(proposal, cast, "lead")) - set(codes_of(proposal, cast, "partner")) == {
        "partnership_agreement"
    }


def test_what_is_declared_keeps_words_moment_and_person(cast: Any) -> None:
    proposal = cast.draft()
    row = in_force(proposal, cast)["may_sign"]
    assert row.declared_by == cast.people["partner"]
    assert "entitled to act" in row.text["en"]
    assert set(row.text) == {"en", "de", "nl"}
    before = row.declared_at
    later = cast.now + timedelta(hours=1)
    declare(cast, proposal, codes_of(proposal, cast, "partner"), now=later)
    assert in_force(proposal, cast)["may_sign"].declared_at == before, "what stands is not declared again"


def test_what_is_taken_back_stays_as_history(cast: Any) -> None:
    proposal = cast.draft()
    assert state_of(proposal, cast) == "passed"
    kept = [code for code in codes_of(proposal, cast, "partner") if code != "may_sign"]
    section = declare(cast, proposal, kept)
    assert not section.is_completed
    assert sorted(in_force(proposal, cast)) == sorted(kept)
    gone = PartnerDeclaration.objects.get(code="may_sign", withdrawn_by=cast.people["partner"])
    assert gone.withdrawn_at == cast.now
    assert state_of(proposal, cast) == "unknown"
    assert "declarations" not in completed_sections(load(proposal.pk))
    declare(cast, proposal, codes_of(proposal, cast, "partner"))
    assert state_of(proposal, cast) == "passed"
    assert PartnerDeclaration.objects.filter(code="may_sign", partner=gone.partner).count() == 2


def test_other_words_are_another_declaration(cast: Any) -> None:
    """Whoever declared the old words has not declared the new ones; pressing again does."""
    proposal = cast.draft()
    kind = proposal.kind
    kind.declarations[0]["text"]["en"] += " And more."
    kind.save()
    proposal = Proposal.objects.get(pk=proposal.pk)
    assert state_of(proposal, cast) == "unknown"
    part = next(p for p in load(proposal.pk).consortium.partners.all() if not p.is_lead)
    code = kind.declarations[0]["code"]
    assert code not in {one.code for one in standing_declarations(load(proposal.pk), part)}
    declare(cast, proposal, codes_of(proposal, cast, "partner"))
    assert in_force(proposal, cast)[code].text["en"].endswith("And more.")
    assert in_force(proposal, cast)[code].declared_at == cast.now


@pytest.mark.parametrize("who", ["lead", "research", "outsider", "consultant", "manager"])
def test_nobody_declares_for_another(cast: Any, who: str) -> None:
    """Not even the lead partner, who may change the budget of the others."""
    proposal = cast.draft()
    before = AuditEntry.objects.count()
    with pytest.raises(Refused):
        declare(cast, proposal, [], who=who, whose="partner")
    assert AuditEntry.objects.count() == before
    assert in_force(proposal, cast)


def test_what_is_not_asked_can_not_be_declared(cast: Any) -> None:
    proposal = cast.draft()
    for code in ("partnership_agreement", "anything"):
        with pytest.raises(RocketError) as refused:
            declare(cast, proposal, [code])
        assert refused.value.code == "declaration"


def test_two_people_of_one_organisation_do_not_overwrite_each_other(cast: Any) -> None:
    proposal = cast.draft()
    seen = section_of(proposal, SectionName.DECLARATIONS, part_of(proposal, cast, "partner")).version
    declare(cast, proposal, ["may_sign"], seen_version=seen)
    with pytest.raises(Stale):
        declare(cast, proposal, [], seen_version=seen)
    assert sorted(in_force(proposal, cast)) == ["may_sign"]


def test_after_the_submission_nothing_changes_and_the_words_are_frozen(cast: Any) -> None:
    proposal = cast.submitted()
    with pytest.raises(Refused):
        declare(cast, proposal, [])
    frozen = json.loads(proposal.submissions.get().content)["declarations"]
    assert [one["code"] for one in frozen] == [one["code"] for one in proposal.kind.declarations]
    signs = next(one for one in frozen if one["code"] == "may_sign")
    assert "entitled to act" in signs["text"]["en"]
    assert signs["source"]
    assert {made["declared_by"] for made in signs["made"]} == {
        str(cast.people[who]) for who in ("lead", "partner", "research")
    }
    assert all(made["declared_at"] for made in signs["made"])
    agreement = next(one for one in frozen if one["by"] == "lead")
    assert [made["partner"] for made in agreement["made"]] == [proposal.consortium.lead_partner.pk]


def test_reopening_keeps_them(cast: Any) -> None:
    proposal = cast.submitted()
    before = in_force(proposal, cast)
    services.reopen(proposal=proposal, by=cast.people["lead"], now=cast.now)
    assert in_force(Proposal.objects.get(pk=proposal.pk), cast) == before
    assert state_of(proposal, cast) == "passed"


def test_a_change_is_a_new_version_and_stands_in_the_history(cast: Any) -> None:
    proposal = cast.draft()
    before = Proposal.objects.get(pk=proposal.pk).version
    declare(cast, proposal, ["may_sign"])
    assert Proposal.objects.get(pk=proposal.pk).version == before + 1
    entry = AuditEntry.objects.about(proposal).order_by("-sequence").first()
    assert entry.verb == "saved_declarations"
    assert entry.after == {"declared": ["may_sign"], "partner": "Weefwerk Twente B.V."}


def test_a_declaration_that_somebody_made_stays_in_the_programmes_file(cast: Any) -> None:
    from feasibility.programme import declaration_uses

    proposal = cast.draft()
    programme, code = proposal.call.programme, f"{proposal.kind.code}/may_sign"
    assert [use.count for use in declaration_uses(programme, code)] == [3]
    assert [use.count for use in declaration_uses(programme, "feasibility_study/may_sign")] == [0]
