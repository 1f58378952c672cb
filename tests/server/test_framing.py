"""Where a request begins and ends: what a proxy in front could read in another way is refused."""

import socket
import struct
from collections.abc import Iterator

import pytest

from tests.server.echo import GET, HOST, Line, Served, served

CHUNKED = b"Transfer-Encoding: chunked\r\n"
FIVE = b"Content-Length: 5\r\n"
EMPTY_CHUNK = b"0\r\n\r\n"


@pytest.fixture(scope="module")
def echo() -> Iterator[Served]:
    with served(keep_alive_seconds=0.3) as running:
        yield running


def post(*fields: bytes, body: bytes = b"", version: bytes = b"1.1") -> bytes:
    return b"POST / HTTP/" + version + b"\r\n" + HOST + b"".join(fields) + b"\r\n" + body


AMBIGUOUS = {
    "length and chunks": post(FIVE, CHUNKED, body=EMPTY_CHUNK),
    "chunks and length": post(CHUNKED, FIVE, body=EMPTY_CHUNK),
    "two lengths": post(FIVE, b"Content-Length: 6\r\n", body=b"hello!"),
    "the same length twice": post(FIVE, FIVE, body=b"hello"),
    "lengths in a list": post(b"Content-Length: 5, 5\r\n", body=b"hello"),
    "a length with a sign": post(b"Content-Length: +5\r\n", body=b"hello"),
    "chunks in HTTP/1.0": post(CHUNKED, body=EMPTY_CHUNK, version=b"1.0"),
    "chunks that are not the last coding": post(b"Transfer-Encoding: chunked, gzip\r\n", body=EMPTY_CHUNK),
    "chunks twice": post(CHUNKED, CHUNKED, body=EMPTY_CHUNK),
    "a blank before the colon": post(b"Content-Length : 5\r\n", body=b"hello"),
    "a folded line": post(b"X: 1\r\n Content-Length: 5\r\n", body=b"hello"),
    "a bare line feed": b"POST / HTTP/1.1\nHost: id.example.com\n\n",
    "a bare carriage return": b"GET / HTTP/1.1\r\nHost: id.example.com\rX: 1\r\n\r\n",
    "a NUL in a value": post(b"X: a\x00b\r\n"),
    "no number of bytes in a chunk": post(CHUNKED, body=b"zz\r\n"),
    "no Host": b"GET / HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    "another host in the target": b"GET http://evil.example/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "no path": b"GET id.example.com HTTP/1.1\r\n" + HOST + b"\r\n",
    "a proxy's request": b"CONNECT id.example.com:80 HTTP/1.1\r\n" + HOST + b"\r\n",
    "two Origins": post(b"Origin: https://a.example\r\n", b"Origin: https://b.example\r\n"),
    "two Authorizations": post(b"Authorization: Bearer a\r\n", b"Authorization: Bearer b\r\n"),
    "a list of Hosts": b"GET / HTTP/1.1\r\nHost: id.example.com, evil.example\r\n\r\n",
    "a path in Host": b"GET / HTTP/1.1\r\nHost: id.example.com/evil\r\n\r\n",
    "a user in Host": b"GET / HTTP/1.1\r\nHost: evil.example@id.example.com\r\n\r\n",
    "a blank in Host": b"GET / HTTP/1.1\r\nHost: id.example.com evil.example\r\n\r\n",
    "a port that is none": b"GET / HTTP/1.1\r\nHost: id.example.com:80:evil\r\n\r\n",
    "a user in the target": b"GET http://evil.example@id.example.com/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "another scheme in the target": b"GET ftp://id.example.com/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "a fragment in the target": b"GET /a#b HTTP/1.1\r\n" + HOST + b"\r\n",
    "a blank in the target": b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n",
    "a bare line feed behind a field": post(b"X: 1\nContent-Length: 5\r\n", body=b"hello"),
    "a fold in front of all fields": b"POST / HTTP/1.1\r\n " + HOST + b"\r\n",
    "an empty length": post(b"Content-Length:\r\n"),
    "a length in hexadecimal": post(b"Content-Length: 0x5\r\n", body=b"hello"),
    "a length below nought": post(b"Content-Length: -5\r\n", body=b"hello"),
    "a length that overflows": post(b"Content-Length: 18446744073709551621\r\n", body=b"hello"),
    "an empty coding beside a length": post(b"Transfer-Encoding:\r\n", FIVE, body=b"hello"),
    "a coding behind a vertical tab": post(b"Transfer-Encoding: \x0bchunked\r\n", body=EMPTY_CHUNK),
    "a bare line feed behind a chunk's size": post(CHUNKED, body=b"5\nhello\r\n0\r\n\r\n"),
    "a line feed in a chunk's extension": post(CHUNKED, body=b'5;a="\n"\r\nhello\r\n0\r\n\r\n'),
    "a carriage return in a chunk's extension": post(CHUNKED, body=b"5;a\rb\r\nhello\r\n0\r\n\r\n"),
    "a bare line feed behind a chunk": post(CHUNKED, body=b"5\r\nhello\n0\r\n\r\n"),
    "a chunk that is longer than it says": post(CHUNKED, body=b"5\r\nhelloXX0\r\n\r\n"),
    "a chunk's size with a prefix": post(CHUNKED, body=b"0x5\r\nhello\r\n0\r\n\r\n"),
    "a chunk's size that overflows": post(CHUNKED, body=b"10000000000000005\r\nhello\r\n0\r\n\r\n"),
    "a length in the trailers": post(CHUNKED, body=b"0\r\nContent-Length: 5\r\n\r\n"),
    "an upgrade with chunks": post(b"Connection: upgrade\r\nUpgrade: h2c\r\n", CHUNKED, body=EMPTY_CHUNK),
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("request_bytes", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_an_ambiguous_request_is_refused_and_nothing_after_it_is_read(echo: Served, request_bytes: bytes) -> None:
    """RFC 9112 §6.3, threat row 112: a second request behind it would be one that the proxy never saw."""
    answers = echo.ask(request_bytes + GET)

    assert [answer.status for answer in answers] == [400]
    assert answers[0].headers["connection"] == "close"
    assert answers[0].headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("coding", [b"gzip", b"gzip, chunked", b"xchunked"])
def test_an_unknown_transfer_coding_is_not_guessed_at(echo: Served, coding: bytes) -> None:
    """RFC 9112 §6.1."""
    answers = echo.ask(post(b"Transfer-Encoding: " + coding + b"\r\n", body=EMPTY_CHUNK))

    assert [answer.status for answer in answers] == [501]


def test_only_two_versions_are_spoken(echo: Served) -> None:
    assert echo.ask(b"GET /\r\n\r\n")[0].status == 505
    assert echo.ask(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")[0].status in {400, 505}
    assert echo.ask(b"GET / HTTP/1.0\r\n\r\n")[0].status == 200


def test_a_body_in_chunks_arrives_whole(echo: Served) -> None:
    answer = echo.first(post(CHUNKED, body=b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"))

    assert answer.seen["body"] == "hello"


def test_headers_with_an_underscore_are_dropped(echo: Served) -> None:
    """Some programs take `X_Forwarded_For` for `X-Forwarded-For`, which proxies overwrite (threat row 111)."""
    answer = echo.first(post(b"X_Forwarded_For: 10.0.0.1\r\n", b"X-Forwarded_For: 10.0.0.1\r\n", b"X-Other: 1\r\n"))

    assert answer.seen["headers"] == ["host", "x-other"]


def test_trailers_add_nothing_to_the_headers(echo: Served) -> None:
    """RFC 9110 §6.5.1: they come when everything was decided."""
    answer = echo.first(post(CHUNKED, body=b"5\r\nhello\r\n0\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n"))

    assert answer.seen == {**answer.seen, "headers": ["host", "transfer-encoding"], "body": "hello"}


def test_a_target_may_name_the_host_that_the_head_names(echo: Served) -> None:
    """RFC 9112 §3.2.2."""
    answer = echo.first(b"GET http://id.example.com/user HTTP/1.1\r\n" + HOST + b"\r\n")

    assert answer.seen["path"] == "/user"


@pytest.mark.parametrize(
    "upgrade",
    [b"Connection: upgrade\r\nUpgrade: websocket\r\n", b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"],
)
def test_an_upgrade_is_declined_by_answering_the_request(echo: Served, upgrade: bytes) -> None:
    """RFC 9110 §7.8. What follows may be another protocol: it is not read."""
    answers = echo.ask(post(upgrade, FIVE, body=b"hello") + GET)

    assert [answer.status for answer in answers] == [200]
    assert answers[0].seen["body"] == "hello"
    assert answers[0].headers["connection"] == "close"


def test_requests_sent_ahead_are_answered_in_order(echo: Served) -> None:
    """RFC 9112 §9.3.2."""
    answers = echo.ask(b"".join(b"GET /" + path + b" HTTP/1.1\r\n" + HOST + b"\r\n" for path in (b"slow", b"b", b"c")))

    assert [answer.seen["path"] for answer in answers] == ["/slow", "/b", "/c"]


def test_what_cannot_be_read_is_refused_after_the_answers_that_are_due(echo: Served) -> None:
    """An answer that came earlier would be taken for the answer to the first request."""
    answers = echo.ask(b"GET /slow HTTP/1.1\r\n" + HOST + b"\r\n" + b"GARBAGE\r\n\r\n")

    assert [answer.status for answer in answers] == [200, 400]


def test_so_is_a_request_sent_ahead_whose_body_cannot_be_read(echo: Served) -> None:
    answers = echo.ask(b"GET /slow HTTP/1.1\r\n" + HOST + b"\r\n" + post(CHUNKED, body=b"zz\r\n"))

    assert [answer.status for answer in answers] == [200, 400]


def test_too_many_requests_ahead_are_refused(echo: Served) -> None:
    echo.echo.asked.clear()

    answers = echo.ask(GET * 100)

    assert [answer.status for answer in answers] == [200] * (len(answers) - 1) + [429]
    assert len(echo.echo.asked) < 20


def test_who_goes_away_with_requests_ahead_leaves_no_error_behind(
    echo: Served, caplog: pytest.LogCaptureFixture
) -> None:
    """The one that is worked on hears of it too, and not the last alone: nobody fills our log with errors."""
    slow = b"GET /slow HTTP/1.1\r\n" + HOST + b"\r\n"
    with Line(echo.port, GET + slow + GET) as line:
        assert line.answer()
        line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, at once

    assert echo.first(slow).status == 200  # the other one is over by now: it began before

    assert [record for record in caplog.records if record.name == "uvicorn.error"] == []


def test_nothing_is_read_behind_a_request_to_close(echo: Served) -> None:
    assert len(echo.ask(b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n" + GET)) == 1


def test_an_answer_that_does_not_wait_for_the_body_leaves_the_connection_usable(echo: Served) -> None:
    with Line(echo.port, b"POST /early HTTP/1.1\r\n" + HOST + FIVE + b"\r\n") as line:
        first = line.answer()
        line.say(b"hello", GET)
        second = line.answer()

    assert (first and first.status, second and second.status) == (200, 200)
