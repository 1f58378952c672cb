"""What a unit of work promises, on both databases (architecture, decisions 1 and 4)."""

import asyncio
import logging
from dataclasses import replace
from typing import NoReturn

import pytest

from idp.core.account import Account
from idp.core.errors import MalformedRequest, NotFound, Refusal, StorageUnavailable
from idp.ports.storage import Store, UnitOfWork
from idp.storage import Limits, OpenStore
from tests.storage.gate import Gate, is_waiting
from tests.storage.samples import FIVE, NOW, a_session, an_account, keep
from tests.stores import OpenAnother

ADA = an_account()


def _count(work: UnitOfWork) -> int:
    return work.accounts.count()


async def test_it_returns_what_its_function_returns(store: Store) -> None:
    await keep(store)

    assert await store.transact(_count) == 1
    assert await store.read(_count) == 1


async def test_a_refusal_commits_what_came_before_it(store: Store) -> None:
    """Threat row 28, Vikunja CVE-2026-35597: the error must not undo the record of the failure."""

    def charge_and_refuse(work: UnitOfWork) -> NoReturn:
        work.attempts.charge("password", "ada@example.com", FIVE, NOW)
        raise Refusal("wrong")

    with pytest.raises(Refusal, match="wrong"):
        await store.transact(charge_and_refuse)

    charge = await store.transact(lambda work: work.attempts.charge("password", "ada@example.com", FIVE, NOW))
    assert charge.failures == 2  # type: ignore[union-attr]


async def test_anything_else_leaves_nothing_behind(store: Store) -> None:
    def add_and_fail(work: UnitOfWork) -> NoReturn:
        work.accounts.add(ADA)
        raise RuntimeError("a fault")

    with pytest.raises(RuntimeError, match="a fault"):
        await store.transact(add_and_fail)

    assert await store.read(_count) == 0


@pytest.mark.parametrize("error", [StopIteration, MemoryError, ZeroDivisionError])
async def test_whatever_a_unit_raises_the_next_one_works(store: Store, error: type[Exception]) -> None:
    def fail(_: UnitOfWork) -> NoReturn:
        raise error

    for run in (store.transact, store.read):
        with pytest.raises((error, RuntimeError)):
            await run(fail)

    assert await store.transact(_count) == await store.read(_count) == 0


@pytest.mark.parametrize("name", ["\ud800", "Ada\x00"])
async def test_text_that_cannot_be_stored_is_no_fault_of_ours(store: Store, name: str) -> None:
    """Threat row 121: SQLite holds what PostgreSQL does not, and neither fails."""
    try:
        await keep(store, an_account(first_name=name))
    except MalformedRequest:
        assert await store.read(_count) == 0
    else:
        assert await store.read(lambda work: work.accounts.by_id(ADA.id)) == an_account(first_name=name)


async def test_what_refers_to_something_gone_is_not_found_and_leaves_nothing_behind(store: Store) -> None:
    def open_for_nobody(work: UnitOfWork) -> None:
        work.attempts.charge("password", "ada@example.com", FIVE, NOW)
        work.sessions.open(a_session())

    with pytest.raises(NotFound):
        await store.transact(open_for_nobody)

    assert await store.read(lambda work: work.sessions.by_id(a_session().id)) is None


async def test_units_that_share_a_commit_do_not_share_a_fate(store: Store) -> None:
    async def unit(number: int) -> None:
        def add(work: UnitOfWork) -> None:
            work.accounts.add(an_account(number))
            if number % 3 == 1:
                raise RuntimeError
            if number % 3 == 2:
                raise Refusal

        await store.transact(add)

    results = await asyncio.gather(*map(unit, range(30)), return_exceptions=True)

    assert [type(result) for result in results] == [type(None), RuntimeError, Refusal] * 10
    kept = await store.read(lambda work: work.accounts.page(after=None, limit=100))
    assert [account.id for account in kept] == [an_account(number).id for number in range(30) if number % 3 != 1]


async def test_what_was_committed_is_seen_by_the_next_read(store: Store) -> None:
    for number in range(20):
        await keep(store, an_account(number))
        assert await store.read(_count) == number + 1


async def test_a_read_cannot_write(store: Store) -> None:
    with pytest.raises(StorageUnavailable):
        await store.read(lambda work: work.accounts.add(ADA))

    assert await store.read(_count) == 0


async def test_a_read_sees_one_moment(store: Store, open_another: OpenAnother) -> None:
    other = await open_another()
    for _ in range(2):  # a store may learn from the first run that this is a read of two statements
        gate, before = Gate(), await store.read(_count)

        def count_twice(work: UnitOfWork, gate: Gate = gate) -> tuple[int, int]:
            first = work.accounts.count()
            gate.wait()
            return first, work.accounts.count()

        reading = asyncio.create_task(store.read(count_twice))
        await gate.reached.wait()
        await keep(other, an_account(before))
        gate.open()

        first, second = await reading
        assert first == second


async def test_an_account_that_was_read_is_held_so_that_no_update_is_lost(
    store: Store, open_another: OpenAnother
) -> None:
    await keep(store)
    other, gate = await open_another(), Gate()

    def rename(work: UnitOfWork) -> None:
        account = work.accounts.by_id(ADA.id)
        assert account
        gate.wait()
        work.accounts.update(replace(account, first_name="Augusta"))

    renaming = asyncio.create_task(store.transact(rename))
    await gate.reached.wait()
    confirming = asyncio.create_task(other.transact(lambda work: work.accounts.confirm(ADA.id, NOW)))
    assert await is_waiting(confirming)
    gate.open()
    await asyncio.gather(renaming, confirming)

    expected = replace(ADA, first_name="Augusta", confirmed_at=NOW)
    assert await store.read(lambda work: work.accounts.by_id(ADA.id)) == expected


async def test_nobody_signs_in_beside_the_change_that_ends_all_sessions(
    store: Store, open_another: OpenAnother
) -> None:
    """Threat rows 20 to 22."""
    await keep(store)
    other, gate = await open_another(), Gate()

    def sign_in(work: UnitOfWork) -> None:
        assert work.accounts.by_email(ADA.email)
        gate.wait()
        work.sessions.open(a_session())

    def change_password(work: UnitOfWork) -> int:
        assert work.accounts.by_id(ADA.id)
        return work.sessions.revoke_all(ADA.id, NOW)

    signing_in = asyncio.create_task(store.transact(sign_in))
    await gate.reached.wait()
    changing = asyncio.create_task(other.transact(change_password))
    assert await is_waiting(changing)
    gate.open()
    await signing_in

    assert await changing == 1


async def test_a_caller_that_goes_away_breaks_nothing_and_is_no_error(
    store: OpenStore, open_another: OpenAnother, caplog: pytest.LogCaptureFixture
) -> None:
    """Section 3.2 of the security demands: the unit that was begun is whole, and nobody is alarmed."""
    witness = await open_another()
    alarms: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: alarms.append(context))
    gate = Gate()

    def slow(work: UnitOfWork) -> None:
        gate.wait()
        work.accounts.add(an_account(1))
        work.sessions.open(a_session(1))

    def wrong(work: UnitOfWork) -> NoReturn:
        raise RuntimeError

    first = asyncio.create_task(store.transact(slow))
    await gate.reached.wait()
    rest = [asyncio.create_task(store.transact(wrong)), asyncio.create_task(keep(store, an_account(2)))]
    await asyncio.sleep(0)
    for task in (first, rest[0]):
        task.cancel()
    gate.open()
    await asyncio.gather(first, *rest, return_exceptions=True)
    await store.close()

    accounts = await witness.read(lambda work: work.accounts.page(after=None, limit=10))
    opened = await witness.read(lambda work: work.sessions.by_id(a_session(1).id))
    assert accounts == [an_account(1), an_account(2)]
    assert opened == a_session(1)
    assert alarms == []
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_too_many_waiting_units_are_turned_away_at_once(open_another: OpenAnother) -> None:
    store, gate = await open_another(limits=Limits(longest_queue=3, connections=1)), Gate()

    first = asyncio.create_task(store.transact(lambda _: gate.wait()))
    await gate.reached.wait()
    more = [asyncio.create_task(keep(store, an_account(number))) for number in range(10)]
    refused, _ = await asyncio.wait(more, timeout=0.5)
    gate.open()
    await asyncio.gather(first, *more, return_exceptions=True)

    assert len(refused) >= 7
    assert all(isinstance(task.exception(), StorageUnavailable) for task in refused)
    assert await store.read(_count) == 10 - len(refused)


async def test_a_closed_store_finishes_what_was_begun_and_refuses_what_comes(open_another: OpenAnother) -> None:
    store, witness, gate = await open_another(), await open_another(), Gate()

    def slow(work: UnitOfWork) -> Account:
        gate.wait()
        work.accounts.add(ADA)
        return ADA

    begun = asyncio.create_task(store.transact(slow))
    await gate.reached.wait()
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0)
    with pytest.raises(StorageUnavailable):
        await store.transact(_count)
    with pytest.raises(StorageUnavailable):
        await store.read(_count)
    gate.open()
    await closing

    assert await begun == ADA
    assert await witness.read(_count) == 1


async def test_a_store_that_works_answers_a_ping(store: OpenStore) -> None:
    await store.ping()

    await store.close()
    with pytest.raises(StorageUnavailable):
        await store.ping()
