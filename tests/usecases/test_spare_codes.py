"""Recovery codes: each goes with what it buys, and all with the last factor that they stand in for."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from idp.core.account import Account
from idp.core.errors import CodeRejected, FactorUnavailable, StorageUnavailable
from idp.core.session import Source
from idp.ports.storage import Store, UnitOfWork
from idp.testing.provider import TestProvider, provider_at
from idp.usecases.administration import Administration
from idp.usecases.sessions.tokens import BLOOM
from idp.usecases.signin.first_factor import PasswordClaim
from idp.usecases.signin.outcome import SecondFactorNeeded, SignedIn
from idp.usecases.signin.password import SignInWithPassword
from idp.usecases.signin.second_factor import FactorClaim, Given, Secondly
from idp.usecases.verbs import Verbs

R = TypeVar("R")
EMAIL, PASSWORD = "jane@example.com", "correct horse battery"
SOMEWHERE = Source(address="127.0.0.1", contract=BLOOM)


@dataclass(frozen=True, slots=True)
class Falling:
    """A database that breaks down before each commit."""

    inner: Store

    async def transact(self, fn: Callable[[UnitOfWork], R]) -> R:
        def fall(work: UnitOfWork) -> R:
            fn(work)
            raise StorageUnavailable("the disk is full")

        return await self.inner.transact(fall)

    async def read(self, fn: Callable[[UnitOfWork], R]) -> R:
        return await self.inner.read(fn)


@pytest.fixture
async def jane(idp: TestProvider) -> Account:
    return await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"email", "sms"}))


async def sign_in(verb: SignInWithPassword, code: str) -> SignedIn | SecondFactorNeeded:
    claim = PasswordClaim(email=EMAIL, password=PASSWORD, source=SOMEWHERE)  # type: ignore[arg-type]
    return await verb(claim, Given(code=code, method="recovery"))


def spend(verbs: Verbs, judged: Secondly, work: UnitOfWork) -> None:
    verbs.prove_second_factor.spend(work, judged, verbs.world.clock.now())


async def test_a_code_that_bought_nothing_is_good_still(
    idp: TestProvider, administration: Administration, jane: Account
) -> None:
    verb = idp.provider.verbs.sign_in
    code, *_ = await administration.spare.issue(jane, SOMEWHERE)
    with pytest.raises(StorageUnavailable):
        await sign_in(replace(verb, store=Falling(verb.store)), code)

    assert isinstance(await sign_in(verb, code), SignedIn)


@pytest.mark.parametrize("other", [0, 1], ids=["the same", "another"])
async def test_of_two_that_are_judged_at_once_one_is_used_up(
    idp: TestProvider, administration: Administration, jane: Account, other: int
) -> None:
    """Another code of the list is good still, for the next try; the same one is not (row 48)."""
    verbs, codes = idp.provider.verbs, await administration.spare.issue(jane, SOMEWHERE)
    standing = await idp.provider.store.read(lambda work: verbs.policy.standing(work, jane))
    factors = await verbs.policy.second_factors(standing)
    judged = [
        await verbs.prove_second_factor.judge(
            FactorClaim(account=jane, code=codes[number], method="recovery", source=SOMEWHERE), factors
        )
        for number in (0, other)
    ]

    await idp.provider.store.transact(partial(spend, verbs, judged[0]))
    with pytest.raises(CodeRejected):
        await idp.provider.store.transact(partial(spend, verbs, judged[1]))

    assert await administration.spare.left(jane) == len(codes) - 1
    if other:
        assert isinstance(await sign_in(verbs.sign_in, codes[other]), SignedIn)


async def test_the_list_goes_with_the_last_factor_whoever_thought_that_another_was_left(
    administration: Administration, jane: Account
) -> None:
    """Each of two requests looked at the account before the other one took a factor away."""
    await administration.spare.issue(jane, SOMEWHERE)

    await administration.factors.remove(jane, "email", SOMEWHERE)
    await administration.factors.remove(jane, "sms", SOMEWHERE)

    assert await administration.spare.left(jane) == 0


async def test_the_list_stays_while_a_factor_is_left(administration: Administration, jane: Account) -> None:
    codes = await administration.spare.issue(jane, SOMEWHERE)

    await administration.factors.remove(jane, "email", SOMEWHERE)

    assert await administration.spare.left(jane) == len(codes)


async def test_a_list_that_is_made_while_the_last_factor_goes_goes_with_it(
    administration: Administration, jane: Account
) -> None:
    for method in ("email", "sms"):
        await administration.factors.remove(jane, method, SOMEWHERE)

    with pytest.raises(FactorUnavailable):
        await administration.spare.issue(jane, SOMEWHERE)

    assert await administration.spare.left(jane) == 0


async def test_where_nobody_keeps_lists_the_last_factor_goes_alone(tmp_path: Path, template: Path) -> None:
    async with provider_at(tmp_path, template=template, plugins={"recovery_codes": None}) as idp:
        jane = await idp.add_account(EMAIL, mfa_methods=frozenset({"email"}))

        left = await Administration(idp.provider.verbs).factors.remove(jane, "email", SOMEWHERE)

        assert not left.mfa_methods
