"""Two spellings of one organisation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consortia.names import normalise_name, normalise_place


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller & Söhne GmbH", "MUELLER UND SOEHNE"),
        ("Müller GmbH & Co. KG", "Muller"),
        ("Voorbeeld B.V.", "voorbeeld bv"),
        ("Voorbeeld B. V.", "Voorbeeld"),
        ("Beispielverein e.V.", "Beispielverein eV"),
        ("Stichting Het Voorbeeld", "voorbeeld"),
        ("Straße-Werk", "STRASSE WERK"),
        ("Café   Één", "cafe een"),
        ("Werk UG (haftungsbeschränkt)", "Werk"),
    ],
)
def test_spellings_of_one_name_are_equal(one, other):
    assert normalise_name(one) == normalise_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Werk Nord GmbH", "Werk Süd GmbH"), ("Gemeente Aalten", "Gemeente Bronckhorst"), ("Hof 1", "Hof 2")],
)
def test_different_names_stay_apart(one, other):
    assert normalise_name(one) != normalise_name(other)


def test_name_of_nothing_but_legal_forms_keeps_them():
    assert normalise_name("B.V. & Co") == "bv co"
    assert normalise_name("…") == ""


def test_place_leaves_additions_out():
    assert normalise_place("Münster (Westf.)") == normalise_place("MUENSTER, Kreisfreie Stadt") == "munster"


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing_that_matters(name):
    once = normalise_name(name)
    assert normalise_name(once.upper()) == normalise_name(once)
