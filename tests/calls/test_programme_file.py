"""The programme file: read whole, refused with every mistake, merged over the file that it is based on."""

import copy
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from calls import registry
from calls.programme_file import ProgrammeFileRefused, load, validate
from calls.programme_file.document import merge, read_document
from tests.factories.calls import NEXT_FILE, ROCKET_FILE


@pytest.fixture
def document():
    return copy.deepcopy(tomllib.loads(ROCKET_FILE.read_text(), parse_float=Decimal))


@pytest.fixture
def rules_with_a_minimum(monkeypatch):
    """A check that knows only what a minimum must be: calls asks whoever registered, and here that is the test."""

    def check(code, parameters):
        if code == "NO-SUCH-RULE":
            yield "code", 'no such rule "NO-SUCH-RULE"'
        if parameters.get("minimum", 1) == 0:
            yield "parameters.minimum", "a whole number of at least 1"

    monkeypatch.setattr(registry, "_rule_checks", [check])


def mistakes_of(document):
    with pytest.raises(ProgrammeFileRefused) as refused:
        validate(document)
    return [str(mistake) for mistake in refused.value.mistakes]


def test_rockets_file_says_what_rocket_published():
    parsed = load(ROCKET_FILE).parsed
    programme = parsed["programme"]
    assert (programme["starts_on"].isoformat(), programme["ends_on"].isoformat()) == (
        "2016-04-01",
        "2020-03-31",
    )
    assert (programme["rule_book"], programme["funding_rate"], programme["grant_cap"]) == (
        "V",
        Decimal("0.60"),
        Decimal(300_000),
    )
    assert programme["product_target"] == 40
    assert list(parsed["kets"]) == ["NT", "MS", "ME", "IM", "PH"]
    assert [ket["category"] for ket in parsed["kets"].values()] == [1, 2, 3, 4, 5]
    assert list(parsed["application_fields"]) == ["health", "energy", "production"]
    assert list(parsed["kinds"]) == ["feasibility_study", "innovation_project"]
    assert len(parsed["cost_categories"]) == 5
    assert len(parsed["clusters"]) == 5


def test_rockets_area_has_30_german_and_21_dutch_regions_on_tiles_of_their_own():
    regions = load(ROCKET_FILE).parsed["regions"].values()
    countries = [region["country"] for region in regions]
    assert (countries.count("DE"), countries.count("NL")) == (30, 21)
    assert len({(region["column"], region["row"]) for region in regions}) == 51
    for row in range(9):
        west = [r["column"] for r in regions if r["row"] == row and r["country"] == "NL"]
        east = [r["column"] for r in regions if r["row"] == row and r["country"] == "DE"]
        assert max(west, default=-1) < min(east)


@pytest.mark.parametrize("path", [ROCKET_FILE, NEXT_FILE])
def test_a_region_says_what_it_is_called_in_every_version(path):
    regions = load(path).parsed["regions"]
    assert len(regions) == 51
    assert regions["NL121/2013"]["other_codes"] == {
        "nuts2016": "NL124",
        "nuts2021": "NL124",
        "nuts2024": "NL127",
    }
    assert regions["NL123/2013"]["other_codes"] == dict.fromkeys(
        ("nuts2016", "nuts2021", "nuts2024"), "NL126"
    )
    assert {
        key: region["other_codes"]["nuts2024"]
        for key, region in regions.items()
        if region["other_codes"]["nuts2024"] != region["code"]
    } == {
        "NL111/2013": "NL114",
        "NL113/2013": "NL115",
        "NL121/2013": "NL127",
        "NL122/2013": "NL128",
        "NL123/2013": "NL126",
        "NL413/2013": "NL416",
    }


def test_a_region_may_have_no_code_in_a_version(document):
    document["regions"]["2013"]["NL121"]["codes"]["2016"] = False
    assert validate(document).parsed["regions"]["NL121/2013"]["other_codes"] == {
        "nuts2021": "NL124",
        "nuts2024": "NL127",
    }


def test_without_versions_codes_hold_in_the_version_they_stand_under(document):
    del document["regions"]["versions"]
    for region in document["regions"]["2013"].values():
        region.pop("codes", None)
    assert {str(row["other_codes"]) for row in validate(document).parsed["regions"].values()} == {"{}"}


def test_every_mistake_in_versions_and_codes_is_reported_at_its_place(document):
    document["regions"]["versions"] = [2016, 2021, 2024, 2016, "2013", 1999]
    regions = document["regions"]["2013"]
    regions["NL111"]["codes"] = {"2024": "NL 114"}
    regions["NL112"]["codes"] = {"2010": "NL112", "2013": "NL112"}
    regions["NL113"]["codes"] = 2024
    regions["NL123"]["codes"] = {"2016": "NL124", "2021": "NL126", "2024": "NL127"}
    regions["NL413"]["codes"] = {"2024": "NL414"}
    assert mistakes_of(document) == [
        "regions.versions[4]: 2016 stands here twice",
        "regions.versions[5]: a year from 2003 to 2100",
        "regions.versions[6]: a year from 2003 to 2100",
        "regions.2013.NL111.codes.2024: a code of at most 10 letters, digits, - and _, or false",
        "regions.2013.NL112.codes.2010: no further version: versions, at the top of the regions, does not list it",
        "regions.2013.NL112.codes.2013: no further version: versions, at the top of the regions, does not list it",
        "regions.2013.NL113.codes: a table",
        "regions.2013.NL123.codes.2016: NL121 already has the code NL124 in NUTS 2016",
        "regions.2013.NL123.codes.2024: NL121 already has the code NL127 in NUTS 2024",
        "regions.2013.NL414.codes.2024: NL413 already has the code NL414 in NUTS 2024",
    ]


@pytest.mark.parametrize("value", [2016, "2016", {"2016": {}}])
def test_versions_are_a_list_of_years(document, value):
    document["regions"]["versions"] = value
    assert mistakes_of(document)[0] == "regions.versions: a list of years, e.g. [2016, 2021]"


def test_one_place_listed_under_two_versions_is_a_mistake(document):
    document["regions"]["2021"] = {"DE941": dict(document["regions"]["2013"]["DE941"])}
    assert mistakes_of(document) == [
        "regions.2021.DE941.codes.2016: DE941 already has the code DE941 in NUTS 2016",
        "regions.2021.DE941: DE941 already has the code DE941 in NUTS 2021",
        "regions.2021.DE941.codes.2024: DE941 already has the code DE941 in NUTS 2024",
        "regions.2021.DE941: DE941 already stands at this column and row",
        "regions.2021.DE941.short: DE941 already has these letters",
    ]


def test_the_next_programme_has_six_categories_under_the_new_rule_book_and_says_that_it_is_a_demonstration():
    parsed = load(NEXT_FILE).parsed
    assert parsed["programme"]["rule_book"] == "VI"
    assert len(parsed["cost_categories"]) == 6
    assert parsed["aid_bases"]["de_minimis"]["regulation"] == "Reg. (EU) 2023/2831"
    for language, word in (("en", "demonstration"), ("de", "Demonstration"), ("nl", "demonstratie")):
        assert word in parsed["programme"]["notice"][language]
        assert word in parsed["programme"]["name"][language]


def test_ten_mistakes_give_ten_messages_each_with_its_place(document, rules_with_a_minimum):
    document["programme"]["funding_rate"] = Decimal("1.2")
    document["programme"]["product_target"] = "forty"
    del document["programme"]["name"]["nl"]
    document["programme"]["sumary"] = {}
    document["regions"]["2013"]["DE941"]["country"] = "FR"
    document["kets"]["MS"]["category"] = 1
    document["kinds"]["feasibility_study"]["rules"][2]["parameters"]["minimum"] = 0
    document["kinds"]["innovation_project"]["aid_bases"][0] = "gber_52"
    document["cost_categories"]["office"]["flat_rate_of"] = ["staf"]
    document["criteria"]["market"]["weight"] = 20
    assert mistakes_of(document) == [
        "programme.name.nl: missing: a text of at most 200 characters",
        "programme.funding_rate: a rate above 0 and at most 1 with at most four decimals, e.g. 0.60",
        "programme.product_target: a whole number of at least 1 and at most 100000",
        'programme.sumary: no such key. Did you mean "summary"?',
        'regions.2013.DE941.country: the file declares no country "FR".',
        "kets.MS.category: NT already has this category",
        "kinds.feasibility_study.rules[3].parameters.minimum: a whole number of at least 1",
        'kinds.innovation_project.aid_bases[1]: the file declares no aid basis "gber_52". Did you mean "gber_25"?',
        'cost_categories.office.flat_rate_of[1]: the file declares no cost category "staf". Did you mean "staff"?',
        "criteria: the weights add up to 95, not to 100",
    ]


def test_an_unknown_and_a_missing_section_are_two_mistakes(document):
    document["indicator"] = document.pop("indicators")
    assert mistakes_of(document) == [
        'indicator: no such section. Did you mean "indicators"?',
        "indicators: missing: a table",
    ]


def test_an_unknown_rule_is_a_mistake_at_its_place(document, rules_with_a_minimum):
    document["kinds"]["feasibility_study"]["rules"][0]["code"] = "NO-SUCH-RULE"
    assert mistakes_of(document) == ['kinds.feasibility_study.rules[1].code: no such rule "NO-SUCH-RULE"']


def test_a_rule_stands_once_in_a_kind(document):
    rules = document["kinds"]["feasibility_study"]["rules"]
    rules[1]["code"] = rules[0]["code"]
    assert mistakes_of(document) == ['kinds.feasibility_study.rules[2].code: "LEAD-ONE" stands here twice']


def test_a_region_nobody_cares_for_is_a_mistake(document):
    document["clusters"]["novel_t"]["regions"].remove("NL213")
    assert mistakes_of(document) == ["regions.2013.NL213: no cluster organisation has it in its care"]


def test_care_for_regions_that_do_not_exist_is_a_mistake(document):
    document["clusters"]["novel_t"]["regions"].append("NL9")
    assert mistakes_of(document) == ['clusters.novel_t.regions[5]: no region of the file begins with "NL9"']


def test_two_regions_on_one_tile_are_a_mistake(document):
    document["regions"]["2013"]["DE942"] |= {"column": 6, "row": 2}
    assert mistakes_of(document) == ["regions.2013.DE942: DE941 already stands at this column and row"]


def test_a_flat_rate_of_a_flat_rate_is_a_mistake(document):
    document["cost_categories"]["travel"] |= {"flat_rate": Decimal("0.15"), "flat_rate_of": ["office"]}
    assert mistakes_of(document) == ["cost_categories.travel.flat_rate_of[1]: office is a flat rate itself"]


@pytest.mark.parametrize(
    "rate", [0, Decimal("-0.1"), Decimal("1.0001"), Decimal("0.00001"), Decimal("NaN"), True, "0.6"]
)
def test_a_rate_lies_above_0_and_at_most_1(document, rate):
    document["programme"]["funding_rate"] = rate
    assert mistakes_of(document)[0].startswith("programme.funding_rate: a rate above 0 and at most 1")


@pytest.mark.parametrize("amount", [0, -1, Decimal("0.001"), Decimal("Infinity"), True, "300000"])
def test_an_amount_is_above_0_with_whole_cents(document, amount):
    document["programme"]["grant_cap"] = amount
    assert mistakes_of(document) == [
        "programme.grant_cap: an amount in EUR above 0 with at most two decimals"
    ]


def test_a_kind_may_not_pay_more_than_the_programme(document):
    document["kinds"]["feasibility_study"] |= {
        "funding_rate": Decimal("0.61"),
        "grant_cap_sme": Decimal("300000.01"),
    }
    assert mistakes_of(document) == [
        "kinds.feasibility_study.funding_rate: at most the programme's rate, 0.6000",
        "kinds.feasibility_study.grant_cap_sme: at most the programme's cap, 300000.00",
    ]


def test_the_summary_takes_rate_and_cap_only(document):
    document["programme"]["summary"]["de"] = "60 % und %(name)s"
    assert mistakes_of(document) == [
        "programme.summary.de: a text in which % stands only in %(rate)s, %(cap)s and %%"
    ]


def test_a_moment_is_no_day(document):
    document["programme"]["starts_on"] = tomllib.loads("x = 2016-04-01T00:00:00")["x"]
    assert mistakes_of(document) == ["programme.starts_on: a date without quotes, e.g. 2016-04-01"]


@pytest.mark.parametrize("value", [1, "x", [], True])
@pytest.mark.parametrize(
    "section", ["programme", "identity", "countries", "regions", "kets", "kinds", "clusters"]
)
def test_any_value_in_place_of_a_section_is_reported(document, section, value):
    document[section] = value
    assert f"{section}: a table" in mistakes_of(document)


def test_merge_goes_key_by_key_replaces_lists_and_takes_out_with_false():
    base = {"a": {"x": 1, "y": {"z": 2}}, "list": [1, 2], "gone": {"k": 1}, "flag": True}
    over = {"a": {"y": {"w": 3}}, "list": [3], "gone": False, "flag": False, "new": 1}
    assert merge(base, over) == {
        "a": {"x": 1, "y": {"z": 2, "w": 3}},
        "list": [3],
        "flag": False,
        "new": 1,
    }


def test_files_based_on_each_other_are_refused(tmp_path: Path):
    (tmp_path / "a.toml").write_text('based_on = "b.toml"')
    (tmp_path / "b.toml").write_text('based_on = "a.toml"')
    with pytest.raises(ProgrammeFileRefused) as refused:
        read_document(tmp_path / "a.toml")
    assert str(refused.value) == "based_on: a file can't be based on itself: a.toml → b.toml → a.toml"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a = ", "file.toml: Invalid value (at end of document)"),
        (b"a = 1\na = 2\n", "file.toml: Cannot overwrite a value (at line 2, column 6)"),
        (b"\xff", "file.toml: not UTF-8 at byte 1"),
        (b"based_on = 1", "based_on: the name of a file beside this one"),
        (b'based_on = "none.toml"', "based_on: none.toml: No such file or directory"),
    ],
)
def test_a_file_that_is_no_document_is_refused_with_the_reason(tmp_path: Path, content, message):
    path = tmp_path / "file.toml"
    path.write_bytes(content)
    with pytest.raises(ProgrammeFileRefused) as refused:
        read_document(path)
    assert str(refused.value) == message


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(ProgrammeFileRefused) as refused:
        load(tmp_path / "none.toml")
    assert str(refused.value) == "none.toml: No such file or directory"


def test_a_section_that_is_missing_whole_is_one_mistake_and_no_more(document):
    del document["countries"]
    assert mistakes_of(document) == ["countries: missing: a table"]
