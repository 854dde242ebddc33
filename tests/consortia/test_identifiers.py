"""Register and VAT numbers as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consortia import identifiers
from consortia.identifiers import InvalidIdentifier, register_number, vat_number


@pytest.mark.parametrize(
    ("country", "text", "kept"),
    [
        ("NL", "KvK 0123 4567", "01234567"),
        ("NL", " 01234567 ", "01234567"),
        ("DE", "Amtsgericht Münster HRB 4711", "Münster HRB 4711"),
        ("DE", "Münster, HRB 4711", "Münster HRB 4711"),
        ("DE", "Steinfurt HRA 22", "Steinfurt HRA 22"),
        ("BE", " 0123.456.789 ", "0123.456.789"),
        ("DE", "", ""),
    ],
)
def test_register_number_is_kept_in_one_form(country, text, kept):
    assert register_number(country, text) == kept


@pytest.mark.parametrize(
    ("country", "text"),
    [("NL", "1234567"), ("NL", "0123456a"), ("NL", "٠١٢٣٤٥٦٧"), ("DE", "HRB 4711"), ("DE", "Nowhere HRB 1")],
)
def test_register_number_that_cannot_be_right_is_refused(country, text):
    with pytest.raises(InvalidIdentifier):
        register_number(country, text)


@pytest.mark.parametrize(
    ("country", "text", "kept"),
    [
        ("NL", "NL004495445B01", "NL004495445B01"),
        ("NL", "0044.95.445.B01", "NL004495445B01"),
        ("DE", "de 136 695 976", "DE136695976"),
        ("BE", "0403.019.261", "BE0403019261"),
        ("BE", "BE 403019261", "BE0403019261"),
        ("AT", "ATU 135 85 627", "ATU13585627"),
        ("FR", "Fr 40 303 265 045", "FR40303265045"),
        ("LU", "LU 150 274 42", "LU15027442"),
        ("DK", "DK 13585628", "DK13585628"),
        ("PL", "PL 8567346215", "PL8567346215"),
        ("CZ", "CZ 25123891", "CZ25123891"),
        ("GR", "GR 094259216", "EL094259216"),
        ("SE", "SE 556188840401", "SE556188840401"),
        ("CH", "CHE-123.456.789", "CHE123456789"),
        ("DE", " ", ""),
    ],
)
def test_vat_number_carries_its_country(country, text, kept):
    assert vat_number(country, text) == kept


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("NL", "NL004495446B01"),
        ("DE", "DE136695978"),
        ("DE", "NL004495445B01"),
        ("BE", "BE0403019262"),
        ("AT", "ATU13585628"),
        ("FR", "FR41303265045"),
        ("LU", "LU15027443"),
        ("DK", "DK13585627"),
        ("PL", "PL8567346216"),
        ("GR", "094259217"),
    ],
)
def test_vat_number_with_a_wrong_check_digit_or_country_is_refused(country, text):
    with pytest.raises(InvalidIdentifier):
        vat_number(country, text)


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("DE", "48143", "48143"),
        ("DE", " D-48 143 ", "48143"),
        ("DE", "01067", "01067"),
        ("NL", "7511ab", "7511 AB"),
        ("NL", "NL-7511 AB", "7511 AB"),
        ("BE", "1000", "1000"),
        ("GB", "SW1A  1AA", "SW1A 1AA"),
        ("DE", "", ""),
        ("NL", "  ", ""),
    ],
)
def test_a_postcode_is_kept_in_the_form_of_its_country(country, typed, kept):
    assert identifiers.postcode(country, typed) == kept


@pytest.mark.parametrize(
    ("country", "typed", "told"),
    [
        ("DE", "4814", "A German postcode has five digits, for example 48143. “4814” has not."),
        ("DE", "481433", "A German postcode has five digits, for example 48143. “481433” has not."),
        ("DE", "7511 AB", "A German postcode has five digits, for example 48143. “7511 AB” has not."),
        ("DE", "٤٨١٤٣", "A German postcode has five digits, for example 48143. “٤٨١٤٣” has not."),
        (
            "NL",
            "7511",
            "A Dutch postcode has four digits and two letters, for example 7511 AB. “7511” has not.",
        ),
        (
            "NL",
            "0511 AB",
            "A Dutch postcode has four digits and two letters, for example 7511 AB. “0511 AB” has not.",
        ),
        (
            "NL",
            "48143",
            "A Dutch postcode has four digits and two letters, for example 7511 AB. “48143” has not.",
        ),
    ],
)
def test_another_form_of_postcode_is_refused_with_the_right_one(country, typed, told):
    with pytest.raises(identifiers.InvalidIdentifier) as refused:
        identifiers.postcode(country, typed)
    assert str(refused.value) == told


@given(st.integers(0, 99_999), st.sampled_from(["", "D-", "DE-", "d "]))
def test_every_five_digits_are_a_german_postcode(number, prefix):
    assert identifiers.postcode("DE", f"{prefix}{number:05}") == f"{number:05}"
