"""Text messages, against an HTTP API on loopback that answers like Twilio's."""

import json
import logging
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr, ValidationError

from idp.plugins.twilio import TwilioSender, TwilioSettings
from idp.sdk import Message, SenderFailed
from idp.testing.conformance import SenderConformance
from idp.testing.context import message, plugin_context

SID = "AC" + "0123456789abcdef" * 2
SERVICE = "MG" + "0123456789abcdef" * 2
TOKEN = SecretStr("s3cr3t-token")
TO = "+14155550123"
SMS = message(channel="sms", to=TO, subject="", text="483920 is your code")


class Api:
    """What arrived, and what is answered."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.status = 201
        self.body: object = {"sid": "SM1", "to": TO}
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(api: Api) -> Iterator[Api]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {key: values[0] for key, values in parse_qs(body).items()}
            api.requests.append((self.path, dict(self.headers), form))
            answer = api.body if isinstance(api.body, bytes) else json.dumps(api.body).encode()
            self.send_response(api.status)
            self.send_header("content-length", str(len(answer)))
            self.send_header("location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 - its own name

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        api.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def api() -> Iterator[Api]:
    with serving(Api()) as api:
        yield api


@asynccontextmanager
async def running(api: Api, **settings: Any) -> AsyncIterator[TwilioSender]:
    given = {"account_sid": SID, "auth_token": TOKEN, "base_url": api.url, "sender": "+15005550006", **settings}
    sender = TwilioSender(TwilioSettings.model_validate(given), plugin_context("twilio"))
    await sender.start()
    yield sender
    await sender.stop()


class TestTwilioSender(SenderConformance):
    @pytest.fixture
    def plugin(self, api: Api) -> TwilioSender:
        settings = TwilioSettings(account_sid=SID, auth_token=TOKEN, base_url=api.url, sender="+15005550006")
        return TwilioSender(settings, plugin_context("twilio"))

    @pytest.fixture
    def broken(self) -> TwilioSender:
        settings = TwilioSettings(account_sid=SID, auth_token=TOKEN, base_url="http://127.0.0.1:9", sender="Example")
        return TwilioSender(settings, plugin_context("twilio"))

    @pytest.fixture
    def carried(self) -> Message:
        return SMS

    @pytest.fixture
    def delivered(self, api: Api) -> Callable[[], Sequence[str]]:
        return lambda: [form["Body"] for _, _, form in api.requests]


async def test_it_asks_as_twilio_wants_to_be_asked(api: Api) -> None:
    async with running(api) as sender:
        await sender.send(SMS)

    ((path, headers, form),) = api.requests
    assert path == f"/2010-04-01/Accounts/{SID}/Messages.json"
    assert headers["Authorization"] == "Basic " + b64encode(f"{SID}:s3cr3t-token".encode()).decode()
    assert form == {"To": TO, "From": "+15005550006", "Body": "483920 is your code"}


async def test_a_messaging_service_may_choose_the_number(api: Api) -> None:
    async with running(api, sender=None, messaging_service_sid=SERVICE) as sender:
        await sender.send(SMS)

    assert api.requests[0][2] == {"To": TO, "MessagingServiceSid": SERVICE, "Body": "483920 is your code"}


@pytest.mark.parametrize("status", [200, 307, 401, 429, 500, 503])
async def test_anything_but_created_is_tried_again(api: Api, status: int) -> None:
    api.status = status
    async with running(api) as sender:
        with pytest.raises(SenderFailed, match=rf"^HTTP {status}$") as failure:
            await sender.send(SMS)

    assert not failure.value.permanent
    assert len(api.requests) == 1, "it follows no redirect with a code in its hands"


@pytest.mark.parametrize(("code", "permanent"), [(21211, True), (21610, True), (20429, False)])
async def test_a_number_that_is_none_is_given_up(api: Api, code: int, permanent: bool) -> None:
    api.status, api.body = 400, {"code": code, "message": f"The 'To' number {TO} is not a valid phone number."}
    async with running(api) as sender:
        with pytest.raises(SenderFailed, match=rf"^HTTP 400, code {code}$") as failure:
            await sender.send(SMS)

    assert failure.value.permanent is permanent


@pytest.mark.parametrize("body", [b"<html>", [], {"code": TO}, None])
async def test_an_answer_that_says_nothing_is_tried_again(api: Api, body: object) -> None:
    api.status, api.body = 400, body
    async with running(api) as sender:
        with pytest.raises(SenderFailed, match=r"^HTTP 400$"):
            await sender.send(SMS)


async def test_numbers_and_codes_reach_no_log(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    """Not through the HTTP client's own logger either (threat row 133)."""
    with caplog.at_level(logging.DEBUG):
        async with running(api) as sender:
            await sender.send(SMS)

    written = "\n".join(record.getMessage() for record in caplog.records)
    assert TO not in written
    assert "483920" not in written
    assert "s3cr3t-token" not in written


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "set one of sender and messaging_service_sid"),
        ({"sender": "+1", "messaging_service_sid": SERVICE}, "set one of sender and messaging_service_sid"),
        ({"sender": "+1", "base_url": "http://api.example.com"}, "must be an https address"),
        ({"sender": "+1", "base_url": "ftp://127.0.0.1"}, "must be an https address"),
        ({"sender": "+1", "account_sid": "../x"}, "String should match pattern"),
    ],
)
def test_settings_that_are_no_good_are_refused(settings: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        TwilioSettings.model_validate({"account_sid": SID, "auth_token": TOKEN, **settings})
