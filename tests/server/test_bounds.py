"""What one connection may take: time, bytes, and its place among the others."""

import time
from collections.abc import Callable

import pytest

from idp.server import protocol
from tests.server.echo import GET, HOST, PATIENCE_SECONDS, Line, served

HEAD = b"GET / HTTP/1.1\r\n" + HOST
CHUNKED = b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
SOON = 0.3


# --- time (threat row 136) ---


@pytest.mark.alone
def test_a_head_that_trickles_in_is_cut_at_its_deadline() -> None:
    with served(head_seconds=SOON) as running, Line(running.port) as line:
        began = time.monotonic()
        was_taken = line.trickle(HEAD + b"X: " + b"a" * 200, pause_seconds=0.02)
        took = time.monotonic() - began
        answer = line.answer()

    assert not was_taken
    assert answer is not None
    assert answer.status == 408
    assert took < SOON + 1


def test_a_connection_that_asks_nothing_is_closed_without_a_word() -> None:
    with served(head_seconds=SOON) as running:
        assert running.ask() == []
        assert running.ask(b"\r\n") == []


def test_empty_lines_do_not_buy_time() -> None:
    with served(head_seconds=SOON) as running, Line(running.port) as line:
        assert not line.trickle(b"\r\n" * 100, pause_seconds=0.02)


def test_the_next_head_on_a_connection_has_a_deadline_as_well() -> None:
    with served(head_seconds=SOON) as running, Line(running.port, GET) as line:
        first = line.answer()
        was_taken = line.trickle(HEAD + b"X: " + b"a" * 200, pause_seconds=0.02)
        second = line.answer()

    assert not was_taken
    assert [answer and answer.status for answer in (first, second)] == [200, 408]


def test_a_late_head_does_not_hurt_the_request_before_it() -> None:
    """The answer that is due comes first, however late the next head is."""
    with served(head_seconds=0.1) as running:
        answers = running.ask(b"GET /slow HTTP/1.1\r\n" + HOST + b"\r\n" + b"GET / HT")

    assert [answer.status for answer in answers] == [200, 408]


def test_an_idle_connection_has_a_time_of_its_own() -> None:
    with served(head_seconds=SOON, keep_alive_seconds=3 * SOON) as running, Line(running.port, GET) as line:
        first = line.answer()
        time.sleep(2 * SOON)
        line.say(GET)
        second = line.answer()

    assert [answer and answer.status for answer in (first, second)] == [200, 200]


def test_the_rest_of_a_body_that_nobody_waits_for_has_a_deadline() -> None:
    request = b"POST /early HTTP/1.1\r\n" + HOST + b"Content-Length: 1000\r\n\r\n"
    with served(head_seconds=SOON) as running, Line(running.port, request) as line:
        answer = line.answer()
        was_taken = line.trickle(b"a" * 200, pause_seconds=0.02)

    assert answer is not None
    assert not was_taken


def test_once_that_rest_has_come_the_connection_is_idle() -> None:
    request = b"POST /early HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\n"
    with served(head_seconds=SOON) as running, Line(running.port, request) as line:
        first = line.answer()
        line.say(b"hello")
        time.sleep(0.05)
        line.say(b"hello")
        time.sleep(2 * SOON)
        line.say(GET)
        second = line.answer()

    assert [answer and answer.status for answer in (first, second)] == [200, 200]


def test_a_reader_that_stops_reading_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "STALL_SECONDS", SOON)
    with served() as running:
        running.echo.large = b"a" * 20_000_000
        with Line(running.port, GET) as line:
            assert line.socket.recv(1)
            _wait_until(lambda: not running.server.server_state.connections)


# --- bytes ---


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (HEAD + b"X: " + b"a" * 40_000 + b"\r\n\r\n", 431),
        (HEAD + b"X" * 40_000 + b": 1\r\n\r\n", 431),
        (HEAD + (b"X: " + b"a" * 1000 + b"\r\n") * 40 + b"\r\n", 431),
        (HEAD + b"X: 1\r\n" * 101 + b"\r\n", 431),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET /?" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    ],
    ids=["one value", "one name", "all together", "how many", "path", "query"],
)
def test_a_head_has_a_largest_size(head: bytes, status: int) -> None:
    with served() as running:
        answers = running.ask(head)

    assert [answer.status for answer in answers] == [status]


@pytest.mark.parametrize(
    "endless",
    [HEAD + b"X: ", b"GET /", CHUNKED + b"0\r\nX: ", CHUNKED + b"5;x="],
    ids=["a header", "a target", "a trailer", "a chunk's extension"],
)
def test_what_has_no_end_is_cut_before_it_is_kept(endless: bytes) -> None:
    """The parser hands a value over when it is whole: until then only we can count."""
    with served() as running, Line(running.port, endless) as line:
        sent = line.flood(1_000_000)
        answer = line.answer()

    assert answer is not None
    assert answer.status in {414, 431}
    assert sent < 1_000_000


def test_a_large_head_that_fits_is_taken() -> None:
    with served() as running:
        answer = running.first(HEAD + b"X: " + b"a" * 30_000 + b"\r\n\r\n")

    assert answer.status == 200


def test_a_client_that_sends_too_much_reads_why() -> None:
    """Closed at once, the connection would be reset, and the answer lost with it."""
    with served() as running:
        for _ in range(10):
            with Line(running.port, b"POST /refused HTTP/1.1\r\n" + HOST + b"Content-Length: 3000000\r\n\r\n") as line:
                line.say(b"a" * 3_000_000)
                answer = line.answer()

            assert answer is not None
            assert answer.status == 413


# --- places ---


def test_past_the_limit_connections_are_told_so() -> None:
    with served(connections=3, keep_alive_seconds=30) as running:
        lines = [Line(running.port, GET) for _ in range(3)]
        assert all(line.answer() for line in lines)

        assert running.first(GET).status == 503

        lines[0].__exit__()
        _wait_until(lambda: len(running.server.server_state.connections) < 3)
        assert running.first(GET).status == 200
        for line in lines:
            line.__exit__()


def test_far_past_the_limit_they_are_cut() -> None:
    """A flood of them costs no more than the limit and a few."""
    with served(connections=3) as running:
        lines = [Line(running.port) for _ in range(3 * protocol.SPARE)]
        told = [line.answer() for line in lines[3:]]
        for line in lines:
            line.__exit__()

    assert {answer.status for answer in told if answer} == {503}
    assert None in told


def _wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)
