"""The commands say what the functions find, and list every mistake with exit code 2."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from consortia import de_minimis, sme
from consortia.management.commands import de_minimis as de_minimis_command
from consortia.management.commands import sme_class as sme_command

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SME, DE_MINIMIS = EXAMPLES / "sme_chain.json", EXAMPLES / "de_minimis_group.json"


def run(module, *arguments):
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with translation.override("en"):
        try:
            call_command(module.Command(), *map(str, arguments), stdout=out, stderr=err)
        except SystemExit as end:
            code = end.code
    return code, out.getvalue(), err.getvalue()


def test_sme_class_prints_the_explanation():
    result = sme.classify(sme.enterprise_from_json(json.loads(SME.read_text())))
    with translation.override("en"):
        lines = sme.describe(result).lines
    assert run(sme_command, SME) == (0, "\n".join(lines) + "\n", "")


def test_sme_class_prints_json():
    result = sme.classify(sme.enterprise_from_json(json.loads(SME.read_text())))
    code, out, err = run(sme_command, SME, "--format", "json")
    assert (code, json.loads(out), err) == (0, sme.classification_to_json(result), "")


def test_de_minimis_prints_both_regulations():
    case = de_minimis.case_from_json(json.loads(DE_MINIMIS.read_text()))
    with translation.override("en"):
        pieces = ["\n".join(de_minimis.describe(r, case).lines) for r in de_minimis.headrooms(case)]
    assert run(de_minimis_command, DE_MINIMIS) == (0, "\n\n".join(pieces) + "\n", "")


def test_de_minimis_prints_json():
    case = de_minimis.case_from_json(json.loads(DE_MINIMIS.read_text()))
    code, out, err = run(de_minimis_command, DE_MINIMIS, "--format", "json")
    expected = [de_minimis.headroom_to_json(r, case.requested) for r in de_minimis.headrooms(case)]
    assert (code, json.loads(out), err) == (0, expected, "")


@pytest.mark.parametrize(("module", "example"), [(sme_command, SME), (de_minimis_command, DE_MINIMIS)])
def test_a_dash_reads_standard_input(module, example, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(example.read_bytes())))
    assert run(module, "-") == run(module, example)


@pytest.mark.parametrize("module", [sme_command, de_minimis_command])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"subject": ', "not valid JSON at line 1, column 13\n"),
        (b"\xff\xfe", "is not a text in UTF-8\n"),
        (b'{"a": 1, "a": 2}', "the name a stands twice in one object\n"),
    ],
)
def test_what_is_no_json_is_refused(module, content, message, tmp_path):
    file = tmp_path / "form.json"
    file.write_bytes(content)
    code, out, err = run(module, file)
    assert (code, out) == (2, "")
    assert err.endswith(message)


@pytest.mark.parametrize("module", [sme_command, de_minimis_command])
def test_a_missing_file_is_named(module, tmp_path):
    missing = tmp_path / "none.json"
    assert run(module, missing) == (2, "", f"{missing} cannot be read: No such file or directory\n")


def test_all_mistakes_are_listed(tmp_path):
    file = tmp_path / "form.json"
    file.write_text(
        '{"subject": "A", "enterprises": [{"identifier": "A"}], "relations": [{"holder": "A", "votes": 2}]}'
    )
    assert run(sme_command, file) == (
        2,
        "",
        "relations[0].votes: between 0 and 1\n"
        "relations[0].held: is missing\n"
        "relations[0].capital: names neither a share nor a right of control\n",
    )
