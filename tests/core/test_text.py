"""Texts in several languages, and what the database can keep."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from calls.models import Programme
from rocket.core.text import LocalisedField, LocalisedText, without_controls
from tests.factories.calls import ProgrammeFactory

THREE = {"en": "call", "de": "Aufruf", "nl": "oproep"}


@pytest.mark.parametrize("language", ["en", "de", "nl"])
def test_a_text_reads_in_the_active_language(language):
    with translation.override(language):
        assert str(LocalisedText(THREE)) == THREE[language]


def test_a_regional_variant_reads_its_language():
    with translation.override("de-at"):
        assert str(LocalisedText(THREE)) == "Aufruf"


@pytest.mark.parametrize(
    ("texts", "language", "shown"),
    [
        ({"en": "call", "nl": "oproep"}, "de", "call"),
        ({"de": "Aufruf", "nl": "oproep"}, "en", "Aufruf"),
        ({"nl": "oproep"}, "de", "oproep"),
        ({"en": "", "de": "Aufruf"}, "en", "Aufruf"),
        ({}, "en", ""),
        ("call", "nl", "call"),
    ],
)
def test_a_language_that_lacks_falls_back_to_english_german_dutch(texts, language, shown):
    assert LocalisedText(texts).in_language(language) == shown


def test_other_languages_and_empty_texts_are_left_out():
    assert dict(LocalisedText({"nl": "oproep", "fr": "appel", "de": "", "en": "call"})) == {
        "en": "call",
        "nl": "oproep",
    }


def test_equal_texts_are_equal_and_hash_alike_whatever_their_order():
    turned = LocalisedText(dict(reversed(THREE.items())))
    assert turned == LocalisedText(THREE) == THREE
    assert hash(turned) == hash(LocalisedText(THREE))
    assert LocalisedText("call") != "call"


@pytest.mark.django_db
@pytest.mark.parametrize("given_as", [THREE, LocalisedText(THREE)])
def test_a_text_comes_back_from_the_database_as_it_was(given_as):
    programme = ProgrammeFactory(name=given_as)
    programme.refresh_from_db()
    assert (type(programme.name), programme.name) == (LocalisedText, THREE)
    assert Programme.objects.filter(name=LocalisedText(THREE)).get() == programme
    programme.save()
    programme.refresh_from_db()
    assert programme.name == THREE


def test_a_field_without_a_value_is_empty_in_every_language():
    field = LocalisedField()
    assert field.get_default() == {}
    assert field.to_python(THREE) == LocalisedText(THREE)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b", "ab"),
        ("a\ud800b", "ab"),
        ("a\x07\x1b\x7f\x85b", "ab"),
        ("a\r\nb\rc\nd\te", "a\nb\nc\nd\te"),
        ("Zürich – naïve 🚀 ﷺ", "Zürich – naïve 🚀 ﷺ"),
        ("", ""),
    ],
)
def test_control_characters_go_and_everything_else_stays(text, kept):
    assert without_controls(text) == kept


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_what_is_left_can_be_kept_by_any_database(text):
    kept = without_controls(text)
    assert "\x00" not in kept
    kept.encode()
    assert without_controls(kept) == kept
