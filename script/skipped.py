"""Prints each test that was skipped in every run that had it, with the reason; takes JUnit files of pytest."""

import sys
from pathlib import Path
from xml.etree import ElementTree


def skipped_everywhere(files: list[Path]) -> dict[str, str]:
    """Names of tests that no run carried out, with the last reason given."""
    ran: set[str] = set()
    skipped: dict[str, str] = {}
    for file in files:
        for case in ElementTree.parse(file).iter("testcase"):  # noqa: S314 - pytest wrote it a moment ago
            name = f"{case.get('classname', '')}.{case.get('name', '')}".strip(".")
            skip = case.find("skipped")
            if skip is None:
                ran.add(name)
            else:
                skipped[name] = skip.get("message", "")
    return {name: reason for name, reason in skipped.items() if name not in ran}


if __name__ == "__main__":
    for name, reason in skipped_everywhere(
        [Path(argument) for argument in sys.argv[1:] if Path(argument).exists()]
    ).items():
        print(f"{name}: {reason}")
