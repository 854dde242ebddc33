"""Remedies worded for their reader: one's own are to be done, another's are to be asked for."""

from __future__ import annotations

import pytest

from feasibility.eligibility import Evidence, Finding, Outcome, Reader, Remedy, describe, first_for
from feasibility.eligibility.readers import ASKED_OF_LEAD, ASKED_OF_PARTNER, BY_PARTNER_ALONE
from feasibility.eligibility.texts import REMEDIES

LEAD, PARTNER = Reader(frozenset({"1"}), True), Reader(frozenset({"2"}), False)


def finding(*remedies: Remedy) -> Finding:
    evidence = (Evidence("partner", "2", "not_declared", {"partner": "Weefwerk B.V."}),)
    return Finding("SME-DECLARATION", Outcome.UNKNOWN, evidence=evidence, remedies=remedies)


def of(key: str, code: str = "declare_sme", **values: object) -> Remedy:
    name = {"1": "Lichtmess GmbH", "2": "Weefwerk B.V."}[key]
    return Remedy(code, {"key": key, "partner": name, **values})


def text(remedy: Remedy, reader: Reader | None) -> str:
    return describe(finding(remedy), reader).remedy


def test_ones_own_part_is_declared_and_anothers_asked_for() -> None:
    assert text(of("2"), PARTNER) == "Declare the size of Weefwerk B.V. with its figures."
    assert text(of("2"), LEAD) == "Ask Weefwerk B.V. to declare its size with its figures."
    assert text(of("1"), PARTNER) == "Ask Lichtmess GmbH to declare its size with its figures."
    assert text(of("2"), None) == "Declare the size of Weefwerk B.V. with its figures."


@pytest.mark.parametrize("code", sorted(BY_PARTNER_ALONE))
def test_what_a_partner_alone_can_do_the_lead_asks_for_too(code: str) -> None:
    assert text(of("2", code), LEAD).startswith("Ask Weefwerk B.V. to ")
    assert not text(of("2", code), PARTNER).startswith("Ask")


@pytest.mark.parametrize("code", sorted(set(ASKED_OF_PARTNER) - set(BY_PARTNER_ALONE)))
def test_what_the_lead_may_do_as_well_it_is_not_told_to_ask_for(code: str) -> None:
    remedy = of("2", code, largest="EUR 5")
    assert not text(remedy, LEAD).startswith("Ask")
    assert not text(remedy, PARTNER).startswith("Ask")
    assert text(of("1", code, largest="EUR 5"), PARTNER).startswith("Ask Lichtmess GmbH to ")


@pytest.mark.parametrize("code", sorted(set(ASKED_OF_LEAD) - {"invite_sme_from"}))
def test_what_only_the_lead_can_do_a_partner_asks_it_for(code: str) -> None:
    values = {"missing": 2, "partners": ("A", "B"), "keys": ("7", "8"), "partner": "A", "key": "7"}
    remedy = Remedy(code, values)
    assert text(remedy, PARTNER).startswith("Ask the lead partner to ")
    assert not text(remedy, LEAD).startswith("Ask the lead")


def test_a_linked_partner_chooses_its_country_itself() -> None:
    remedy = Remedy("choose_country", {"keys": ("2", "3"), "partners": ("B", "C"), "codes": ("DE", "NL")})
    assert text(remedy, PARTNER) == "Choose for which country they count: B, C."


def test_what_this_reader_can_do_comes_first() -> None:
    both = finding(of("1"), of("2"))
    assert first_for(both, LEAD) == of("1")
    assert first_for(both, PARTNER) == of("2")
    assert first_for(both, None) == of("1")
    assert first_for(finding(of("1")), PARTNER) == of("1")
    assert first_for(finding(), PARTNER) is None


def test_every_sentence_of_a_reader_stands_for_one_of_nobody_in_particular() -> None:
    assert {*ASKED_OF_PARTNER, *ASKED_OF_LEAD} <= set(REMEDIES)
    assert set(BY_PARTNER_ALONE) <= set(ASKED_OF_PARTNER)
