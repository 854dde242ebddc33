"""Euro amounts: read as people write them, exact to the cent on the database."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Sum
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from consortia.models import DeMinimisAid
from rocket.core.fields import EuroFormField, EuroInput
from rocket.core.money import (
    LARGEST,
    EuroField,
    InvalidAmount,
    euro,
    euro_text,
    parse_amount,
    round_down,
    round_half_up,
)
from tests.factories.consortia import DeMinimisAidFactory, DeMinimisDeclarationFactory

amounts = st.decimals(min_value=-LARGEST, max_value=LARGEST, places=2, allow_nan=False, allow_infinity=False)

READ = {
    "60000": "60000.00",
    "1234.5": "1234.50",
    "1234,5": "1234.50",
    "1.234,56": "1234.56",
    "1,234.56": "1234.56",
    "1.234": "1234.00",
    "1,234": "1234.00",
    "1.234.567": "1234567.00",
    "1,234,567.8": "1234567.80",
    "1.234.567,89": "1234567.89",
    "0,5": "0.50",
    "0.05": "0.05",
    "0": "0.00",
    "007": "7.00",
    "+12": "12.00",
    "-12,30": "-12.30",
    "−12.30": "-12.30",
    " 300 ": "300.00",
    "EUR 300": "300.00",
    "300 eur": "300.00",
    "€1.234,56": "1234.56",
    "1.234,56\u00a0€": "1234.56",
    "-€5": "-5.00",
    "€ -5": "-5.00",
    "1 234.5": "1234.50",
    "1\u00a0234,56": "1234.56",
    "1\u202f234\u202f567,5": "1234567.50",
    "1'234.50": "1234.50",
    "1’234.50": "1234.50",
    "999999999999.99": "999999999999.99",
}

NOT_AN_AMOUNT = [
    "",
    "   ",
    "€",
    "-",
    "abc",
    "12a",
    "1e5",
    "NaN",
    "Infinity",
    "0x10",
    "1_000",
    ",5",
    "5.",
    "1,,2",
    "1.23.456",
    "12.34,56",
    "1.234.56",
    "0.1234,5",
    "1,2345.67",
    "1.234,567.89",
    "12 34",
    "10 20 30",
    "5€50",
    "5 EUR 50",
    "--5",
    "-€-5",
    "€5€",
    "１２３",
    "٣",
    "1\x00",
    "\ud800",
    "9" * 400,
]


@pytest.mark.parametrize(("written", "amount"), READ.items())
def test_an_amount_is_read_in_each_way_of_writing(written: str, amount: str) -> None:
    assert str(parse_amount(written)) == amount


@pytest.mark.parametrize("written", NOT_AN_AMOUNT)
def test_what_is_no_amount_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(InvalidAmount, match=r"^Enter an amount, for example 1,234\.56$"):
        parse_amount(written)


@pytest.mark.parametrize(
    "written", ["0.123", "0,125", "1234.567", "1,2345", "1.234,567", "1,234.567", "12.3456", "0.0001"]
)
def test_fractions_of_a_cent_are_refused(written: str) -> None:
    with pytest.raises(InvalidAmount, match=r"^An amount has at most two decimals$"):
        parse_amount(written)


@pytest.mark.parametrize("written", ["1000000000000", "-1000000000000", "1.000.000.000.000,00"])
def test_more_than_any_programme_spends_is_refused(written: str) -> None:
    with pytest.raises(InvalidAmount, match=r"^This amount is too large$"):
        parse_amount(written)


@given(st.text(max_size=40))
def test_any_text_gives_an_amount_in_whole_cents_or_a_refusal(text: str) -> None:
    try:
        amount = parse_amount(text)
    except InvalidAmount:
        return
    assert amount == euro(amount)
    assert abs(amount) <= LARGEST


@pytest.mark.parametrize("language", ["en", "de", "nl"])
@given(amount=amounts)
def test_what_the_portal_writes_it_reads_back(language: str, amount: Decimal) -> None:
    with translation.override(language):
        assert parse_amount(euro_text(amount)) == amount
        assert parse_amount(EuroInput().format_value(amount)) == amount


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "EUR\u00a01,234.50"), ("de", "1.234,50\u00a0EUR"), ("nl", "EUR\u00a01.234,50")],
)
def test_an_amount_is_written_as_the_language_does(language: str, text: str) -> None:
    with translation.override(language):
        assert euro_text(Decimal("1234.50")) == text


@pytest.mark.parametrize(
    "value", ["0.005", Decimal("1.001"), "x", "NaN", "sNaN", "Infinity", Decimal("1e40")]
)
def test_euro_takes_whole_cents_only(value: object) -> None:
    with pytest.raises(InvalidAmount):
        euro(value)


def test_rounding_at_half_a_cent() -> None:
    halves = [Decimal("0.005"), Decimal("0.015"), Decimal("2.675"), Decimal("-0.005"), Decimal("0.0049")]
    assert [str(round_half_up(value)) for value in halves] == ["0.01", "0.02", "2.68", "-0.01", "0.00"]
    assert [str(round_down(value)) for value in halves] == ["0.00", "0.01", "2.67", "-0.00", "0.00"]


@pytest.mark.django_db
def test_sums_on_the_database_are_exact() -> None:
    """A tenth of a euro is no binary fraction: floats lose it beside large amounts."""
    declaration = DeMinimisDeclarationFactory()
    for amount in ["0.10", "0.20", "0.70", "999999999999.99", "999999999999.99"]:
        DeMinimisAidFactory(declaration=declaration, amount=Decimal(amount))
    total = DeMinimisAid.objects.aggregate(total=Sum("amount"))["total"]
    assert (type(total), str(total)) == (Decimal, "2000000000000.98")


@pytest.mark.django_db
def test_an_amount_is_kept_as_whole_cents_and_comes_back_with_two_decimals() -> None:
    aid = DeMinimisAidFactory(amount=Decimal("1234.5"))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT amount FROM {aid._meta.db_table} WHERE id = %s", [aid.pk])
        (kept,) = cursor.fetchone()
    assert (type(kept), kept) == (int, 123450)
    aid.refresh_from_db()
    assert str(aid.amount) == "1234.50"
    assert type(aid).objects.filter(amount=Decimal("1234.50"), amount__lt=Decimal("1234.51")).get() == aid


@pytest.mark.django_db
def test_a_fraction_of_a_cent_never_reaches_the_database() -> None:
    with pytest.raises(InvalidAmount):
        DeMinimisAidFactory(amount=Decimal("0.001"))


def test_the_field_takes_no_floats_and_says_what_is_wrong() -> None:
    field = EuroField()
    assert field.to_python("12.30") == Decimal("12.30")
    assert field.to_python("") is None
    for value in (0.1, "0.001", "x"):
        with pytest.raises(ValidationError):
            field.to_python(value)
    assert field.get_prep_value(None) is None


class TestEuroFormField:
    def test_is_what_model_forms_get(self) -> None:
        assert type(EuroField(blank=True).formfield()) is EuroFormField

    def test_reads_the_readers_way_of_writing(self) -> None:
        assert EuroFormField().clean("1.234,56") == Decimal("1234.56")

    @pytest.mark.parametrize(
        ("written", "message"),
        [
            ("", "Enter an amount in EUR"),
            ("-1", "Enter an amount of 0 or more"),
            ("0.0010", "An amount has at most two decimals"),
            ("lots", "Enter an amount, for example 1,234.56"),
        ],
    )
    def test_says_what_to_mend(self, written: str, message: str) -> None:
        with pytest.raises(ValidationError) as refused:
            EuroFormField().clean(written)
        assert refused.value.messages == [message]

    def test_takes_less_than_nothing_only_when_told_so(self) -> None:
        assert EuroFormField(allow_negative=True).clean("-1") == Decimal("-1.00")

    def test_the_same_amount_in_another_writing_is_no_change(self) -> None:
        field = EuroFormField(required=False)
        assert not field.has_changed(Decimal("1234.50"), "1.234,5")
        assert not field.has_changed(None, "")
        assert field.has_changed(Decimal("1234.50"), "1234.51")
        assert field.has_changed(Decimal("1234.50"), "nonsense")
