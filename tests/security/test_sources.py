"""Where requests come from, and how much one source or one recipient may cause (threat rows 32, 33, 42, 43)."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from idp.testing.provider import TestProvider
from tests.security.acts import (
    BAY_AREA,
    EMAIL,
    PHONE,
    WRONG,
    ask_mfa_code,
    ask_sign_in_code,
    forgot,
    login,
    nodeloom_login,
    register,
    resend,
)
from tests.security.conftest import Opened
from tests.security.test_guessing import is_locked

STRICT = {"throttle": {"sources": "3/10m"}}
PROXY = "10.0.0.1"


async def spray(browser: httpx2.AsyncClient, *names: str, **headers: str) -> list[int]:
    """One guess at each name."""
    body = {"password": WRONG}
    return [
        (await browser.post("/auth/login", json={**body, "email": f"{name}@example.com"}, headers=headers)).status_code
        for name in names
    ]


async def test_one_guess_at_each_of_many_names_is_stopped_by_source(opened: Opened) -> None:
    """Row 43: credential stuffing. 429 with Retry-After, and no name is locked by it."""
    async with opened(**STRICT) as idp, idp.browser("203.0.113.9") as attacker, idp.browser() as browser:
        await idp.add_account(EMAIL)
        statuses = await spray(attacker, "a", "b", "c", "d")
        stopped = [await login(attacker), await nodeloom_login(attacker), await ask_mfa_code(attacker)]

        assert statuses == [401, 401, 401, 429]
        assert [answer.status_code for answer in stopped] == [429, 429, 429]
        assert all(0 < int(answer.headers["retry-after"]) <= 600 for answer in stopped)
        assert (await login(browser)).status_code == 201
        idp.clock.advance(timedelta(minutes=10, seconds=1))
        assert (await login(attacker)).status_code == 201


async def test_successes_cost_a_source_nothing(opened: Opened) -> None:
    """Many people behind one address sign in all day."""
    async with opened(**STRICT) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        statuses = [(await login(browser)).status_code for _ in range(5)]
        statuses += [(await nodeloom_login(browser)).status_code for _ in range(5)]

    assert statuses == [201] * 5 + [200] * 5


FORGED: list[dict[str, str]] = [
    {"x-forwarded-for": "198.51.100.7"},
    {"x-forwarded-for": ""},
    {"x-forwarded-for": "nonsense, 198.51.100.7"},
    {"forwarded": "for=198.51.100.7"},
    {"x-real-ip": "198.51.100.7"},
    {"x-client-ip": "198.51.100.7"},
    {"x_forwarded_for": "198.51.100.7"},
]


async def test_nobody_chooses_where_they_come_from(opened: Opened) -> None:
    """Rows 32, 111: without a proxy of ours no header counts."""
    async with opened(**STRICT) as idp, idp.browser("203.0.113.9") as attacker:
        await spray(attacker, "a", "b", "c")

        assert [await spray(attacker, "d", **forged) for forged in FORGED] == [[429]] * len(FORGED)


@pytest.mark.parametrize(
    "forged", ["{}, 203.0.113.9", "{},203.0.113.9", "nonsense, {}, 203.0.113.9", "{}, 203.0.113.9, 10.0.0.2"]
)
async def test_through_our_proxies_the_nearest_stranger_counts(opened: Opened, forged: str) -> None:
    """Row 32: counted from the right, past our own only; what the client wrote further left is its own tale."""
    server = {"trusted_proxies": ["10.0.0.0/24"]}
    async with opened(server=server, **STRICT) as idp, idp.browser(PROXY) as proxy:
        for number, name in enumerate(("a", "b", "c")):
            header = forged.format(f"198.51.100.{number}")
            assert await spray(proxy, name, **{"x-forwarded-for": header}) == [401]

        assert await spray(proxy, "d", **{"x-forwarded-for": forged.format("198.51.100.99")}) == [429]
        assert await spray(proxy, "e", **{"x-forwarded-for": "203.0.113.10"}) == [401]


async def test_a_proxy_that_adds_a_header_of_its_own_is_read_with_the_others(opened: Opened) -> None:
    """RFC 9110 §5.3: two fields of one name are one list, whoever of the chain wrote which."""
    server = {"trusted_proxies": ["10.0.0.0/24"]}
    async with opened(server=server, **STRICT) as idp, idp.browser(PROXY) as proxy:

        async def guess(name: str, stranger: bytes) -> int:
            fields = [(b"x-forwarded-for", stranger), (b"x-forwarded-for", b"10.0.0.2")]
            body = {"email": f"{name}@example.com", "password": WRONG}
            return (await proxy.post("/auth/login", json=body, headers=fields)).status_code

        statuses = [await guess(name, b"203.0.113.9") for name in "abcd"]

        assert statuses == [401, 401, 401, 429]
        assert await guess("e", b"203.0.113.10") == 401


@pytest.mark.parametrize(
    "broken", ["nonsense", "203.0.113.9, nonsense", "1.2.3.4.5", "", ",", "999.1.1.1", "::1%eth0x!"]
)
async def test_what_does_not_parse_is_the_proxy_and_skips_nothing(opened: Opened, broken: str) -> None:
    """Row 33 (authentik CVE-2024-47070, where the password stage was skipped)."""
    server = {"trusted_proxies": [PROXY + "/32"]}
    async with opened(server=server, **STRICT) as idp, idp.browser(PROXY) as proxy:
        await idp.add_account(EMAIL)
        statuses = await spray(proxy, "a", "b", "c", "d", **{"x-forwarded-for": broken})

        assert statuses == [401, 401, 401, 429]


async def test_the_limit_of_a_name_is_the_same_from_everywhere(idp: TestProvider) -> None:
    """Row 32: a botnet has no more guesses than one machine."""
    await idp.add_account(EMAIL)
    for number in range(5):
        async with idp.browser(f"203.0.113.{number}") as attacker:
            await login(attacker, password=WRONG)

    async with idp.browser("198.51.100.1") as browser:
        assert is_locked(await login(browser))


async def test_a_mailbox_gets_five_letters_and_the_answers_stay_the_same(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 42: whichever of the four kinds, one cap per recipient; who asks cannot tell."""
    await idp.add_account(EMAIL, jurisdictions=[BAY_AREA], confirmed=False)
    await idp.set_flag("single_use_code", True, jurisdiction=BAY_AREA)
    answers = []
    for _ in range(3):
        answers += [await forgot(browser), await resend(browser), await ask_sign_in_code(browser)]

    assert {answer.status_code for answer in answers} == {200, 201}
    assert {answer.text for answer in answers} == {'{"success":true}'}
    assert len(await idp.mails(EMAIL)) == 5
    idp.clock.advance(timedelta(minutes=10, seconds=1))
    await forgot(browser)
    assert len(await idp.mails(EMAIL)) == 6


async def test_all_spellings_of_a_mailbox_share_one_cap(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL)
    for spelling in ("jane@example.com", "JANE@example.com", "Jane@Example.Com") * 2:
        await forgot(browser, spelling)

    assert len(await idp.mails(EMAIL)) == 5


async def test_text_messages_have_a_budget_over_everybody(opened: Opened) -> None:
    """Row 42: SMS pumping earns the attacker money per message, whoever the recipients are."""
    async with opened(throttle={"sms": "2/1h"}) as idp, idp.browser() as browser:
        for number in range(3):
            phone = f"+1415555267{number}"
            mfa: dict[str, Any] = {
                "mfa_methods": frozenset({"sms"}),
                "phone_number": phone,
                "phone_verified_at": idp.clock.now(),
            }
            await idp.add_account(f"{number}@example.com", **mfa)

        answers = [await ask_mfa_code(browser, f"{number}@example.com", mfaType="sms") for number in range(3)]

        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert len(await idp.mails()) == 2


async def test_a_new_number_is_no_fresh_budget(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 42: the number that a request names is capped like any other."""
    await idp.add_account(EMAIL, mfa_methods=frozenset({"sms"}))

    answers = [await ask_mfa_code(browser, mfaType="sms", phoneNumber=PHONE) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [201] * 5 + [429]


async def test_signing_up_is_throttled_by_source(opened: Opened) -> None:
    """Rows 39, 87: sign-up tells which addresses are taken, and hashes: both have a limit, before the hash."""
    async with opened(**STRICT) as idp, idp.browser("203.0.113.9") as attacker, idp.browser() as browser:
        answers = [await register(attacker, f"{name}@example.com") for name in "abcd"]

        assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
        assert "retry-after" in answers[-1].headers
        assert (await register(browser, "e@example.com")).status_code == 201
