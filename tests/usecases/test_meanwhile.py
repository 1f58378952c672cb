"""Between two steps of a request something else happens, and the later step sees it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from idp.core.account import Account
from idp.core.claims import ACCESS_TOKEN_TYPE, audience_of
from idp.core.errors import (
    CodeRejected,
    MalformedRequest,
    NotConfirmed,
    NotFound,
    Overloaded,
    SessionExpired,
    TooManyRequests,
    WrongPassword,
)
from idp.core.events import EventName
from idp.core.session import Source
from idp.sdk import AccountView
from idp.testing.provider import TestProvider, provider_at
from idp.usecases.accounts.profile import Changes
from idp.usecases.sessions.identify import Principal
from idp.usecases.sessions.tokens import BLOOM, NODELOOM
from idp.usecases.signin.door import Entry
from idp.usecases.signin.first_factor import PasswordClaim
from idp.usecases.signin.outcome import SignedIn
from idp.usecases.signin.second_factor import Given
from idp.usecases.verbs import Verbs
from tests.usecases.hashing import Patient
from tests.usecases.strangers import Doubting, with_factor

EMAIL, PASSWORD, NEW, THIRD = "jane@example.com", "correct horse battery", "battery staple correct", "horse staple"
SOMEWHERE = Source(address="127.0.0.1", contract=BLOOM)
MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture
def verbs(idp: TestProvider) -> Verbs:
    return idp.provider.verbs


async def principal_of(verbs: Verbs, account: Account, contract: str = BLOOM) -> Principal:
    source = replace(SOMEWHERE, contract=contract)
    signed_in = await verbs.sign_in(PasswordClaim(email=account.email, password=PASSWORD, source=source))
    assert isinstance(signed_in, SignedIn)
    return await verbs.identify(signed_in.access_token, contract)


async def test_a_session_that_is_over_does_not_end_twice(idp: TestProvider, verbs: Verbs) -> None:
    principal = await principal_of(verbs, await idp.add_account(EMAIL, PASSWORD))

    await verbs.end(principal, SOMEWHERE)
    await verbs.end(principal, SOMEWHERE)

    ended = await idp.provider.store.read(lambda work: work.audit.page(name=EventName.SESSION_ENDED))
    assert len(ended) == 1


async def test_a_session_that_ended_since_it_was_looked_at_is_not_prolonged(idp: TestProvider, verbs: Verbs) -> None:
    """Row 20."""
    principal = await principal_of(verbs, await idp.add_account(EMAIL, PASSWORD), NODELOOM)
    await verbs.end(principal, SOMEWHERE)

    with pytest.raises(SessionExpired):
        await verbs.extend(principal)


async def test_a_token_of_ours_that_names_no_session_is_nobodys(idp: TestProvider, verbs: Verbs) -> None:
    """Whatever else we may sign one day: behind a cookie there is a row."""
    account = await idp.add_account(EMAIL, PASSWORD)
    now = int(idp.clock.now().timestamp())
    issuer = verbs.world.rules.issuer
    claims = {
        "iss": issuer, "aud": audience_of(issuer, BLOOM), "sub": account.id, "jti": "1", "client_id": BLOOM,
        "iat": now, "exp": now + 60,
    }  # fmt: skip
    token = verbs.world.signer.sign(claims, ACCESS_TOKEN_TYPE)

    with pytest.raises(SessionExpired):
        await verbs.identify(token, BLOOM)


async def test_the_door_is_shut_for_an_address_that_nobody_proved(idp: TestProvider, verbs: Verbs) -> None:
    account = await idp.add_account(EMAIL, PASSWORD, confirmed=False)
    entry = Entry(account_id=account.id, methods=("pwd",), proved_second_factor=False, source=SOMEWHERE)

    with pytest.raises(NotConfirmed):
        await idp.provider.store.transact(lambda work: verbs.door.open_session(work, entry, idp.clock.now()))


async def test_of_two_changes_of_a_password_by_one_session_the_second_has_the_wrong_one(
    idp: TestProvider, verbs: Verbs
) -> None:
    """Row 21: the session goes on, its proof does not."""
    account = await idp.add_account(EMAIL, PASSWORD)
    principal = await principal_of(verbs, account)
    idp.clock.advance(MILLISECOND)

    def change(to: str) -> Changes:
        return Changes(fields={}, password=to, current_password=PASSWORD)

    async def other_change() -> None:
        await verbs.change(principal, account.id, change(NEW), SOMEWHERE)

    with pytest.raises(WrongPassword):
        await while_hashing(verbs, other_change).change(principal, account.id, change(THIRD), SOMEWHERE)
    assert isinstance(await verbs.sign_in(PasswordClaim(email=account.email, password=NEW, source=SOMEWHERE)), SignedIn)


async def test_an_account_deleted_while_its_new_password_is_hashed_stays_deleted(
    idp: TestProvider, verbs: Verbs
) -> None:
    account = await idp.add_account(EMAIL, PASSWORD)
    principal = await principal_of(verbs, account)

    async def delete() -> None:
        await idp.provider.store.transact(lambda work: work.accounts.remove(account.id))

    with pytest.raises(NotFound):
        await while_hashing(verbs, delete).change(
            principal, account.id, Changes(fields={}, password=NEW, current_password=PASSWORD), SOMEWHERE
        )


def while_hashing(verbs: Verbs, meanwhile: Callable[[], Awaitable[None]]) -> Verbs:
    return Verbs(replace(verbs.world, hasher=Patient(verbs.world.hasher, meanwhile)))


class Busy(Doubting):
    """Has no processor to spare, until it is told otherwise."""

    is_busy = True

    async def is_ready(self, account: AccountView) -> bool:  # noqa: ARG002 - always
        return True

    async def verify(self, account: AccountView, code: str) -> bool:  # noqa: ARG002 - whatever it is
        if self.is_busy:
            raise Overloaded
        return False


async def test_a_code_that_nobody_had_time_to_look_at_is_no_guess(
    idp: TestProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"totp"}))
    busy = with_factor(idp, Busy).verbs

    async def sign_in() -> None:
        await busy.sign_in(
            PasswordClaim(email=account.email, password=PASSWORD, source=SOMEWHERE), Given(code="123456")
        )

    for _ in range(10):
        with pytest.raises(Overloaded):
            await sign_in()
    monkeypatch.setattr(Busy, "is_busy", False)

    with pytest.raises(CodeRejected) as refused:
        await sign_in()
    assert refused.value.attempts_left == 5


async def test_a_source_without_an_address_is_one_source(tmp_path: Path, template: Path) -> None:
    """Behind a proxy that tells none everybody shares a budget: too strict, never without a bound."""
    nowhere = Source(address="unix", contract=BLOOM)
    async with provider_at(tmp_path, template=template, throttle={"sources": "3/1m"}) as idp:
        guesses = idp.provider.verbs.guesses

        async def charge() -> None:
            now = idp.clock.now()
            await idp.provider.store.transact(lambda work: guesses.charge_source(work, nowhere, now))

        for _ in range(3):
            await charge()
        with pytest.raises(TooManyRequests):
            await charge()


async def test_what_the_config_says_of_a_jurisdiction_holds_from_the_next_start_on(
    tmp_path: Path, template: Path
) -> None:
    shown: list[tuple[str, object]] = []
    for languages in (["en"], ["es", "en"], ["es", "en"]):
        declared = {"North": {"languages": languages}}
        async with provider_at(tmp_path, template=None if shown else template, jurisdictions=declared) as idp:
            (north,) = await idp.provider.verbs.show_jurisdictions.all()
            shown.append((north.tenant.id, north.tenant.settings["languages"]))

    assert len({tenant_id for tenant_id, _ in shown}) == 1
    assert [languages for _, languages in shown] == [["en"], ["es", "en"], ["es", "en"]]


async def test_an_errand_by_a_name_that_we_do_not_know_is_refused(idp: TestProvider, verbs: Verbs) -> None:
    account = await idp.add_account(EMAIL, PASSWORD)

    with pytest.raises(MalformedRequest):
        await verbs.errands("of another version", {"email": account.email}, SOMEWHERE)
