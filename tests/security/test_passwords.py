"""What may be a password, and what it costs (threat rows 76, 87, 119, 120)."""

import argon2.low_level
import httpx2
import pytest

from idp.testing.provider import TestProvider
from tests.security.acts import EMAIL, PASSWORD, WRONG, forgot, login, mailed_token, nodeloom_login, register, reset
from tests.security.conftest import Opened
from tests.security.toil import HASHED, watch


async def test_a_password_beyond_1024_characters_is_not_hashed_anywhere(
    idp: TestProvider, browser: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 119 (Django 2013): a megabyte was a minute of CPU."""
    await idp.add_account(EMAIL)
    await forgot(browser)
    token, long = await mailed_token(idp), "x" * 1025
    toil = watch(monkeypatch)
    with toil.counted() as done:
        answers = [
            await login(browser, password=long),
            await nodeloom_login(browser, password=long),
            await register(browser, "new@example.com", long),
            await reset(browser, token, long),
        ]

    assert [answer.status_code for answer in answers] == [400] * 4
    assert HASHED not in done
    assert (await reset(browser, token)).status_code == 200, "and the link is as good as before"


@pytest.mark.parametrize("length", [64, 128])
async def test_a_long_password_counts_to_its_last_character(opened: Opened, length: int) -> None:
    """Row 120: nothing is cut."""
    long = "pä" * (length // 2)
    async with opened(password={"maximum": 1024}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL, long)

        assert (await login(browser, password=long[:-1] + "X")).status_code == 401
        assert (await login(browser, password=long[:-1])).status_code == 401
        assert (await login(browser, password=long + "x")).status_code == 401
        assert (await login(browser, password=long)).status_code == 201


@pytest.mark.parametrize(
    ("set_to", "tried"),
    [
        ("Correct Horse", "correct horse"),
        ("correct horse ", "correct horse"),
        (" correct horse", "correct horse"),
        ("ﬁnancial times", "financial times"),
        ("caf\u00e9 au lait", "cafe\u0301 au lait"),
        ("strasse strasse", "straße straße"),
    ],
)
async def test_nothing_is_folded_or_trimmed(
    idp: TestProvider, browser: httpx2.AsyncClient, set_to: str, tried: str
) -> None:
    """Row 120: the exact bytes."""
    await idp.add_account(EMAIL, set_to)

    assert (await login(browser, password=tried)).status_code == 401
    assert (await login(browser, password=set_to)).status_code == 201


WEAK = ["short", "password1234", "PASSWORD1234", "qwertyuiop", EMAIL, "JANE@example.com", "JaneDoeson", "x" * 129]


@pytest.mark.parametrize("weak", WEAK)
async def test_a_weak_password_is_refused_wherever_one_is_set(
    idp: TestProvider, browser: httpx2.AsyncClient, weak: str
) -> None:
    """Row 76: too short, too long, common, or the name of its owner; by reset, registration, change, confirmation."""
    await idp.add_account(EMAIL, first_name="JaneDoeson")
    await forgot(browser)
    token = await mailed_token(idp)
    await register(browser, "new@example.com")
    link = await mailed_token(idp, "new@example.com")
    own = {"email": EMAIL, "firstName": "JaneDoeson"}
    refused = [
        await reset(browser, token, weak),
        await register(browser, **{**own, "password": weak}),
    ]
    if "@" not in weak and weak != "JaneDoeson":
        refused.append(await browser.put("/auth/confirm", json={"token": link, "password": weak}))
    await login(browser)
    refused.append(await browser.put("/user/public", json={"password": weak, "currentPassword": PASSWORD}))

    assert {answer.status_code for answer in refused} == {400}
    assert {answer.text for answer in refused} == {
        '{"message":["passwordTooWeak"],"error":"Bad Request","statusCode":400}'
    }
    assert (await login(browser)).status_code == 201


async def test_a_jurisdictions_own_rules_hold_for_its_people(opened: Opened) -> None:
    async with opened(jurisdictions={"Strict": {"password": "bloom"}}) as idp, idp.browser() as browser:
        named = {"jurisdictionname": "Strict"}
        body = {"email": "a@example.com", "firstName": "A", "lastName": "B"}
        weak = await browser.post("/user/public", json={**body, "password": PASSWORD}, headers=named)
        good = await browser.post("/user/public", json={**body, "password": "Abcdef12345!"}, headers=named)
        await browser.put("/user/forgot-password", json={"email": "a@example.com"})
        elsewhere = await reset(browser, await mailed_token(idp, "a@example.com"), PASSWORD)

    assert (weak.status_code, good.status_code, elsewhere.status_code) == (400, 201, 400)


async def test_a_throttled_registration_is_not_hashed(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 87: the cheap check comes first."""
    hashed: list[bytes] = []
    real = argon2.low_level.hash_secret

    def hash_secret(secret: bytes, *arguments: object, **more: object) -> bytes:
        hashed.append(secret)
        return real(secret, *arguments, **more)  # type: ignore[arg-type]

    async with opened(throttle={"sources": "1/10m"}) as idp, idp.browser() as browser:
        monkeypatch.setattr("idp.crypto.passwords.hash_secret", hash_secret)
        first = await register(browser, "a@example.com")
        second = await register(browser, "b@example.com", WRONG)

    assert (first.status_code, second.status_code) == (201, 429)
    assert hashed == [PASSWORD.encode()]
