"""Keys, discovery, openapi.json, security.txt: for everybody, cacheable, naming only what exists."""

import base64
import json
from pathlib import Path

import httpx2
import pytest

from idp.testing.provider import ISSUER, TestProvider, provider_at

JWKS = "/.well-known/jwks.json"
DOCUMENTS = [
    JWKS,
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-protected-resource",
    "/openapi.json",
]


async def test_both_discovery_addresses_give_the_same_document(browser: httpx2.AsyncClient) -> None:
    """OIDC Discovery §4, RFC 8414 §3."""
    first, second = [(await browser.get(path)).json() for path in DOCUMENTS[1:3]]

    assert first == second
    assert (first["issuer"], first["jwks_uri"]) == (ISSUER, ISSUER + JWKS)
    assert first["token_endpoint"] == ISSUER + "/oauth2/token"


async def test_our_own_api_is_described_as_a_protected_resource(browser: httpx2.AsyncClient) -> None:
    """RFC 9728 §3."""
    told = (await browser.get("/.well-known/oauth-protected-resource")).json()

    assert (told["resource"], told["authorization_servers"]) == (ISSUER, [ISSUER])


async def test_the_key_set_holds_public_members_only(browser: httpx2.AsyncClient) -> None:
    """Row 89."""
    keys = (await browser.get(JWKS)).json()["keys"]

    assert {key["alg"] for key in keys} == {"RS256", "PS256", "ES256", "EdDSA"}
    assert all(key["use"] == "sig" and key["kid"] for key in keys)
    assert not any(private in key for key in keys for private in ("d", "p", "q", "dp", "dq", "qi", "k"))


async def test_the_next_key_is_published_before_it_signs(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    before = {key["kid"] for key in (await browser.get(JWKS)).json()["keys"]}

    await idp.provider.keyring.rotate()
    await idp.add_account("jane@example.com", "correct horse battery")
    await browser.post("/auth/login", json={"email": "jane@example.com", "password": "correct horse battery"})

    header = browser.cookies["access-token"].split(".")[0]
    kid = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"]
    assert kid in before


@pytest.mark.parametrize("path", DOCUMENTS)
async def test_documents_can_be_kept_and_asked_for_again(browser: httpx2.AsyncClient, path: str) -> None:
    """RFC 9110 §13.1.2."""
    first = await browser.get(path)
    same = await browser.get(path, headers={"if-none-match": first.headers["etag"]})
    weak = await browser.get(path, headers={"if-none-match": f'"other", W/{first.headers["etag"]}'})
    other = await browser.get(path, headers={"if-none-match": '"other"'})
    head = await browser.head(path)

    assert first.headers["cache-control"].startswith("public, max-age=")
    assert first.headers["etag"].startswith('"')
    assert (same.status_code, weak.status_code, other.status_code) == (304, 304, 200)
    assert same.content == b""
    assert head.status_code == 200
    assert head.headers["content-length"] == str(len(first.content))


@pytest.mark.parametrize("path", DOCUMENTS)
async def test_every_origin_may_read_them_without_cookies(browser: httpx2.AsyncClient, path: str) -> None:
    answer = await browser.get(path, headers={"origin": "https://anywhere.example"})

    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_the_etag_changes_with_the_keys(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    before = (await browser.get(JWKS)).headers["etag"]

    await idp.provider.keyring.rotate()

    assert (await browser.get(JWKS, headers={"if-none-match": before})).status_code == 200


async def test_addresses_never_follow_the_host_header(browser: httpx2.AsyncClient) -> None:
    """Row 105."""
    answer = await browser.get(DOCUMENTS[1], headers={"host": "127.0.0.1", "x-forwarded-host": "evil.example"})

    assert answer.json()["issuer"] == ISSUER


async def test_security_txt_is_there_when_a_contact_is(tmp_path: Path, template: Path) -> None:
    """RFC 9116 §2.5."""
    security = {"contact": "mailto:security@example.com", "policy": "https://example.com/policy"}
    async with provider_at(tmp_path, template=template, security=security) as idp, idp.browser() as browser:
        answer = await browser.get("/.well-known/security.txt")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert "Contact: mailto:security@example.com" in lines
    assert "Policy: https://example.com/policy" in lines
    assert "Preferred-Languages: en, es" in lines
    assert "Expires: 2026-08-29T00:00:00Z" in lines


async def test_security_txt_is_not_there_without_one(browser: httpx2.AsyncClient) -> None:
    assert (await browser.get("/.well-known/security.txt")).status_code == 404
