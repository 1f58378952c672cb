"""Secrets stay where they belong: in no log, table, error or document (rows 63, 64, 89, 108, 133, 134, 138)."""

import json
import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from idp.testing.provider import TestProvider
from tests.security.acts import EMAIL, PASSWORD, forgot, login, register
from tests.security.conftest import Opened
from tests.security.journeys import LONG_CODES, PERSON, TYPO, live

OPEN = {"codes": LONG_CODES, "lockout": {"known_devices": True}, "default_jurisdiction": "Bay Area"}
JOURNEY = {**OPEN, "jurisdictions": {"Bay Area": {}}, "throttle": {"messages": "1000/1m"}}
KINDS = {"password", "cookie", "mail", "seed of the app"}


def tables(path: Path) -> dict[str, str]:
    """Every row of every table, as text."""
    with closing(sqlite3.connect(path)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: repr(database.execute(f'SELECT * FROM "{name}"').fetchall()) for name in names}  # noqa: S608 - names of our own


async def test_the_log_of_a_whole_life_holds_no_secret(
    opened: Opened, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Rows 63, 133: nor what was mistyped, at the wordiest level; ours and the libraries'."""
    with caplog.at_level(logging.DEBUG):
        async with opened(**JOURNEY, logging={"level": "debug"}) as idp:
            secrets = await live(idp)

    written = "".join(capfd.readouterr()) + "\n".join(record.getMessage() for record in caplog.records)
    lines = [line for line in written.splitlines() if '"event":"request"' in line]
    assert set(secrets.kept) == KINDS
    assert len(lines) > 20, "there was something to read"
    assert secrets.found_in(written) == []
    assert PERSON not in written, "nor an address"
    assert set(json.loads(lines[0])) == {
        "ts",
        "level",
        "event",
        "subject",
        "request_id",
        "method",
        "route",
        "status",
        "address",
        "ms",
    }


async def test_the_database_holds_no_secret_in_clear(opened: Opened, tmp_path: Path) -> None:
    """Row 64: digests, hashes and sealed values alone; not in a row, and not in a page that was freed."""
    folder = tmp_path / "provider"
    async with opened(**JOURNEY) as idp:
        secrets = await live(idp)
        async with idp.browser() as browser:
            await forgot(browser, PERSON)  # a letter that waits
            await login(browser, PERSON, TYPO)  # a failure that counts
        rows = tables(folder / "idp.db")
        raw = b"".join(path.read_bytes() for path in sorted(folder.glob("idp.db*")))

    assert {name for name, text in rows.items() if text != "[]"} >= {
        "accounts",
        "attempts",
        "audit",
        "credentials",
        "devices",
        "keys",
        "outbox",
        "refresh",
        "sessions",
    }
    assert {name: found for name, text in rows.items() if (found := secrets.found_in(text))} == {}
    assert secrets.found_in(raw) == []
    assert PERSON not in rows["attempts"] + rows["outbox"] + rows["audit"]


async def test_the_trail_tells_what_happened_and_quotes_nothing(opened: Opened) -> None:
    async with opened(**JOURNEY) as idp:
        secrets = await live(idp)
        async with idp.browser() as browser:
            await login(browser, "nobody-at-all@example.com", "some secret guess")
        entries = await idp.provider.store.read(lambda work: work.audit.page(limit=1000))

    text = repr(entries)
    names = {entry.event.name.value for entry in entries}
    assert names >= {"login.ok", "login.fail", "mfa.sent", "factor.added", "reset.done", "password.changed"}
    assert secrets.found_in(text) == []
    assert "nobody-at-all" not in text
    assert "some secret guess" not in text


async def test_a_failing_request_is_logged_by_type_and_place(
    opened: Opened, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Row 134: a fault of ours tells the caller an id, the operator the place, and nobody what was sent."""
    secret = "quoted by the driver"
    async with opened() as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        await login(browser)
        with closing(sqlite3.connect(tmp_path / "provider" / "idp.db")) as database:
            database.execute("ALTER TABLE challenges RENAME TO gone")
        broken = await browser.put("/auth/update-password", json={"token": secret, "password": secret})
        also = await browser.put("/auth/confirm", json={"token": secret})
        other = await browser.get("/user")

    written = "".join(capfd.readouterr())
    assert broken.status_code == also.status_code == 500
    assert set(broken.json()) == {"statusCode", "message", "requestId"}
    assert broken.json()["requestId"] == broken.headers["x-request-id"]
    assert broken.headers["content-security-policy"]
    for told in (broken.text, str(broken.headers), also.text):
        assert not [word for word in ("sqlite", "challenges", "SELECT", "Traceback", "idp.", secret) if word in told]
    assert broken.json()["requestId"] in written
    assert "request.failed" in written
    assert secret not in written
    assert "no such table" not in written
    assert other.status_code == 200, "the rest goes on"


async def test_a_database_that_is_away_is_503_and_never_a_pass(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 33: what cannot be looked up is not let in."""
    await idp.add_account(EMAIL)
    await login(browser)
    await idp.provider.store.close()

    answers = [
        await browser.get("/user"),
        await login(browser),
        await browser.get("/auth/verify"),
        await browser.get("/health/ready"),
    ]

    assert [answer.status_code for answer in answers] == [503] * 4
    assert all("set-cookie" not in answer.headers for answer in answers)
    assert answers[-1].json() == {"status": "unavailable"}
    assert (await browser.get("/health/live")).status_code == 200


@pytest.mark.parametrize("hidden", ["\x1b[31mred", "\r\nforged: line", "\u2028", "\x07", "\x9b31m"])
async def test_nobody_writes_lines_or_colours_into_the_log(
    opened: Opened, capfd: pytest.CaptureFixture[str], hidden: str
) -> None:
    """Row 108 (uvicorn CVE-2020-7694): one JSON object a line, nothing that a terminal obeys."""
    async with opened(logging={"level": "debug"}) as idp, idp.browser() as browser:
        header = hidden.replace("\r\n", "").encode()
        await browser.get("/" + quote(hidden), headers=[(b"user-agent", header)])
        await login(browser, hidden, hidden)
        await register(browser, EMAIL, PASSWORD, firstName=hidden)

    written = "".join(capfd.readouterr())
    lines = written.split("\n")
    assert all(json.loads(line)["ts"] for line in lines if line)
    assert written.replace("\n", "").isprintable()
    assert written.isascii()


async def test_keys_are_published_in_their_public_half(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 89 (authentik CVE-2026-40166)."""
    keys = (await browser.get("/.well-known/jwks.json")).json()["keys"]

    assert {key["kty"] for key in keys} == {"RSA", "EC", "OKP"}
    assert {name for key in keys for name in key} <= {"kty", "kid", "use", "alg", "n", "e", "crv", "x", "y", "key_ops"}


@pytest.mark.parametrize(
    "path", ["/metrics", "/health", "/health/", "/status", "/debug/vars", "/server-info", "/admin"]
)
async def test_health_says_yes_or_no_and_nothing_says_more(stranger: httpx2.AsyncClient, path: str) -> None:
    """Row 138 (authentik CVE-2026-55106)."""
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.get("/health/live")).json() == {"status": "ok"}
    assert (await stranger.get("/health/ready")).json() == {"status": "ok"}


async def test_a_new_installation_knows_nobody(opened: Opened) -> None:
    """Row 139: no default account, whatever the name."""
    async with opened() as idp, idp.browser() as browser:
        count = await idp.provider.store.read(lambda work: work.accounts.count())
        for name, password in (("admin", "admin"), ("jane", "securepassword123"), ("user", "yourpassword")):
            assert (await login(browser, f"{name}@example.com", password)).status_code == 401

    assert count == 0


async def test_openapi_names_no_secret_and_no_address_of_ours(stranger: httpx2.AsyncClient) -> None:
    text = (await stranger.get("/openapi.json")).text

    assert "localhost" not in text
    assert "passwordHash" not in text
