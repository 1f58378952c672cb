"""PostgreSQL alone: a server that goes, transactions that collide, a commit that nobody answers."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import asyncpg
import pytest

from idp.core.errors import StorageUnavailable
from idp.ports.storage import UnitOfWork
from idp.storage import Limits, OpenStore, SchemaOutdated, open_store
from idp.storage.postgresql import PostgresqlStore
from idp.testing.entropy import PredictableEntropy
from tests.postgresql import Cluster
from tests.storage.gate import Gate
from tests.storage.samples import FIVE, HOUR, NOW, a_parcel, an_account, keep
from tests.stores import OpenAnother, PlainSealer

ADA, BOB = an_account(1), an_account(2)


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


def _count(work: UnitOfWork) -> int:
    return work.accounts.count()


async def _cut_off_others(url: str) -> None:
    """Ends every other connection to the database, as a fail-over would."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()


def _add_after(gate: Gate, runs: list[int], *, and_ask_again: bool) -> Callable[[UnitOfWork], None]:
    def unit(work: UnitOfWork) -> None:
        runs.append(1)
        work.accounts.add(ADA)
        gate.wait()
        if and_ask_again:
            work.accounts.count()

    return unit


async def test_a_connection_that_dies_in_a_unit_is_replaced_and_the_unit_run_again(
    store: OpenStore, database_url: str
) -> None:
    gate, runs = Gate(), list[int]()

    adding = asyncio.create_task(store.transact(_add_after(gate, runs, and_ask_again=True)))
    await gate.reached.wait()
    await _cut_off_others(database_url)
    gate.open()
    await adding

    assert len(runs) == 2
    assert await store.read(_count) == 1


async def test_a_connection_that_dies_at_the_commit_is_never_success_and_never_repeated(
    store: OpenStore, database_url: str
) -> None:
    gate, runs = Gate(), list[int]()

    adding = asyncio.create_task(store.transact(_add_after(gate, runs, and_ask_again=False)))
    await gate.reached.wait()
    await _cut_off_others(database_url)
    gate.open()
    with pytest.raises(StorageUnavailable):
        await adding

    assert len(runs) == 1
    assert await store.read(_count) == 0


async def test_after_all_connections_were_cut_nobody_notices(store: OpenStore, database_url: str) -> None:
    await asyncio.gather(*(keep(store, an_account(number)) for number in range(10)))

    await _cut_off_others(database_url)

    await asyncio.gather(*(keep(store, an_account(number)) for number in range(10, 20)))
    assert await asyncio.gather(*(store.read(_count) for _ in range(10))) == [20] * 10


async def test_a_restart_of_the_server_is_survived(store: OpenStore, postgresql: Cluster) -> None:
    await asyncio.gather(*(keep(store, an_account(number)) for number in range(5)))

    postgresql.stop()
    for ask in (store.ping, lambda: store.read(_count), lambda: keep(store, an_account(99))):
        with pytest.raises(StorageUnavailable):
            await ask()
    postgresql.start()

    await asyncio.gather(*(keep(store, an_account(number)) for number in range(10, 20)))
    assert await store.read(_count) == 15


async def test_units_that_lock_each_other_out_both_succeed(store: OpenStore, open_another: OpenAnother) -> None:
    """A deadlock: one is rolled back by the server, and run again."""
    await keep(store, ADA, BOB)
    gates = {ADA.id: Gate(), BOB.id: Gate()}

    def lock(first: str, second: str) -> Callable[[UnitOfWork], None]:
        def unit(work: UnitOfWork) -> None:
            work.accounts.by_id(first)  # type: ignore[arg-type]
            gates[first].wait()  # type: ignore[index]
            work.accounts.record_sign_in(second, NOW)  # type: ignore[arg-type]

        return unit

    units = [asyncio.create_task(store.transact(lock(*pair))) for pair in ((ADA.id, BOB.id), (BOB.id, ADA.id))]
    await asyncio.gather(*(gate.reached.wait() for gate in gates.values()))
    for gate in gates.values():
        gate.open()
    await asyncio.gather(*units)

    accounts = await store.read(lambda work: work.accounts.page(after=None, limit=2))
    assert [account.last_sign_in_at for account in accounts] == [NOW, NOW]


async def test_16_workers_on_one_row_all_get_through(store: OpenStore, open_another: OpenAnother) -> None:
    await keep(store)
    stores = [store, await open_another()]

    def work_on_it(work: UnitOfWork) -> None:
        account = work.accounts.by_id(ADA.id)
        assert account
        work.attempts.charge("source", "192.0.2.1", FIVE, NOW)
        work.accounts.update(replace(account, extra={"turns": account.extra.get("turns", 0) + 1}))  # type: ignore[operator]

    await asyncio.gather(*(stores[number % 2].transact(work_on_it) for number in range(16)))

    account = await store.read(lambda work: work.accounts.by_id(ADA.id))
    assert account
    assert account.extra == {"turns": 16}


async def test_a_relay_steps_over_what_another_is_taking(store: OpenStore, open_another: OpenAnother) -> None:
    gate = Gate()
    await _put_parcels(store, 6)

    def lease(work: UnitOfWork) -> list[str]:
        return [parcel.id for parcel in work.outbox.lease(now=NOW, until=NOW + HOUR, limit=3)]

    def lease_slowly(work: UnitOfWork) -> list[str]:
        leased = lease(work)
        gate.wait()
        return leased

    slow = asyncio.create_task(store.transact(lease_slowly))
    await gate.reached.wait()
    quick = await (await open_another()).transact(lease)
    gate.open()

    assert sorted(quick + await slow) == [a_parcel(number).id for number in range(6)]


async def _put_parcels(store: OpenStore, count: int) -> None:
    def put(work: UnitOfWork) -> None:
        for number in range(count):
            work.outbox.put(a_parcel(number))

    await store.transact(put)


async def test_a_unit_that_hides_a_failed_statement_is_no_success(store: OpenStore) -> None:
    """The server then answers COMMIT by rolling back, and says so in one word."""
    await keep(store)

    def hide(work: UnitOfWork) -> None:
        with suppress(asyncpg.UniqueViolationError):
            work.accounts.add(an_account(1, email="other@example.com"))

    with pytest.raises(StorageUnavailable):
        await store.transact(hide)


async def test_a_commit_is_durable_before_it_is_acknowledged_whatever_the_database_is_set_to(
    postgresql: Cluster, open_another: OpenAnother, database_url: str
) -> None:
    administrator = await asyncpg.connect(database_url)
    name = await administrator.fetchval("SELECT current_database()")
    await administrator.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    await administrator.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = serializable")
    try:
        store = await open_another()
        assert isinstance(store, PostgresqlStore)
        connection = await store._pool.take()
        assert await connection.fetchval("SHOW synchronous_commit") == "on"
        store._pool.give_back(connection, is_sound=True)
    finally:
        await administrator.execute(f"ALTER DATABASE {name} RESET ALL")
        await administrator.close()


async def test_nobody_waits_for_ever_for_a_row(store: OpenStore, open_another: OpenAnother) -> None:
    await keep(store)
    impatient, gate = await open_another(limits=Limits(lock_timeout_seconds=0.2)), Gate()

    def hold(work: UnitOfWork) -> None:
        work.accounts.by_id(ADA.id)
        gate.wait()

    holding = asyncio.create_task(store.transact(hold))
    await gate.reached.wait()
    with pytest.raises(StorageUnavailable):
        await impatient.transact(lambda work: work.accounts.confirm(ADA.id, NOW))
    gate.open()
    await holding

    assert await impatient.transact(lambda work: work.accounts.confirm(ADA.id, NOW))


async def test_nobody_waits_for_ever_for_a_connection(open_another: OpenAnother) -> None:
    store, gate = await open_another(limits=Limits(connections=1, lock_timeout_seconds=0.2)), Gate()

    holding = asyncio.create_task(store.transact(lambda _: gate.wait()))
    await gate.reached.wait()
    with pytest.raises(StorageUnavailable):
        await store.read(_count)
    gate.open()
    await holding

    assert await store.read(_count) == 0


async def test_a_database_without_tables_does_not_open(postgresql: Cluster) -> None:
    with pytest.raises(SchemaOutdated):
        await _open(await postgresql.bare_database())


@pytest.mark.parametrize("trouble", ["no database", "no server"])
async def test_what_is_not_there_does_not_open(postgresql: Cluster, trouble: str) -> None:
    address = postgresql.url("nothing") if trouble == "no database" else "postgresql://postgres@/idp?host=/nowhere"

    with pytest.raises(StorageUnavailable):
        await _open(address)


async def _open(url: str) -> OpenStore:
    return await open_store(url, entropy=PredictableEntropy(), sealer=PlainSealer())
