"""From what an application says to bytes."""

import asyncio
from collections.abc import Sequence

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.flow_control import FlowControl

from idp.server.exchange import CONTINUE, Exchange


class Wire(asyncio.Transport):
    """A connection that keeps what is written."""

    default_headers = ((b"date", b"Thu, 01 Jan 1970 00:00:00 GMT"),)

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.tasks: set[asyncio.Task[None]] = set()
        self.flow = FlowControl(self)
        self.exit = self
        self.is_closed = False
        self.completed = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes.append(bytes(data))

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def on_response_complete(self) -> None:
        self.completed += 1


def saying(status: int, headers: Sequence[tuple[bytes, bytes]], *bodies: bytes) -> ASGIApp:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for number, body in enumerate(bodies, 1):
            await send({"type": "http.response.body", "body": body, "more_body": number < len(bodies)})

    return app


async def run(app: ASGIApp, method: str = "GET", *, keep_alive: bool = True, is_waited_for: bool = False) -> Wire:
    wire = Wire()
    await Exchange({"method": method}, wire, keep_alive=keep_alive, is_waited_for=is_waited_for).run(app)
    return wire


async def test_head_and_body_are_one_write() -> None:
    wire = await run(saying(200, [(b"content-length", b"5"), (b"X-Colour", b"red")], b"hello"))

    assert wire.writes == [
        b"HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\ncontent-length: 5\r\nx-colour: red\r\n\r\nhello"
    ]
    assert (wire.completed, wire.is_closed) == (1, False)


@pytest.mark.parametrize(
    "field",
    [(b"location", b"/\r\nset-cookie: a=b"), (b"etag", b"a\nb"), (b"vary", b"a\x00"), (b"a: b\r\nc", b"d"), (b"", b"")],
)
async def test_no_value_makes_two_lines_of_one(field: tuple[bytes, bytes]) -> None:
    """RFC 9112 §11.1. Asked twice: what was refused is not remembered as good."""
    for _ in range(2):
        wire = await run(saying(200, [(b"content-length", b"0"), field], b""))

        assert wire.writes == []
        assert wire.is_closed


async def test_lines_that_come_again_are_the_same_and_framing_is_read_each_time() -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"2"), (b"connection", b"close")]

    first, second = await run(saying(200, headers, b"ab")), await run(saying(200, headers, b"ab"))

    assert first.writes == second.writes
    assert first.is_closed
    assert second.is_closed
    assert first.writes[0].count(b"connection: close\r\n") == 1


async def test_without_a_length_the_body_goes_in_chunks() -> None:
    """RFC 9112 §7.1."""
    wire = await run(saying(200, [], b"hello", b"", b" you"))

    head, _, body = b"".join(wire.writes).partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head
    assert body == b"5\r\nhello\r\n4\r\n you\r\n0\r\n\r\n"


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
async def test_what_has_no_body_gets_none(method: str, status: int) -> None:
    """RFC 9112 §6.3."""
    wire = await run(saying(status, [], b"hello" if method == "HEAD" else b""), method)

    assert b"".join(wire.writes).endswith(b"\r\n\r\n")
    assert b"transfer-encoding" not in wire.writes[0]


@pytest.mark.parametrize("body", [b"hell", b"hello!"])
async def test_an_answer_of_another_length_than_it_says_ends_the_connection(body: bytes) -> None:
    wire = await run(saying(200, [(b"content-length", b"5")], body))

    assert wire.is_closed
    assert wire.completed == 0


async def test_the_client_is_told_to_go_on_when_its_body_is_asked_for() -> None:
    """RFC 9110 §10.1.1."""
    heard: list[Message] = []

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        heard.append(await receive())
        await saying(200, [(b"content-length", b"0")], b"")({}, receive, send)

    wire = Wire()
    exchange = Exchange({"method": "POST"}, wire, keep_alive=True, is_waited_for=True)
    exchange.body += b"hello"
    exchange.message_event.set()
    await exchange.run(app)

    assert wire.writes[0] == CONTINUE
    assert heard == [{"type": "http.request", "body": b"hello", "more_body": True}]


async def test_one_that_answers_without_asking_does_not_tell_it() -> None:
    wire = await run(saying(413, [(b"content-length", b"0")], b""), "POST", is_waited_for=True)

    assert wire.writes[0].startswith(b"HTTP/1.1 413")


async def test_nor_is_one_told_whose_body_was_refused_meanwhile() -> None:
    """What stood behind the head, in the same packet, was no body: the refusal is written and the line half closed."""
    heard: list[Message] = []

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        heard.append(await receive())

    wire = Wire()
    exchange = Exchange({"method": "POST"}, wire, keep_alive=True, is_waited_for=True)
    exchange.disconnected = True
    await exchange.run(app)

    assert wire.writes == []
    assert heard == [{"type": "http.disconnect"}]


@pytest.mark.parametrize("error", [ValueError("secret"), asyncio.CancelledError("secret")])
async def test_an_application_that_fails_is_answered_for(error: BaseException) -> None:
    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise error

    wire = await run(app)

    assert wire.writes[0].startswith(b"HTTP/1.1 500")
    assert b"secret" not in wire.writes[0]
    assert wire.is_closed


async def test_nothing_is_said_after_the_end() -> None:
    late: list[Send] = []

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        late.append(send)
        await saying(200, [(b"content-length", b"0")], b"")({}, receive, send)

    wire = await run(app)

    with pytest.raises(RuntimeError):
        await late[0]({"type": "http.response.body", "body": b"more"})
    assert len(wire.writes) == 1
