"""Importing lists of organisations. Every organisation here is invented."""

from __future__ import annotations

import json
import tracemalloc
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from consortia.models import Organisation, SourceRecord
from consortia.readers import programme_matches, read_csv, read_keep, tidy_postcode
from consortia.services import Outcome, import_organisations
from tests.factories.consortia import MOMENT, OrganisationFactory

OURS = "2014 - 2020 INTERREG V-A Germany - The Netherlands"
HEADER = [
    "Programme", "Acronym", "Project Partner", "Lead Partner", "Street", "Postal code", "Town", "Country", "Website",
    "Department", "Legal Status", "Country code", "NUTS1 (or equivalent)", "NUTS2 (or equivalent)",
    "NUTS3 (or equivalent)",
]  # fmt: skip
GERMAN = ("Germany", "DE Germany / DEUTSCHLAND")
DUTCH = ("Netherlands", "NL Netherlands / NEDERLAND")
AREA = frozenset({("DEA34", 2013), ("NL213", 2013)})


def row(name, *, programme=OURS, acronym="Brug", street="Weg 1", postcode="48683", town="Ahaus", country=GERMAN,
        department=None, status="private", nuts="DEA34  / Borken"):  # fmt: skip
    return [programme, acronym, name, "No", street, postcode, town, country[0], "www.project.example", department,
            status, country[1], None, None, nuts]  # fmt: skip


ROWS = [
    row("Erfundene Werke GmbH", postcode=48683),
    row("ERFUNDENE WERKE", acronym="Ufer"),
    row("Bedachte Machines B.V.", postcode="7511aa", town="Enschede", country=DUTCH, nuts="NL213  / Twente"),
    row("Bedachte Machines", acronym="Ufer", town="Hengelo", country=DUTCH, nuts="NL213  / Twente"),
    row("Stadt Erfunden", status="public", street=None, postcode=1234, nuts="DEA99  / Woanders"),
    row("Ohne Region e.V.", nuts=None),
    row("", acronym="Leer"),
    row("Nirgendwo", country=("Nowhere", "XX Nowhere")),
    row("Estonian Invention", programme="2014 - 2020 INTERREG V-A Estonia - Latvia"),
]


@pytest.fixture
def keep_file(tmp_path):
    def write(rows, header=HEADER, name="keep.xlsx"):
        book = Workbook()
        book.active.title = "Projects"
        book.active.append(["Programme", "Acronym"])
        sheet = book.create_sheet("Partners")
        sheet.append(header)
        for cells in rows:
            sheet.append(cells)
        path = tmp_path / name
        book.save(path)
        return path

    return write


def run(path, *options):
    out = StringIO()
    call_command("import_organisations", str(path), *options, stdout=out)
    return out.getvalue()


def summary(path, *options):
    return json.loads(run(path, "--format", "json", "--programme", "Germany - Netherlands", *options))


@pytest.mark.django_db
def test_each_row_that_is_not_plainly_taken_gets_one_message(keep_file):
    messages = []
    counts = import_organisations(
        rows=read_keep(keep_file(ROWS), programme="Germany - Netherlands"),
        area=AREA,
        now=MOMENT,
        tell=messages.append,
    )
    assert [(message.row, message.outcome.value, message.reasons) for message in messages] == [
        (3, "joined", ("Joined with Erfundene Werke GmbH, Ahaus: the same name and town.",)),
        (
            5,
            "taken_with_gap",
            ("Bedachte Machines B.V. in Enschede has the same name; it was taken on its own.",),
        ),
        (
            6,
            "taken_with_gap",
            ("It has no street.", "DEA99 Woanders (NUTS 2013) lies outside the programme area."),
        ),
        (7, "taken_with_gap", ("It has no region.",)),
        (8, "refused", ("The row has no name; it was not taken.",)),
        (9, "refused", ("The country “XX” is not known; it was not taken.",)),
    ]
    assert {outcome.value: number for outcome, number in counts.rows.items()} == {
        "taken": 2,
        "taken_with_gap": 3,
        "joined": 1,
        "refused": 2,
        "unchanged": 0,
    }


@pytest.mark.django_db
def test_what_a_keep_row_becomes(keep_file):
    import_organisations(
        rows=read_keep(keep_file(ROWS), programme="Germany - Netherlands"),
        area=AREA,
        now=MOMENT,
        tell=lambda m: None,
    )
    found = Organisation.objects.values_list(
        "name",
        "kind",
        "country",
        "region_code",
        "region_version",
        "region_name",
        "postcode",
        "website",
        "claimed_at",
    )
    assert set(found) == {
        ("Erfundene Werke GmbH", "", "DE", "DEA34", 2013, "Borken", "48683", "", None),
        ("Bedachte Machines B.V.", "", "NL", "NL213", 2013, "Twente", "7511 AA", "", None),
        ("Bedachte Machines", "", "NL", "NL213", 2013, "Twente", "48683", "", None),
        ("Stadt Erfunden", "public", "DE", "DEA99", 2013, "Woanders", "01234", "", None),
        ("Ohne Region e.V.", "", "DE", "", None, "", "48683", "", None),
    }
    assert set(Organisation.objects.values_list("source", flat=True)) == {"keep.eu"}
    first = Organisation.objects.get(name="Erfundene Werke GmbH")
    assert first.source_reference == f"{OURS} | Brug | Erfundene Werke GmbH |  | Ahaus"
    assert first.source_records.count() == 2


@pytest.mark.django_db
def test_second_import_changes_nothing(keep_file):
    path = keep_file(ROWS)
    first = summary(path)["summary"]
    before = (
        list(Organisation.objects.order_by("pk").values()),
        list(SourceRecord.objects.order_by("pk").values()),
    )
    second = summary(path)
    after = (
        list(Organisation.objects.order_by("pk").values()),
        list(SourceRecord.objects.order_by("pk").values()),
    )
    assert before == after
    assert first["organisations_created"] == 5
    assert second["summary"] == {
        "dry_run": False, "rows": 8, "taken": 0, "taken_with_gap": 0, "joined": 0, "refused": 2, "unchanged": 6,
        "organisations_created": 0,
    }  # fmt: skip
    assert [message["outcome"] for message in second["messages"]] == ["refused", "refused"]


@pytest.mark.django_db
def test_dry_run_says_the_same_and_changes_nothing(keep_file):
    path = keep_file(ROWS)
    dry = summary(path, "--dry-run")
    assert (Organisation.objects.count(), SourceRecord.objects.count()) == (0, 0)
    assert dry["messages"] == summary(path)["messages"]


@pytest.mark.django_db
def test_what_its_own_people_wrote_is_never_touched(keep_file):
    own = OrganisationFactory(name="Erfundene Werke", town="Ahaus", street="", postcode="")
    unclaimed = OrganisationFactory(
        imported=True,
        name="Bedachte Machines",
        town="Enschede",
        country="NL",
        street="",
        region_name="Twente",
    )
    summary(keep_file(ROWS[:3]))
    own.refresh_from_db()
    unclaimed.refresh_from_db()
    assert (own.street, own.postcode, own.source) == ("", "", "portal")
    assert unclaimed.street == "Weg 1"
    assert Organisation.objects.count() == 2


@pytest.mark.django_db
def test_other_files_are_refused_with_a_sentence(keep_file, tmp_path):
    text = tmp_path / "list.csv"
    text.write_bytes("name;country\nMünster;DE".encode("latin-1"))
    header = tmp_path / "header.csv"
    header.write_text("name;land\nX;DE", encoding="utf-8")
    for path, sentence in (
        (keep_file([["a"]], header=["Something"]), "No sheet has the columns"),
        (text, "not in UTF-8"),
        (header, "Missing: country. Unknown or named twice: land"),
        (tmp_path / "none.csv", "There is no file"),
    ):
        with pytest.raises(CommandError, match=sentence):
            run(path, "--programme", "Germany - Netherlands")
    assert Organisation.objects.count() == 0


@pytest.mark.django_db
def test_mistake_in_the_middle_takes_everything_back(tmp_path):
    path = tmp_path / "broken.csv"
    path.write_bytes(b"name,country,town\nErste,DE,Ahaus\n" + b"Zweite \xff,DE,Ahaus\n")
    with pytest.raises(CommandError):
        run(path)
    assert Organisation.objects.count() == 0


@pytest.mark.django_db
def test_own_csv(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "\ufeffName;Country;Kind;Town;Street;Postcode;Region_code;Region_version;Register_number;VAT_number;Reference\n"
        "Erfunden GmbH;de;sme;Ahaus;Weg 1;48683;DEA34;2013;Coesfeld HRB 4711;DE136695976;A1\n"
        "Anders geschrieben;DE;SME;Ahaus;Weg 1;48683;DEA34;2013;Amtsgericht Coesfeld HRB 4711;;A2\n"
        "Falsch;DE;firm;Ahaus;Weg 1;48683;DEA34;2013;HRB;;A3\n"
        "Zu viel;DE;sme;Ahaus;Weg 1;48683;DEA34;2013;;;A4;surplus\n"
        "\n",
        encoding="utf-8",
    )
    messages = []
    counts = import_organisations(rows=read_csv(path), area=AREA, now=MOMENT, tell=messages.append)
    assert [counts.rows[outcome] for outcome in (Outcome.TAKEN, Outcome.GAP, Outcome.JOINED, Outcome.REFUSED)] == [
        1, 1, 1, 1,
    ]  # fmt: skip
    assert messages[0].reasons == ("Joined with Erfunden GmbH: the same register number.",)
    assert len(messages[1].reasons) == 2
    first = Organisation.objects.get(name="Erfunden GmbH")
    assert (first.source, first.register_number, first.vat_number, first.source_reference) == (
        "csv",
        "Coesfeld HRB 4711",
        "DE136695976",
        "A1",
    )


@pytest.mark.django_db
def test_values_that_do_not_fit_are_named_with_their_field(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "name,country,town,street,postcode,website,region_code,region_version\n"
        f"Erste,DE,{'A' * 121},Weg 1,48683,,DEA34,2013\n"
        "Zweite,DE,Ahaus,Weg 1,48683,not an address,DEA34,2013\n",
        encoding="utf-8",
    )
    messages = []
    import_organisations(rows=read_csv(path), area=AREA, now=MOMENT, tell=messages.append)
    assert [message.outcome for message in messages] == [Outcome.REFUSED, Outcome.GAP]
    assert messages[0].reasons[0].startswith("town: ")
    assert Organisation.objects.get().website == ""


@pytest.mark.django_db
def test_without_a_programme_one_has_to_be_named(keep_file):
    with pytest.raises(CommandError, match="--programme"):
        run(keep_file(ROWS))


@pytest.mark.django_db
def test_the_portals_own_programme_chooses_the_rows(keep_file, seeded_countries):
    assert json.loads(run(keep_file(ROWS), "--format", "json"))["summary"]["rows"] == 8


def test_reading_keeps_no_rows(tmp_path):
    """Memory does not grow with the file: ten times the rows need no more of it."""
    peaks = []
    for rows in (2_000, 20_000):
        path = tmp_path / f"{rows}.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write("name,country,town\n")
            file.writelines(f"Erfunden {number} GmbH,DE,Ahaus\n" for number in range(rows))
        tracemalloc.start()
        assert sum(1 for _row in read_csv(path)) == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


def test_programme_is_found_by_its_words():
    assert programme_matches(OURS, "Germany - Netherlands")
    assert not programme_matches("2014 - 2020 INTERREG V-A Germany - Denmark", "Germany - Netherlands")


@pytest.mark.parametrize(
    ("country", "given", "kept"),
    [("DE", "1234", "01234"), ("NL", "7511aa", "7511 AA"), ("NL", "7511", "7511"), ("EE", "1234", "1234")],
)
def test_postcode_in_the_form_of_its_country(country, given, kept):
    assert tidy_postcode(country, given) == kept
