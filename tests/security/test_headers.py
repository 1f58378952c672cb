"""What stands on every answer, and which origins may read it (threat rows 11 to 14)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from idp.testing.provider import TestProvider, provider_at
from tests.security.acts import EMAIL, ENGLISH, login
from tests.security.conftest import Opened

ALLOWED = "https://app.example.com"
DOCUMENTS = [
    "/.well-known/jwks.json",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/security.txt",
    "/openapi.json",
]
SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


@pytest.fixture(scope="module")
async def shared(
    anyio_backend: str, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TestProvider]:
    async with provider_at(
        tmp_path_factory.mktemp("shared"),
        template=template,
        messages=ENGLISH,
        origins={"allowed": [ALLOWED]},
        security={"contact": "mailto:security@example.com"},
    ) as provider:
        yield provider


ANSWERS: list[tuple[int, str, str, dict[str, Any]]] = [
    (200, "GET", "/health/live", {}),
    (200, "GET", "/jurisdictions", {}),
    (201, "POST", "/user/resend-confirmation", {"json": {"email": EMAIL}}),
    (201, "POST", "/user/is-confirmation-token-valid", {"json": {}}),
    (204, "OPTIONS", "/auth/login", {"headers": {"origin": ALLOWED, "access-control-request-method": "POST"}}),
    (400, "POST", "/auth/login", {"content": b"{", "headers": {"content-type": "application/json"}}),
    (400, "GET", "/user", {"headers": {"host": "evil.example"}}),
    (401, "GET", "/user", {}),
    (401, "GET", "/auth/verify", {}),
    (403, "POST", "/auth/login", {"headers": {"origin": "https://evil.example"}}),
    (404, "GET", "/nowhere", {}),
    (404, "HEAD", "/auth/logout", {}),
    (413, "POST", "/auth/login", {"content": b"x" * 70_000}),
    (415, "POST", "/api/auth/login", {"content": b"x"}),
    *((200, method, path, {}) for method in ("GET", "HEAD") for path in DOCUMENTS),
    *((304, "GET", path, {"headers": {"if-none-match": "*"}}) for path in DOCUMENTS),
]


@pytest.mark.parametrize(("status", "method", "path", "more"), ANSWERS)
async def test_every_answer_carries_the_headers(
    stranger: httpx2.AsyncClient, status: int, method: str, path: str, more: dict[str, Any]
) -> None:
    """Rows 12, 13: no frame shows it, no cache keeps it; keys and discovery alone may be kept."""
    answer = await stranger.request(method, path, **more)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in SECURITY} == SECURITY
    assert len(answer.headers["x-request-id"]) == 36
    assert "strict-transport-security" not in answer.headers
    assert "server" not in answer.headers
    caching = answer.headers["cache-control"]
    assert caching.startswith("public, max-age=") if path in DOCUMENTS else caching == "no-store"
    wanted = "cross-origin" if path in DOCUMENTS else "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == wanted


async def test_no_header_stands_twice(stranger: httpx2.AsyncClient) -> None:
    for _, method, path, more in ANSWERS:
        answer = await stranger.request(method, path, **more)
        names = [name for name, _ in answer.headers.multi_items() if name != "set-cookie"]
        assert len(names) == len(set(names)), path


async def test_under_an_https_issuer_browsers_are_told_to_stay_there(opened: Opened) -> None:
    async with opened(issuer="https://id.example.com") as idp, idp.browser() as browser:
        answers = [await browser.get("/user"), await browser.get("/nowhere"), await browser.get(DOCUMENTS[0])]

    for answer in answers:
        assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "",
        "*",
        "http://app.example.com",
        "https://app.example.com.evil.example",
        "https://evil.example/https://app.example.com",
        "https://evilapp.example.com",
        "https://sub.app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com@evil.example",
        "https://x@app.example.com",
        "https://:x@app.example.com",
        "https://app.example.com#",
        "https://app.example.com?",
        "https://app.example.com/",
        "https://app.example.com\t",
        "https://app.example.com:443x",
        "file://app.example.com",
        "https://xn--app-example.com",
    ],
)
async def test_no_other_origin_may_read_an_answer(stranger: httpx2.AsyncClient, origin: str) -> None:
    """Row 11: compared as scheme, host and port, never by prefix, suffix or pattern; `null` is nobody."""
    for method in ("GET", "OPTIONS"):
        headers = {"origin": origin, "access-control-request-method": "PUT"}
        answer = await stranger.request(method, "/user", headers=headers)

        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", [ALLOWED, "http://localhost:3100"])
async def test_an_allowed_origin_is_named_back_and_may_send_cookies(stranger: httpx2.AsyncClient, origin: str) -> None:
    for path in ("/user", "/nowhere", "/api/auth/refresh"):
        answer = await stranger.get(path, headers={"origin": origin})

        assert answer.headers["access-control-allow-origin"] == origin
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("path", DOCUMENTS)
async def test_everybody_may_read_a_document_and_nobody_with_cookies(stranger: httpx2.AsyncClient, path: str) -> None:
    """Without an Origin as well: a cache in between keeps one answer for all."""
    for headers in ({}, {"origin": "https://anywhere.example"}, {"origin": ALLOWED}):
        answer = await stranger.get(path, headers=headers)

        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers


async def test_no_answer_sends_the_browser_elsewhere(stranger: httpx2.AsyncClient) -> None:
    """Row 14: a redirect made from Host would carry the password along."""
    hosts = ("localhost:3100", "evil.example")
    for path in ("/auth/login/", "/api/auth/login/", "//evil.example/auth/login", "/user/", "/.well-known/jwks.json/"):
        for host in hosts:
            answer = await stranger.post(path, json={"email": EMAIL, "password": "x"}, headers={"host": host})

            assert not answer.is_redirect
            assert "location" not in answer.headers
            assert "evil" not in answer.text or host == hosts[0]


async def test_a_marker_of_the_answer_is_never_the_callers(stranger: httpx2.AsyncClient) -> None:
    """The request id is ours: a caller's would let them write into our log."""
    answer = await stranger.get("/user", headers={"x-request-id": "forged"})

    assert answer.headers["x-request-id"] != "forged"


async def test_the_answers_of_a_signed_in_person_are_kept_by_nobody(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL)
    answers = [await login(browser), await browser.get("/user"), await browser.get("/auth/requestNewToken")]
    answers += [await browser.get("/auth/verify"), await browser.get("/auth/logout")]

    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200]
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
