"""Signing keys: next, active, retired."""

from dataclasses import replace

from idp.core.ids import KeyId
from idp.ports.storage import Store, StoredKey, UnitOfWork
from tests.storage.samples import HOUR, NOW, a_key


async def _add(store: Store, *keys: StoredKey) -> None:
    def add(work: UnitOfWork) -> None:
        for key in keys:
            work.keys.add(key)

    await store.transact(add)


async def test_keys_come_back_as_they_were_added_oldest_first(store: Store) -> None:
    old = a_key(2, state="retired", activated_at=NOW - 2 * HOUR, retired_at=NOW - HOUR, created_at=NOW - 3 * HOUR)
    new = a_key(1)

    await _add(store, new, old)

    assert await store.read(lambda work: work.keys.all()) == [old, new]


async def test_a_key_moves_on_from_the_state_it_is_in(store: Store) -> None:
    key = a_key()
    await _add(store, key)

    async def advance(expected: str, state: str) -> bool:
        return await store.transact(
            lambda work: work.keys.advance(key.id, expected=expected, state=state, now=NOW + HOUR)
        )

    assert await advance("next", "active")
    assert not await advance("next", "active")
    assert await store.read(lambda work: work.keys.all()) == [replace(key, state="active", activated_at=NOW + HOUR)]

    assert await advance("active", "retired")
    assert await store.read(lambda work: work.keys.all()) == [
        replace(key, state="retired", activated_at=NOW + HOUR, retired_at=NOW + HOUR)
    ]


async def test_a_key_is_removed_once(store: Store) -> None:
    await _add(store, a_key())

    assert await store.transact(lambda work: work.keys.remove(a_key().id))
    assert not await store.transact(lambda work: work.keys.remove(KeyId("key-1")))

    assert await store.read(lambda work: work.keys.all()) == []
