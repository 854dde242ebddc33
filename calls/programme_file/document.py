"""From files to one document: TOML, and what a file takes over from another one."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from calls.programme_file.mistakes import Mistake, ProgrammeFileRefused
from calls.programme_file.reader import as_json

LARGEST_BYTES = 2_000_000
BASED_ON = "based_on"


def read_document(path: Path) -> dict[str, Any]:
    """The content of the file, merged over the file that it names in ``based_on``.

    Numbers with a point are Decimal. Raises ``ProgrammeFileRefused`` where a file can't be read, is no TOML,
    or is based on itself through any number of others.
    """
    return _read(path.resolve(), ())


def fingerprint(document: Mapping[str, Any]) -> str:
    """SHA-256 of the content, the order of keys included: comments and spaces don't count."""
    return hashlib.sha256(json.dumps(as_json(document), ensure_ascii=False).encode()).hexdigest()


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with the values of ``over``: tables are merged key by key, everything else is replaced.

    ``false`` in place of a table takes the table out.
    """
    merged = dict(base)
    for key, value in over.items():
        present = merged.get(key)
        if isinstance(present, Mapping) and isinstance(value, Mapping):
            merged[key] = merge(present, value)
        elif isinstance(present, Mapping) and value is False:
            del merged[key]
        else:
            merged[key] = value
    return merged


def _read(path: Path, readers: tuple[Path, ...]) -> dict[str, Any]:
    if path in readers:
        chain = " → ".join(entry.name for entry in (*readers[readers.index(path) :], path))
        raise _refused(BASED_ON, f"a file can't be based on itself: {chain}")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise _refused(BASED_ON if readers else "", f"{path.name}: {error.strerror or error}") from error
    if len(content) > LARGEST_BYTES:
        raise _refused("", f"{path.name}: larger than {LARGEST_BYTES} bytes")
    try:
        document = tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise _refused("", f"{path.name}: not UTF-8 at byte {error.start + 1}") from error
    except tomllib.TOMLDecodeError as error:
        raise _refused("", f"{path.name}: {error}") from error
    except RecursionError as error:
        raise _refused("", f"{path.name}: nested too deeply") from error
    base = document.pop(BASED_ON, None)
    if base is None:
        return document
    if not isinstance(base, str) or not base.strip():
        raise _refused(BASED_ON, "the name of a file beside this one")
    return merge(_read((path.parent / base).resolve(), (*readers, path)), document)


def _refused(place: str, message: str) -> ProgrammeFileRefused:
    return ProgrammeFileRefused([Mistake(place, message)])
