"""A client that costs little beside what it measures: one connection kept open, requests made ahead, bytes counted."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

TOKEN = "b" * 32
"""Cookie and field against forged posts; the bench is its own browser."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def queries(self) -> int:
        return int(self.headers["x-queries"])

    @property
    def work(self) -> float:
        """Seconds of the processor that the request took in the portal's thread."""
        return float(self.headers["x-work"])

    @property
    def process(self) -> int:
        """Number of the worker's process that answered."""
        return int(self.headers["x-process"])


def request_bytes(path: str, session: str = "", form: Mapping[str, Any] | None = None) -> bytes:
    """One whole request: a post where there is a form."""
    cookies = "; ".join([*([f"sessionid={session}"] if session else []), f"csrftoken={TOKEN}"])
    body = urlencode({**form, "csrfmiddlewaretoken": TOKEN}).encode() if form is not None else b""
    lines = [
        f"{'GET' if form is None else 'POST'} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: text/html",
        "Accept-Language: en",
        f"Cookie: {cookies}",
    ]
    if form is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Connection:
    """Sends one request at a time. A connection that the server has ended while it was idle is made anew."""

    def __init__(self, port: int, timeout: float = 600) -> None:
        self.port, self.timeout = port, timeout
        self._socket: socket.socket | None = None
        self._rest = b""

    def send(self, request: bytes) -> Answer:
        began = time.perf_counter()
        try:
            return self._exchange(request, began)
        except ConnectionResetError:
            if self._socket is None or request.startswith(b"POST"):
                raise
            self.close()
            return self._exchange(request, time.perf_counter())

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""

    def _exchange(self, request: bytes, began: float) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), self.timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        head = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:] if ": " in line)
        }
        body = (
            self._chunks()
            if headers.get("transfer-encoding") == "chunked"
            else self._exactly(int(headers.get("content-length", 0)))
        )
        seconds = time.perf_counter() - began
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(int(head[0].split()[1]), headers, body, seconds)

    def _receive(self) -> None:
        assert self._socket is not None
        received = self._socket.recv(262144)
        if not received:
            raise ConnectionResetError("The server ended the connection.")
        self._rest += received

    def _until(self, end: bytes) -> bytes:
        while (place := self._rest.find(end)) < 0:
            self._receive()
        found, self._rest = self._rest[:place], self._rest[place + len(end) :]
        return found

    def _exactly(self, size: int) -> bytes:
        while len(self._rest) < size:
            self._receive()
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self._until(b"\r\n"), 16):
            parts.append(self._exactly(size))
            self._exactly(2)
        self._exactly(2)
        return b"".join(parts)
