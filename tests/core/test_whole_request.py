"""A refused request is read to its end: over a real socket, the page arrives."""

import http.client
import threading

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from rocket.core import middleware

MEGABYTE = 1024 * 1024


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def server(transactional_db):
    started = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    started.set_app(get_wsgi_application())
    threading.Thread(target=started.serve_forever, daemon=True).start()
    yield started.server_address[1]
    started.shutdown()
    started.server_close()


def post(port, size):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(
        "POST",
        "/account/login/",
        body=b"login=" + b"x" * size,
        headers={"Content-Type": "application/x-www-form-urlencoded", "Cookie": "csrftoken=" + "a" * 32},
    )
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_a_body_far_above_the_limit_is_answered_with_a_page(server):
    status, page = post(server, 30 * MEGABYTE)
    assert status == 413
    assert "This is more than the portal takes at once" in page


def test_somebody_who_sends_without_end_is_not_read_for_ever(server, monkeypatch):
    monkeypatch.setattr(middleware, "DRAINED_AT_MOST", MEGABYTE)
    try:
        status, _page = post(server, 60 * MEGABYTE)
    except OSError:
        return
    assert status == 413
