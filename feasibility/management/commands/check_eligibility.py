"""Check one proposal, or a dossier from a file, with the rules that the pages use."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from calls.models import ProjectKind
from consortia.json_form import JsonFormError, load_json
from feasibility.eligibility import (
    OUTCOMES,
    EligibilityReport,
    build_rules,
    case_from_json,
    describe,
    evaluate,
)
from feasibility.models import Proposal
from feasibility.selectors import load, report_of


class Command(BaseCommand):
    help = (
        "Check a proposal (by its number) or a dossier (a JSON file as docs/dossier.md describes, or - for standard "
        "input). Exit status: 0 eligible, 1 a blocking rule failed or is not yet known, 2 the input can't be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subject", metavar="NUMBER|FILE")
        parser.add_argument(
            "--programme", help="take the rules of the dossier's kind from this loaded programme"
        )
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, subject: str, programme: str | None, **options: Any) -> None:
        proposal = Proposal.objects.filter(number=subject).first()
        if proposal is not None:
            report = report_of(load(proposal.pk), now=timezone.now())
        else:
            report = self._report_of_file(subject, programme)
        self._print(report, options["format"])
        if not report.is_eligible:
            sys.exit(1)

    def _report_of_file(self, name: str, programme: str | None) -> EligibilityReport:
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(
                f"{name}: neither a proposal's number nor a file that can be read ({error})", returncode=2
            ) from error
        try:
            case = case_from_json(load_json(text))
        except JsonFormError as refused:
            raise CommandError(
                "\n".join(str(mistake) for mistake in refused.mistakes), returncode=2
            ) from refused
        rules = case.rules
        if rules is None:
            if not programme:
                raise CommandError(
                    _("The file names no rules: add “rules”, or name a programme with --programme."),
                    returncode=2,
                )
            kind = ProjectKind.objects.filter(programme__code=programme, code=case.dossier.kind).first()
            if kind is None:
                raise CommandError(
                    _("The programme %(programme)s has no kind of project “%(kind)s”.")
                    % {"programme": programme, "kind": case.dossier.kind},
                    returncode=2,
                )
            rules = build_rules(kind.rules)
        return evaluate(rules, case.dossier)

    def _print(self, report: EligibilityReport, form: str) -> None:
        if form == "json":
            self.stdout.write(json.dumps(report.to_json(), indent=2, ensure_ascii=False))
            return
        for finding in report.findings:
            text = describe(finding)
            self.stdout.write(
                f"{finding.code}: {OUTCOMES[finding.outcome]}"
                + ("" if finding.blocks else f" ({_('warns only')})")
            )
            self.stdout.write(f"  {text.message}")
            for line in text.evidence:
                self.stdout.write(f"  - {line}")
            if text.remedy:
                self.stdout.write(f"  > {text.remedy}")
        verdict = (
            _("Eligible: no rule blocks it.") if report.is_eligible else _("Not eligible: a rule blocks it.")
        )
        self.stdout.write(f"\n{verdict}")
