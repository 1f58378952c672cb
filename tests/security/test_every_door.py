"""No way in is weaker than another: disabled, unconfirmed, second factor (threat rows 21, 22, 51 to 54)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import httpx2
import pytest

from idp.core.address import canonical_email
from idp.core.session import Source
from idp.ports.storage import UnitOfWork
from idp.testing.provider import TestProvider
from idp.usecases.administration import Administration
from tests.security.acts import (
    BAY_AREA,
    EMAIL,
    PASSWORD,
    ask_mfa_code,
    ask_sign_in_code,
    code_login,
    confirm,
    forgot,
    login,
    mailed_code,
    mailed_token,
    nodeloom_login,
    refresh,
    resend,
    reset,
)
from tests.security.conftest import Opened

OPERATOR = Source(address="cli")
Way = Callable[[TestProvider, httpx2.AsyncClient], Awaitable[Callable[[], Awaitable[httpx2.Response]]]]


async def _by_password(idp: TestProvider, browser: httpx2.AsyncClient) -> Callable[[], Awaitable[httpx2.Response]]:
    return lambda: login(browser)


async def _by_nodeloom(idp: TestProvider, browser: httpx2.AsyncClient) -> Callable[[], Awaitable[httpx2.Response]]:
    return lambda: nodeloom_login(browser)


async def _by_code(idp: TestProvider, browser: httpx2.AsyncClient) -> Callable[[], Awaitable[httpx2.Response]]:
    await ask_sign_in_code(browser)
    code = await mailed_code(idp)
    return lambda: code_login(browser, code)


async def _by_reset(idp: TestProvider, browser: httpx2.AsyncClient) -> Callable[[], Awaitable[httpx2.Response]]:
    await forgot(browser)
    token = await mailed_token(idp)
    return lambda: reset(browser, token)


async def _by_confirmation(idp: TestProvider, browser: httpx2.AsyncClient) -> Callable[[], Awaitable[httpx2.Response]]:
    await _change(idp, confirmed_at=None)
    await resend(browser)
    token = await mailed_token(idp)
    return lambda: confirm(browser, token)


async def _by_refresh(idp: TestProvider, browser: httpx2.AsyncClient) -> Callable[[], Awaitable[httpx2.Response]]:
    await login(browser)
    return lambda: refresh(browser)


async def _by_extension(idp: TestProvider, browser: httpx2.AsyncClient) -> Callable[[], Awaitable[httpx2.Response]]:
    await nodeloom_login(browser)
    return lambda: browser.post("/api/auth/refresh")


WAYS_IN = [_by_password, _by_nodeloom, _by_code, _by_reset, _by_confirmation]
WAYS_ON = [_by_refresh, _by_extension]


async def _change(idp: TestProvider, **fields: object) -> None:
    def change(work: UnitOfWork) -> None:
        account = work.accounts.by_email(canonical_email(EMAIL))
        assert account is not None
        work.accounts.update(replace(account, **fields))  # type: ignore[arg-type]

    await idp.provider.store.transact(change)


@pytest.fixture
async def jane(idp: TestProvider) -> None:
    await idp.add_account(EMAIL, jurisdictions=[BAY_AREA])
    await idp.set_flag("single_use_code", True, jurisdiction=BAY_AREA)


@pytest.mark.usefixtures("jane")
@pytest.mark.parametrize("way", [*WAYS_IN, *WAYS_ON])
async def test_every_way_works_for_who_may(idp: TestProvider, browser: httpx2.AsyncClient, way: Way) -> None:
    """What the others are measured by."""
    answer = await (await way(idp, browser))()

    assert answer.status_code in (200, 201)
    assert "set-cookie" in answer.headers


@pytest.mark.usefixtures("jane")
@pytest.mark.parametrize("way", [*WAYS_IN, *WAYS_ON])
async def test_a_disabled_account_gets_no_token_by_any(
    idp: TestProvider, browser: httpx2.AsyncClient, way: Way
) -> None:
    """Row 22 (Keycloak CVE-2025-14559, authentik CVE-2025-53942): disabled between the first step and the last.

    The bare flag decides, not what the operator's verb ends beside it.
    """
    act = await way(idp, browser)
    await _change(idp, disabled_at=idp.clock.now())

    answer = await act()

    assert answer.status_code in (400, 401)
    assert not [one for one in answer.headers.get_list("set-cookie") if "Max-Age=0" not in one]


@pytest.mark.usefixtures("jane")
@pytest.mark.parametrize("way", [_by_password, _by_nodeloom, *WAYS_ON[:1]])
async def test_an_unconfirmed_account_gets_no_token_but_by_its_mailbox(
    idp: TestProvider, browser: httpx2.AsyncClient, way: Way
) -> None:
    act = await way(idp, browser)
    await _change(idp, confirmed_at=None)

    answer = await act()

    assert answer.status_code == 401
    assert not [one for one in answer.headers.get_list("set-cookie") if "Max-Age=0" not in one]


@pytest.mark.usefixtures("jane")
@pytest.mark.parametrize("way", WAYS_IN)
async def test_one_factor_opens_no_door_where_two_are_asked_for(
    idp: TestProvider, browser: httpx2.AsyncClient, way: Way
) -> None:
    """Rows 51 to 55 (Vikunja CVE-2026-33315, Keycloak CVE-2026-18963): enrolled between the first step and the last."""
    act = await way(idp, browser)
    await _change(idp, mfa_methods=frozenset({"totp"}))

    answer = await act()

    assert answer.status_code in (200, 401)
    assert "set-cookie" not in answer.headers


@pytest.mark.usefixtures("jane")
@pytest.mark.parametrize("way", WAYS_IN)
async def test_a_tenant_that_begins_to_demand_two_closes_every_door_at_once(
    idp: TestProvider, browser: httpx2.AsyncClient, way: Way
) -> None:
    act = await way(idp, browser)
    await idp.set_flag("mfa", True, jurisdiction=BAY_AREA)

    answer = await act()

    assert answer.status_code in (200, 401)
    assert "set-cookie" not in answer.headers


@pytest.mark.usefixtures("jane")
async def test_to_disable_ends_sessions_codes_and_links(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """And they stay ended when the account is enabled again."""
    acts = [await way(idp, browser) for way in (_by_code, _by_reset, _by_refresh)]
    operator = Administration(idp.provider.verbs).accounts
    await operator.disable(EMAIL, OPERATOR)
    await operator.enable(EMAIL, OPERATOR)

    answers = [await act() for act in acts]

    assert [answer.status_code for answer in answers] == [401, 400, 401]
    assert (await login(browser)).status_code == 201


async def test_a_disabled_account_is_not_carried_on_by_the_grace_either(opened: Opened) -> None:
    """Row 22: the way for browsers that click twice looks at the account as well."""
    async with opened(sessions={"refresh_grace": "5s"}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        await login(browser)
        used = browser.cookies["refresh-token"]
        await refresh(browser)
        await _change(idp, disabled_at=idp.clock.now())

        answer = await refresh(browser, used)

    assert answer.status_code == 401
    assert not [one for one in answer.headers.get_list("set-cookie") if "Max-Age=0" not in one]


@pytest.mark.usefixtures("jane")
async def test_nothing_is_sent_to_a_disabled_account(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await _change(idp, disabled_at=idp.clock.now(), mfa_methods=frozenset({"email"}))

    answers = [await forgot(browser), await ask_sign_in_code(browser), await resend(browser)]
    refused = await ask_mfa_code(browser, password=PASSWORD)

    assert [answer.status_code for answer in answers] == [200, 201, 201]
    assert refused.status_code == 401
    assert await idp.mails() == []


@pytest.mark.usefixtures("jane")
async def test_a_new_address_leaves_nothing_in_the_old_mailbox(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 21: whoever reads the mailbox that was given up holds links and codes that nobody meant any more."""
    by_code, by_reset = await _by_code(idp, browser), await _by_reset(idp, browser)
    await login(browser)
    await browser.put("/user/public", json={"newEmail": "newer@example.com"})
    changed = await confirm(browser, await mailed_token(idp, "newer@example.com"))
    browser.cookies.clear()

    answers = [await by_reset(), await by_code()]

    assert changed.status_code == 200
    assert [answer.status_code for answer in answers] == [400, 401]
