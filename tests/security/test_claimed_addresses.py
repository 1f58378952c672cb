"""Somebody registers with an address that is not theirs, and waits for its owner (pre-hijacking; threat rows 21, 54).

The classic-federated merge and the unexpired session of "Pre-hijacked accounts" (Sudhodanan, Paverd, USENIX Security
2022): what was chosen or given before anybody proved the mailbox is not the owner's.
"""

from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from idp.core.account import Account
from idp.core.address import canonical_email
from idp.core.events import EventName
from idp.core.grant import Consent
from idp.core.ids import ClientId
from idp.testing.provider import TestProvider
from tests.pages.person import Person
from tests.security.acts import (
    BAY_AREA,
    EMAIL,
    OTHER,
    PASSWORD,
    PHONE,
    ask_mfa_code,
    ask_sign_in_code,
    code_login,
    confirm,
    login,
    mailed_code,
    mailed_token,
    profile,
    register,
    reset,
)
from tests.security.conftest import Opened

CODES_ON = {BAY_AREA: {"flags": {"single_use_code": True}}}
UP_BY_CODE = {BAY_AREA: {"sign_up_by_code": True, "flags": {"single_use_code": True}}}
HERE = {"jurisdictionname": BAY_AREA}


async def enters_by_code(idp: TestProvider, browser: httpx2.AsyncClient, second: str | None = None) -> httpx2.Response:
    await ask_sign_in_code(browser, **HERE)
    return await code_login(browser, await mailed_code(idp), headers=HERE, mfaCode=second)


async def account_of(idp: TestProvider) -> Account:
    found = await idp.provider.store.read(lambda work: work.accounts.by_email(canonical_email(EMAIL)))
    assert found is not None
    return found


async def test_a_strangers_password_falls_when_the_owner_signs_in_by_a_code(opened: Opened) -> None:
    async with opened(jurisdictions=CODES_ON) as idp, idp.browser(**HERE) as stranger, idp.browser() as owner:
        await register(stranger)
        assert (await enters_by_code(idp, owner)).status_code == 201

        answer = await login(stranger)

        assert answer.status_code == 401
        assert answer.json() == {"failureCountRemaining": 5}
        assert (await profile(owner)).status_code == 200


async def test_the_owner_is_told_and_chooses_a_password_by_a_link(opened: Opened) -> None:
    async with opened(jurisdictions=CODES_ON) as idp, idp.browser(**HERE) as stranger, idp.browser() as owner:
        await register(stranger)
        await enters_by_code(idp, owner)
        told = await idp.last_mail(EMAIL)

        await owner.put("/user/forgot-password", json={"email": EMAIL})
        await reset(owner, await mailed_token(idp), OTHER)

        assert "password" in told.subject
        assert (await login(owner, password=OTHER)).status_code == 201
        events = await idp.provider.store.read(lambda work: work.audit.page(name=EventName.PASSWORD_REMOVED))
        assert [entry.event.reason for entry in events] == ["address_unproved"]


async def test_who_registers_and_follows_the_link_keeps_the_password(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await register(browser)
    await confirm(browser, await mailed_token(idp))

    assert (await login(browser)).status_code == 201


async def test_who_registers_and_types_the_code_that_came_with_it_keeps_the_password(opened: Opened) -> None:
    """The code stands for the link there (bloom.md §4.1)."""
    async with opened(jurisdictions=UP_BY_CODE) as idp, idp.browser(**HERE) as browser:
        await register(browser)
        await code_login(browser, await mailed_code(idp), headers=HERE)

        assert (await login(browser)).status_code == 201


async def test_a_code_that_was_asked_for_later_keeps_none(opened: Opened) -> None:
    async with opened(jurisdictions=UP_BY_CODE) as idp, idp.browser(**HERE) as stranger, idp.browser() as owner:
        await register(stranger)
        await enters_by_code(idp, owner)

        assert (await login(stranger)).status_code == 401


async def test_a_proved_address_keeps_its_password_whatever_code_signs_in(opened: Opened) -> None:
    async with opened(jurisdictions=CODES_ON) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL, PASSWORD, jurisdictions=[BAY_AREA])
        await enters_by_code(idp, browser)

        assert (await login(browser)).status_code == 201


async def test_who_had_no_password_is_told_of_none(opened: Opened) -> None:
    async with opened(jurisdictions=CODES_ON) as idp, idp.browser() as owner:
        account = await idp.add_account(EMAIL, PASSWORD, jurisdictions=[BAY_AREA], confirmed=False)
        await idp.provider.store.transact(lambda work: work.credentials.remove(account.id, "password"))

        assert (await enters_by_code(idp, owner)).status_code == 201

        assert len(await idp.mails(EMAIL)) == 1


async def test_whatever_was_opened_or_given_before_is_over(opened: Opened) -> None:
    """Today nobody gets as far without a proof; whoever did under another rule is out all the same."""
    async with opened(jurisdictions=CODES_ON) as idp, idp.browser(**HERE) as stranger, idp.browser() as owner:
        account = await idp.add_account(EMAIL, PASSWORD, jurisdictions=[BAY_AREA])
        await login(stranger)
        now, client = idp.clock.now(), ClientId("app")
        consent = Consent(
            account_id=account.id, client_id=client, scope=("openid",), resources=(), claims=(), given_at=now
        )
        await idp.provider.store.transact(lambda work: work.oauth.consents.put(consent))
        await idp.provider.store.transact(lambda work: work.accounts.update(replace(account, confirmed_at=None)))
        assert (await profile(stranger)).status_code == 200
        idp.clock.advance(timedelta(seconds=1))

        await enters_by_code(idp, owner)

        assert (await profile(stranger)).status_code == 401
        assert await idp.provider.store.read(lambda work: work.oauth.consents.of(account.id)) == []
        assert (await profile(owner)).status_code == 200


async def test_the_link_of_the_registration_opens_nothing_any_more(opened: Opened) -> None:
    async with opened(jurisdictions=CODES_ON) as idp, idp.browser(**HERE) as stranger, idp.browser() as owner:
        await register(stranger)
        link = await mailed_token(idp)
        await enters_by_code(idp, owner)

        assert (await confirm(stranger, link)).status_code == 400


async def test_a_second_factor_is_asked_for_all_the_same(opened: Opened) -> None:
    """One that an operator vouched for is nobody's but the owner's: it stays."""
    async with opened(jurisdictions=CODES_ON) as idp, idp.browser() as owner:
        account = await idp.add_account(
            EMAIL, PASSWORD, jurisdictions=[BAY_AREA], phone_number=PHONE, phone_verified_at=idp.clock.now()
        )
        await idp.enrol(account, "sms")
        await ask_mfa_code(owner, mfaType="sms")
        second = await mailed_code(idp, PHONE)
        enrolled = await account_of(idp)
        await idp.provider.store.transact(lambda work: work.accounts.update(replace(enrolled, confirmed_at=None)))

        answer = await enters_by_code(idp, owner, second)

        assert answer.status_code == 201
        assert (await account_of(idp)).mfa_methods == {"sms"}


@pytest.mark.parametrize("password", [PASSWORD, OTHER])
async def test_an_unproved_address_that_is_claimed_twice_has_the_password_of_neither(
    idp: TestProvider, password: str
) -> None:
    """On our own page, which answers alike: the link of the first claim is dead, and the next mail sets a password."""
    async with idp.browser() as stranger, idp.browser() as browser:
        await register(stranger)
        first = await mailed_token(idp)
        owner = Person(browser)
        await owner.open("/register")
        names = {"first_name": "Jane", "last_name": "Doe", "email": EMAIL}
        await owner.send("register-form", **names, password=password, password_again=password)
        assert owner.path == "/registered"

        assert (await confirm(browser, first)).status_code == 400
        assert (await reset(browser, await mailed_token(idp), OTHER)).status_code == 200

        assert (await login(stranger, password=PASSWORD)).status_code == 401
        assert (await login(browser, password=OTHER)).status_code == 201
