"""Every text of the code is translated into German and Dutch, with the same placeholders."""

import importlib.util
import subprocess
from pathlib import Path

import polib
import pytest
from django.conf import settings

_spec = importlib.util.spec_from_file_location("messages", Path(settings.BASE_DIR) / "script" / "messages.py")
messages = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(messages)

needs_gettext = pytest.mark.skipif(
    bool(messages.missing_tools()),
    reason="gettext lacks (xgettext, msguniq, msgmerge); apt-get install gettext",
)


@pytest.fixture(scope="module")
def gathered():
    return messages.gather()


@needs_gettext
@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_text_has_its_translation(gathered, language):
    path = messages.catalogue_of(language)
    assert path.exists(), "Run script/messages"
    assert messages.mistakes(gathered, polib.pofile(str(path))) == []


@needs_gettext
@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_catalogues_hold_no_text_that_the_code_lost(gathered, language):
    wanted = {messages.key_of(entry) for entry in gathered}
    catalogue = polib.pofile(str(messages.catalogue_of(language)))
    assert [entry.msgid for entry in catalogue if messages.key_of(entry) not in wanted] == []


@needs_gettext
def test_texts_are_found_in_code_and_in_pages(gathered):
    texts = {entry.msgid for entry in gathered}
    assert {"Enter an amount, for example 1,234.56", "Create an account"} - texts == set()
    assert len(texts) > 500


def entry(msgid="%(n)s of %(all)s", msgstr="%(n)s von %(all)s", **more):
    return polib.POEntry(msgid=msgid, msgstr=msgstr, **more)


def plural(*forms, msgid="%(n)s partner", msgid_plural="%(n)s partners"):
    return polib.POEntry(msgid=msgid, msgid_plural=msgid_plural, msgstr_plural=dict(enumerate(forms)))


def catalogue(*entries):
    file = polib.POFile()
    file.extend(entries)
    return file


def mistakes(*entries):
    gathered = catalogue(
        *(polib.POEntry(msgid=e.msgid, msgid_plural=e.msgid_plural, msgctxt=e.msgctxt) for e in entries)
    )
    return [line.split(": ", 1)[1] for line in messages.mistakes(gathered, catalogue(*entries))]


@pytest.mark.parametrize(
    "good",
    [
        entry(),
        entry(msgstr="%(all)s, davon %(n)s"),
        entry("100%", "100 %"),
        entry('<a href="%(url)s">Sign in</a>', 'Hier <a href="%(url)s">anmelden</a>'),
        entry("{count} rows", "{count} Zeilen"),
        plural("%(n)s Partner", "%(n)s Partner"),
        plural("ein Partner", "%(n)s Partner", msgid="one partner"),
        plural("%(n)s Partner", "%(n)s Partner", msgid="one partner"),
    ],
)
def test_a_translation_with_the_same_placeholders_is_fine(good):
    assert mistakes(good) == []


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (entry(msgstr=""), "is empty"),
        (entry(msgstr="  "), "is empty"),
        (entry(flags=["fuzzy"]), "is unsure (fuzzy)"),
        (entry(msgstr="%(n)s von %(alle)s"), "the translation has other placeholders"),
        (entry(msgstr="%(n)s von allen"), "the translation has other placeholders"),
        (entry(msgstr="%(n)s von %(all)"), "the translation has other placeholders"),
        (entry("{count} rows", "{anzahl} Zeilen"), "the translation has other placeholders"),
        (entry('<a href="%(url)s">x</a>', "<a>%(url)s</a>"), "the translation has other placeholders"),
        (entry("a line\n", "eine Zeile"), "the translation begins or ends with another line"),
        (plural("%(n)s Partner", ""), "is empty"),
        (plural("%(n)s Partner"), "is empty"),
        (plural("%(n)s Partner", "viele Partner"), "form 1 has other placeholders"),
        (plural("ein Partner", "%(n)s Partner"), "form 0 has other placeholders"),
    ],
)
def test_a_translation_that_would_mislead_is_named(bad, what):
    assert mistakes(bad) == [what]


def test_a_text_without_an_entry_is_named():
    assert messages.mistakes(catalogue(entry()), catalogue()) == ["'%(n)s of %(all)s': lacks"]
    assert messages.mistakes(catalogue(entry(msgctxt="sum")), catalogue(entry())) == [
        "'%(n)s of %(all)s': lacks"
    ]
    assert messages.mistakes(catalogue(plural()), catalogue(entry("%(n)s partner", "x"))) == [
        "'%(n)s partner': has another plural"
    ]


def test_merging_keeps_translations_drops_unused_ones_and_guesses_nothing():
    old = catalogue(
        entry(tcomment="so in the manual"),
        entry("Calls", "Aufrufe"),
        plural("%(n)s Partner", "%(n)s Partner"),
    )
    code = catalogue(entry(msgstr=""), entry("Calls.", ""), plural())
    new = messages.merged(code, old, "de")
    assert [(e.msgid, e.msgstr, e.msgstr_plural, e.tcomment, e.fuzzy) for e in new] == [
        ("%(n)s of %(all)s", "%(n)s von %(all)s", {}, "so in the manual", False),
        ("Calls.", "", {}, "", False),
        ("%(n)s partner", "", {0: "%(n)s Partner", 1: "%(n)s Partner"}, "", False),
    ]
    assert str(messages.merged(code, new, "de")) == str(new)
    assert new.metadata["Plural-Forms"] == "nplurals=2; plural=(n != 1);"


@needs_gettext
def test_the_script_says_what_is_to_do_and_changes_nothing():
    before = {language: messages.catalogue_of(language).read_bytes() for language in messages.LANGUAGES}
    run = subprocess.run(
        [Path(settings.BASE_DIR) / "script" / "messages", "--check"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert [line.split(":")[0] for line in run.stderr.splitlines()] == ["de", "nl"]
    assert run.returncode in (0, 1)
    assert before == {
        language: messages.catalogue_of(language).read_bytes() for language in messages.LANGUAGES
    }
