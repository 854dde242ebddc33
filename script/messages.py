"""The texts of the code, and what a catalogue of their translations must keep to; run by script/messages."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("de", "nl")
SOURCES = ("calls", "consortia", "feasibility", "reporting", "rocket", "templates")
HEADER = {
    "Project-Id-Version": "ROCKET",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
FORMS = 2
"""German and Dutch have one and many."""

Key = tuple[str | None, str]


def missing_tools() -> list[str]:
    """What of gettext this machine lacks."""
    return [tool for tool in ("xgettext", "msguniq", "msgmerge") if shutil.which(tool) is None]


def key_of(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid


def gather(root: Path = ROOT) -> polib.POFile:
    """Every text that the code under ``root`` marks for translation, in the order of its files.

    Django gathers into the folder in which it stands; so it stands in a passing one that links to the sources.
    """
    from django.core.management import call_command
    from django.test import override_settings

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / "locale").mkdir()
        for source in SOURCES:
            if (root / source).exists():
                (folder / source).symlink_to(root / source)
        with contextlib.chdir(folder), override_settings(LOCALE_PATHS=[str(folder / "locale")]):
            call_command(
                "makemessages",
                locale=["de"],
                keep_pot=True,
                symlinks=True,
                no_wrap=True,
                add_location="file",
                stdout=StringIO(),
            )
        return polib.pofile(str(folder / "locale" / "django.pot"))


def merged(gathered: polib.POFile, catalogue: polib.POFile, language: str) -> polib.POFile:
    """A catalogue of exactly the gathered texts, with the translations that ``catalogue`` holds for them.

    A text that changed starts without a translation: a guess from a similar one would read as if it were right.
    """
    held = {key_of(entry): entry for entry in catalogue if not entry.obsolete}
    result = polib.POFile(wrapwidth=0)
    result.metadata = {**HEADER, "Language": language}
    for entry in gathered:
        known = held.get(key_of(entry))
        keeps_plural = known is not None and bool(known.msgid_plural) == bool(entry.msgid_plural)
        fresh = polib.POEntry(
            msgid=entry.msgid,
            msgctxt=entry.msgctxt,
            msgid_plural=entry.msgid_plural,
            comment=entry.comment,
            tcomment=known.tcomment if known else "",
            occurrences=[(file, "") for file in dict.fromkeys(file for file, _line in entry.occurrences)],
            flags=[
                *(flag for flag in entry.flags if flag != "fuzzy"),
                *(["fuzzy"] if known and known.fuzzy else []),
            ],
        )
        if entry.msgid_plural:
            given = known.msgstr_plural if known and keeps_plural else {}
            fresh.msgstr_plural = {form: given.get(form, "") for form in range(FORMS)}
        else:
            fresh.msgstr = known.msgstr if known and keeps_plural else ""
        result.append(fresh)
    return result


def placeholders(text: str) -> Counter[str]:
    """``%(name)s``, ``%s``, ``{name}`` and the tags of HTML, with how often each occurs."""
    found = re.findall(r"%\(\w+\)[-#0 +\d.]*[a-zA-Z]|%[sdif]|\{\w*\}|</?[a-zA-Z][^>]*>", text)
    return Counter(found)


def _differences(entry: polib.POEntry) -> Iterator[str]:
    if entry.msgid_plural:
        # "One partner" may leave the number out where German does not, and the other way round.
        allowed = [placeholders(entry.msgid_plural), placeholders(entry.msgid)]
        for form in range(FORMS):
            if placeholders(entry.msgstr_plural.get(form, "")) not in allowed[: 2 if form == 0 else 1]:
                yield f"form {form} has other placeholders"
    elif placeholders(entry.msgstr) != placeholders(entry.msgid):
        yield "the translation has other placeholders"
    for text in [entry.msgstr, *entry.msgstr_plural.values()]:
        if text and (text[0] == "\n", text[-1] == "\n") != (entry.msgid[0] == "\n", entry.msgid[-1] == "\n"):
            yield "the translation begins or ends with another line"


def mistakes(gathered: polib.POFile, catalogue: polib.POFile) -> list[str]:
    """A line for each text that lacks, is empty or unsure, or whose translation has other placeholders."""
    held = {key_of(entry): entry for entry in catalogue if not entry.obsolete}
    found = []
    for wanted in gathered:
        entry = held.get(key_of(wanted))
        what: list[str] = []
        if entry is None:
            what = ["lacks"]
        elif (
            bool(entry.msgid_plural) != bool(wanted.msgid_plural) or entry.msgid_plural != wanted.msgid_plural
        ):
            what = ["has another plural"]
        elif entry.fuzzy:
            what = ["is unsure (fuzzy)"]
        elif not all(
            [entry.msgstr_plural.get(form, "").strip() for form in range(FORMS)]
            if entry.msgid_plural
            else [entry.msgstr.strip()]
        ):
            what = ["is empty"]
        else:
            what = list(_differences(entry))
        found += [f"{wanted.msgid!r}: {text}" for text in what]
    return found


def catalogue_of(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true", help="change nothing, list what lacks or is wrong")
    options = arguments.parse_args()
    if missing := missing_tools():
        print(f"{', '.join(missing)} lacks: apt-get install gettext", file=sys.stderr)
        return 2

    import django

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rocket.settings")
    django.setup()
    gathered = gather()
    status = 0
    for language in LANGUAGES:
        path = catalogue_of(language)
        catalogue = polib.pofile(str(path)) if path.exists() else polib.POFile()
        if not options.check:
            catalogue = merged(gathered, catalogue, language)
            path.parent.mkdir(parents=True, exist_ok=True)
            catalogue.save(str(path))
        found = mistakes(gathered, catalogue)
        if options.check:
            print(*(f"{language} {line}" for line in found), sep="\n")
            status = status or int(bool(found))
        print(f"{language}: {len(gathered)} texts, {len(found)} to do", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
