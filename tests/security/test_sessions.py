"""Sessions: opened anew, ended for good, by one row on the server (threat rows 15 to 20, 23 to 25, 56)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import jwt

from idp.testing.provider import TestProvider, provider_at
from tests.security.acts import (
    EMAIL,
    ENGLISH,
    OTHER,
    PASSWORD,
    WRONG,
    ask_mfa_code,
    forgot,
    login,
    mailed_code,
    mailed_token,
    nodeloom_login,
    profile,
    refresh,
    reset,
)
from tests.security.conftest import Opened


def claims(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


async def test_every_login_opens_another_session(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 15 (Keycloak CVE-2025-12390): also in a browser that is signed in, and at a rise of assurance."""
    await idp.add_account(EMAIL)
    await idp.add_account("mfa@example.com", mfa_methods=frozenset({"email"}))
    sessions = []
    for _ in range(2):
        await login(browser)
        sessions.append(claims(browser.cookies["access-token"])["sid"])
        await nodeloom_login(browser)
        sessions.append(claims(browser.cookies["token"])["sid"])
    await ask_mfa_code(browser, "mfa@example.com")
    await login(browser, "mfa@example.com", mfaCode=await mailed_code(idp, "mfa@example.com"))
    sessions.append(claims(browser.cookies["access-token"])["sid"])

    assert len(set(sessions)) == 5


async def test_an_ended_session_is_over_at_every_endpoint(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 16 (authentik CVE-2025-29928): clearing cookies is not the end, the row is."""
    account = await idp.add_account(EMAIL)
    await login(browser)
    access, renewal = browser.cookies["access-token"], browser.cookies["refresh-token"]
    headers = {"cookie": f"access-token={access}; refresh-token={renewal}"}
    await browser.get("/auth/logout")
    browser.cookies.clear()

    answers = [
        await browser.get("/user", headers=headers),
        await browser.get(f"/user/{account.id}", headers=headers),
        await browser.put("/user/public", json={"firstName": "X"}, headers=headers),
        await browser.get("/auth/logout", headers=headers),
        await browser.get("/auth/requestNewToken", headers=headers),
        await browser.get("/auth/verify", headers=headers),
    ]

    assert [answer.status_code for answer in answers] == [401] * 6


async def test_the_end_of_one_session_is_not_the_end_of_others(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL)
    await login(browser)
    async with idp.browser() as elsewhere:
        await login(elsewhere)
        await elsewhere.get("/auth/logout")

    assert (await profile(browser)).status_code == 200


async def test_what_was_over_is_over_after_a_restart(tmp_path: Path, template: Path) -> None:
    """Row 17 (Keycloak #31296, CVE-2026-9802): nothing of it is kept in memory or measured against the start."""
    folder = tmp_path / "provider"
    async with (
        provider_at(folder, template=template, messages=ENGLISH) as idp,
        idp.browser() as ended,
        idp.browser() as going_on,
    ):
        await idp.add_account(EMAIL)
        await login(ended)
        access, renewal = ended.cookies["access-token"], ended.cookies["refresh-token"]
        await ended.get("/auth/logout")
        await login(going_on)
        rotated = going_on.cookies["refresh-token"]
        await refresh(going_on)
        kept = dict(going_on.cookies)

    async with provider_at(folder, messages=ENGLISH) as idp, idp.browser() as browser:
        assert (await profile(browser, access)).status_code == 401
        assert (await refresh(browser, renewal)).status_code == 401
        assert (await profile(browser, kept["access-token"])).status_code == 200
        assert (await refresh(browser, rotated)).status_code == 401
        assert (await profile(browser, kept["access-token"])).status_code == 401, "the replay ended the session"


async def test_within_the_grace_a_used_token_yields_its_one_successor(opened: Opened) -> None:
    """Row 18: off by default, ten seconds at most, and then reuse ends the family."""
    async with opened(sessions={"refresh_grace": "5s"}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        await login(browser)
        used = browser.cookies["refresh-token"]
        await refresh(browser)
        successor = browser.cookies["refresh-token"]

        idp.clock.advance(timedelta(seconds=4))
        again = await refresh(browser, used)
        assert again.status_code == 200
        assert browser.cookies["refresh-token"] == successor

        idp.clock.advance(timedelta(seconds=2))
        late = await refresh(browser, used)
        assert late.status_code == 401
        assert (await refresh(browser, successor)).status_code == 401


async def test_the_grace_does_not_outlive_the_session(opened: Opened) -> None:
    async with opened(sessions={"refresh_grace": "5s"}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        await login(browser)
        used = browser.cookies["refresh-token"]
        await refresh(browser)
        await browser.get("/auth/logout")

        assert (await refresh(browser, used)).status_code == 401


async def test_a_token_in_an_address_is_not_looked_at(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 24 (nhost CVE-2026-34969): addresses are logged, kept and passed on."""
    await idp.add_account(EMAIL)
    await login(browser)
    access, renewal = browser.cookies["access-token"], browser.cookies["refresh-token"]
    browser.cookies.clear()

    by_query = await browser.get("/user", params={"access-token": access, "token": access, "access_token": access})
    refreshed = await browser.get("/auth/requestNewToken", params={"refresh-token": renewal, "token": renewal})
    signed_in = await browser.post("/auth/login", params={"email": EMAIL, "password": PASSWORD}, json={})

    assert [by_query.status_code, refreshed.status_code, signed_in.status_code] == [401, 400, 401]


async def test_a_lock_refuses_new_sign_ins_and_nothing_else(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 25 (Keycloak GHSA-cq42-vhv7-xr7p): a stranger who locks the name logs nobody out."""
    await idp.add_account(EMAIL)
    await login(browser)
    await nodeloom_login(browser)
    async with idp.browser("203.0.113.9") as attacker:
        for _ in range(6):
            await login(attacker, password=WRONG)

        assert (await login(browser)).status_code == 401
        assert (await profile(browser)).status_code == 200
        assert (await refresh(browser)).status_code == 200
        assert (await browser.post("/api/auth/refresh")).status_code == 200
        await forgot(attacker)
        assert (await reset(browser, await mailed_token(idp))).status_code == 200
        assert (await login(browser, password=OTHER)).status_code == 201


async def test_a_refresh_keeps_what_was_proved_and_lifts_nothing(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 56 (Pocket ID GHSA-hp74-gm6m-2qm5)."""
    await idp.add_account(EMAIL)
    await login(browser)
    await nodeloom_login(browser)
    before = claims(browser.cookies["access-token"]), claims(browser.cookies["token"])
    idp.clock.advance(timedelta(minutes=30))
    await refresh(browser)
    await browser.post("/api/auth/refresh")
    after = claims(browser.cookies["access-token"]), claims(browser.cookies["token"])

    for old, new in zip(before, after, strict=True):
        assert [old[name] for name in ("sid", "amr", "auth_time")] == [
            new[name] for name in ("sid", "amr", "auth_time")
        ]
        assert old["amr"] == ["pwd"]
        assert (old["jti"], old["iat"]) != (new["jti"], new["iat"])


async def test_two_tokens_of_one_second_differ(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL)
    await nodeloom_login(browser)
    first = browser.cookies["token"]
    await browser.post("/api/auth/refresh")

    assert claims(first)["jti"] != claims(browser.cookies["token"])["jti"]


async def test_a_token_says_who_and_how_and_nothing_personal(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 90: a cookie is signed, not sealed."""
    account = await idp.add_account(EMAIL, jurisdictions=["Bay Area"], teams={"My Team": "ADMIN"}, phone_number="+1415")
    await nodeloom_login(browser)
    said = claims(browser.cookies["token"])

    assert set(said) == {"iss", "aud", "sub", "client_id", "sid", "jti", "amr", "auth_time", "iat", "exp"}
    assert said["sub"] == account.id
    assert not [value for value in said.values() if value in (EMAIL, "Jane", "Doe", "+1415", "My Team", "Bay Area")]
