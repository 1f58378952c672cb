"""The end: requests are finished, nobody new is let in, and the second Ctrl-C waits for nobody."""

import signal
import socket
from pathlib import Path

import pytest

from tests.server.echo import Line
from tests.server.process import Idp, serving, wait_until

BODY = b'{"email":"jane@example.com","password":"wrong"}'
HEAD = (
    b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: " + str(len(BODY)).encode() + b"\r\n\r\n"
)


def refuses_connections(idp: Idp) -> bool:
    try:
        socket.create_connection(("127.0.0.1", idp.port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False


def test_sigterm_finishes_what_runs_and_lets_nobody_in(tmp_path: Path) -> None:
    with (
        serving(tmp_path) as idp,
        Line(idp.port, b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n") as idle,
        Line(idp.port, HEAD + BODY[:10]) as running,
    ):
        assert idle.answer()

        idp.signal(signal.SIGTERM)

        wait_until(lambda: refuses_connections(idp))
        assert idle.answer() is None
        running.say(BODY[10:])
        answer = running.answer()
        assert answer is not None
        assert answer.status == 401
        assert answer.headers["connection"] == "close"
        assert idp.end() == 0
    events = [line["event"] for line in idp.logged() if line["event"] != "loop.blocked"]  # a busy machine
    assert events[-3:] == ["server.stopping", "request", "server.stopped"]
    assert not (tmp_path / "var" / "idp.db-wal").exists()


def test_a_request_that_does_not_end_is_cut_in_time(tmp_path: Path) -> None:
    config = '[server]\nshutdown = "2s"\nbody_deadline = "1m"\n[plugins.password]\n[plugins.console]\n'
    with serving(tmp_path, config=config) as idp, Line(idp.port, HEAD + BODY[:10]) as running:
        idp.ask("GET", "/health/live")

        idp.signal(signal.SIGTERM)

        answer = running.answer()
        assert answer is not None
        assert answer.status == 503
        assert idp.end() == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_the_second_ctrl_c_waits_for_nobody(tmp_path: Path, workers: int) -> None:
    with serving(tmp_path, "--workers", workers) as idp, Line(idp.port, HEAD + BODY[:10]):
        idp.ask("GET", "/health/live")
        idp.signal(signal.SIGINT)
        wait_until(lambda: refuses_connections(idp))

        idp.signal(signal.SIGINT)

        assert idp.end() == 130
