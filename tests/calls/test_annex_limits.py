"""What a programme's file may say of an annex: kinds of file and size, every mistake at its place."""

import copy
import tomllib
from decimal import Decimal

import pytest

from calls.programme_file import ProgrammeFileRefused, validate
from tests.factories.calls import ROCKET_FILE

DOCUMENT = tomllib.loads(ROCKET_FILE.read_text(), parse_float=Decimal)


def read(**values):
    document = copy.deepcopy(DOCUMENT)
    document["kinds"]["innovation_project"]["annexes"][1].update(values)
    return document


def limits_of(**values):
    annex = validate(read(**values)).parsed["kinds"]["innovation_project"]["annexes"][1]
    return annex["kinds"], annex["max_mb"]


def mistakes_of(**values):
    with pytest.raises(ProgrammeFileRefused) as refused:
        validate(read(**values))
    return [str(mistake) for mistake in refused.value.mistakes]


PLACE = "kinds.innovation_project.annexes[2]"


def test_what_is_left_out_is_pdf_of_twenty_megabytes():
    assert limits_of() == (["pdf"], 20)


def test_kinds_and_size_are_taken():
    assert limits_of(kinds=["xlsx", "pdf"], max_mb=3) == (["xlsx", "pdf"], 3)


def test_a_portal_that_takes_less_sets_the_default(settings):
    settings.DOCUMENT_MAX_BYTES = 5 * 1024 * 1024 + 1
    assert limits_of() == (["pdf"], 5)
    assert mistakes_of(max_mb=6) == [f"{PLACE}.max_mb: a whole number of at least 1 and at most 5"]


@pytest.mark.parametrize(
    ("values", "mistakes"),
    [
        (
            {"kinds": ["pdf", "xlx"]},
            [f'{PLACE}.kinds[2]: one of pdf, xlsx, docx, jpg, png. Did you mean "xlsx"?'],
        ),
        ({"kinds": []}, [f"{PLACE}.kinds: at least one of pdf, xlsx, docx, jpg, png"]),
        ({"kinds": ["pdf", "pdf"]}, [f'{PLACE}.kinds[2]: "pdf" stands here twice']),
        ({"max_mb": 0}, [f"{PLACE}.max_mb: a whole number of at least 1 and at most 20"]),
        ({"max_mb": 21}, [f"{PLACE}.max_mb: a whole number of at least 1 and at most 20"]),
        ({"max_mb": True}, [f"{PLACE}.max_mb: a whole number of at least 1 and at most 20"]),
        ({"max_kb": 3}, [f'{PLACE}.max_kb: no such key. Did you mean "max_mb"?']),
    ],
)
def test_every_mistake_is_told_at_its_place(values, mistakes):
    assert mistakes_of(**values) == mistakes


def test_a_template_is_kept_and_none_is_made_up():
    annexes = validate(read()).parsed["kinds"]["innovation_project"]["annexes"]
    assert [annex.get("template") for annex in annexes] == ["partnership_letter", None, None]
    assert "template" not in annexes[1]


def test_a_template_that_the_portal_does_not_make_is_a_mistake():
    assert mistakes_of(template="partnership_leter") == [
        f'{PLACE}.template: one of partnership_letter. Did you mean "partnership_letter"?'
    ]
    assert mistakes_of(template=7) == [f"{PLACE}.template: a text of at most 40 characters"]
