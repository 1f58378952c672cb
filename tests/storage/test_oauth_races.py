"""The claims of the OpenID Provider under parallel hands (threat rows 19, 20, 91; see test_races)."""

import asyncio
from collections.abc import Callable

import pytest

from idp.core.authorization import DeviceState
from idp.core.ids import AccountId
from idp.core.secret import Digest
from idp.ports.storage import Store, UnitOfWork
from tests.storage.crowd import Crowd
from tests.storage.gate import Gate, is_waiting
from tests.storage.oauth_samples import (
    OFFLINE,
    a_client,
    a_code,
    a_device,
    a_grant,
    a_pushed_request,
    a_token,
    an_initial_token,
    an_interaction,
    begin,
)
from tests.storage.samples import MINUTE, NOW, a_session, an_account
from tests.stores import OpenAnother

Use = Callable[[UnitOfWork], bool]


def _claim(work: UnitOfWork) -> bool:
    return work.oauth.codes.claim(a_code().digest, NOW)


def _rotate(work: UnitOfWork) -> bool:
    return work.oauth.tokens.rotate(a_token(0).digest, a_token(1), None, NOW)


def _redeem(work: UnitOfWork) -> bool:
    return work.oauth.devices.redeem(a_device().digest, NOW)


def _end(work: UnitOfWork) -> bool:
    return work.oauth.interactions.end(an_interaction().digest, NOW)


def _use_pushed(work: UnitOfWork) -> bool:
    return work.oauth.pushed.claim(a_pushed_request().digest, NOW)


def _spend(work: UnitOfWork) -> bool:
    return work.oauth.initial_tokens.spend(an_initial_token().digest, NOW)


def _remember(work: UnitOfWork) -> bool:
    return work.oauth.replays.remember("dpop", Digest(b"jti"), NOW + MINUTE, NOW)


def _revoke(work: UnitOfWork) -> bool:
    return work.oauth.grants.revoke(a_grant().id, NOW)


def _end_session(work: UnitOfWork) -> bool:
    return work.sessions.revoke(a_session().id, NOW) and work.oauth.grants.revoke_session(a_session().id, NOW) == 1


async def _fill(store: Store) -> None:
    def fill(work: UnitOfWork) -> None:
        work.oauth.codes.add(a_code())
        work.oauth.tokens.add(a_token(0))
        work.oauth.interactions.begin(an_interaction())
        work.oauth.pushed.add(a_pushed_request())
        work.oauth.initial_tokens.add(an_initial_token())
        work.oauth.devices.add(a_device(state=DeviceState.APPROVED, account_id=an_account().id, grant_id=a_grant().id))

    await begin(store)
    await store.transact(fill)


@pytest.mark.parametrize("use", [_claim, _redeem, _end, _use_pushed, _spend, _remember, _revoke])
async def test_20_who_use_one_thing_are_one_winner(store: Store, crowd: Crowd, use: Use) -> None:
    await _fill(store)

    results = await crowd.all_do(20, use)

    assert (results.count(True), results.count(False)) == (1, 19)


async def test_20_who_rotate_one_token_are_one_successor(store: Store, crowd: Crowd) -> None:
    """Threat row 19, Keycloak CVE-2026-1035."""
    await _fill(store)
    successors = [a_token(number) for number in range(1, 21)]

    results = await crowd.each(
        successors, lambda work, token: work.oauth.tokens.rotate(a_token(0).digest, token, None, NOW)
    )

    assert (results.count(True), results.count(False)) == (1, 19)
    kept = await store.read(lambda work: [work.oauth.tokens.find(token.digest) for token in successors])
    assert [token is not None for token in kept] == results


async def test_an_expired_proof_is_new_for_one_of_20(store: Store, crowd: Crowd) -> None:
    await crowd.all_do(20, _remember)
    later = NOW + MINUTE

    results = await crowd.all_do(
        20, lambda work: work.oauth.replays.remember("dpop", Digest(b"jti"), later + MINUTE, later)
    )

    assert (results.count(True), results.count(False)) == (1, 19)


async def test_20_who_decide_about_one_device_are_one_winner(store: Store, crowd: Crowd) -> None:
    await begin(store)
    await store.transact(lambda work: work.oauth.devices.add(a_device()))
    states = [DeviceState.APPROVED, DeviceState.DENIED] * 10

    def decide(work: UnitOfWork, state: DeviceState) -> bool:
        return work.oauth.devices.decide(a_device().digest, state, AccountId(an_account().id), None, NOW)

    results = await crowd.each(states, decide)

    assert (results.count(True), results.count(False)) == (1, 19)
    device = await store.read(lambda work: work.oauth.devices.by_device_code(a_device().digest))
    assert device
    assert device.state is states[results.index(True)]


async def test_20_devices_with_one_user_code_are_one(store: Store, crowd: Crowd) -> None:
    devices = [a_device(number, user_code=a_device().user_code) for number in range(20)]

    results = await crowd.each(devices, lambda work, device: work.oauth.devices.add(device))

    assert (results.count(True), results.count(False)) == (1, 19)


async def test_20_tokens_for_3_registrations_make_3(store: Store, crowd: Crowd) -> None:
    await store.transact(lambda work: work.oauth.initial_tokens.add(an_initial_token(uses_left=3)))

    results = await crowd.all_do(20, _spend)

    assert results.count(True) == 3


async def test_20_clients_raise_the_generation_20_times(store: Store, crowd: Crowd) -> None:
    await crowd.each(range(20), lambda work, number: work.oauth.clients.add(a_client(number)))

    assert await store.read(lambda work: work.oauth.clients.generation()) == 20


async def test_20_who_take_one_id_are_one_client(store: Store, crowd: Crowd) -> None:
    results = await crowd.all_do(20, lambda work: work.oauth.clients.add(a_client()))

    assert results.count(True) == 1


@pytest.mark.parametrize("ending", [_revoke, _end_session])
@pytest.mark.parametrize("use", [_claim, _rotate, _redeem])
async def test_an_ending_waits_for_a_use_under_way(
    store: Store, open_another: OpenAnother, use: Use, ending: Use
) -> None:
    """What was bought a moment before hangs on a grant that is over a moment later (threat row 20)."""
    await _fill(store)
    other, gate = await open_another(), Gate()

    def use_slowly(work: UnitOfWork) -> bool:
        is_used = use(work)
        gate.wait()
        return is_used

    using = asyncio.create_task(store.transact(use_slowly))
    await gate.reached.wait()
    ending_task = asyncio.create_task(other.transact(ending))
    assert await is_waiting(ending_task)
    gate.open()

    assert await using
    assert await ending_task


@pytest.mark.parametrize("ending", [_revoke, _end_session])
@pytest.mark.parametrize("use", [_claim, _rotate, _redeem])
async def test_a_use_waits_for_an_ending_under_way_and_fails(
    store: Store, open_another: OpenAnother, use: Use, ending: Use
) -> None:
    """Keycloak #51312."""
    await _fill(store)
    other, gate = await open_another(), Gate()

    def end_slowly(work: UnitOfWork) -> bool:
        is_ended = ending(work)
        gate.wait()
        return is_ended

    ending_task = asyncio.create_task(store.transact(end_slowly))
    await gate.reached.wait()
    using = asyncio.create_task(other.transact(use))
    assert await is_waiting(using)
    gate.open()

    assert await ending_task
    assert not await using


@pytest.mark.parametrize("first", ["rotation", "revocation"])
async def test_rotation_and_revocation_at_once_leave_no_token_that_works(
    store: Store, crowd: Crowd, first: str
) -> None:
    await begin(store, a_grant(scope=OFFLINE))
    tokens = [a_token(number) for number in range(20)]
    await store.transact(lambda work: work.oauth.tokens.add(tokens[0]))

    def rotate_or_revoke(work: UnitOfWork, turn: int) -> bool:
        if turn % 2 == (first == "rotation"):
            return _revoke(work)
        return work.oauth.tokens.rotate(tokens[turn // 2].digest, tokens[turn // 2 + 1], None, NOW)

    await crowd.each(range(20), rotate_or_revoke)

    late = a_token(100)
    alive = await crowd.each(tokens, lambda work, token: work.oauth.tokens.rotate(token.digest, late, None, NOW))
    assert alive == [False] * 20
