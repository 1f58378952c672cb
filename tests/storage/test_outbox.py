"""What is to be done after commit, at least once."""

import asyncio
from datetime import timedelta

import pytest

from idp.core.errors import Refusal
from idp.ports.outbox import Parcel
from idp.ports.storage import Store, UnitOfWork
from idp.storage import OpenStore
from tests.storage.samples import MINUTE, NOW, a_parcel


async def _put(store: Store, *parcels: Parcel) -> None:
    def put(work: UnitOfWork) -> None:
        for parcel in parcels:
            work.outbox.put(parcel)

    await store.transact(put)


async def _lease(store: Store, *, after: timedelta = timedelta(0), limit: int = 10) -> list[str]:
    now = NOW + after
    leased = await store.transact(lambda work: work.outbox.lease(now=now, until=now + MINUTE, limit=limit))
    return [parcel.id for parcel in leased]


async def test_a_parcel_is_leased_as_it_was_put(store: Store) -> None:
    parcel = a_parcel(kind="event", target="webhook", tries=2, due_at=NOW + MINUTE)
    await _put(store, parcel)

    until = NOW + 2 * MINUTE
    leased = await store.transact(lambda work: work.outbox.lease(now=NOW + MINUTE, until=until, limit=1))

    assert leased == [a_parcel(kind="event", target="webhook", tries=2, due_at=until)]


async def test_parcels_are_leased_when_they_are_due_the_oldest_first(store: Store) -> None:
    seconds = timedelta(seconds=1)
    parcels = [
        a_parcel(number, created_at=NOW - number * seconds, due_at=NOW - number * seconds) for number in (1, 3, 2)
    ]
    await _put(store, *parcels, a_parcel(9, due_at=NOW + seconds))

    assert await _lease(store, limit=2) == ["parcel-0003", "parcel-0002"]
    assert await _lease(store) == ["parcel-0001"]
    assert await _lease(store, after=seconds) == ["parcel-0009"]


async def test_a_parcel_that_nobody_finished_comes_back_when_its_lease_ends(store: Store) -> None:
    await _put(store, a_parcel())
    assert await _lease(store) == ["parcel-0001"]

    assert await _lease(store, after=timedelta(seconds=59)) == []
    assert await _lease(store, after=MINUTE) == ["parcel-0001"]


async def test_a_delivered_parcel_is_gone(store: Store) -> None:
    await _put(store, a_parcel())

    await store.transact(lambda work: work.outbox.done(a_parcel().id))

    assert await _lease(store) == []
    assert await store.read(lambda work: work.outbox.due_at()) is None


async def test_a_postponed_parcel_counts_the_try_and_comes_when_it_was_told_to(store: Store) -> None:
    await _put(store, a_parcel())
    await _lease(store)

    await store.transact(lambda work: work.outbox.postpone(a_parcel().id, due_at=NOW + 5 * MINUTE))

    assert await store.read(lambda work: work.outbox.due_at()) == NOW + 5 * MINUTE
    again = await store.transact(lambda work: work.outbox.lease(now=NOW + 5 * MINUTE, until=NOW + 6 * MINUTE, limit=1))
    assert [parcel.tries for parcel in again] == [1]


async def test_the_relay_is_woken_by_a_commit_that_put_something(store: OpenStore) -> None:
    assert not store.parcels_waiting.is_set()

    await _put(store, a_parcel())

    async with asyncio.timeout(5):
        await store.parcels_waiting.wait()


async def test_the_relay_sleeps_on_after_a_commit_that_put_nothing(store: OpenStore) -> None:
    await store.transact(lambda work: work.outbox.due_at())
    await asyncio.sleep(0)

    assert not store.parcels_waiting.is_set()


async def test_a_refusal_sends_what_was_put_before_it(store: OpenStore) -> None:
    def put_and_refuse(work: UnitOfWork) -> None:
        work.outbox.put(a_parcel())
        raise Refusal

    with pytest.raises(Refusal):
        await store.transact(put_and_refuse)

    async with asyncio.timeout(5):
        await store.parcels_waiting.wait()
    assert await _lease(store) == ["parcel-0001"]


async def test_who_waits_for_a_delivery_sees_when_it_is_done(store: Store) -> None:
    first, second = a_parcel(1), a_parcel(2)
    await _put(store, first, second)

    async def holds(*parcels: Parcel) -> bool:
        return await store.read(lambda work: work.outbox.holds([parcel.id for parcel in parcels]))

    await store.transact(lambda work: work.outbox.done(first.id))
    assert await holds(first, second)
    assert not await holds(first)
    await store.transact(lambda work: work.outbox.done(second.id))
    assert not await holds(first, second)
    assert not await holds()
