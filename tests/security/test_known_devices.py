"""Browsers that are known again: a small budget of their own (threat row 34)."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from idp.testing.provider import TestProvider
from tests.security.acts import EMAIL, OTHER, PASSWORD, WRONG, forgot, login, mailed_token, nodeloom_login, reset
from tests.security.conftest import Opened
from tests.security.test_guessing import is_locked, left

DEVICE = "idp-device"


@pytest.fixture
async def idp(anyio_backend: str, opened: Opened) -> AsyncIterator[TestProvider]:
    async with opened(lockout={"known_devices": True}) as provider:
        await provider.add_account(EMAIL)
        yield provider


async def lock_the_name(idp: TestProvider) -> None:
    async with idp.browser("203.0.113.9") as attacker:
        for _ in range(5):
            await login(attacker, password=WRONG)
        assert is_locked(await login(attacker, password=WRONG))


@pytest.mark.parametrize("guess", [login, nodeloom_login])
async def test_who_locks_the_name_does_not_lock_its_owners_browser_out(
    idp: TestProvider, browser: httpx2.AsyncClient, guess: object
) -> None:
    await login(browser)
    await lock_the_name(idp)
    async with idp.browser() as unknown:
        assert is_locked(await login(unknown))

    assert (await guess(browser)).status_code in (200, 201)  # type: ignore[operator]


async def test_a_known_browser_has_few_guesses_as_well(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """A stolen device cookie is no way round the limit."""
    await login(browser)

    counts = [left(await login(browser, password=WRONG)) for _ in range(5)]

    assert counts == [5, 4, 3, 2, 1]
    assert is_locked(await login(browser))


async def test_its_guesses_do_not_lock_the_name(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await login(browser)
    for _ in range(6):
        await login(browser, password=WRONG)

    async with idp.browser() as elsewhere:
        assert (await login(elsewhere)).status_code == 201


async def test_a_browser_is_known_to_the_accounts_it_signed_in_to(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """An account of the attacker's own makes their browser known to nobody else."""
    await idp.add_account("attacker@example.com")
    await login(browser, "attacker@example.com")
    await lock_the_name(idp)

    assert is_locked(await login(browser))


async def test_a_device_that_was_never_ours_is_none(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await lock_the_name(idp)
    for value in ("", "x", "x" * 43, "é", "../..", "null"):
        answer = await browser.post(
            "/auth/login",
            json={"email": EMAIL, "password": PASSWORD},
            headers=[(b"cookie", f"{DEVICE}={value}".encode())],
        )

        assert is_locked(answer), value


async def test_a_new_password_forgets_every_browser(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await login(browser)
    kept = browser.cookies[DEVICE]
    await forgot(browser)
    async with idp.browser() as elsewhere:
        await reset(elsewhere, await mailed_token(idp))
    await lock_the_name(idp)
    browser.cookies.clear()
    browser.cookies.set(DEVICE, kept)

    assert is_locked(await login(browser, password=OTHER))


async def test_every_sign_in_gives_another_value(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await login(browser)
    first = browser.cookies[DEVICE]
    await login(browser)

    assert browser.cookies[DEVICE] != first


async def test_without_the_setting_there_is_no_such_cookie_and_it_counts_for_nothing(opened: Opened) -> None:
    async with opened() as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        await login(browser)
        assert DEVICE not in browser.cookies
        browser.cookies.set(DEVICE, "x" * 43)
        await lock_the_name(idp)

        assert is_locked(await login(browser))


@pytest.mark.parametrize("prefix", ["", "__Secure-"])
async def test_on_https_no_other_host_can_write_it_and_one_from_before_is_honoured(opened: Opened, prefix: str) -> None:
    """ASVS 3.3.3, whatever the contracts' own cookies are called."""
    settings = {"issuer": "https://id.example.com", "cookies": {"prefix": prefix}, "lockout": {"known_devices": True}}
    async with opened(**settings) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        first = await login(browser)
        [written] = [one for one in first.headers.get_list("set-cookie") if DEVICE in one]
        token = written.partition("=")[2].partition(";")[0]
        await lock_the_name(idp)
        browser.cookies.clear()
        browser.headers["cookie"] = f"{prefix}{DEVICE}={token}"

        assert written.startswith(f"__Host-{DEVICE}=")
        assert "; Path=/;" in written
        assert "; HttpOnly; Secure" in written
        assert (await login(browser)).status_code == 201
