"""Signing keys from first start to removal: next, active, retired, gone (threat row 88)."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from idp.core.claims import ACCESS_TOKEN_TYPE
from idp.core.errors import NotFound, SessionExpired
from idp.core.events import EventName
from idp.core.ids import KeyId
from idp.core.session import Source
from idp.crypto.ambient import SystemEntropy
from idp.crypto.keyring import Keyring
from idp.crypto.master_key import MasterKey
from idp.crypto.opened_keys import KeysUnreadable, make_row
from idp.crypto.rotation import MARGIN, KeyState, Schedule, Turn, TurnLost, turn
from idp.crypto.sealer import AesGcmSealer
from idp.crypto.signing_key import ALGORITHMS, EDDSA, ES256, SigningKey
from tests.crypto.conftest import SCHEDULE
from tests.crypto.doubles import NOON, MovedClock, StoreInMemory
from tests.crypto.forger import AUDIENCE, ISSUER, Forger, claims_at

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
OPERATOR = Source(address="", agent="idp keys")


def states(store: StoreInMemory) -> dict[str, str]:
    return {key.id: key.state for key in store.rows.values()}


def published(keyring: Keyring) -> list[str]:
    return [key["kid"] for key in json.loads(keyring.document().body)["keys"]]


def only(store: StoreInMemory, state: str) -> KeyId:
    (found,) = [key.id for key in store.rows.values() if key.state == state]
    return found


def signed(keyring: Keyring, clock: MovedClock) -> str:
    return keyring.signer(ES256).sign(claims_at(clock.now()), ACCESS_TOKEN_TYPE)


def is_let_in(keyring: Keyring, token: str) -> bool:
    try:
        keyring.verifier().verify(token, ACCESS_TOKEN_TYPE, AUDIENCE)
    except SessionExpired:
        return False
    return True


async def test_a_first_start_makes_one_active_and_one_next_key_for_each_algorithm(
    store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer
) -> None:
    ring = Keyring(issuer=ISSUER, clock=clock, sealer=sealer, schedule=SCHEDULE)
    await ring.load(store)

    made = sorted((key.algorithm, key.state) for key in store.rows.values())
    assert made == sorted((algorithm, state) for algorithm in ALGORITHMS for state in ("active", "next"))
    assert sorted(published(ring)) == sorted(store.rows)


def test_the_second_start_finds_the_keys_of_the_first(keyring: Keyring, neighbour: Keyring, clock: MovedClock) -> None:
    assert is_let_in(neighbour, signed(keyring, clock))
    assert published(neighbour) == published(keyring)


def test_private_keys_are_sealed_at_rest(keyring: Keyring, store: StoreInMemory) -> None:
    private = json.loads(keyring.opened.signing[ES256].private_jwk())["d"]

    assert all(private.encode() not in bytes(row.private) and private not in row.public for row in store.rows.values())


async def test_there_is_no_start_under_another_master_key(
    keyring: Keyring, store: StoreInMemory, clock: MovedClock
) -> None:
    """Rather than making new keys and refusing everybody's tokens."""
    sealer = AesGcmSealer(MasterKey(secret=bytes(32)), SystemEntropy())
    before = dict(store.rows)

    with pytest.raises(KeysUnreadable, match="master key"):
        await Keyring(issuer=ISSUER, clock=clock, sealer=sealer, schedule=SCHEDULE).load(store)

    assert store.rows == before


async def test_a_key_planted_in_the_database_vouches_for_nothing(
    keyring: Keyring, store: StoreInMemory, clock: MovedClock
) -> None:
    """Whoever writes the database, and does not know the master key, signs no token of ours."""
    foreign = AesGcmSealer(MasterKey(secret=bytes(32)), SystemEntropy())
    planted = await make_row(ES256, KeyState.RETIRED, foreign, NOON)
    store.rows[planted.id] = planted

    with pytest.raises(KeysUnreadable):
        await keyring.refresh()

    assert planted.id not in published(keyring)
    assert is_let_in(keyring, signed(keyring, clock))


async def test_a_sealed_key_under_another_keys_id_is_refused(keyring: Keyring, store: StoreInMemory) -> None:
    active, following = only(store, "active"), only(store, "next")
    store.rows[KeyId("planted")] = replace(store.rows[active], id=KeyId("planted"), state="retired")
    store.rows[following] = replace(store.rows[following], private=store.rows[active].private)

    with pytest.raises(KeysUnreadable):
        await keyring.refresh()


async def test_a_sealed_key_does_not_change_its_algorithm(
    keyring: Keyring, store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer
) -> None:
    active = only(store, "active")
    store.rows[active] = replace(store.rows[active], algorithm=EDDSA)

    with pytest.raises(KeysUnreadable):
        await Keyring(issuer=ISSUER, clock=clock, sealer=sealer, schedule=SCHEDULE).load(store)


async def test_a_turn_lets_the_next_sign_rests_the_active_and_makes_a_new_next(
    keyring: Keyring, store: StoreInMemory
) -> None:
    first, second = only(store, "active"), only(store, "next")

    (made,) = await keyring.rotate(OPERATOR)

    assert states(store) == {first: "retired", second: "active", made.next: "next"}
    assert (made.algorithm, made.retired, made.active) == (ES256, first, second)
    assert published(keyring) == [second, made.next, first]
    assert keyring.opened.signing[ES256].id == second


async def test_a_turn_is_written_into_the_audit_trail(keyring: Keyring, store: StoreInMemory) -> None:
    (made,) = await keyring.rotate(OPERATOR)

    ((event, source, _),) = store.events
    assert event.name is EventName.KEYS_ROTATED
    assert event.detail == {"algorithm": ES256, "key": made.active, "was_known": False}
    assert source == OPERATOR


async def test_a_manual_turn_tells_whether_clients_know_the_key(keyring: Keyring, clock: MovedClock) -> None:
    (hasty,) = await keyring.rotate()
    clock.move(SCHEDULE.publish_lead)
    (patient,) = await keyring.rotate()

    assert (hasty.was_known, patient.was_known) == (False, True)


async def test_keys_turn_by_themselves_when_their_period_is_over(
    keyring: Keyring, store: StoreInMemory, clock: MovedClock
) -> None:
    second = only(store, "next")
    clock.move(SCHEDULE.period - SECOND)
    assert keyring.due(clock.now()) == ()
    assert await keyring.tend() == ()

    clock.move(SECOND)
    assert keyring.due(clock.now()) == (ES256,)
    (made,) = await keyring.tend()

    assert (made.active, made.was_known) == (second, True)
    assert await keyring.tend() == ()


async def test_a_turn_waits_until_the_next_key_is_known_to_every_client(
    keyring: Keyring, store: StoreInMemory, clock: MovedClock
) -> None:
    """Threat row 88: publish before use."""
    clock.move(SCHEDULE.period)
    await keyring.retire(only(store, "next"))
    assert await keyring.tend() == ()

    clock.move(SCHEDULE.publish_lead - SECOND)
    assert await keyring.tend() == ()

    clock.move(SECOND)
    assert len(await keyring.tend()) == 1


async def test_a_retired_key_vouches_until_its_last_token_is_dead(
    keyring: Keyring, store: StoreInMemory, clock: MovedClock
) -> None:
    first = only(store, "active")
    await keyring.rotate()
    clock.move(SCHEDULE.longest_token_life + MARGIN - SECOND)
    await keyring.tend()
    assert first in published(keyring)

    clock.move(SECOND)
    await keyring.refresh()
    assert first not in published(keyring)

    await keyring.tend()
    assert first not in store.rows


async def test_a_token_outlives_the_turn_it_was_signed_before(keyring: Keyring, clock: MovedClock) -> None:
    token = signed(keyring, clock)

    await keyring.rotate()
    await keyring.rotate()

    assert is_let_in(keyring, token)


async def test_a_compromised_key_is_gone_at_once(keyring: Keyring, store: StoreInMemory, clock: MovedClock) -> None:
    """The token was let in before, so that a remembered verdict is at stake too."""
    token = signed(keyring, clock)
    first, second = only(store, "active"), only(store, "next")
    assert is_let_in(keyring, token)

    await keyring.retire(first, OPERATOR)

    assert not is_let_in(keyring, token)
    assert first not in published(keyring)
    assert first not in store.rows
    assert only(store, "active") == second
    assert only(store, "next") in published(keyring)
    assert is_let_in(keyring, signed(keyring, clock))
    assert [event.name for event, _, _ in store.events] == [EventName.KEYS_ROTATED, EventName.KEY_RETIRED]


async def test_a_retired_key_that_is_compromised_is_gone_at_once(
    keyring: Keyring, store: StoreInMemory, clock: MovedClock
) -> None:
    token = signed(keyring, clock)
    first = only(store, "active")
    await keyring.rotate()

    await keyring.retire(first)

    assert not is_let_in(keyring, token)
    assert sorted(states(store).values()) == ["active", "next"]


async def test_a_next_key_that_is_compromised_is_replaced(keyring: Keyring, store: StoreInMemory) -> None:
    active, following = only(store, "active"), only(store, "next")

    await keyring.retire(following)

    assert only(store, "active") == active
    assert only(store, "next") != following


async def test_a_key_that_is_not_there_cannot_be_retired(keyring: Keyring) -> None:
    with pytest.raises(NotFound):
        await keyring.retire(KeyId("unknown"))


async def test_another_process_follows_with_its_next_look(
    keyring: Keyring, neighbour: Keyring, clock: MovedClock
) -> None:
    await keyring.rotate()
    assert await neighbour.refresh()

    assert published(neighbour) == published(keyring)
    assert is_let_in(keyring, signed(neighbour, clock))
    assert neighbour.opened.signing[ES256].id == keyring.opened.signing[ES256].id


async def test_another_process_refuses_a_compromised_key_with_its_next_look(
    keyring: Keyring, neighbour: Keyring, store: StoreInMemory, clock: MovedClock
) -> None:
    token = signed(keyring, clock)
    assert is_let_in(neighbour, token)

    await keyring.retire(only(store, "active"))
    await neighbour.refresh()

    assert not is_let_in(neighbour, token)


async def test_a_look_that_finds_nothing_new_changes_nothing(keyring: Keyring, clock: MovedClock) -> None:
    """Remembered verdicts stay, and so do the published bytes."""
    token = signed(keyring, clock)
    assert is_let_in(keyring, token)
    before = keyring.opened

    assert not await keyring.refresh()

    assert keyring.opened is before
    assert len(keyring.opened.verifying.verdicts) == 1


async def test_a_signer_follows_the_active_key(keyring: Keyring, clock: MovedClock) -> None:
    signer = keyring.signer(ES256)
    before = signer.sign(claims_at(NOON), ACCESS_TOKEN_TYPE).split(".")[0]

    await keyring.rotate()

    assert signer.sign(claims_at(NOON), ACCESS_TOKEN_TYPE).split(".")[0] != before


async def test_a_turn_to_a_key_that_went_in_between_changes_nothing(
    keyring: Keyring, store: StoreInMemory, sealer: AesGcmSealer
) -> None:
    """An accident, so the store rolls back: never a moment without an active key."""
    before = dict(store.rows)
    wanted = Turn(
        algorithm=ES256,
        setting=only(store, "active"),
        rising=KeyId("gone"),
        fresh=await make_row(ES256, KeyState.NEXT, sealer, NOON),
        was_known=True,
    )

    with pytest.raises(TurnLost):
        await store.transact(lambda work: turn(work, wanted, OPERATOR, NOON))

    assert store.rows == before


async def test_a_turn_that_another_process_spoilt_is_not_told_of(keyring: Keyring, store: StoreInMemory) -> None:
    active, following = only(store, "active"), only(store, "next")
    store.before_the_next_unit = lambda: store.rows.pop(following)

    assert await keyring.rotate() == ()

    assert states(store) == {active: "active"}


async def test_a_compromised_key_goes_although_another_process_spoilt_the_first_try(
    keyring: Keyring, neighbour: Keyring, store: StoreInMemory, clock: MovedClock
) -> None:
    """In between, the key that was active was rested by a turn."""
    token = signed(keyring, clock)
    active, following = only(store, "active"), only(store, "next")

    def turned_elsewhere() -> None:
        store.rows[active] = replace(store.rows[active], state="retired", retired_at=NOON)
        store.rows[following] = replace(store.rows[following], state="active", activated_at=NOON)

    store.before_the_next_unit = turned_elsewhere
    await keyring.retire(active)

    assert active not in store.rows
    assert only(store, "active") == following
    assert not is_let_in(keyring, token)


async def test_missing_keys_are_made_up_for(keyring: Keyring, store: StoreInMemory) -> None:
    active = only(store, "active")
    del store.rows[only(store, "next")]

    await keyring.tend()

    assert only(store, "active") == active
    assert only(store, "next") in published(keyring)


async def test_keys_made_twice_at_a_first_start_become_one_again(
    keyring: Keyring, neighbour: Keyring, store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer
) -> None:
    """Where the database lets two first starts add their keys side by side (PostgreSQL, READ COMMITTED)."""
    clock.move(SECOND)
    for state in (KeyState.ACTIVE, KeyState.NEXT):
        row = await make_row(ES256, state, sealer, clock.now())
        store.rows[row.id] = row
    await neighbour.refresh()
    assert neighbour.opened.signing[ES256].id == keyring.opened.signing[ES256].id
    key = neighbour.opened.keys[row.id]
    assert isinstance(key, SigningKey)
    token = Forger(key).token(Forger(key).header(), claims_at(clock.now()))

    await asyncio.gather(keyring.tend(), neighbour.tend())
    await neighbour.refresh()

    assert sorted(states(store).values()) == ["active", "next", "retired", "retired"]
    assert is_let_in(neighbour, token)


def test_nothing_is_signed_or_published_before_loading(clock: MovedClock, sealer: AesGcmSealer) -> None:
    ring = Keyring(issuer=ISSUER, clock=clock, sealer=sealer, schedule=SCHEDULE)

    with pytest.raises(RuntimeError, match="not loaded"):
        ring.document()
    with pytest.raises(RuntimeError, match="not loaded"):
        asyncio.run(ring.rotate())


def test_there_is_no_signer_for_an_algorithm_without_keys(keyring: Keyring) -> None:
    with pytest.raises(ValueError, match="HS256"):
        keyring.signer("HS256")


def test_keys_are_published_for_longer_than_clients_keep_the_set() -> None:
    """Threat row 88: JWKS max-age < publish lead."""
    with pytest.raises(ValueError, match="published"):
        Schedule(longest_token_life=DAY, publish_lead=timedelta(minutes=5), max_age=timedelta(minutes=5))


def test_keys_sign_for_longer_than_the_next_one_is_published_beforehand() -> None:
    with pytest.raises(ValueError, match="at least as long"):
        Schedule(longest_token_life=DAY, period=timedelta(minutes=30))
