"""Many at once, over two stores on one database: two processes, as far as the database can tell.

SQLite orders whole units, PostgreSQL only statements: what reads first and writes then passes on the one and fails on
the other (Kratos H1 #3692149). So each race runs on both.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from idp.core.address import EmailAddress
from idp.core.challenge import Purpose
from idp.core.errors import EmailTaken
from idp.core.lockout import Charge
from idp.core.secret import Digest
from idp.ports.storage import Store, UnitOfWork
from tests.storage.crowd import Crowd
from tests.storage.gate import Gate, is_waiting
from tests.storage.samples import (
    FIVE,
    HOUR,
    MINUTE,
    NOW,
    a_challenge,
    a_key,
    a_parcel,
    a_refresh_token,
    a_session,
    a_team,
    an_account,
    keep,
)
from tests.stores import OpenAnother

ADA = an_account()


async def _begin_session(store: Store) -> None:
    def begin(work: UnitOfWork) -> None:
        work.accounts.add(ADA)
        work.sessions.open(a_session())
        work.refresh.add(a_refresh_token(0))

    await store.transact(begin)


async def test_40_parallel_guesses_against_a_limit_of_5_are_granted_5_times(store: Store, crowd: Crowd) -> None:
    """Threat row 27."""
    results = await crowd.all_do(40, lambda work: work.attempts.charge("password", "ada", FIVE, NOW))

    granted = [result.failures for result in results if isinstance(result, Charge)]
    assert sorted(granted) == [1, 2, 3, 4, 5]
    assert await store.read(lambda work: work.attempts.locked_until("password", "ada", FIVE, NOW)) == NOW + 15 * MINUTE


async def test_a_second_round_grants_5_again_and_locks_once(store: Store, crowd: Crowd) -> None:
    async def lock_at(now: datetime) -> timedelta | None:
        results = await crowd.all_do(40, lambda work: work.attempts.charge("password", "ada", FIVE, now))
        assert sum(isinstance(result, Charge) for result in results) == 5
        until = await store.read(lambda work: work.attempts.locked_until("password", "ada", FIVE, now))
        return until - now if until else None

    assert await lock_at(NOW) == 15 * MINUTE
    assert await lock_at(NOW + HOUR) == 30 * MINUTE


async def test_attempts_given_back_in_parallel_are_all_given_back(store: Store, crowd: Crowd) -> None:
    def right_guess(work: UnitOfWork) -> None:
        if isinstance(work.attempts.charge("password", "ada", FIVE, NOW), Charge):
            work.attempts.give_back("password", "ada")

    await crowd.all_do(40, right_guess)

    charge = await store.transact(lambda work: work.attempts.charge("password", "ada", FIVE, NOW))
    assert charge == Charge(failures=1, limit=5)


async def test_20_who_redeem_one_code_are_one_winner(store: Store, crowd: Crowd) -> None:
    """Threat row 46."""
    await keep(store)
    challenge = a_challenge()
    await store.transact(lambda work: work.challenges.issue(challenge))

    results = await crowd.all_do(20, lambda work: work.challenges.claim(ADA.id, Purpose.SIGN_IN, challenge.digest, NOW))

    assert results.count(challenge) == 1
    assert results.count(None) == 19


async def test_20_who_follow_one_link_are_one_winner(store: Store, crowd: Crowd) -> None:
    await keep(store)
    link = a_challenge(purpose=Purpose.RESET_PASSWORD)
    await store.transact(lambda work: work.challenges.issue(link))

    results = await crowd.all_do(20, lambda work: work.challenges.claim_link(link.purpose, link.digest, NOW))

    assert (results.count(link), results.count(None)) == (1, 19)


async def test_20_requests_for_a_code_leave_one_code(store: Store, crowd: Crowd) -> None:
    """Threat row 45."""
    await keep(store)
    codes = [a_challenge(digest=Digest(f"{number}".encode())) for number in range(20)]

    await crowd.each(codes, lambda work, code: work.challenges.issue(code))

    claims = await crowd.each(codes, lambda work, code: work.challenges.claim(ADA.id, code.purpose, code.digest, NOW))
    assert len([claim for claim in claims if claim]) == 1


async def test_20_who_rotate_one_token_are_one_successor(store: Store, crowd: Crowd) -> None:
    """Threat row 19, Keycloak CVE-2026-1035."""
    await _begin_session(store)
    digest, successors = a_refresh_token(0).digest, [a_refresh_token(number) for number in range(1, 21)]

    results = await crowd.each(successors, lambda work, token: work.refresh.rotate(digest, token, None, NOW))

    assert (results.count(True), results.count(False)) == (1, 19)
    kept = await store.read(lambda work: [work.refresh.find(token.digest) for token in successors])
    assert [token is not None for token in kept] == results


@pytest.mark.parametrize("first", ["rotation", "revocation"])
async def test_rotation_and_revocation_at_once_leave_no_token_that_works(
    store: Store, crowd: Crowd, first: str
) -> None:
    """Threat row 20, Keycloak #51312."""
    await _begin_session(store)
    tokens = [a_refresh_token(number) for number in range(20)]

    def rotate_or_revoke(work: UnitOfWork, turn: int) -> bool:
        if turn % 2 == (first == "rotation"):
            return work.sessions.revoke(a_session().id, NOW)
        return work.refresh.rotate(tokens[turn // 2].digest, tokens[turn // 2 + 1], None, NOW)

    await crowd.each(range(20), rotate_or_revoke)

    late = a_refresh_token(100)
    alive = await crowd.each(tokens, lambda work, token: work.refresh.rotate(token.digest, late, None, NOW))
    assert alive == [False] * 20


async def test_revocation_waits_for_a_rotation_under_way(store: Store, open_another: OpenAnother) -> None:
    await _begin_session(store)
    other, gate = await open_another(), Gate()

    def rotate(work: UnitOfWork) -> bool:
        is_rotated = work.refresh.rotate(a_refresh_token(0).digest, a_refresh_token(1), None, NOW)
        gate.wait()
        return is_rotated

    rotating = asyncio.create_task(store.transact(rotate))
    await gate.reached.wait()
    revoking = asyncio.create_task(other.transact(lambda work: work.sessions.revoke(a_session().id, NOW)))
    assert await is_waiting(revoking)
    gate.open()

    assert await rotating
    assert await revoking


async def test_rotation_waits_for_a_revocation_under_way_and_fails(store: Store, open_another: OpenAnother) -> None:
    await _begin_session(store)
    other, gate = await open_another(), Gate()

    def revoke(work: UnitOfWork) -> bool:
        is_revoked = work.sessions.revoke(a_session().id, NOW)
        gate.wait()
        return is_revoked

    revoking = asyncio.create_task(store.transact(revoke))
    await gate.reached.wait()
    first, second = a_refresh_token(0), a_refresh_token(1)
    rotating = asyncio.create_task(other.transact(lambda work: work.refresh.rotate(first.digest, second, None, NOW)))
    assert await is_waiting(rotating)
    gate.open()

    assert await revoking
    assert not await rotating


async def test_20_who_swap_one_credential_are_one_winner(store: Store, crowd: Crowd) -> None:
    """Threat rows 47 and 48, Gitea CVE-2026-20779."""
    await keep(store)
    await store.transact(lambda work: work.credentials.put(ADA.id, "totp", b"step 1", NOW))
    seen = await store.read(lambda work: work.credentials.get(ADA.id, "totp"))
    assert seen

    results = await crowd.all_do(20, lambda work: work.credentials.swap(ADA.id, "totp", b"step 2", seen.version, NOW))

    assert (results.count(True), results.count(False)) == (1, 19)


async def test_20_who_confirm_one_account_are_one_winner(store: Store, crowd: Crowd) -> None:
    await keep(store)

    results = await crowd.all_do(20, lambda work: work.accounts.confirm(ADA.id, NOW))

    assert (results.count(True), results.count(False)) == (1, 19)


async def test_20_who_register_one_address_are_one_account(store: Store, crowd: Crowd) -> None:
    """Threat row 74."""
    accounts = [an_account(number, email=ADA.email) for number in range(20)]

    results = await crowd.each(accounts, lambda work, account: work.accounts.add(account))

    assert [type(result) for result in results].count(EmailTaken) == 19
    assert await store.read(lambda work: work.accounts.count()) == 1


async def test_20_who_change_to_one_address_are_one_winner(store: Store, crowd: Crowd) -> None:
    accounts, wanted = [an_account(number) for number in range(20)], EmailAddress("wanted@example.com")
    await keep(store, *accounts)

    results = await crowd.each(accounts, lambda work, account: work.accounts.set_email(account.id, wanted, NOW))

    assert [type(result) for result in results].count(EmailTaken) == 19
    assert results.count(None) == 1


async def test_20_relays_lease_each_parcel_once(store: Store, crowd: Crowd) -> None:
    def fill(work: UnitOfWork) -> None:
        for number in range(50):
            work.outbox.put(a_parcel(number))

    await store.transact(fill)

    batches = await crowd.all_do(20, lambda work: work.outbox.lease(now=NOW, until=NOW + MINUTE, limit=4))

    leased = [parcel.id for batch in batches if not isinstance(batch, BaseException) for parcel in batch]
    assert all(len(batch) <= 4 for batch in batches if not isinstance(batch, BaseException))
    assert len(leased) == len(set(leased))
    assert len(leased) >= 40


async def test_20_who_rotate_the_keys_are_one_winner(store: Store, crowd: Crowd) -> None:
    await store.transact(lambda work: work.keys.add(a_key()))

    results = await crowd.all_do(
        20, lambda work: work.keys.advance(a_key().id, expected="next", state="active", now=NOW)
    )

    assert (results.count(True), results.count(False)) == (1, 19)


async def test_20_servers_that_find_no_key_make_one(store: Store, crowd: Crowd) -> None:
    def make_the_first(work: UnitOfWork, number: int) -> None:
        if not work.keys.all():
            work.keys.add(a_key(number))

    await crowd.each(range(20), make_the_first)

    assert len(await store.read(lambda work: work.keys.all())) == 1


async def test_20_who_add_one_plugin_value_are_one_winner(store: Store, crowd: Crowd) -> None:
    first = await crowd.all_do(20, lambda work: work.plugin_store.add("totp", "k", b"v", NOW + MINUTE, NOW))
    after_its_end = await crowd.all_do(20, lambda work: work.plugin_store.add("totp", "k", b"v", None, NOW + MINUTE))

    assert (first.count(True), after_its_end.count(True)) == (1, 1)


async def test_20_who_use_one_name_make_one_tenant(store: Store, crowd: Crowd) -> None:
    results = await crowd.all_do(20, lambda work: work.tenants.add(a_team()))

    assert results.count(True) == 1


async def test_20_who_end_one_session_are_one_winner(store: Store, crowd: Crowd) -> None:
    await _begin_session(store)

    results = await crowd.all_do(20, lambda work: work.sessions.revoke(a_session().id, NOW))

    assert (results.count(True), results.count(False)) == (1, 19)


async def test_a_session_that_is_proved_anew_while_it_ends_is_over(store: Store, crowd: Crowd) -> None:
    """Row 16: whoever comes first, nothing comes back."""
    await _begin_session(store)
    session, later = a_session(), NOW + MINUTE
    anew = replace(session, authenticated_at=later, expires_at=later + HOUR)

    def act(work: UnitOfWork) -> bool:
        return work.sessions.renew(anew, later)

    async def end() -> None:
        await store.transact(lambda work: work.sessions.revoke(session.id, later))

    await asyncio.gather(crowd.all_do(10, act), end())

    found = await store.read(lambda work: work.sessions.by_id(session.id))
    assert found is not None
    assert found.revoked_at == later
    assert not await store.transact(act)
