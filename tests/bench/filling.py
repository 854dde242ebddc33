"""A portal with many proposals: ten whole ones through the services, the others as copies of their rows.

Data of the bench alone: the demonstration stays built through the services. A copy is complete, from organisations and
people to budgets, submissions, projects and audit entries; only mails are left out, of which no page shows more than
those that did not arrive, and the hashes of copied audit entries are those of the model, so their chains do not verify.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from calls.models import Call
from calls.services import load_programme
from consortia.models import Organisation, SmeDeclaration
from feasibility import services
from feasibility.enums import Outcome
from feasibility.models import Proposal
from reporting.services import award
from rocket.accounts.models import User
from rocket.core.models import AuditEntry, NumberSequence, OutboxMessage
from rocket.demo.build import OPEN_PROGRAMME, Builder
from rocket.demo.firms import FIRMS
from rocket.demo.people import make_people
from tests.bench.models import Entry

STRIDE = 20_000
"""Between the keys of a row and those of its next copy; no table of the models may have as many rows."""
CASES = 10
"""Whole proposals that the copies are made of."""
FIRST_READY = 50_000
"""Copies of the draft that is ready are numbered from here, those of the cases from 1."""
NOT_COPIED = (OutboxMessage, NumberSequence, Entry)

Keys = dict[str, int]


class Cases(Builder):
    """Builds each proposal for firms and people of its own."""

    def __init__(self, people: dict[str, User], now: datetime) -> None:
        super().__init__(people, now)
        self.staff = people
        self.made = 0

    def cast_anew(self) -> None:
        """Three firms that are in no proposal yet; every other case is led from the other side of the border."""
        self.made += 1
        lead, partner, research = (
            self.person(key, language)
            for key, language in (("lead", "de"), ("partner", "nl"), ("research", "nl"))
        )
        self.people = {**self.staff, "lead": lead, "partner": partner, "research": research}
        self.firms = {}
        for place, firm in enumerate(FIRMS):
            number = str(70_010_000 + self.made * 10 + place)
            register = number if firm.country == "NL" else f"Münster HRB {number[-5:]}"
            self.firms[firm.owner] = self.register(replace(firm, register_number=register), self.ago(120))
        if self.made % 2 == 0:
            self.people["lead"], self.people["partner"] = partner, lead
            self.firms["lead"], self.firms["partner"] = self.firms["partner"], self.firms["lead"]

    def person(self, key: str, language: str) -> User:
        email = f"{key}-{self.made}@bench.example"
        user = User.objects.create_user(email, None, name=f"{key.title()} {self.made}", language=language)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        return user

    def whole(self, call: Call, title: str, days: float, **values: Any) -> Proposal:
        self.cast_anew()
        return self.proposal(call, title, days, **values)

    def submitted(self, call: Call, title: str, days: float) -> Proposal:
        proposal = self.whole(call, title, days)
        self.submit(proposal, days - 5)
        proposal.refresh_from_db()
        return proposal

    def decided(self, call: Call, title: str, outcome: Outcome) -> Proposal:
        proposal, manager = self.submitted(call, title, 100), self.people["manager"]
        services.move(proposal=proposal, verb="confirm_eligible", by=manager, now=self.ago(35))
        services.move(proposal=proposal, verb="await_decision", by=manager, now=self.ago(34))
        award(
            proposal=proposal,
            outcome=outcome,
            reason="The jury ranked it so.",
            by=manager,
            now=self.ago(20),
        )
        return proposal


@dataclass(frozen=True)
class Span:
    """The rows of every table that were made between two looks, and how many proposals are among them."""

    low: Keys
    high: Keys
    proposals: int


class Filling:
    """``grow`` brings the portal to so many proposals, ``add_ready`` adds drafts that every rule passes."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.copies = 0
        self.ready_copies = 0

    def begin(self) -> None:
        """Programme, people, calls, and the cases; a minute's work at most."""
        path = Path(settings.BASE_DIR) / "programmes" / "rocket-next.toml"
        load_programme(path=path, by=None, now=self.now)
        self.people = make_people(programmes=(OPEN_PROGRAMME,), now=self.now)
        build = Cases(self.people, self.now)
        self.closed = build.call("2026-1", "first", opens=-110, closes=-40, published=120)
        self.open = build.call("2026-2", "second", opens=-20, closes=45, published=25)
        low = last_keys()
        self._build(build)
        self.cases = Span(low, last_keys(), CASES)
        build.whole(self.open, "Ready", 15)
        self.ready = Span(self.cases.high, last_keys(), 1)
        assert max(self.ready.high.values()) < STRIDE

    def _build(self, build: Cases) -> None:
        build.cast_anew()
        build.draft(self.open)
        build.submitted(self.open, "GridSkin", 15)
        build.talk(build.whole(self.open, "LumiWeave", 15))
        build.submitted(self.open, "NanoSeal", 15)
        build.submitted(self.open, "FlexGrid", 15)
        returned = build.submitted(self.open, "SenseCoat", 15)
        services.reopen(proposal=returned, by=build.people["lead"], now=build.ago(3))
        build.decided(self.closed, "BioPrint", Outcome.REJECTED)
        build.decided(self.closed, "LaserForge", Outcome.RESERVE)
        build.decided(self.closed, "AquaLens", Outcome.REJECTED)
        build.decided(self.closed, "PhotonMill", Outcome.APPROVED)

    def grow(self, proposals: int) -> None:
        """To ``proposals``, or the next number that the cases make up; then as a portal that has its statistics."""
        wanted = -(-proposals // CASES) - 1
        if wanted > self.copies:
            self._copy(self.cases, self.copies + 1, wanted)
            self.copies = wanted
        analyse()

    def add_ready(self, drafts: int) -> list[tuple[str, User]]:
        """That many more drafts ready to be submitted, each with the lead who may."""
        first = FIRST_READY + self.ready_copies
        self._copy(self.ready, first, first + drafts - 1)
        self.ready_copies += drafts
        analyse()
        model = Proposal.objects.get(number__startswith="P-", title="Ready")
        low = model.pk + first * STRIDE
        made = Proposal.objects.filter(pk__gte=low, pk__lt=low + drafts * STRIDE, title__startswith="Ready ")
        return [(one.number, one.created_by) for one in made.select_related("created_by").order_by("pk")]

    def _copy(self, span: Span, first: int, last: int) -> None:
        """Copies number ``first`` to ``last`` of every row in ``span``, keys and references shifted alike."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # references hold by construction
            for model in copied_models():
                cursor.execute(copying(model, span), {"first": first, "last": last})
            for model in copied_models():
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{model._meta.db_table}', 'id'), "
                    f"(SELECT max(id) FROM {model._meta.db_table}))"
                )


def copied_models() -> list[type[models.Model]]:
    """Every table of the portal's own in which rows of a case may stand."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in ("account", "accounts", "consortia", "feasibility", "reporting", "core")
        and model not in NOT_COPIED
    ]


def last_keys() -> Keys:
    found = {}
    with connection.cursor() as cursor:
        for model in copied_models():
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {model._meta.db_table}")
            found[model._meta.db_table] = cursor.fetchone()[0]
    return found


def copying(model: type[models.Model], span: Span) -> str:
    """The statement that copies the span's rows of one table."""
    table, fields = model._meta.db_table, model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_copied(field, span) for field in fields)
    return (
        f"INSERT INTO {table} ({columns}) SELECT {values} "
        f"FROM {table} AS one, generate_series(%(first)s, %(last)s) AS n "
        f"WHERE one.id > {span.low[table]} AND one.id <= {span.high[table]}"
    )


def _copied(field: Any, span: Span) -> str:
    """A column of a copy: keys shifted, what must be unique made so, everything else as it is."""
    column, model = f'one."{field.column}"', field.model
    if field.primary_key:
        return shifted(column)
    if field.is_relation:
        table = field.related_model._meta.db_table
        return shifted_where(column, table, span) if table in span.low else column
    if model is AuditEntry and field.name == "subject_id":
        return _subject(column, span)
    if model is SmeDeclaration and field.name == "enterprise":
        # The declaring organisation is named by its key in the graph of its enterprises.
        old, new = (
            "'organisation:' || one.organisation_id",
            f"'organisation:' || {shifted('one.organisation_id')}",
        )
        return f"replace({column}::text, {old}, {new})::jsonb"
    if model is Organisation and field.name == "register_number":
        return f"{column} || n"
    if model in (User, EmailAddress) and field.name == "email":
        return f"n || '-' || {column}"
    if field.name == "token_sha256":
        return f"encode(sha256(({column} || '-' || n)::bytea), 'hex')"
    if field.unique or (model is Proposal and field.name == "title"):
        return f"{column} || '{' ' if field.name == 'title' else '-'}' || n"
    return column


def shifted(column: str) -> str:
    return f"({column} + n * {STRIDE}::bigint)"


def shifted_where(column: str, table: str, span: Span) -> str:
    """Only what points into the span moves along: programme, calls and staff are shared."""
    return f"CASE WHEN {column} > {span.low[table]} THEN {shifted(column)} ELSE {column} END"


def _subject(column: str, span: Span) -> str:
    cases = " ".join(
        f"WHEN one.subject_type = '{model._meta.label_lower}' AND {column}::bigint > {span.low[model._meta.db_table]} "
        f"THEN {shifted(f'{column}::bigint')}::text"
        for model in copied_models()
    )
    return f"CASE {cases} ELSE {column} END"


def analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def make_table_of_entries() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Entry)
