"""Who signs in again where somebody is signed in: the same session goes on, proved anew (row 15, ASVS 7.2.4)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from idp.core.account import Account
from idp.core.errors import SessionExpired
from idp.core.grant import Grant
from idp.core.session import Session, Source
from idp.testing.provider import TestProvider
from idp.usecases.sessions.tokens import PAGES
from idp.usecases.signin.first_factor import PasswordClaim
from idp.usecases.signin.outcome import SignedIn
from tests.pages.app import add_app, answer_in, authorize
from tests.pages.factors import account_with_totp, shown
from tests.pages.person import EMAIL, PASSWORD, Person

MINUTE = timedelta(minutes=1)
PAGE = Source(address="127.0.0.1", contract=PAGES)


async def sessions_of(idp: TestProvider, account: Account) -> Sequence[Session]:
    return await idp.provider.store.read(lambda work: work.sessions.of(account.id, idp.clock.now()))


async def grants_of(idp: TestProvider, account: Account) -> Sequence[Grant]:
    return await idp.provider.store.read(lambda work: work.oauth.grants.of(account.id, idp.clock.now()))


def copied(idp: TestProvider, person: Person) -> httpx2.AsyncClient:
    """A thief's browser, with the cookies as they are now."""
    browser = idp.browser()
    browser.cookies = httpx2.Cookies(person.browser.cookies)
    return browser


async def test_the_session_stays_and_its_cookie_is_another(idp: TestProvider, person: Person) -> None:
    account = await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()
    before = (await sessions_of(idp, account))[0]
    async with copied(idp, person) as thief:
        idp.clock.advance(MINUTE)
        await person.sign_in("/login?again=1")

        (after,) = await sessions_of(idp, account)
        assert after.id == before.id
        assert after.authenticated_at == before.authenticated_at + MINUTE
        assert (await person.open("/account")).status_code == 200
        assert (await thief.get("/account")).headers["location"].startswith("/login")


async def test_two_tabs_at_once_leave_a_cookie_that_is_good(idp: TestProvider) -> None:
    """Each came with the cookie from before: whichever answer the browser hears of last, it is signed in."""
    account = await idp.add_account(EMAIL, PASSWORD)
    sign_in, identify = idp.provider.verbs.sign_in, idp.provider.verbs.identify
    first = await sign_in(PasswordClaim(email=account.email, password=PASSWORD, source=PAGE))
    assert isinstance(first, SignedIn)
    again = PasswordClaim(email=account.email, password=PASSWORD, source=replace(PAGE, session=first.session))
    tokens = []
    for _ in range(2):
        idp.clock.advance(MINUTE)
        outcome = await sign_in(again)
        assert isinstance(outcome, SignedIn)
        tokens.append(outcome.access_token)

    (session,) = await sessions_of(idp, account)
    assert [(await identify(token, PAGES)).session for token in tokens] == [session, session]
    assert session.authenticated_at == first.session.authenticated_at + MINUTE
    with pytest.raises(SessionExpired):
        await identify(first.access_token, PAGES)


async def test_what_apps_hold_goes_on_and_none_is_told_of_an_end(idp: TestProvider, person: Person) -> None:
    await add_app(idp, backchannel_logout_uri="https://app.example.com/logout")
    account = await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in(authorize(scope="openid"))
    await person.send("consent-form", button="consent-allow")
    idp.clock.advance(MINUTE)

    await person.sign_in(authorize(scope="openid", prompt="login"))

    assert "code" in answer_in(person.answer.headers["location"])
    held = await grants_of(idp, account)
    assert len(held) == 2
    assert {grant.session_id for grant in held} == {one.id for one in await sessions_of(idp, account)}
    assert {grant.authenticated_at for grant in held} == {idp.clock.now() - MINUTE, idp.clock.now()}
    assert await idp.provider.store.read(lambda work: work.outbox.due_at()) is None


async def test_a_second_factor_raises_the_session_that_is_there(idp: TestProvider, person: Person) -> None:
    account, secret = await account_with_totp(idp)
    await person.sign_in()
    await person.send("mfa-form", code=shown(idp, secret))
    idp.clock.advance(MINUTE)

    await person.sign_in("/login?again=1")
    await person.send("mfa-form", code=shown(idp, secret))

    assert person.path == "/account"
    assert len(await sessions_of(idp, account)) == 1


async def test_somebody_elses_session_is_left_alone(idp: TestProvider, person: Person) -> None:
    """It is another account's: its apps go on, and its own pages end it."""
    jane = await idp.add_account(EMAIL, PASSWORD)
    joe = await idp.add_account("joe@example.com", PASSWORD)
    await person.sign_in()

    await person.sign_in("/login?again=1", email="joe@example.com")

    (hers,), (his,) = await sessions_of(idp, jane), await sessions_of(idp, joe)
    assert hers.id != his.id


async def test_a_session_that_is_over_does_not_come_back(idp: TestProvider, person: Person) -> None:
    """Row 16: it ended elsewhere while the password was being typed."""
    account = await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()
    (before,) = await sessions_of(idp, account)
    await person.open("/login?again=1")
    await idp.provider.store.transact(lambda work: work.sessions.revoke(before.id, idp.clock.now()))

    await person.send("login-form", email=EMAIL, password=PASSWORD)

    (after,) = await sessions_of(idp, account)
    assert after.id != before.id
