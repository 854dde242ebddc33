"""Register and VAT numbers as people write them."""

from __future__ import annotations

import pytest

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
        ("CH", "CHE-123.456.789", "CHE123456789"),
        ("DE", " ", ""),
    ],
)
def test_vat_number_carries_its_country(country, text, kept):
    assert vat_number(country, text) == kept


@pytest.mark.parametrize(
    ("country", "text"), [("NL", "NL004495446B01"), ("DE", "DE136695978"), ("DE", "NL004495445B01")]
)
def test_vat_number_with_a_wrong_check_digit_or_country_is_refused(country, text):
    with pytest.raises(InvalidIdentifier):
        vat_number(country, text)
