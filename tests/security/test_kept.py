"""What is kept of a sign-in: what the next request needs, and no more, however often a session is prolonged."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from idp.core.events import EventName
from idp.testing.provider import TestProvider
from tests.security.acts import EMAIL, login, nodeloom_login, profile, refresh
from tests.security.conftest import Opened
from tests.storage.dump import everything

SECOND = timedelta(seconds=1)


async def rows(idp: TestProvider, table: str) -> list[Any]:
    return (await everything(idp.provider.store))[table]


async def refresh_tokens(idp: TestProvider, browser: httpx2.AsyncClient, times: int) -> Sequence[str]:
    """The first token of a session, and each that followed."""
    tokens = [browser.cookies["refresh-token"]]
    for _ in range(times):
        idp.clock.advance(SECOND)
        assert (await refresh(browser)).status_code == 200
        tokens.append(browser.cookies["refresh-token"])
    return tokens


async def reuses(idp: TestProvider) -> int:
    name = EventName.REFRESH_REUSE
    return len(await idp.provider.store.read(lambda work: work.audit.page(name=name)))


async def test_a_contract_without_a_refresh_cookie_keeps_no_refresh_token(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL)

    assert (await nodeloom_login(browser)).status_code == 200

    assert await rows(idp, "sessions") != []
    assert await rows(idp, "refresh") == []


async def test_no_browser_is_remembered_unless_the_operator_wants_it(opened: Opened) -> None:
    """Row 34: `lockout.known_devices` is off by default."""
    kept = {}
    for wanted in (False, True):
        async with opened(lockout={"known_devices": wanted}) as idp, idp.browser() as browser:
            await idp.add_account(f"{wanted}@example.com")
            await login(browser, f"{wanted}@example.com")
            kept[wanted] = len(await rows(idp, "devices"))

    assert kept == {False: 0, True: 1}


async def test_of_a_session_prolonged_often_the_last_two_tokens_are_kept(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL)
    await login(browser)

    await refresh_tokens(idp, browser, 20)

    assert len(await rows(idp, "refresh")) == 2


@pytest.mark.parametrize("which", [0, 7, 18, 19])
async def test_any_used_token_ends_its_session_be_it_kept_or_not(
    idp: TestProvider, browser: httpx2.AsyncClient, which: int
) -> None:
    """Row 18 (RFC 9700 §4.14.2): what is kept no more is recognized by its mark."""
    await idp.add_account(EMAIL)
    await login(browser)
    tokens = await refresh_tokens(idp, browser, 20)

    assert (await refresh(browser, tokens[which])).status_code == 401

    assert (await refresh(browser, tokens[-1])).status_code == 401
    assert (await profile(browser)).status_code == 401
    assert await reuses(idp) == 1


async def test_who_knows_a_session_by_its_id_alone_cannot_end_it(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """The id stands in access tokens and in the audit trail: it is no secret."""
    await idp.add_account(EMAIL)
    await login(browser)
    session_id, secret, mark = browser.cookies["refresh-token"].split(".")
    async with idp.browser() as elsewhere:
        await login(elsewhere)
        _, other_secret, other_mark = elsewhere.cookies["refresh-token"].split(".")
    forged = (
        f"{session_id}.{'A' * 43}.{'0' * 32}",
        f"{session_id}.{'A' * 43}.{mark}",
        f"{session_id}.{secret}.",
        f"{session_id}.{secret}.{mark.upper()}",
        f"{session_id}.{secret}.{mark}.",
        f"{session_id}.{other_secret}.{other_mark}",
        f"{session_id}.",
        session_id,
    )

    async with idp.browser() as thief:
        for token in forged:
            assert (await refresh(thief, token)).status_code == 401

    assert (await profile(browser)).status_code == 200
    assert (await refresh(browser)).status_code == 200
    assert await reuses(idp) == 0


async def test_within_the_grace_what_it_needs_is_kept(opened: Opened) -> None:
    """The successor of a used token is yielded again, also after it was used itself."""
    async with opened(sessions={"refresh_grace": "10s"}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        await login(browser)
        tokens = await refresh_tokens(idp, browser, 3)
        again = await refresh(browser, tokens[0])

        assert again.status_code == 200
        assert browser.cookies["refresh-token"] == tokens[1]

        idp.clock.advance(11 * SECOND)
        assert (await refresh(browser, tokens[0])).status_code == 401
        assert (await refresh(browser, tokens[-1])).status_code == 401
