"""Requests that are odd: cookies, paths, methods, headers (threat rows 77 to 86, 108, 110, 111, 115, 116)."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pytest

from idp.testing.provider import TestProvider, provider_at
from tests.security.acts import EMAIL, ENGLISH, login, nodeloom_login
from tests.security.conftest import Opened

ODD_VALUES = [
    "x",
    "x.y.z",
    "..",
    "....",
    "a.b",
    "null",
    "undefined",
    "%00",
    "é".encode(),
    b"\xff\xfe",
    b"\x01\x02",
    b'"quoted"',
    "x" * 5000,
    "." * 4000,
    "e30.e30.",
    "e30.e30.e30",
    "eyJhbGciOiJub25lIn0.e30.",
    "bnVsbA.bnVsbA.bnVsbA",
    "W10.W10.W10",
    base64.urlsafe_b64encode(b'{"alg":"ES256","kid":{"a":1},"typ":"at+jwt"}').decode() + ".e30.AAAA",
    base64.urlsafe_b64encode(b'{"alg":"ES256","kid":"' + b"x" * 2000 + b'"}').decode() + ".e30.AAAA",
    base64.urlsafe_b64encode(b"[" * 2000).decode() + ".e30.AAAA",
]
PLACES = [("GET", "/user"), ("GET", "/auth/requestNewToken"), ("GET", "/auth/logout"), ("GET", "/auth/verify")]
PLACES += [("POST", "/api/auth/refresh"), ("POST", "/api/auth/logout"), ("PUT", "/user/public")]
NAMES = ("access-token", "refresh-token", "token", "idp-device")


@pytest.mark.parametrize("value", ODD_VALUES)
async def test_an_odd_cookie_is_a_refusal_and_no_error(stranger: httpx2.AsyncClient, value: str | bytes) -> None:
    """Row 115 (Keycloak CVE-2026-9803): wherever a cookie is read."""
    raw = value if isinstance(value, bytes) else value.encode()
    header = b"; ".join(name.encode() + b"=" + raw for name in NAMES)
    for method, path in PLACES:
        answer = await stranger.request(method, path, headers=[(b"cookie", header)], json={})

        assert answer.status_code == 401, path


@pytest.mark.parametrize(
    "header", [b";;;;", b"=", b"=x", b"token", b" ", b"a=b;" * 3000, b"token=;token=", b"\xff=\xff"]
)
async def test_an_odd_cookie_header_is_no_cookie(stranger: httpx2.AsyncClient, header: bytes) -> None:
    for method, path in PLACES:
        answer = await stranger.request(method, path, headers=[(b"cookie", header)], json={})

        assert answer.status_code in (400, 401), path


@pytest.fixture
async def signed_in(idp: TestProvider, browser: httpx2.AsyncClient) -> httpx2.AsyncClient:
    await idp.add_account(EMAIL)
    await login(browser)
    await nodeloom_login(browser)
    return browser


def altered(token: str, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """The token with other words under the old signature."""
    head, body, signature = token.split(".")
    head = _written({**_read(head), **header}) if header is not None else head
    return f"{head}.{_written({**_read(body), **claims}) if claims else body}.{signature}"


def _read(part: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read


def _written(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def test_no_forged_token_is_a_cookie_of_ours(idp: TestProvider, signed_in: httpx2.AsyncClient) -> None:
    """Rows 77 to 86 at the doors; each rule by itself is specified in tests/crypto/test_verifier.py."""
    access, renewal, other = (signed_in.cookies[name] for name in ("access-token", "refresh-token", "token"))
    signed_in.cookies.clear()
    claims = jwt.decode(access, options={"verify_signature": False})
    kid = jwt.get_unverified_header(access)["kid"]
    public = next(key for key in (await signed_in.get("/.well-known/jwks.json")).json()["keys"] if key["kid"] == kid)
    forged = [
        renewal,
        other,
        jwt.encode(claims, "", algorithm="none", headers={"typ": "at+jwt", "kid": kid}),
        jwt.encode(claims, json.dumps(public) * 2, algorithm="HS256", headers={"typ": "at+jwt", "kid": kid}),
        access.rpartition(".")[0] + ".",
        access.rpartition(".")[0],
        access + "=",
        access + ".x",
        altered(access, {"alg": "none"}),
        altered(access, {"typ": "JWT"}),
        altered(access, {"jku": "https://evil.example/keys"}),
        altered(access, {"jwk": public}),
        altered(access, {"crit": ["exp"]}),
        altered(access, {"kid": "../../dev/null"}),
        altered(access, sub="another"),
        altered(access, sid="another"),
        altered(access, exp=9999999999),
        altered(access, aud=["x"]),
    ]

    for token in forged:
        answer = await signed_in.get("/user", headers={"cookie": f"access-token={token}"})
        assert answer.status_code == 401, token
    assert (await signed_in.get("/user", headers={"cookie": f"access-token={access}"})).status_code == 200
    assert (await signed_in.post("/api/auth/refresh", headers={"cookie": f"token={access}"})).status_code == 401


async def test_a_token_of_another_installation_is_none_of_ours(
    opened: Opened, idp: TestProvider, signed_in: httpx2.AsyncClient, tmp_path: Path
) -> None:
    """Rows 79, 85, 125: other keys under the same issuer."""
    async with provider_at(tmp_path / "other", messages=ENGLISH) as other, other.browser() as elsewhere:
        await other.add_account(EMAIL)
        await login(elsewhere)
        foreign = elsewhere.cookies["access-token"]

    assert (await signed_in.get("/user", headers={"cookie": f"access-token={foreign}"})).status_code == 401


@pytest.fixture(scope="module")
async def everywhere(
    anyio_backend: str, database_url: str, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx2.AsyncClient]:
    """A stranger, on SQLite and on PostgreSQL: what one keeps without a word, the other may refuse."""
    folder = tmp_path_factory.mktemp("everywhere")
    async with (
        provider_at(folder, template=template, database_url=database_url, messages=ENGLISH) as idp,
        idp.browser() as client,
    ):
        yield client


ODD_PATHS = [
    "/%00",
    "/user/%00",
    "/jurisdictions/byName/%00",
    "/jurisdictions/byName/a%00b",
    "/jurisdictions/byName/%ff%fe",
    "/jurisdictions/byName/%ED%A0%80",
    "/jurisdictions/byName/%",
    "/jurisdictions/byName/%zz",
    "/jurisdictions/byName/%0d%0aset-cookie:%20x=y",
    "/jurisdictions/byName/..%2f..%2fetc%2fpasswd",
    "/jurisdictions/byName/" + "x" * 8000,
    "/jurisdictions/byName/%F0%9F%98%80",
    "/jurisdictions/byName/",
    "/" + "a/" * 4000,
    "/" + "%2e%2e/" * 100,
    "//auth/login",
    "/auth//login",
    "/auth/login;jsessionid=1",
    "/auth/login%2f",
    "/auth%2flogin",
    "/auth/login%20",
    "/auth/login\\",
    "/api/auth/login/",
    "/API/AUTH/LOGIN",
    "/.well-known/jwks.json/",
    "/metrics",
    "/debug",
    "/admin",
    "/.env",
    "/docs",
]


@pytest.mark.parametrize("path", ODD_PATHS)
async def test_an_odd_path_is_not_found_and_no_error(everywhere: httpx2.AsyncClient, path: str) -> None:
    """Rows 111, 115 (Keycloak CVE-2026-0976): exact routes, nothing is tidied up on the way to them."""
    for method in ("GET", "POST", "PUT", "DELETE"):
        url = httpx2.URL("http://localhost:3100", raw_path=path.encode())
        answer = await everywhere.request(method, url)

        assert answer.status_code == 404 or (path.startswith("/user/") and answer.status_code == 401), method
        assert len(answer.content) < 9000
        assert "\r" not in answer.text
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("value", ["\x7f", "é", "x" * 30_000, "\u00ad", "a" * 300, "' OR 1=1"])
async def test_an_odd_header_is_no_error(everywhere: httpx2.AsyncClient, value: str) -> None:
    raw = value.encode()
    names = [b"jurisdictionname", b"user-agent", b"accept-language", b"x-forwarded-for", b"origin", b"sec-fetch-site"]
    names += [b"passkey", b"content-type", b"if-none-match", b"authorization", b"range", b"x-http-method-override"]
    for name in names:
        for method, path in (("POST", "/user/request-single-use-code"), ("GET", "/.well-known/jwks.json")):
            answer = await everywhere.request(method, path, json={"email": EMAIL}, headers=[(name, raw)])
            assert answer.status_code in (200, 201, 400, 403, 415), name


async def test_a_method_is_not_overridden(idp: TestProvider, signed_in: httpx2.AsyncClient) -> None:
    for name in ("x-http-method-override", "x-http-method", "x-method-override"):
        answer = await signed_in.post("/user", headers={name: "GET"}, json={"_method": "GET"})

        assert answer.status_code == 404


async def test_a_range_is_not_looked_at(stranger: httpx2.AsyncClient) -> None:
    """Row 118 (Starlette CVE-2025-62727): no file is served, and no document in parts."""
    whole = await stranger.get("/openapi.json")
    part = await stranger.get("/openapi.json", headers={"range": "bytes=" + ",".join(["0-1"] * 1000)})

    assert (part.status_code, part.content) == (200, whole.content)
