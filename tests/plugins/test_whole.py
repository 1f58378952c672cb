"""Strangers' plugins in a whole provider, over HTTP (issue lines 17 and 18)."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from idp.registry.problems import PluginsRefused
from idp.testing.provider import TestProvider, provider_at
from tests.plugins.packages import Site

EXAMPLE = Path(__file__).parents[2] / "examples" / "idp-chat" / "idp_chat.py"
EMAIL, PASSWORD = "jane@example.com", "correct horse battery"
CREDENTIALS = {"email": EMAIL, "password": PASSWORD}

BAD = """
    import asyncio, sys, time
    from idp.sdk import *

    class BadSettings(PluginSettings):
        way: str

    class Bad(SecondFactor[BadSettings]):
        method, amr, time_out_seconds = "bad", ("otp",), 0.3

        async def is_ready(self, account):
            return True

        async def verify(self, account, code):
            match self.settings.way:
                case "raises": raise ValueError(code)
                case "exits": sys.exit(1)
                case "hangs": await asyncio.Event().wait()
                case "blocks": time.sleep(1)
                case "nonsense": return "yes"
                case "forgets": return self.is_ready(account)

    class BadFirst(FirstFactor[BadSettings]):
        amr, time_out_seconds = ("pwd",), 0.3

        async def prove(self, account, secret):
            return await Bad.verify(self, account, secret)

        is_ready = Bad.is_ready

    class BadSender(Sender[BadSettings]):
        channel, time_out_seconds = "push", 0.3

        async def send(self, message):
            return await Bad.verify(self, None, "")

        is_ready = Bad.is_ready
"""
WAYS = ["raises", "exits", "hangs", "blocks", "nonsense", "forgets"]

Opened = Callable[..., Any]


@pytest.fixture
def opened(tmp_path: Path, template: Path) -> Opened:
    @asynccontextmanager
    async def open_with(**plugins: dict[str, object]) -> AsyncIterator[TestProvider]:
        async with provider_at(tmp_path / "provider", template=template, plugins=plugins) as provider:
            yield provider

    return open_with


Webhook = tuple[list[dict[str, str]], str]
"""What was posted, and where to post."""


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    posts: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posts.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield posts, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


async def sign_in(browser: httpx2.AsyncClient, **more: str) -> httpx2.Response:
    return await browser.post("/auth/login", json={**CREDENTIALS, **more})


async def test_a_package_of_somebody_elses_brings_a_whole_way_to_prove_oneself(
    site: Site, opened: Opened, webhook: Webhook
) -> None:
    """The example: one table enables channel and sender."""
    posts, url = webhook
    site.install("idp-chat", EXAMPLE.read_text(), plugins={"chat": "idp_chat:Chat"})
    async with opened(chat={"webhook_url": SecretStr(url), "domain": "example.com"}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"chat"}))
        asked = await browser.post("/auth/request-mfa-code", json={**CREDENTIALS, "mfaType": "chat"})
        await idp.deliver()
        (post,) = posts
        code = post["text"].split()[0]
        answer = await sign_in(browser, mfaCode=code, mfaType="chat")

    assert asked.status_code == 201
    assert post["channel"] == "@jane"
    assert answer.status_code == 201
    assert "access-token" in browser.cookies


@pytest.mark.parametrize("way", WAYS)
async def test_a_bad_second_factor_denies_itself_and_nothing_else(
    site: Site, opened: Opened, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    site.install("idp-bad", BAD, plugins={"bad": "idp_bad:Bad"})
    async with opened(bad={"way": way}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"bad", "email"}))

        bad = await sign_in(browser, mfaCode="483920", mfaType="bad")
        asked = await browser.post("/auth/request-mfa-code", json={**CREDENTIALS, "mfaType": "email"})
        code = (await idp.last_mail(EMAIL)).data["code"]
        good = await sign_in(browser, mfaCode=code, mfaType="email")

    assert bad.status_code in (401, 503)
    assert "set-cookie" not in bad.headers
    assert asked.status_code == 201
    assert good.status_code == 201


@pytest.mark.parametrize("way", ["hangs", "blocks"])
async def test_while_one_plugin_is_stuck_everybody_else_signs_in(site: Site, opened: Opened, way: str) -> None:
    """Threat row 128."""
    site.install("idp-bad", BAD, plugins={"bad": "idp_bad:Bad"})
    async with opened(bad={"way": way}) as idp, idp.browser() as browser, idp.browser("127.0.0.2") as other:
        await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"bad"}))
        await idp.add_account("john@example.com", PASSWORD)
        stuck = asyncio.create_task(sign_in(browser, mfaCode="483920", mfaType="bad"))
        await asyncio.sleep(0.1)

        answer = await other.post("/auth/login", json={"email": "john@example.com", "password": PASSWORD})

        assert answer.status_code == 201
        assert (await other.get("/user")).status_code == 200
        assert (await stuck).status_code in (401, 503)


@pytest.mark.parametrize("way", WAYS)
async def test_a_bad_first_factor_leaves_the_password_in_force(site: Site, opened: Opened, way: str) -> None:
    site.install("idp-bad", BAD, plugins={"bad": "idp_bad:BadFirst"})
    async with opened(bad={"way": way}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL, PASSWORD)

        wrong = await browser.post("/auth/login", json={**CREDENTIALS, "password": "wrong password"})
        right = await sign_in(browser)

    assert wrong.status_code in (401, 503)
    assert right.status_code == 201


@pytest.mark.parametrize(
    "source",
    ["raise SystemExit(1)", "import no_such_module", "import time; time.sleep(0.2); raise RuntimeError"],
)
async def test_a_package_that_does_not_import_stops_the_start_by_name(site: Site, opened: Opened, source: str) -> None:
    site.install("idp-bad", source, plugins={"bad": "idp_bad:Bad"})

    with pytest.raises(PluginsRefused, match=r"plugins\.bad: cannot be imported"):
        async with opened(bad={}):
            pass


async def test_the_log_names_the_plugin_and_quotes_nothing(
    site: Site, opened: Opened, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    site.install("idp-bad", BAD, plugins={"bad": "idp_bad:Bad"})
    with caplog.at_level(logging.DEBUG):
        async with opened(bad={"way": "raises"}) as idp, idp.browser() as browser:
            await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"bad"}))
            await sign_in(browser, mfaCode="483920", mfaType="bad")

    written = "".join((*capfd.readouterr(), *(record.getMessage() for record in caplog.records)))
    assert "plugin.failed" in written
    assert "ValueError" in written
    assert "483920" not in written
