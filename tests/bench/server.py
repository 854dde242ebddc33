"""The portal under gunicorn, as it runs for real, with the bench's settings."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.client import Connection, request_bytes

WORKERS = 2


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running(log: Path) -> Iterator[int]:
    """gunicorn's port, from the first answer until it is stopped again. Raises where it does not start."""
    port = free_port()
    with log.open("ab") as out:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "--config", "python:rocket.gunicorn", "--workers", str(WORKERS),
                "--bind", f"127.0.0.1:{port}", "tests.bench.wsgi",
            ],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.bench.settings"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _wait(process, port, log)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            Connection(port, timeout=20).send(request_bytes("/healthz"))
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"gunicorn did not start:\n{log.read_text(errors='replace')[-2000:]}")


def resident(process: int, name: str = "VmRSS") -> int:
    """Bytes that a process holds in memory now (VmRSS) or held at most since ``forget_peak`` (VmHWM)."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise LookupError(name)


def forget_peak(process: int) -> None:
    Path(f"/proc/{process}/clear_refs").write_text("5")
