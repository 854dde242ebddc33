"""The command gives the page's report, by number and from a file, and its exit status says what it found."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from feasibility.eligibility import EligibilityReport, dossier_to_json
from feasibility.models import Proposal
from feasibility.selectors import dossier_of, load, report_of
from tests.feasibility.pages import findings_on

EXAMPLES = Path(settings.BASE_DIR) / "docs" / "examples"


def run(*arguments: str, **options: Any) -> tuple[int, str]:
    """Exit status and output."""
    out = io.StringIO()
    try:
        call_command("check_eligibility", *arguments, stdout=out, **options)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


class TestByNumber:
    def test_eligible_draft(self, cast: Any) -> None:
        proposal = cast.draft()
        status, out = run(proposal.number)
        assert status == 0
        assert out.rstrip().endswith("Eligible: no rule blocks it.")
        assert "SME-COUNT: Passed" in out

    def test_blocked_draft_names_rule_and_remedy(self, cast: Any) -> None:
        proposal = cast.draft()
        Proposal.objects.filter(pk=proposal.pk).update(months=48)
        status, out = run(proposal.number)
        assert status == 1
        assert "DURATION: Failed\n  The project takes 48 months; at most 36 are allowed." in out
        assert "> Change the duration of the project." in out
        assert out.rstrip().endswith("Not eligible: a rule blocks it.")

    def test_same_findings_as_the_page(self, cast: Any) -> None:
        proposal = cast.draft()
        Proposal.objects.filter(pk=proposal.pk).update(months=48)
        proposal.annexes.filter(code="accounts").update(removed_at=cast.now)
        _status, out = run(proposal.number, format="json")
        report = EligibilityReport.from_json(json.loads(out))
        seen = findings_on(cast.client("lead").get(f"/proposals/{proposal.number}/eligibility/"))
        assert {f.code: str(f.outcome.value) for f in report.findings} == {
            code: one.state for code, one in seen.items()
        }
        assert [f.code for f in report.findings] == [
            f.code for f in report_of(load(proposal.pk), now=timezone.now()).findings
        ]


class TestFromFile:
    def dossier(self, proposal: Proposal, now: Any) -> dict[str, Any]:
        return dossier_to_json(dossier_of(load(proposal.pk), now=now))

    def write(self, tmp_path: Path, content: Any) -> str:
        path = tmp_path / "dossier.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    def test_dossier_of_a_proposal_gives_its_report(self, cast: Any, tmp_path: Path) -> None:
        proposal = cast.draft()
        Proposal.objects.filter(pk=proposal.pk).update(months=48)
        path = self.write(tmp_path, self.dossier(proposal, cast.now))
        status, out = run(path, programme="rocket-next", format="json")
        by_number_status, by_number = run(proposal.number, format="json")
        assert status == by_number_status == 1

        def outcomes(text: str) -> dict[str, str]:
            return {finding["code"]: finding["outcome"] for finding in json.loads(text)["findings"]}

        assert outcomes(out) == outcomes(by_number)

    def test_standard_input(self, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        text = json.dumps(self.dossier(cast.draft(), cast.now))
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        assert run("-", programme="rocket-next")[0] == 0

    @pytest.mark.parametrize(
        "content", ["", "{", "[]", "null", '{"kind": 7}', '{"partners": [{}]}', "\x00", '{"a": 1, "a": 2}']
    )
    def test_file_that_is_no_dossier(self, db: None, tmp_path: Path, content: str) -> None:
        with pytest.raises(CommandError) as refused:
            run(self.write(tmp_path, content), programme="rocket-next")
        assert refused.value.returncode == 2

    def test_file_that_is_not_there(self, db: None) -> None:
        with pytest.raises(CommandError) as refused:
            run("P-2099-0001")
        assert refused.value.returncode == 2
        assert "neither a proposal's number nor a file that can be read" in str(refused.value)

    def test_unknown_programme_and_kind(self, cast: Any, tmp_path: Path) -> None:
        dossier = self.dossier(cast.draft(), cast.now)
        path = self.write(tmp_path, dossier)
        for programme in (None, "nothing"):
            with pytest.raises(CommandError) as refused:
                run(path, programme=programme)
            assert refused.value.returncode == 2
        path = self.write(tmp_path, {**dossier, "kind": "moon_landing"})
        with pytest.raises(CommandError) as refused:
            run(path, programme="rocket-next")
        assert "moon_landing" in str(refused.value)

    @pytest.mark.parametrize(("name", "expected"), [("dossier.json", 0), ("dossier_blocked.json", 1)])
    def test_examples_of_the_manual(self, programme: Any, name: str, expected: int) -> None:
        path = EXAMPLES / name
        status, _out = run(str(path), programme="rocket-next")
        assert status == expected
