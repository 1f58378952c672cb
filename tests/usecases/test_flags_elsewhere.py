"""A FeatureSource demands a second factor while somebody signs in: its last word before the door counts (row 51)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from idp.core.account import Account
from idp.core.errors import CodeMissing, PluginFailed
from idp.core.session import Source
from idp.sdk import FeatureSource, FeatureValue, PluginSettings
from idp.testing.context import plugin_context
from idp.testing.provider import TestProvider, provider_at
from idp.usecases.sessions.tokens import BLOOM
from idp.usecases.signin.door import Door, Entry
from idp.usecases.signin.first_factor import PasswordClaim
from idp.usecases.signin.outcome import DoneWithoutSession, SecondFactorNeeded, SignedIn
from idp.usecases.tenants.features import MFA
from idp.usecases.verbs import Verbs
from tests.usecases.hashing import Patient
from tests.usecases.strangers import with_flags_elsewhere

EMAIL, PASSWORD, NEW = "jane@example.com", "correct horse battery", "battery staple correct"
SOMEWHERE = Source(address="127.0.0.1", contract=BLOOM)
NORTH, SOUTH = "North", "South"


async def nothing() -> None: ...


class Demanding(FeatureSource[PluginSettings]):
    """Demands a second factor of the tenants named; `once_asked` happens when it has answered."""

    def __init__(self) -> None:
        super().__init__(PluginSettings(), plugin_context("demanding"))
        self.tenants: set[str] = set()
        self.once_asked: Callable[[], Awaitable[None]] = nothing

    async def value(self, feature: str, tenant_kind: str, tenant_name: str) -> FeatureValue | None:
        assert tenant_kind == "jurisdiction"
        answer = tenant_name in self.tenants if feature == MFA.name else None
        await self.once_asked()
        return answer


class Gone(FeatureSource[PluginSettings]):
    """Fails, as the fence tells it."""

    async def value(self, feature: str, tenant_kind: str, tenant_name: str) -> FeatureValue | None:
        raise PluginFailed("gone", f"{feature} {tenant_kind} {tenant_name}")


@pytest.fixture
def source() -> Demanding:
    return Demanding()


@pytest.fixture
def verbs(idp: TestProvider, source: Demanding) -> Verbs:
    return with_flags_elsewhere(idp, source).verbs


async def sign_in(verbs: Verbs, account: Account) -> SignedIn | SecondFactorNeeded:
    return await verbs.sign_in(PasswordClaim(email=account.email, password=PASSWORD, source=SOMEWHERE))


async def test_what_it_demands_is_asked_for(idp: TestProvider, verbs: Verbs, source: Demanding) -> None:
    account = await idp.add_account(EMAIL, PASSWORD, jurisdictions=[NORTH])

    assert isinstance(await sign_in(verbs, account), SignedIn)
    source.tenants.add(NORTH)
    assert isinstance(await sign_in(verbs, account), SecondFactorNeeded)


async def test_where_it_fails_the_answer_denies_and_the_operators_own_values_are_the_usual_ones(
    tmp_path: Path, template: Path
) -> None:
    """Fail closed: requirements on, permissions off. A value guards nothing."""
    own = {"reports": {"description": "How many reports.", "type": "integer", "default": 3}}
    async with provider_at(tmp_path, template=template, features=own) as idp:
        administration = with_flags_elsewhere(idp, Gone(PluginSettings(), plugin_context("gone")))
        account = await idp.add_account(EMAIL, PASSWORD, jurisdictions=[NORTH])

        said = {
            name: (await administration.flags.explain(name, account.id, None)).value
            for name in (MFA.name, "single_use_code", "reports")
        }

    assert said == {MFA.name: True, "single_use_code": False, "reports": 3}


async def test_a_tenant_joined_since_it_was_asked_lets_nobody_in_unasked(
    idp: TestProvider, verbs: Verbs, source: Demanding
) -> None:
    account = await idp.add_account(EMAIL, PASSWORD, jurisdictions=[NORTH])
    other = await idp.add_account("john@example.com", PASSWORD, jurisdictions=[SOUTH])
    (membership,) = await idp.provider.store.read(lambda work: work.tenants.of(other.id))

    async def join() -> None:
        now = idp.clock.now()
        await idp.provider.store.transact(lambda work: work.tenants.join(account.id, membership.tenant.id, "user", now))

    source.once_asked = join

    with pytest.raises(CodeMissing):
        await sign_in(verbs, account)
    assert isinstance(await sign_in(verbs, account), SignedIn)


@pytest.mark.parametrize("way", ["reset", "confirm"])
async def test_a_demand_that_comes_while_the_new_password_is_hashed_opens_no_session(
    idp: TestProvider, verbs: Verbs, source: Demanding, way: str
) -> None:
    account = await idp.add_account(EMAIL, PASSWORD, jurisdictions=[NORTH], confirmed=way == "reset")
    ask = verbs.ask
    if way == "reset":
        await ask.for_reset_link(account.email, None, SOMEWHERE)
    else:
        await ask.for_confirmation(account.email, None, "public", SOMEWHERE)
    token = (await idp.last_mail(EMAIL)).data["token"]

    async def demand() -> None:
        source.tenants.add(NORTH)

    busy = Verbs(replace(verbs.world, hasher=Patient(verbs.world.hasher, demand)))
    outcome = await busy.reset(token, NEW, SOMEWHERE) if way == "reset" else await busy.confirm(token, SOMEWHERE, NEW)

    assert isinstance(outcome, DoneWithoutSession)
    assert await idp.provider.store.read(lambda work: work.sessions.of(account.id, idp.clock.now())) == []


@pytest.mark.parametrize("forgotten", ["to act upon the answer", "to ask"])
async def test_the_door_stays_shut_for_a_verb_that_forgot(
    idp: TestProvider, verbs: Verbs, source: Demanding, forgotten: str
) -> None:
    account = await idp.add_account(EMAIL, PASSWORD, jurisdictions=[NORTH])
    source.tenants.add(NORTH)
    standing = await idp.provider.store.read(lambda work: verbs.policy.standing(work, account))
    settled = await verbs.policy.settle(standing) if forgotten == "to act upon the answer" else None
    entry = Entry(
        account_id=account.id, methods=("pwd",), proved_second_factor=False, standing=settled, source=SOMEWHERE
    )
    door: Door = verbs.door

    with pytest.raises(CodeMissing):
        await idp.provider.store.transact(lambda work: door.open_session(work, entry, idp.clock.now()))
