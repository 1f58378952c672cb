"""GET /auth/verify, as nginx, Traefik and Caddy ask it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from idp.testing.provider import TestProvider, provider_at

EMAIL, PASSWORD = "jane@example.com", "correct horse battery"
IDENTITY = ("remote-user", "remote-email", "remote-name", "remote-groups", "remote-amr")
ROUTES = [{"path": "/listings", "methods": ["GET"]}, {"path": "/public/*", "methods": ["GET", "POST"]}]


@pytest.fixture
async def idp(tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    async with provider_at(tmp_path, template=template, public_routes=ROUTES) as provider:
        yield provider


async def ask(browser: httpx2.AsyncClient, method: str, uri: str) -> httpx2.Response:
    return await browser.get("/auth/verify", headers={"x-original-method": method, "x-original-uri": uri})


@pytest.mark.parametrize("login", ["/auth/login", "/api/auth/login"])
async def test_a_session_of_either_contract_passes_with_its_identity(
    idp: TestProvider, browser: httpx2.AsyncClient, login: str
) -> None:
    account = await idp.add_account(EMAIL, PASSWORD, first_name="José", roles=frozenset({"admin"}))
    await browser.post(login, json={"email": EMAIL, "password": PASSWORD})

    answer = await ask(browser, "GET", "/private")

    assert answer.status_code == 200
    assert answer.headers["remote-user"] == account.id
    assert answer.headers["remote-email"] == EMAIL
    assert answer.headers["remote-name"] == "Jos%C3%A9 Doe"
    assert answer.headers["remote-groups"] == "admin"
    assert answer.headers["remote-amr"] == "pwd"


async def test_nobody_passes_to_what_is_not_public(browser: httpx2.AsyncClient) -> None:
    assert (await ask(browser, "GET", "/private")).status_code == 401


@pytest.mark.parametrize(
    ("method", "uri", "passes"),
    [
        ("GET", "/listings", True),
        ("GET", "/listings?page=2", True),
        ("POST", "/listings", False),
        ("GET", "/listings/1", False),
        ("GET", "/public/a/b", True),
        ("POST", "/public/a", True),
        ("DELETE", "/public/a", False),
        ("GET", "/publicity", False),
        ("GET", "/public/../private", False),
        ("GET", "/public/%2e%2e/private", False),
        ("GET", "/public/..;/private", False),
        ("GET", "/public//private", False),
        ("GET", "/public/\\..\\private", False),
        ("GET", "//listings", False),
        ("GET", "", False),
        ("", "/listings", False),
    ],
)
async def test_a_public_route_passes_without_a_session_and_no_disguise_does(
    browser: httpx2.AsyncClient, method: str, uri: str, passes: bool
) -> None:
    """Row 111: what a proxy and an app might read differently is not public."""
    answer = await ask(browser, method, uri)

    assert answer.status_code == (200 if passes else 401)
    assert not any(answer.headers.get(name) for name in IDENTITY)


async def test_where_nobody_is_signed_in_the_identity_is_there_and_empty(browser: httpx2.AsyncClient) -> None:
    """A proxy that copies only what the answer names would pass on the client's own (GHSA-7r4p-vjf4-gxv4)."""
    answer = await browser.get(
        "/auth/verify",
        headers={"x-original-method": "GET", "x-original-uri": "/listings", **dict.fromkeys(IDENTITY, "somebody")},
    )

    assert answer.status_code == 200
    assert [answer.headers[name] for name in IDENTITY] == [""] * len(IDENTITY)


async def test_traefiks_headers_are_understood_too(browser: httpx2.AsyncClient) -> None:
    headers = {"x-forwarded-method": "GET", "x-forwarded-uri": "/listings"}

    assert (await browser.get("/auth/verify", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        [("x-forwarded-method", "GET"), ("x-forwarded-uri", "/private"), ("x-original-uri", "/listings")],
        [("x-forwarded-method", "POST"), ("x-forwarded-uri", "/listings"), ("x-original-method", "GET")],
        [("x-forwarded-method", "GET"), ("x-forwarded-uri", "/listings"), ("x-forwarded-uri", "/private")],
    ],
)
async def test_a_client_that_adds_headers_beside_the_proxys_opens_nothing(
    browser: httpx2.AsyncClient, headers: list[tuple[str, str]]
) -> None:
    """Row 111: Traefik passes on a client's X-Original-* beside its own X-Forwarded-*. If they differ none counts."""
    assert (await browser.get("/auth/verify", headers=headers)).status_code == 401


async def test_headers_of_both_kinds_that_agree_are_understood(browser: httpx2.AsyncClient) -> None:
    names = ("x-forwarded-{}", "x-original-{}")
    headers = {name.format(what): value for name in names for what, value in (("method", "GET"), ("uri", "/listings"))}

    assert (await browser.get("/auth/verify", headers=headers)).status_code == 200


async def test_a_session_that_was_ended_does_not_pass(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await browser.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})
    token = browser.cookies["access-token"]
    await browser.get("/auth/logout")

    answer = await browser.get("/auth/verify", headers={"cookie": f"access-token={token}", "x-original-uri": "/x"})

    assert answer.status_code == 401


async def test_when_we_cannot_tell_nobody_passes(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await browser.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})
    await idp.provider.store.close()

    answer = await ask(browser, "GET", "/private")

    assert answer.status_code == 503


async def test_a_session_of_our_pages_is_as_good(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """One session for all: who signed in on a page need not sign in at the app behind the proxy."""
    await idp.add_account("jane@example.com", "correct horse battery")
    page = await browser.get("/login")
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert token is not None
    fields = {"csrf": token.group(1), "email": "jane@example.com", "password": "correct horse battery"}
    await browser.post("/login", data=fields)

    answer = await browser.get("/auth/verify")

    assert (answer.status_code, answer.headers["remote-email"]) == (200, "jane@example.com")
