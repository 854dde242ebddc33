"""The CSV of the desk's list beside plain psycopg2 with the csv module, and the report beside the bare view."""

from __future__ import annotations

import csv
import io
import time
from statistics import median
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from calls.models import Programme
from feasibility.exporters.listing import proposals_table
from feasibility.models import Proposal
from reporting import services
from reporting.enums import ReportFormat, ReportState
from reporting.models import Report
from rocket.accounts.models import User
from rocket.core.tables import table_as_csv
from tests.bench.client import Connection, request_bytes
from tests.bench.pages import figures_of
from tests.bench.server import forget_peak, resident

FLOOR = """
SELECT p.number, p.title, c.title->>'en', k.name->>'en', o.name, o.country, ket.code, cost.total / 100.0,
       asked.total / 100.0, p.state, s.received_at, p.changed_at
FROM feasibility_proposal p
JOIN calls_call c ON c.id = p.call_id
JOIN calls_projectkind k ON k.id = p.kind_id
LEFT JOIN calls_ket ket ON ket.id = p.main_ket_id
LEFT JOIN consortia_partner lead ON lead.consortium_id = p.consortium_id AND lead.role = 'lead'
LEFT JOIN consortia_organisation o ON o.id = lead.organisation_id
LEFT JOIN (SELECT b.proposal_id, sum(b.amount) AS total FROM feasibility_budgetline b
           JOIN consortia_partner t ON t.id = b.partner_id AND t.state = 'confirmed' GROUP BY 1) cost
       ON cost.proposal_id = p.id
LEFT JOIN (SELECT f.proposal_id, sum(f.amount) AS total FROM feasibility_fundingline f
           JOIN consortia_partner t ON t.id = f.partner_id AND t.state = 'confirmed'
           WHERE f.source = 'grant' GROUP BY 1) asked
       ON asked.proposal_id = p.id
JOIN (SELECT proposal_id, max(received_at) AS received_at FROM feasibility_submission GROUP BY 1) s
       ON s.proposal_id = p.id
WHERE p.state <> 'draft'
ORDER BY p.changed_at DESC, p.id DESC
"""
"""The same rows and columns as the portal's file, in one statement written by hand."""
FLAT = 8 * 1024 * 1024
"""Bytes by which the worker's peak may grow from the smallest file to the largest: a chunk of rows, not the file."""


def csv_export(port: int, programme: str, session: str, times: int) -> dict[str, Any]:
    """The file over HTTP and the floor in turn; queries and rows; what the worker's memory did."""
    request = request_bytes(f"/desk/{programme}/proposals/?format=csv", session)
    over_http = Connection(port)
    ours: list[float] = []
    floors: list[float] = []
    rows = floor_rows = size = 0
    for number in range(-1, times):
        answer = over_http.send(request)
        assert answer.status == 200, answer.status
        seconds, floor_rows = floor()
        rows, size = answer.body.count(b"\r\n") - 1, len(answer.body)
        if number >= 0:
            ours.append(answer.seconds)
            floors.append(seconds)
    process = over_http.send(request_bytes("/bench/bare/", session)).process
    before = resident(process)
    forget_peak(process)
    over_http.send(request)
    peak = resident(process, "VmHWM") - before
    over_http.close()
    assert rows == floor_rows, (rows, floor_rows)
    return {
        "queries": queries_of_csv(programme) + int(answer.headers["x-queries"]),
        **figures_of(ours),
        "psycopg2_median_ms": figures_of(floors)["median_ms"],
        "ratio_to_psycopg2": round(median(ours) / median(floors), 2),
        "rows": rows,
        "bytes": size,
        "peak_growth_bytes": peak,
        "requests": times,
    }


def floor() -> tuple[float, int]:
    """Seconds and rows of plain psycopg2 with the csv module, its connection not counted."""
    database = settings.DATABASES["default"]
    given = {
        "host": "HOST",
        "port": "PORT",
        "user": "USER",
        "password": "PASSWORD",
        "dbname": "NAME",
    }
    plain = psycopg2.connect(**{name: database[key] for name, key in given.items() if database.get(key)})
    try:
        began = time.perf_counter()
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        with plain.cursor() as cursor:
            cursor.execute(FLOOR)
            rows = cursor.fetchall()
        writer.writerows(rows)
        out.getvalue().encode()
        return time.perf_counter() - began, len(rows)
    finally:
        plain.close()


def queries_of_csv(programme: str) -> int:
    """What the file asks while it is streamed: headers are gone by then, so it is counted here."""
    rows = Proposal.objects.filter(call__programme__code=programme).on_desk().order_by("-changed_at", "-pk")
    with CaptureQueriesContext(connection) as captured:
        for _line in table_as_csv(proposals_table(rows)):
            pass
    return len(captured)


def report(programme_code: str, by: User, times: int, format: ReportFormat) -> dict[str, Any]:
    """The making of the report, as the worker does it; the request that asks for it waits for none of this."""
    programme = Programme.objects.get(code=programme_code)
    seconds: list[float] = []
    queries = size = 0
    for _ in range(times):
        now = timezone.now()
        row = Report.objects.create(
            programme=programme, format=format, language="en", as_of=now, asked_by=by, asked_at=now, alive_at=now
        )  # fmt: skip
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            services.make_report(row.pk)
        seconds.append(time.perf_counter() - began)
        row.refresh_from_db()
        assert row.state == ReportState.DONE, (row.state, row.problem)
        queries, size = len(captured), row.document.size
    return {"queries": queries, **figures_of(seconds), "requests": times, "bytes": size}
