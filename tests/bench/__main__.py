"""``python -m tests.bench``: fills a portal, measures it and prints JSON. ``script/bench`` brings the servers."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"


def main() -> None:
    import django

    django.setup()
    from tests.bench.run import Bench, Options

    parser = argparse.ArgumentParser(prog="script/bench")
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--rush", type=int, default=2000)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--repetitions", type=int, default=100)
    parser.add_argument("--no-pdf", action="store_true")
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    sizes = tuple(sorted({int(size) for size in given.sizes.split(",")}))
    options = Options(sizes, given.rush, given.concurrency, given.repetitions, with_pdf=not given.no_pdf)
    found = json.dumps(Bench(options).run(), indent=2, ensure_ascii=False) + "\n"
    if given.output:
        given.output.write_text(found, "utf-8")
    sys.stdout.write(found)


if __name__ == "__main__":
    main()
