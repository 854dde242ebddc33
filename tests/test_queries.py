"""No page asks the database more questions because there is more to show, and each keeps its budget.

The pages are those of ``tests/test_access.py``, seen by a person who may see them, first in a portal where every list
has about one row, then where it has thirty. A new page needs a budget here: the failure says which number it took.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from weasyprint import HTML

from tests.factories.world import World
from tests.test_access import ROWS, Case, Row

READER_FIRST = ("lead", "manager", "consultant")

BUDGETS = {
    "accessibility": 1,
    "account_change_password": 4,
    "account_confirm_email": 1,
    "account_confirm_login_code": 2,
    "account_email": 8,
    "account_email_verification_sent": 1,
    "account_inactive": 1,
    "account_login": 1,
    "account_logout": 0,
    "account_reauthenticate": 10,
    "account_reset_password": 1,
    "account_reset_password_done": 1,
    "account_reset_password_from_key": 4,
    "account_reset_password_from_key_done": 1,
    "account_set_password": 2,
    "account_signup": 1,
    "annex_file": 8,
    "annex_file (funded)": 8,
    "annex_file (under assessment)": 8,
    "annex_template": 8,
    "answer_derogation": 8,
    "answer_question": 6,
    "ask_call": 5,
    "ask_derogation": 9,
    "assessed_proposal": 9,
    "assessment": 11,
    "audit_trail": 10,
    "call": 3,
    "call (a draft is the desk's)": 5,
    "call_calendar": 2,
    "calls": 7,
    "calls_calendar": 2,
    "calls_feed": 2,
    "check_answers": 8,
    "colleague_invitation": 2,
    "control": 15,
    "controlled_project": 12,
    "copy_proposal (submitted)": 12,
    "copy_proposal": 12,
    "de_minimis_declaration": 11,
    "decide_proposal": 13,
    "demo_mail": 3,
    "demo_mail_message": 2,
    "desk": 8,
    "desk_call": 5,
    "desk_call_edit": 10,
    "desk_call_new": 7,
    "desk_calls": 6,
    "desk_derogations": 10,
    "desk_mail_again (get)": 5,
    "desk_mails": 6,
    "desk_organisation": 13,
    "desk_organisations": 10,
    "desk_people": 8,
    "desk_products": 11,
    "desk_project": 15,
    "desk_projects": 15,
    "desk_proposal": 10,
    "desk_proposals": 12,
    "desk_questions": 7,
    "desk_search": 12,
    "draft_in_care": 11,
    "draft_pdf": 8,
    "edit_organisation": 10,
    "edit_product": 13,
    "edit_work_package": 14,
    "feedback": 1,
    "figures_file (csv)": 17,
    "figures_file (json)": 17,
    "figures_file (xlsx)": 17,
    "gallery": 1,
    "grant_derogation": 6,
    "healthz": 0,
    "help": 1,
    "home": 4,
    "imprint": 1,
    "in_my_care": 12,
    "invitation": 5,
    "lead_of_proposal": 9,
    "mfa_activate_totp": 8,
    "mfa_add_webauthn": 8,
    "mfa_authenticate": 2,
    "mfa_generate_recovery_codes": 8,
    "mfa_index": 6,
    "mfa_list_webauthn": 5,
    "mfa_login_webauthn": 2,
    "mfa_reauthenticate": 5,
    "mfa_reauthenticate_webauthn": 5,
    "move_project (asks why)": 9,
    "my_account": 5,
    "my_organisations": 9,
    "my_work": 11,
    "new_product": 13,
    "new_work_package": 14,
    "organisation": 15,
    "organisations_in_care": 13,
    "own_colleague_invitation": 7,
    "own_invitation": 10,
    "partner_budget": 14,
    "privacy": 1,
    "product_stage": 5,
    "programme": 5,
    "programme_colours": 1,
    "project": 7,
    "projects": 15,
    "proposal": 10,
    "proposal_advice": 10,
    "proposal_advice (after submission)": 10,
    "proposal_eligibility": 10,
    "qualify": 3,
    "qualify (answered)": 5,
    "readyz": 4,
    "receipt": 9,
    "receipt_json": 5,
    "receipt_pdf": 5,
    "receipt_pdf (funded)": 5,
    "receipt_pdf (under assessment)": 5,
    "register_organisation": 4,
    "register_organisation_details": 7,
    "report": 6,
    "report_file": 5,
    "reports": 7,
    "revoke_role": 5,
    "section_annexes": 12,
    "section_budget": 10,
    "section_cross_border": 12,
    "section_declarations": 10,
    "section_partners": 12,
    "section_products": 11,
    "section_summary": 12,
    "section_technology": 15,
    "section_work_plan": 11,
    "sme_declaration": 10,
    "staff_invitation": 2,
    "start_proposal": 16,
    "withdraw_proposal": 9,
}
"""Queries of each page at most, session and user among them, in a process that knows programme and calls already."""


VARIES = {"audit_trail"}
"""Asks once for each kind of thing on the page, however many: a full page may hold fewer kinds than a short one."""

SHOWN = {
    "calls": 30, "my_organisations": 30, "my_work": 60, "organisation": 30, "proposal_advice": 100, "section_partners": 30,
    "section_products": 30, "in_my_care": 50, "organisations_in_care": 30, "draft_in_care": 100, "desk_proposals": 50, "desk_questions": 50,
    "desk_mails": 30, "desk_derogations": 50, "projects": 25, "assessment": 30, "control": 30, "desk_organisations": 30, "desk_organisation": 30,
}  # fmt: skip
"""So many rows at least are on these pages of the large portal: else it would hold them to nothing."""
ROW_MARKS = ("<tr", 'class="task"', 'class="product', 'class="thread"', "<li", "<section", "<form")


def key_of(row: Row) -> str:
    return f"{row.name} ({row.alias})" if row.alias else row.name


def reader_of(row: Row) -> str:
    """Nobody in particular where everybody may look, else the person who has most to see."""
    if "anonymous" in row.open_to:
        return "anonymous"
    return next((who for who in READER_FIRST if who in row.open_to), row.open_to[0])


PAGES = tuple(row for row in ROWS if row.method == "get" and row.open_to)


class Visits:
    """One browser a reader; ``counts`` visits every page twice and counts the second visit's queries."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.clients: dict[str, Client] = {}
        self.rows: dict[str, int] = {}
        """The most rows of one sort that the last visit found on each page."""

    def counts(self) -> dict[str, int]:
        found = {}
        for row in PAGES:
            url = reverse(row.name, args=row.args(self.case))
            client = self._client(reader_of(row))
            data = row.data if isinstance(row.data, dict) else {}
            first = client.get(url, data)
            assert first.status_code in (200, 302), (key_of(row), first.status_code)
            _read(first)
            with CaptureQueriesContext(connection) as queries:
                second = client.get(url, data)
                _read(second)
            assert second.status_code == first.status_code, key_of(row)
            found[key_of(row)] = len(queries)
            if not second.streaming:
                text = second.content.decode(errors="replace")
                self.rows[key_of(row)] = max(text.count(mark) for mark in ROW_MARKS)
        return found

    def _client(self, who: str) -> Client:
        if who not in self.clients:
            self.clients[who] = self.case.cast.client(who)
        return self.clients[who]


def _read(response: Any) -> None:
    """A file may be made only as it is read."""
    if response.streaming:
        b"".join(response.streaming_content)


@pytest.mark.django_db
def test_queries_of_every_page_with_1_and_with_30_rows(
    cast: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO, settings.HOME_PROGRAMME = True, "rocket-next"
    monkeypatch.setattr(
        HTML, "write_pdf", lambda self, *args, **options: b"%PDF-"
    )  # what it costs is not queries
    case = Case(cast)
    visits = Visits(case)
    World(case, 1).grow()
    small = visits.counts()
    World(case, 29, start=1).grow()
    large = visits.counts()
    grows = {key: (small[key], large[key]) for key in small if small[key] != large[key] and key not in VARIES}
    assert grows == {}
    short = {key: (visits.rows[key], least) for key, least in SHOWN.items() if visits.rows[key] < least}
    assert short == {}, "a list that the large portal does not fill"
    missing = {key: count for key, count in small.items() if key not in BUDGETS}
    assert missing == {}, "a page without a budget"
    over = {key: (count, BUDGETS[key]) for key, count in large.items() if count > BUDGETS[key]}
    assert over == {}, "a page over its budget"


def test_no_budget_is_left_of_a_page_that_is_gone() -> None:
    assert set(BUDGETS) - {key_of(row) for row in PAGES} == set()
