"""Links in mails: where they lead, whose they are, and for what (threat rows 54, 66 to 72)."""

from datetime import timedelta
from urllib.parse import urlsplit

import httpx2
import jwt
import pytest

from idp.testing.provider import TestProvider
from tests.security.acts import (
    APP,
    BAY_AREA,
    EMAIL,
    OTHER,
    PASSWORD,
    ask_mfa_code,
    ask_sign_in_code,
    confirm,
    forgot,
    login,
    mailed_code,
    mailed_token,
    register,
    resend,
    reset,
)
from tests.security.conftest import Opened

POISON = [
    {"x-forwarded-host": "evil.example"},
    {"x-forwarded-host": "evil.example", "x-forwarded-proto": "http", "x-forwarded-port": "81"},
    {"forwarded": "host=evil.example;proto=http"},
    {"x-original-host": "evil.example"},
    {"x-host": "evil.example"},
    {"x-forwarded-server": "evil.example"},
    {"x-rewrite-url": "https://evil.example/"},
    {"referer": "https://evil.example/"},
    {"appurl": "https://evil.example"},
]


async def test_no_header_leads_a_link_elsewhere(opened: Opened) -> None:
    """Row 66 (ZITADEL CVE-2025-64101): also where any host is answered to, and a proxy of ours passes headers on."""
    server = {"trusted_proxies": ["127.0.0.1/32"], "allowed_hosts": ["evil.example"]}
    async with opened(server=server) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL, confirmed=False)
        for headers in POISON:
            poisoned = {**headers, "host": "evil.example"}
            idp.clock.advance(timedelta(hours=1))
            await browser.put("/user/forgot-password", json={"email": EMAIL}, headers=poisoned)
            await browser.post("/user/resend-confirmation", json={"email": EMAIL}, headers=poisoned)
            discovery = await browser.get("/.well-known/openid-configuration", headers=poisoned)
            assert discovery.json()["issuer"] == "http://localhost:3100"
            assert "evil" not in discovery.text
        mails = await idp.mails(EMAIL)

    assert len(mails) == 2 * len(POISON)
    assert {mail.data["link"].split("?")[0] for mail in mails} == {f"{APP}/reset-password", f"{APP}/"}
    assert not [mail for mail in mails if "evil" in mail.text or "evil" in (mail.html or "")]


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil.example", "", "a b"])
async def test_another_host_is_not_answered(stranger: httpx2.AsyncClient, host: str) -> None:
    """Rows 66, 105, 110: the check in front."""
    for path in ("/auth/login", "/.well-known/jwks.json", "/nowhere"):
        answer = await stranger.get(path, headers={"host": host})

        assert answer.status_code == 400


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:3100", "127.0.0.1:81", "[::1]:3100", "[::1]"])
async def test_our_own_names_are_answered_on_every_port(stranger: httpx2.AsyncClient, host: str) -> None:
    assert (await stranger.get("/.well-known/jwks.json", headers={"host": host})).status_code == 200


APP_URLS = [
    "https://evil.example",
    "https://app.example.com@evil.example/",
    "https://evil.example#https://app.example.com",
    "https://app.example.com\\@evil.example",
    "https://app.example.com.evil.example",
    "https://app.example.com:1",
    "http://app.example.com",
    "//evil.example",
    "javascript:alert(1)",
    "https://app.example.com\t.evil.example",
    "https://[::1",
    "https://app.example.com:99999999",
]


@pytest.mark.parametrize("app_url", APP_URLS)
async def test_a_foreign_app_url_gets_no_link_and_the_answer_is_the_same_for_strangers(
    idp: TestProvider, browser: httpx2.AsyncClient, app_url: str
) -> None:
    """Row 67 (Authorizer GHSA-x3f4-v83f-7wp2)."""
    await idp.add_account(EMAIL, confirmed=False)

    known = [await forgot(browser, appUrl=app_url)]
    unknown = [await forgot(browser, "nobody@example.com", appUrl=app_url)]
    for path in ("/user/resend-confirmation", "/user/resend-partner-confirmation"):
        known.append(await browser.post(path, json={"email": EMAIL, "appUrl": app_url}))
        unknown.append(await browser.post(path, json={"email": "nobody@example.com", "appUrl": app_url}))

    assert [answer.text for answer in known] == [answer.text for answer in unknown]
    mails = await idp.mails()
    assert {mail.subject for mail in mails} <= {"Confirm your Identity provider account"}, "no reset is sent anywhere"
    for mail in mails:
        link = urlsplit(mail.data["link"])
        assert f"{link.scheme}://{link.netloc}" == APP, "a new account is confirmed at the default app"


async def test_a_link_is_good_for_what_it_was_made_for_alone(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Rows 70, 71 (Keycloak CVE-2026-4325): neither kind opens what the other does, nor does a code."""
    await idp.add_account(EMAIL, confirmed=False, jurisdictions=[BAY_AREA])
    await idp.set_flag("single_use_code", True, jurisdiction=BAY_AREA)
    await forgot(browser)
    to_reset = await mailed_token(idp)
    await resend(browser)
    to_confirm = await mailed_token(idp)
    await ask_sign_in_code(browser)
    code = await mailed_code(idp)

    crossed = [await reset(browser, to_confirm), await confirm(browser, to_reset)]
    crossed += [await reset(browser, code), await confirm(browser, code)]
    codes = [
        await browser.post("/auth/loginViaSingleUseCode", json={"email": EMAIL, "singleUseCode": token[:16]})
        for token in (to_reset, to_confirm)
    ]

    assert [answer.status_code for answer in crossed] == [400] * 4
    assert [answer.status_code for answer in codes] == [401] * 2
    assert (await confirm(browser, to_confirm)).status_code == 200
    assert (await reset(browser, to_reset)).status_code == 200


async def test_whose_link_it_is_stands_in_its_row_and_nowhere_else(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 70 (authentik CVE-2023-26481): nothing in the request says for whom."""
    await idp.add_account(EMAIL)
    victim = await idp.add_account("victim@example.com")
    await forgot(browser)
    named = {"email": "victim@example.com", "id": victim.id, "userId": victim.id, "sub": victim.id}

    answer = await reset(browser, await mailed_token(idp), **named)

    assert answer.status_code == 200
    assert (await browser.get("/user")).json()["email"] == EMAIL
    assert (await login(browser, "victim@example.com", OTHER)).status_code == 401
    assert (await login(browser, "victim@example.com", PASSWORD)).status_code == 201


async def test_a_session_and_a_link_of_two_people_do_not_mix(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 70: a link used in the browser of somebody signed in acts for the link's owner alone."""
    await idp.add_account(EMAIL)
    await idp.add_account("other@example.com")
    await login(browser, "other@example.com")
    await forgot(browser)

    await reset(browser, await mailed_token(idp))

    assert (await browser.get("/user")).json()["email"] == EMAIL
    assert (await login(browser, "other@example.com")).status_code == 201


def forged() -> list[str]:
    claims = {"sub": "x", "email": EMAIL, "exp": 9999999999}
    return [
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, "x" * 64, algorithm="HS256"),
        "x" * 43,
        "",
        "\n",
    ]


@pytest.mark.parametrize("token", [*forged(), "x" * 542, "../../etc/passwd", "%00", "é" * 43])
async def test_a_token_that_we_did_not_write_down_is_nothing(stranger: httpx2.AsyncClient, token: str) -> None:
    """Row 72 (Keycloak CVE-2026-1529): there is nothing in it to be read, so nothing is."""
    answers = [await reset(stranger, token), await confirm(stranger, token)]
    looked = await stranger.post("/user/is-confirmation-token-valid", json={"token": token})

    assert [answer.status_code for answer in answers] == [400, 400]
    assert (looked.status_code, looked.content) == (201, b"")


async def test_a_token_is_compared_whole(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 23 (ZITADEL CVE-2026-27840)."""
    await idp.add_account(EMAIL)
    await forgot(browser)
    token = await mailed_token(idp)

    for altered in (token[:-1], token + "A", token + "=", " " + token, token.swapcase(), token[:-1] + "_"):
        assert (await reset(browser, altered)).status_code == 400
    assert (await reset(browser, token)).status_code == 200


async def test_a_new_link_and_a_new_password_kill_the_links_before(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 68."""
    await idp.add_account(EMAIL)
    await forgot(browser)
    first = await mailed_token(idp)
    await forgot(browser)
    second = await mailed_token(idp)
    await login(browser)
    await browser.put("/user/public", json={"password": OTHER, "currentPassword": PASSWORD})

    assert [(await reset(browser, token)).status_code for token in (first, second)] == [400, 400]
    assert (await login(browser, password=OTHER)).status_code == 201


async def test_each_link_has_a_life_of_its_own(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 69 (Gogs CVE-2026-52809): the confirmation's is no good for a reset."""
    await idp.add_account(EMAIL, confirmed=False)
    await forgot(browser)
    to_reset = await mailed_token(idp)
    await resend(browser)
    to_confirm = await mailed_token(idp)
    idp.clock.advance(timedelta(hours=1))
    assert (await reset(browser, to_reset)).status_code == 400

    idp.clock.advance(timedelta(hours=23))
    assert (await confirm(browser, to_confirm)).status_code == 400


async def test_a_confirmation_signs_in_once_and_only_who_it_was_sent_to(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 54 (authentik CVE-2022-23555)."""
    await register(browser)
    token = await mailed_token(idp)
    async with idp.browser() as elsewhere:
        assert (await confirm(elsewhere, token)).status_code == 200
        assert (await elsewhere.get("/user")).json()["email"] == EMAIL

    again = await confirm(browser, token)

    assert again.status_code == 400
    assert "set-cookie" not in again.headers


async def test_looking_at_a_link_does_not_use_it_up(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await register(browser)
    token = await mailed_token(idp)
    for _ in range(3):
        await browser.post("/user/is-confirmation-token-valid", json={"token": token})

    assert (await confirm(browser, token)).status_code == 200


async def test_a_code_asked_for_again_is_another(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 45; the source sends the same code again and restarts its clock (bloom.md §5)."""
    await idp.add_account(EMAIL, mfa_methods=frozenset({"email"}))
    codes = []
    for _ in range(4):
        await ask_mfa_code(browser)
        codes.append(await mailed_code(idp))

    assert len(set(codes)) > 1
