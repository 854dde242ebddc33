"""``python -m tests.bench.table FILE``: the JSON of a run as the tables of docs/benchmarks.md."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HEAD = "| page | proposals | queries | median, ms | 95th percentile, ms | ratio | of work | goal | |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |"


def lines_of(found: dict[str, Any]) -> list[str]:
    lines = [HEAD]
    for name in found["sizes"][0]["pages"]:
        for size in found["sizes"]:
            page = size["pages"][name]
            goal = _goal(page)
            lines.append(
                f"| {name} | {size['proposals']} | {page['queries']} | {page['median_ms']:.1f} | {page['p95_ms']:.1f} "
                f"| {page['ratio']:.1f} | {page['work_ratio']:.1f} | {goal} | {_verdict(page['met'])} |"
            )
    for size in found["sizes"]:
        file = size["csv"]
        lines.append(
            f"| CSV of the list ({file['rows']} rows) | {size['proposals']} | {file['queries']} | {file['median_ms']:.1f} "
            f"| {file['p95_ms']:.1f} | {file['ratio_to_psycopg2']:.1f} × psycopg2 | | 3 × psycopg2, 10 queries, flat memory "
            f"(here {file['peak_growth_bytes'] / 2**20:.0f} MB) | {_verdict(file['met'])} |"
        )
    for size in found["sizes"]:
        for form, report in size["report"].items():
            lines.append(
                f"| report as {form.upper()}, by the worker | {size['proposals']} | {report['queries']} "
                f"| {report['median_ms']:.0f} | | {report['ratio']:.0f} | | none | |"
            )
    return lines


def _goal(page: dict[str, Any]) -> str:
    goal = page["goal"]
    if not goal:
        return "none"
    words = f"ratio {goal['ratio']}, {goal['queries']} queries"
    return f"{words}, growth {goal['growth']} (here {page['growth']})" if "growth" in goal else words


def _verdict(met: dict[str, bool]) -> str:
    missed = [name.replace("_", " ") for name, is_met in met.items() if not is_met]
    return f"missed: {', '.join(missed)}" if missed else "met" if met else ""


def main() -> None:
    found = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    print(*lines_of(found), sep="\n")
    print(json.dumps({"rush": found.get("rush"), "machine": found["machine"]}, indent=1))


if __name__ == "__main__":
    main()
