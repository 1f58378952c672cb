"""The audit trail, and the parcels that tell subscribers of it."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from idp.core.events import Event, EventName, Outcome
from idp.core.ids import AccountId, SessionId
from idp.core.session import Source
from idp.ports.storage import AuditEntry, Store, UnitOfWork
from tests.storage.samples import DESK, MINUTE, NOW
from tests.stores import OpenAnother, PlainSealer

ADA = AccountId("ada")
FULL = Event(
    name=EventName.LOGIN_FAIL,
    outcome=Outcome.FAILURE,
    reason="bad_credentials",
    account_id=ADA,
    session_id=SessionId("session"),
    subject_hash="a1b2",
    jurisdiction="Alameda",
    methods=("pwd", "otp"),
    detail={"left": 3, "known": True, "kind": "password"},
)
BARE = Event(name=EventName.KEYS_ROTATED)


async def _record(store: Store, *events: Event) -> None:
    def record(work: UnitOfWork) -> None:
        for number, event in enumerate(events):
            work.record(event, source=DESK, now=NOW + timedelta(seconds=number))

    await store.transact(record)


async def _page(store: Store, **wanted: Any) -> list[AuditEntry]:
    return list(await store.read(lambda work: work.audit.page(**wanted)))


async def test_an_event_comes_back_as_it_was_recorded(store: Store) -> None:
    await _record(store, FULL, BARE)

    assert [(entry.event, entry.source, entry.at) for entry in await _page(store)] == [
        (FULL, DESK, NOW),
        (BARE, DESK, NOW + timedelta(seconds=1)),
    ]


async def test_pages_follow_one_another_in_both_directions(store: Store) -> None:
    await _record(store, *[BARE] * 5)
    numbers = [entry.number for entry in await _page(store)]
    assert numbers == sorted(numbers)

    assert [entry.number for entry in await _page(store, limit=2)] == numbers[:2]
    assert [entry.number for entry in await _page(store, after=numbers[1], limit=2)] == numbers[2:4]
    assert [entry.number for entry in await _page(store, limit=2, newest_first=True)] == numbers[:2:-1]
    assert [entry.number for entry in await _page(store, after=numbers[3], newest_first=True)] == numbers[2::-1]


async def test_entries_are_found_by_account_and_by_name(store: Store) -> None:
    await _record(store, FULL, BARE, Event(name=EventName.KEYS_ROTATED, account_id=ADA))

    assert len(await _page(store, account_id=ADA)) == 2
    assert len(await _page(store, name="keys.rotated")) == 2
    assert [entry.event for entry in await _page(store, account_id=ADA, name="login.fail")] == [FULL]
    assert await _page(store, account_id=AccountId("bob")) == []


async def test_every_subscriber_gets_a_sealed_parcel_of_its_own(open_another: OpenAnother) -> None:
    store = await open_another(subscribers=("webhook", "siem"))

    await _record(store, FULL)

    parcels = await store.transact(lambda work: work.outbox.lease(now=NOW, until=NOW + MINUTE, limit=10))
    assert sorted((parcel.kind, parcel.target) for parcel in parcels) == [("event", "siem"), ("event", "webhook")]
    assert len({parcel.id for parcel in parcels}) == 2
    for parcel in parcels:
        assert Event.from_json(orjson.loads(PlainSealer().open(parcel.body, "outbox"))) == FULL
        assert parcel.created_at == NOW


async def test_an_event_that_is_rolled_back_is_told_to_nobody(open_another: OpenAnother) -> None:
    store = await open_another(subscribers=("webhook",))

    def record_and_fail(work: UnitOfWork) -> None:
        work.record(FULL, source=Source(address=""), now=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await store.transact(record_and_fail)

    assert await _page(store) == []
    assert await store.read(lambda work: work.outbox.due_at()) is None


async def test_entries_are_counted_by_name_beyond_a_number_and_a_moment(store: Store) -> None:
    """As `_record` writes them: one a second."""
    assert await store.read(lambda work: work.audit.last_number()) == 0
    await _record(store, FULL, BARE, FULL, FULL)
    first, *_, last = [entry.number for entry in await _page(store)]
    names = (FULL.name.value,)

    async def count(names: tuple[str, ...], after: int, seconds: int) -> int:
        since = NOW + timedelta(seconds=seconds)
        return await store.read(lambda work: work.audit.count(names, after=after, since=since))

    assert await store.read(lambda work: work.audit.last_number()) == last
    assert await count(names, 0, 0) == 3
    assert await count((*names, BARE.name.value), 0, 0) == 4
    assert await count(names, first, 0) == 2
    assert await count(names, 0, 3) == 1
    assert await count(names, last, 0) == 0
