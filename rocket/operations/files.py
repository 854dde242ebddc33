"""Documents on their way from one storage to another, each held against its SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import Storage

from rocket.core.models import Document
from rocket.core.storage import documents
from rocket.operations.rows import OperationFailed


@dataclass(frozen=True)
class Filed:
    """One document: its name in the storage, its size in bytes, its SHA-256."""

    name: str
    size: int
    sha256: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def filed_in(using: str) -> list[Filed]:
    """What the rows of a database say about their files."""
    rows = Document.objects.using(using).order_by("pk").values_list("file", "size", "sha256")
    return [Filed(*row) for row in rows]


def sha256_of_file(file: Any) -> tuple[str, int]:
    """SHA-256 and size in bytes of an open file."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while block := file.read(1024 * 1024):
        digest.update(block)
        size += len(block)
    file.seek(0)
    return digest.hexdigest(), size


def _is_whole(storage: Storage, filed: Filed) -> bool:
    with storage.open(filed.name, "rb") as file:
        return sha256_of_file(file) == (filed.sha256, filed.size)


def unusable_in(folder: Path, wanted: list[Filed]) -> list[str]:
    """Names of documents that lack in ``folder`` or are not what their row says."""
    wrong = []
    for filed in wanted:
        path = folder / filed.name
        if not path.is_file():
            wrong.append(f"{filed.name} lacks")
            continue
        with path.open("rb") as file:
            if sha256_of_file(file) != (filed.sha256, filed.size):
                wrong.append(f"{filed.name} was changed")
    return wrong


def bring_in(folder: Path, wanted: list[Filed]) -> Iterator[str]:
    """Store each document of ``folder`` under its own name and read it back; yields the names that are new.

    A file that is there already with the same content stays. Raises ``OperationFailed`` where another one is.
    """
    storage = documents()
    for filed in wanted:
        if storage.exists(filed.name):
            if not _is_whole(storage, filed):
                raise OperationFailed(
                    f"Another file lies under the name {filed.name}. Give an empty storage."
                )
            continue
        with (folder / filed.name).open("rb") as file:
            name = storage.save(filed.name, File(file))
        yield name
        if name != filed.name or not _is_whole(storage, filed):
            raise OperationFailed(f"{filed.name} did not arrive as it was.")


def take_out(folder: Path, wanted: list[Filed]) -> list[str]:
    """Copy each document into ``folder``; returns what lacks or is not what its row says, after all the rest."""
    storage, wrong = documents(), []
    for filed in wanted:
        path = folder / filed.name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with storage.open(filed.name, "rb") as source, path.open("xb") as target:
                while block := source.read(1024 * 1024):
                    target.write(block)
        except FileNotFoundError:
            wrong.append(f"{filed.name} lacks")
            continue
        with path.open("rb") as file:
            if sha256_of_file(file) != (filed.sha256, filed.size):
                wrong.append(f"{filed.name} was changed")
    return wrong
