"""Loading a programme: idempotent, refused where it would orphan something, whole or not at all."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from calls import registry
from calls.models import Call, ClusterOrganisation, Ket, Programme, ProjectKind, Region
from calls.programme_file import ProgrammeFileRefused
from calls.services import load_programme
from rocket.core.audit import chain_is_whole
from rocket.core.models import AuditEntry
from tests.factories.calls import NEXT_FILE, NOW, ROCKET_FILE, CallFactory

pytestmark = pytest.mark.django_db


def load(path=ROCKET_FILE, **kwargs):
    return load_programme(path=path, by=None, now=NOW, **kwargs)


@pytest.fixture
def changed(tmp_path):
    """ROCKET's file with one text replaced by another."""

    def write(old, new, count=1):
        text = ROCKET_FILE.read_text()
        assert old in text
        path = tmp_path / "changed.toml"
        path.write_text(text.replace(old, new, count))
        return path

    return write


def test_rocket_is_loaded_whole():
    load()
    programme = Programme.objects.get()
    counts = {
        name: getattr(programme, name).count()
        for name in (
            "countries", "regions", "kets", "application_fields", "kinds", "cost_categories", "clusters",
            "criteria",
        )
    }  # fmt: skip
    assert counts == {
        "countries": 2,
        "regions": 51,
        "kets": 5,
        "application_fields": 3,
        "kinds": 2,
        "cost_categories": 5,
        "clusters": 5,
        "criteria": 5,
    }
    assert str(programme.kets.get(code="IM").name) == "Innovative materials"
    assert not Region.objects.filter(clusters=None).exists()


def test_loading_twice_changes_nothing_and_leaves_one_audit_entry():
    first = load()
    before = {model: list(model.objects.values()) for model in (Programme, Region, Ket, ProjectKind)}
    second = load()
    assert (len(first.changes) > 80, second.changes) == (True, ())
    assert {model: list(model.objects.values()) for model in before} == before
    assert [entry.verb for entry in AuditEntry.objects.about(Programme.objects.get())] == ["programme_loaded"]


def test_both_programmes_stand_side_by_side():
    load()
    load(NEXT_FILE)
    assert load(ROCKET_FILE).changes == ()
    assert sorted(Programme.objects.values_list("code", flat=True)) == ["rocket", "rocket-next"]


def test_a_change_of_the_file_is_written_and_kept_in_the_audit_trail(changed):
    load()
    report = load(changed("product_target = 40", "product_target = 41"))
    programme = Programme.objects.get()
    assert [str(change) for change in report.changes] == ["programme: changed product_target"]
    assert programme.product_target == 41
    entry = AuditEntry.objects.about(programme).order_by("-sequence").first()
    assert entry.before["programme"] == {"product_target": 40}
    assert entry.after["programme"] == {"product_target": 41}
    assert chain_is_whole(programme)


def test_a_dry_run_says_what_would_change_and_changes_nothing(changed):
    load()
    report = load(changed("product_target = 40", "product_target = 41"), is_dry_run=True)
    assert [str(change) for change in report.changes] == ["programme: changed product_target"]
    assert Programme.objects.get().product_target == 40
    assert AuditEntry.objects.count() == 1


def test_a_dry_run_of_a_new_programme_creates_none():
    assert len(load(is_dry_run=True).changes) > 80
    assert Programme.objects.count() == 0


def test_a_technology_that_nothing_uses_can_be_taken_out(changed):
    load()
    line = next(line for line in ROCKET_FILE.read_text().splitlines() if line.startswith("PH = {"))
    report = load(changed(line, ""))
    assert [str(change) for change in report.changes] == ["kets.PH: removed"]
    assert list(Ket.objects.values_list("code", flat=True)) == ["NT", "MS", "ME", "IM"]


def test_a_technology_in_use_is_not_taken_out_and_nothing_else_is_changed_either(changed):
    load()
    programme = Programme.objects.get()
    call = CallFactory(programme=programme, kets=[Ket.objects.get(code="PH")], kinds=[], fields=[])
    line = next(line for line in ROCKET_FILE.read_text().splitlines() if line.startswith("PH = {"))
    path = changed(line, "")
    path.write_text(path.read_text().replace("product_target = 40", "product_target = 41"))
    with pytest.raises(ProgrammeFileRefused) as refused:
        load(path)
    assert str(refused.value) == "kets.PH: can't be taken out, it is in use: 1 call. Keep it in the file."
    assert [ket.code for ket in call.kets.all()] == ["PH"]
    assert Programme.objects.get().product_target == 40


def test_every_use_that_stands_in_the_way_is_reported(changed):
    load()
    programme = Programme.objects.get()
    for _ in range(2):
        CallFactory(programme=programme, kinds=ProjectKind.objects.all(), kets=[], fields=[])
    text = ROCKET_FILE.read_text()
    path = changed("[kinds.feasibility_study]", "[kinds.study]")
    path.write_text(
        text.replace("kinds.feasibility_study", "kinds.study").replace("kinds.innovation", "kinds.other")
    )
    with pytest.raises(ProgrammeFileRefused) as refused:
        load(path)
    assert sorted(str(mistake) for mistake in refused.value.mistakes) == [
        "kinds.feasibility_study: can't be taken out, it is in use: 2 calls. Keep it in the file.",
        "kinds.innovation_project: can't be taken out, it is in use: 2 calls. Keep it in the file.",
    ]


def test_a_use_without_a_foreign_key_stands_in_the_way_too(changed, monkeypatch):
    def organisations(programme, code):
        yield registry.Use("organisations", 3 if code == "NL213/2013" else 0)

    monkeypatch.setattr(registry, "_uses", {"regions": [organisations]})
    load()
    line = next(line for line in ROCKET_FILE.read_text().splitlines() if line.startswith("NL213 = {"))
    path = changed(line, "")
    path.write_text(path.read_text().replace(', "NL213"]', "]"))
    with pytest.raises(ProgrammeFileRefused) as refused:
        load(path)
    assert str(refused.value) == (
        "regions.2013.NL213: can't be taken out, it is in use: 3 organisations. Keep it in the file."
    )


def test_a_code_by_which_an_organisation_lies_in_the_area_is_not_taken_out(changed, monkeypatch):
    asked = []

    def organisations(programme, code):
        asked.append(code)
        yield registry.Use("organisations", 2 if code == "NL124/2016" else 0)

    monkeypatch.setattr(registry, "_uses", {"regions": [organisations]})
    load()
    with pytest.raises(ProgrammeFileRefused) as refused:
        load(changed('2016 = "NL124", ', "2016 = false, "))
    assert str(refused.value) == (
        "regions.2013.NL121.codes.2016: can't be taken out, it is in use: 2 organisations. Keep it in the file."
    )
    assert asked == ["NL124/2016"]


def test_a_region_may_move_to_another_version_while_its_codes_stay(changed, monkeypatch):
    monkeypatch.setattr(registry, "_uses", {"regions": [lambda programme, code: [registry.Use("uses", 1)]]})
    load()
    line = next(line for line in ROCKET_FILE.read_text().splitlines() if line.startswith("NL121 = {"))
    path = changed(line, "")
    moved = line.replace("NL121 =", "NL127 =").replace(
        '2016 = "NL124", 2021 = "NL124", 2024 = "NL127"', '2013 = "NL121", 2016 = "NL124", 2021 = "NL124"'
    )
    text = path.read_text().replace("[2016, 2021, 2024]", "[2013, 2016, 2021, 2024]")
    path.write_text(text.replace("\n[kets]\n", f"\n[regions.2024]\n{moved}\n\n[kets]\n", 1))
    assert [str(change) for change in load(path).changes] == [
        "regions.2024.NL127: added",
        "clusters.novel_t: changed regions",
        "regions.2013.NL121: removed",
    ]
    assert Region.objects.known_as("NL121", 2013).get().code == "NL127"
    assert load(path).changes == ()


def test_a_region_leaves_with_its_place_in_a_clusters_care(changed):
    load()
    line = next(line for line in ROCKET_FILE.read_text().splitlines() if line.startswith("NL213 = {"))
    path = changed(line, "")
    path.write_text(path.read_text().replace(', "NL213"]', "]"))
    report = load(path)
    assert [str(change) for change in report.changes] == [
        "clusters.novel_t: changed regions",
        "regions.2013.NL213: removed",
    ]


def test_an_annex_that_was_handed_in_stays(changed, monkeypatch):
    def annexes(programme, code):
        yield registry.Use("annexes", 1 if code == "innovation_project/accounts" else 0)

    monkeypatch.setattr(registry, "_uses", {"kinds.annexes": [annexes]})
    load()
    with pytest.raises(ProgrammeFileRefused) as refused:
        load(changed('code = "accounts"', 'code = "balance"'))
    assert str(refused.value) == (
        "kinds.innovation_project.annexes.accounts: can't be taken out, it is in use: 1 annexes. Keep it in the file."
    )


def test_tiles_may_change_places(changed):
    load()
    path = changed('short = "Vel", column = 0, row = 4', 'short = "Vel", column = 0, row = 5')
    path.write_text(
        path.read_text().replace('short = "ZWG", column = 0, row = 5', 'short = "ZWG", column = 0, row = 4')
    )
    assert [str(change) for change in load(path).changes] == [
        "regions.2013.NL221: changed row",
        "regions.2013.NL224: changed row",
    ]


def test_clusters_care_for_regions_by_the_beginning_of_their_codes():
    load()
    cluster = ClusterOrganisation.objects.get(code="nmwp_nrw")
    assert cluster.regions.count() == 13
    assert {region.code[:3] for region in cluster.regions.all()} == {"DEA"}


# The command ----------------------------------------------------------------------------------------------
def run(*arguments):
    out, errors = StringIO(), StringIO()
    call_command("load_programme", *map(str, arguments), stdout=out, stderr=errors)
    return out.getvalue()


def test_the_command_says_that_nothing_changed():
    run(ROCKET_FILE)
    assert run(ROCKET_FILE) == "rocket: nothing changed.\n"


def test_the_command_answers_in_json():
    answer = json.loads(run(ROCKET_FILE, "--format", "json", "--dry-run"))
    assert (answer["outcome"], answer["programme"]) == ("would_change", "rocket")
    assert answer["changes"][0]["place"] == "programme"
    assert Call.objects.count() == Programme.objects.count() == 0


def test_the_command_prints_every_mistake_on_a_line_and_fails(tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text(ROCKET_FILE.read_text().replace("product_target = 40", "product_target = 0\ncolor = 1"))
    errors = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("load_programme", str(path), stderr=errors)
    assert errors.getvalue().splitlines() == [
        "programme.product_target: a whole number of at least 1 and at most 100000",
        "programme.color: no such key.",
    ]
    assert str(failed.value) == f"{path}: 2 mistakes, nothing was changed."


def test_the_phone_of_a_cluster_organisation_is_taken_from_the_file(changed):
    load(
        changed('name = "Cluster NMWP.NRW"', 'name = "Cluster NMWP.NRW"\ncontact_phone = "+49 211 385459-0"')
    )
    assert ClusterOrganisation.objects.get(code="nmwp_nrw").contact_phone == "+49 211 385459-0"
    assert ClusterOrganisation.objects.get(code="oost_nl").contact_phone == ""
