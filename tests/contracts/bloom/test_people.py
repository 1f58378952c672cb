"""Registering, and changing an account, where the usual way is barred (bloom.md §4.1, §4.2, §9.2)."""

from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from idp.testing.provider import TestProvider, provider_at

EMAIL, PASSWORD, OTHER = "new@example.com", "correct horse battery", "battery staple correct"
SIGN_UP = {"email": EMAIL, "password": PASSWORD, "firstName": "New", "lastName": "Person"}
NORTH = "North"


async def register(browser: httpx2.AsyncClient, **more: object) -> httpx2.Response:
    return await browser.post("/user/public", json={**SIGN_UP, **more})


async def login(browser: httpx2.AsyncClient, email: str = EMAIL) -> httpx2.Response:
    return await browser.post("/auth/login", json={"email": email, "password": PASSWORD})


async def test_an_account_joins_the_jurisdictions_of_its_body(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account("somebody@example.com", jurisdictions=[NORTH, "South"])
    ids = {one["name"]: one["id"] for one in (await browser.get("/jurisdictions")).json()}

    answer = await register(browser, jurisdictions=[{"id": ids[NORTH]}])

    assert answer.status_code == 201
    assert [one["name"] for one in answer.json()["jurisdictions"]] == [NORTH]


@pytest.mark.parametrize(("offered", "data"), [(True, "code"), (False, "token")])
async def test_where_people_sign_up_by_code_the_mail_holds_one_if_codes_are_on(
    tmp_path: Path, template: Path, offered: bool, data: str
) -> None:
    """bloom.md §4.1: in place of a link. Where codes are off, or go nowhere, it is a link after all."""
    jurisdictions = {NORTH: {"sign_up_by_code": True, "flags": {"single_use_code": offered}}}
    async with (
        provider_at(tmp_path, template=template, jurisdictions=jurisdictions) as idp,
        idp.browser(jurisdictionname=NORTH) as browser,
    ):
        assert (await register(browser)).status_code == 201

        assert data in (await idp.last_mail(EMAIL)).data


async def test_an_address_signed_up_and_deleted_again_and_again_is_not_flooded(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 42: five messages in ten minutes, whatever makes them."""
    for _ in range(7):
        account = (await register(browser)).json()
        await idp.provider.store.transact(lambda work, account=account: work.accounts.remove(account["id"]))  # type: ignore[misc]

    assert len(await idp.mails(EMAIL)) == 5


async def test_a_change_to_an_address_that_is_taken_tells_its_owner_and_nobody_else(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 39: the answer is that of an address that is free."""
    account = await idp.add_account(EMAIL, PASSWORD)
    await idp.add_account("owner@example.com", PASSWORD)
    await login(browser)
    idp.clock.advance(timedelta(seconds=1))

    taken = await browser.put("/user/public", json={"id": account.id, "newEmail": "owner@example.com"})
    free = await browser.put("/user/public", json={"id": account.id, "newEmail": "free@example.com"})

    assert taken.status_code == free.status_code == 200
    assert {**taken.json(), "updatedAt": ""} == {**free.json(), "updatedAt": ""}
    (told,), (asked,) = await idp.mails("owner@example.com"), await idp.mails("free@example.com")
    assert "token" in asked.data
    assert "token" not in told.data


async def test_a_mailbox_is_not_flooded_by_changes_of_address(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 42."""
    account = await idp.add_account(EMAIL, PASSWORD)
    await login(browser)

    for _ in range(7):
        answer = await browser.put("/user/public", json={"id": account.id, "newEmail": "victim@example.com"})
        assert answer.status_code == 200

    assert len(await idp.mails("victim@example.com")) == 5


@pytest.mark.parametrize(("role", "status"), [("admin", 200), ("super_admin", 200), ("support_admin", 403)])
async def test_an_administrator_may_look_at_everybody_without_a_role(
    idp: TestProvider, browser: httpx2.AsyncClient, role: str, status: int
) -> None:
    await idp.add_account(EMAIL, PASSWORD, roles=frozenset({role}))
    person = await idp.add_account("person@example.com", PASSWORD)
    await login(browser)

    assert (await browser.get(f"/user/{person.id}")).status_code == status


@pytest.mark.parametrize(("role", "status"), [("admin", 403), ("super_admin", 404)])
async def test_only_who_may_see_everybody_is_told_that_there_is_nobody(
    idp: TestProvider, browser: httpx2.AsyncClient, role: str, status: int
) -> None:
    await idp.add_account(EMAIL, PASSWORD, roles=frozenset({role}))
    await login(browser)

    assert (await browser.get("/user/5f0c1f4e-0000-4000-8000-000000000000")).status_code == status


async def test_a_code_cannot_be_asked_for_where_its_channel_is_switched_off(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, PASSWORD, jurisdictions=[NORTH], mfa_methods=frozenset({"email"}))
    await idp.set_flag("email_code", False, jurisdiction=NORTH)

    body = {"email": EMAIL, "password": PASSWORD, "mfaType": "email"}
    answer = await browser.post("/auth/request-mfa-code", json=body)

    assert answer.status_code == 401
    assert await idp.mails() == []
