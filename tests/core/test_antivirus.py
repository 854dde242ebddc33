"""The scanner: a clamd of the test on the loopback address says what it thinks of a file."""

import io
import socket
import struct
import threading

import pytest

from rocket.core import antivirus
from rocket.core.antivirus import ScanFailed, scan


class Clamd:
    """Takes one INSTREAM after the other and answers as told."""

    def __init__(self, answer):
        self.answer, self.received, self.commands = answer, [], []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _peer = self.server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                self.commands.append(stream.read(10))
                content = b""
                while length := struct.unpack("!I", stream.read(4))[0]:
                    content += stream.read(length)
                self.received.append(content)
                if self.answer is not None:
                    connection.sendall(self.answer)


@pytest.fixture
def clamd(settings):
    started = []

    def start(answer):
        server = Clamd(answer)
        settings.CLAMD_ADDRESS = server.address
        started.append(server)
        return server

    yield start
    for server in started:
        server.server.close()


CONTENT = b"x" * (antivirus.BLOCK * 2 + 7)


def refusal(content=CONTENT):
    with pytest.raises(ScanFailed) as failed:
        scan(io.BytesIO(content))
    return failed.value.code, str(failed.value)


def test_the_whole_file_goes_to_the_scanner(clamd):
    server = clamd(b"stream: OK\0")
    file = io.BytesIO(CONTENT)
    file.seek(50)
    scan(file)
    assert (server.commands, server.received) == ([b"zINSTREAM\0"], [CONTENT])


def test_an_infected_file_is_named_and_refused(clamd):
    clamd(b"stream: Eicar-Test-Signature FOUND\0")
    assert refusal() == (
        "infected",
        "The scanner found “Eicar-Test-Signature” in the file. It is not stored. Check your computer.",
    )


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", None, b"stream: OK FOUNDATION\0", b"stream: O"]
)
def test_a_scanner_that_does_not_say_ok_passes_nothing(clamd, answer):
    clamd(answer)
    assert refusal()[0] == "scanner"


def test_a_scanner_that_is_away_passes_nothing(settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.getsockname()[1]}"
    assert refusal()[0] == "scanner"


def test_a_scanner_that_never_answers_is_given_up(settings, monkeypatch):
    monkeypatch.setattr(antivirus, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.getsockname()[1]}"
        assert refusal(b"x")[0] == "scanner"


def test_a_socket_of_the_machine_is_reached(tmp_path, settings):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "clamd"))
        settings.CLAMD_ADDRESS = f"unix:{tmp_path / 'clamd'}"
        server.listen()
        monkey = threading.Thread(target=lambda: server.accept()[0].close(), daemon=True)
        monkey.start()
        assert refusal(b"x")[0] == "scanner"
        monkey.join(2)
        assert not monkey.is_alive()


def test_without_a_scanner_nothing_is_asked(settings):
    settings.CLAMD_ADDRESS = ""
    scan(io.BytesIO(CONTENT))
