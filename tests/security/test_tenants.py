"""Jurisdictions and teams: the request selects, the record decides, every flag at once (threat rows 123 to 126)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from idp.sdk import AccountView, FirstFactor
from idp.testing.provider import TestProvider, provider_at
from tests.security.acts import (
    BAY_AREA,
    EMAIL,
    ENGLISH,
    OTHER,
    PASSWORD,
    ask_mfa_code,
    ask_sign_in_code,
    code_login,
    login,
    mailed_code,
    nodeloom_login,
    register,
)
from tests.security.conftest import Opened

ELSEWHERE = "Elsewhere"


@pytest.fixture
async def jane(idp: TestProvider) -> None:
    """In one jurisdiction that allows codes, and in one that does not."""
    await idp.add_account(EMAIL, jurisdictions=[BAY_AREA, ELSEWHERE])
    await idp.set_flag("single_use_code", True, jurisdiction=BAY_AREA)


@pytest.mark.usefixtures("jane")
async def test_the_header_selects_among_ones_own(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 123: without it all of them must allow; with it the one that is named."""
    await ask_sign_in_code(browser)
    assert await idp.mails() == []
    await ask_sign_in_code(browser, jurisdictionname=BAY_AREA)
    code = await mailed_code(idp)

    without = await code_login(browser, code)
    with_the_other = await code_login(browser, code, headers={"jurisdictionname": ELSEWHERE})
    with_it = await code_login(browser, code, headers={"jurisdictionname": BAY_AREA})

    assert [answer.status_code for answer in (without, with_the_other, with_it)] == [401, 401, 201]


@pytest.mark.parametrize(
    "headers",
    [
        {"jurisdictionname": ELSEWHERE},
        {"jurisdictionname": "Foreign"},
        {"jurisdictionname": ""},
        {"x-forwarded-host": "foreign.example"},
        {"tenant": "Foreign"},
        {"x-tenant-id": "Foreign"},
    ],
)
async def test_no_header_takes_a_demand_back(
    idp: TestProvider, browser: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    """Row 123 (Coder CVE-2026-55430): a requirement of any tenant holds in all."""
    await idp.add_account(EMAIL, jurisdictions=[BAY_AREA, ELSEWHERE])
    await idp.set_flag("mfa", True, jurisdiction=BAY_AREA)
    await idp.set_flag("mfa", False, jurisdiction=ELSEWHERE)
    await idp.set_flag("mfa", False, jurisdiction="Foreign")
    body = {"email": EMAIL, "password": PASSWORD}

    bloom = await browser.post("/auth/login", json=body, headers=headers)
    nodeloom = await browser.post("/api/auth/login", json=body, headers=headers)

    assert (bloom.status_code, nodeloom.status_code) == (401, 401)
    assert not dict(browser.cookies)


async def test_a_demand_everywhere_is_not_taken_back_by_a_tenant(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, jurisdictions=[BAY_AREA])
    await idp.set_flag("mfa", True)
    await idp.set_flag("mfa", False, jurisdiction=BAY_AREA)

    assert (await login(browser)).json() == {"name": "mfaCodeIsMissing"}


@pytest.mark.parametrize("kind", ["jurisdiction", "team"])
async def test_what_one_tenant_demands_is_nothing_to_another(
    idp: TestProvider, browser: httpx2.AsyncClient, kind: str
) -> None:
    """Row 124 (Keycloak CVE-2026-94215): a flag belongs to its tenant, be the names the same."""
    await idp.add_account("in@example.com", jurisdictions=["Same"] if kind == "jurisdiction" else (), teams={})
    await idp.add_account("team@example.com", teams={"Same": "MEMBER"})
    await idp.add_account("out@example.com", jurisdictions=["Other"])
    await idp.set_flag("mfa", True, **{kind: "Same"})

    member = "in@example.com" if kind == "jurisdiction" else "team@example.com"
    stranger = "team@example.com" if kind == "jurisdiction" else "in@example.com"

    assert (await login(browser, member)).json() == {"name": "mfaCodeIsMissing"}
    assert (await login(browser, stranger)).status_code == 201
    assert (await login(browser, "out@example.com")).status_code == 201


@pytest.mark.parametrize("method", ["email_code", "password", "single_use_code"])
async def test_a_way_that_is_switched_off_is_off_with_the_commit(
    idp: TestProvider, browser: httpx2.AsyncClient, method: str
) -> None:
    """Row 126: codes already sent are nothing any more, and come back to life when it is on again in time."""
    await idp.add_account(EMAIL, jurisdictions=[BAY_AREA], mfa_methods=frozenset({"email"}))
    await idp.add_account("plain@example.com", jurisdictions=[BAY_AREA])
    await idp.set_flag("single_use_code", True, jurisdiction=BAY_AREA)
    await ask_mfa_code(browser)
    second = await mailed_code(idp)
    await ask_sign_in_code(browser, "plain@example.com")
    first = await mailed_code(idp, "plain@example.com")
    uses: dict[str, Callable[[], Awaitable[httpx2.Response]]] = {
        "email_code": lambda: login(browser, mfaCode=second),
        "password": lambda: login(browser, "plain@example.com"),
        "single_use_code": lambda: code_login(browser, first, "plain@example.com"),
    }

    await idp.set_flag(method, False, jurisdiction=BAY_AREA)
    off = await uses[method]()
    await idp.set_flag(method, True, jurisdiction=BAY_AREA)
    on = await uses[method]()

    assert (off.status_code, on.status_code) == (401, 201)


class Interrupted(FirstFactor):  # type: ignore[type-arg]  # no settings
    """The built-in factor; when it has said yes, something happens before its answer arrives."""

    def __init__(self, inner: FirstFactor, meanwhile: Callable[[], Awaitable[None]]) -> None:  # type: ignore[type-arg]
        self.inner, self.meanwhile, self.amr = inner, meanwhile, inner.amr

    async def prove(self, account: AccountView | None, secret: str) -> bool:
        answer = await self.inner.prove(account, secret)
        await self.meanwhile()
        return answer


@pytest.mark.parametrize("door", [login, nodeloom_login])
async def test_a_demand_that_comes_while_the_password_is_hashed_is_met_or_nobody_comes_in(
    idp: TestProvider, browser: httpx2.AsyncClient, door: Callable[..., Awaitable[httpx2.Response]]
) -> None:
    """Row 55: the policy of the transaction that opens the session decides, and the answer says what is missing."""
    await idp.add_account(EMAIL, jurisdictions=[BAY_AREA])
    factors = idp.provider.verbs.world.extensions.first_factors
    assert isinstance(factors, dict)

    async def demand() -> None:
        await idp.set_flag("mfa", True, jurisdiction=BAY_AREA)

    factors["password"] = Interrupted(factors["password"], demand)
    answer = await door(browser)

    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "mfa" in answer.text


@pytest.mark.parametrize("door", [login, nodeloom_login])
async def test_who_is_disabled_while_the_password_is_hashed_does_not_come_in(
    idp: TestProvider, browser: httpx2.AsyncClient, door: Callable[..., Awaitable[httpx2.Response]]
) -> None:
    """Row 22: the door looks once more."""
    account = await idp.add_account(EMAIL)
    factors = idp.provider.verbs.world.extensions.first_factors
    assert isinstance(factors, dict)

    async def disable() -> None:
        disabled = replace(account, disabled_at=idp.clock.now())
        await idp.provider.store.transact(lambda work: work.accounts.update(disabled))

    factors["password"] = Interrupted(factors["password"], disable)
    answer = await door(browser)

    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


async def test_a_token_is_none_of_another_issuers_even_with_the_same_keys_and_rows(tmp_path: Path) -> None:
    """Row 125: a copy of the database under another name."""
    first, second = tmp_path / "first", tmp_path / "second"
    async with provider_at(first, messages=ENGLISH) as here, here.browser() as browser:
        await here.add_account(EMAIL)
        await login(browser)
        token = browser.cookies["access-token"]
    async with (
        provider_at(second, template=first, messages=ENGLISH, issuer="http://127.0.0.1:3100") as there,
        there.browser() as browser,
    ):
        answer = await browser.get("/user", headers={"cookie": f"access-token={token}"})

    assert answer.status_code == 401


async def test_nobody_registers_into_a_tenant_that_there_is_not(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    named = {"jurisdictionname": "Atlantis"}
    body = {"email": EMAIL, "password": PASSWORD, "firstName": "A", "lastName": "B"}

    by_header = await browser.post("/user/public", json=body, headers=named)
    by_id = await register(browser, jurisdictions=[{"id": "none"}])

    assert (by_header.status_code, by_id.status_code) == (400, 404)
    assert (await login(browser)).status_code == 401


async def test_a_team_is_no_jurisdiction_to_register_into(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 122: nobody joins a team of their own choice."""
    await idp.add_account("member@example.com", teams={"Secret": "ADMIN"})
    teams = (await nodeloom_login(browser, "member@example.com")).json()["teams"]

    answer = await register(browser, jurisdictions=[{"id": teams[0]["teamId"]}])

    assert answer.status_code == 404


async def test_who_administers_one_jurisdiction_administers_no_other_and_no_admin(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    admin = await idp.add_account(EMAIL, jurisdictions=[BAY_AREA, ELSEWHERE])
    await idp.set_role(admin, BAY_AREA, "jurisdictional_admin")
    targets = [
        await idp.add_account("foreign@example.com", jurisdictions=[ELSEWHERE]),
        await idp.add_account("team@example.com", teams={BAY_AREA: "ADMIN"}),
        await idp.add_account("root@example.com", jurisdictions=[BAY_AREA], roles=frozenset({"super_admin"})),
    ]
    await login(browser)

    for target in targets:
        assert (await browser.get(f"/user/{target.id}")).status_code == 403
        changed = await browser.put("/user/public", json={"id": target.id, "newEmail": "mine@example.com"})
        assert changed.status_code == 403
    assert await idp.mails() == []


async def test_a_flag_set_elsewhere_is_in_effect_with_the_next_request(opened: Opened) -> None:
    """No cache outlives a commit: not one second, and not one request."""
    async with opened() as idp, idp.browser() as browser:
        await idp.add_account(EMAIL, jurisdictions=[BAY_AREA])
        seen = []
        for value in (True, False, True):
            await idp.set_flag("mfa", value, jurisdiction=BAY_AREA)
            seen.append((await login(browser)).status_code)
            idp.clock.advance(timedelta(milliseconds=1))
        shown = (await browser.get(f"/jurisdictions/byName/{BAY_AREA}")).json()["featureFlags"]

    assert seen == [401, 201, 401]
    assert {"enableMfa": True}.items() <= {flag["name"]: flag["active"] for flag in shown}.items()


async def test_a_changed_password_is_one_in_every_jurisdiction(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, jurisdictions=[BAY_AREA, ELSEWHERE])
    await login(browser)
    await browser.put("/user/public", json={"password": OTHER, "currentPassword": PASSWORD})

    for name in (BAY_AREA, ELSEWHERE):
        body = {"email": EMAIL, "password": PASSWORD}
        assert (await browser.post("/auth/login", json=body, headers={"jurisdictionname": name})).status_code == 401
