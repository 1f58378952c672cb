"""A password is changed while the old one is being looked at (row 21): the change wins."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from idp.core.address import EmailAddress
from idp.sdk import AccountView, FirstFactor
from idp.testing.provider import TestProvider, provider_at
from tests.pages.person import Person

EMAIL, OLD, NEW, THIRD = "jane@example.com", "correct horse battery", "battery staple correct", "horse battery staple"


class Interrupted(FirstFactor):  # type: ignore[type-arg]  # no settings
    """The built-in password factor; once it has said yes, something else happens before its answer arrives."""

    def __init__(self, inner: FirstFactor, meanwhile: Callable[[], Awaitable[None]]) -> None:  # type: ignore[type-arg]
        self.inner, self.meanwhile, self.amr = inner, meanwhile, inner.amr

    async def prove(self, account: AccountView | None, secret: str) -> bool:
        answer = await self.inner.prove(account, secret)
        await self.meanwhile()
        return answer


@pytest.fixture
async def idp(tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    async with provider_at(tmp_path, template=template) as provider:
        await provider.add_account(EMAIL, OLD)
        yield provider


async def reset_token(idp: TestProvider, browser: httpx2.AsyncClient) -> str:
    await browser.put("/user/forgot-password", json={"email": EMAIL})
    return (await idp.last_mail(EMAIL)).data["token"]


def reset_meanwhile(idp: TestProvider, token: str) -> None:
    factors = idp.provider.verbs.world.extensions.first_factors
    assert isinstance(factors, dict)
    inner = factors["password"]

    async def reset() -> None:
        factors["password"] = inner
        idp.clock.advance(timedelta(milliseconds=1))
        async with idp.browser() as elsewhere:
            answer = await elsewhere.put("/auth/update-password", json={"token": token, "password": NEW})
            assert answer.status_code == 200

    factors["password"] = Interrupted(inner, reset)


async def test_a_login_by_the_old_password_opens_no_session_after_the_reset(idp: TestProvider) -> None:
    async with idp.browser() as browser:
        reset_meanwhile(idp, await reset_token(idp, browser))

        answer = await browser.post("/auth/login", json={"email": EMAIL, "password": OLD})

    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


async def test_a_login_by_the_old_password_gets_no_further_where_a_second_proof_is_wanted(idp: TestProvider) -> None:
    """Rows 21, 55: the page's first step leaves no ticket that outlives the reset."""
    account = await idp.provider.store.read(lambda work: work.accounts.by_email(EmailAddress(EMAIL)))
    assert account is not None
    await idp.enrol(account, "email")
    async with idp.browser() as browser:
        reset_meanwhile(idp, await reset_token(idp, browser))
        person = Person(browser)

        answer = await person.sign_in(email=EMAIL, password=OLD)

    assert answer.status_code >= 400
    assert not person.path.startswith("/second-factor/")


async def test_a_change_proved_by_the_old_password_does_not_undo_the_reset(idp: TestProvider) -> None:
    async with idp.browser() as thief:
        await thief.post("/auth/login", json={"email": EMAIL, "password": OLD})
        reset_meanwhile(idp, await reset_token(idp, thief))

        answer = await thief.put("/user/public", json={"password": THIRD, "currentPassword": OLD})

        assert answer.status_code == 401
        assert (await thief.post("/auth/login", json={"email": EMAIL, "password": THIRD})).status_code == 401
        assert (await thief.post("/auth/login", json={"email": EMAIL, "password": NEW})).status_code == 201
