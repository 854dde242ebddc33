"""Translations are compiled without gettext, where they are newer than what stands there."""

import gettext
import os
from io import StringIO

import pytest
from django.core.management import call_command

PO = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "call"
msgstr "Aufruf"

msgid "%(n)s partner"
msgid_plural "%(n)s partners"
msgstr[0] "%(n)s Partner"
msgstr[1] "%(n)s Partner und Partnerinnen"

#, fuzzy
msgid "unsure"
msgstr "ungewiss"
"""


@pytest.fixture
def source(tmp_path, settings):
    settings.LOCALE_PATHS = [tmp_path]
    path = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(PO)
    return path


def compiled():
    out = StringIO()
    call_command("compile_translations", stdout=out)
    return out.getvalue()


def test_words_and_plurals_are_compiled_and_unsure_ones_left_out(source):
    assert compiled() == "compiled de\n"
    with source.with_suffix(".mo").open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert words.gettext("call") == "Aufruf"
    assert words.ngettext("%(n)s partner", "%(n)s partners", 2) == "%(n)s Partner und Partnerinnen"
    assert words.gettext("unsure") == "unsure"


def test_only_what_is_older_than_its_source_is_compiled_again(source):
    compiled()
    os.utime(source, (1, 1))
    assert compiled() == ""
    os.utime(source.with_suffix(".mo"), (0, 0))
    assert compiled() == "compiled de\n"
