"""SQLite alone: its file, its lock, its log."""

import asyncio
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from idp.core.errors import StorageUnavailable
from idp.ports.storage import UnitOfWork
from idp.storage import Limits, OpenStore, SchemaOutdated, open_store, upgrade
from idp.storage.lane import on_thread
from idp.storage.sqlite import SqliteStore
from idp.testing.entropy import PredictableEntropy
from tests.storage.samples import NOW, an_account, keep
from tests.stores import PATIENT, OpenAnother, PlainSealer

IMPATIENT = Limits(lock_timeout_seconds=0.2)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def path(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite:///"))


async def _open(path: Path, limits: Limits = PATIENT) -> OpenStore:
    return await open_store(f"sqlite:///{path}", entropy=PredictableEntropy(), sealer=PlainSealer(), limits=limits)


@contextmanager
def another_writer(path: Path) -> Iterator[None]:
    """Somebody else who holds the file's lock."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def _pragma(store: OpenStore, name: str) -> object:
    assert isinstance(store, SqliteStore)
    connection = store._writing._connection
    return await on_thread(connection, lambda: connection._conn.execute(f"PRAGMA {name}").fetchone()[0])


async def test_a_commit_is_on_the_disk_before_it_is_acknowledged(store: OpenStore) -> None:
    assert await _pragma(store, "journal_mode") == "wal"
    assert await _pragma(store, "synchronous") == 2  # FULL


async def test_another_process_is_waited_for_at_least_five_seconds() -> None:
    """Section 3.2 of the security demands."""
    assert Limits().lock_timeout_seconds >= 5


async def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "idp"
    await upgrade(f"sqlite:///{folder}/idp.db")
    store = await _open(folder / "idp.db")
    await keep(store)

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes == {"idp.db": 0o600, "idp.db-wal": 0o600, "idp.db-shm": 0o600}
    await store.close()


async def test_a_writer_waits_while_another_process_writes(store: OpenStore, path: Path) -> None:
    with another_writer(path):
        waiting = asyncio.create_task(keep(store))
        await asyncio.sleep(0.1)
        assert not waiting.done()

    await waiting


async def test_a_lock_that_is_held_too_long_is_no_fault_of_the_caller(path: Path) -> None:
    store = await _open(path, IMPATIENT)

    with another_writer(path):
        results = await asyncio.gather(
            *(keep(store, an_account(number)) for number in range(3)), return_exceptions=True
        )
        assert [type(result) for result in results] == [StorageUnavailable] * 3
        assert await store.read(lambda work: work.accounts.count()) == 0

    await keep(store)
    assert await store.read(lambda work: work.accounts.count()) == 1
    await store.close()


async def test_reading_first_and_writing_then_does_not_fail_beside_another_writer(
    store: OpenStore, open_another: OpenAnother
) -> None:
    """A deferred transaction that read would be refused at once when it writes (jentic-one PR 529)."""
    other = await open_another()

    def count_and_add(work: UnitOfWork) -> None:
        work.plugin_store.put("test", str(work.outbox.due_at()), b"", None)
        work.accounts.add(an_account(work.accounts.count()))

    await asyncio.gather(*(writer.transact(count_and_add) for writer in (store, other) for _ in range(50)))

    assert await store.read(lambda work: work.accounts.count()) == 100


async def test_a_database_that_is_full_refuses_and_recovers(store: OpenStore) -> None:
    pages = await _pragma(store, "page_count")
    await _pragma(store, f"max_page_count = {pages}")

    def put(work: UnitOfWork, size: int) -> None:
        work.plugin_store.put("test", str(size), bytes(size), None)

    with pytest.raises(StorageUnavailable):
        await store.transact(lambda work: put(work, 100_000))
    assert await store.read(lambda work: work.plugin_store.get("test", "100000", NOW)) is None

    await _pragma(store, "max_page_count = 100000")
    await store.transact(lambda work: put(work, 100_000))
    assert await store.read(lambda work: work.plugin_store.get("test", "100000", NOW)) == bytes(100_000)


async def test_the_log_does_not_grow_under_constant_reading(store: OpenStore, path: Path) -> None:
    """No reading transaction outlives its batch, so the log is emptied again and again."""
    is_over = asyncio.Event()

    async def read_on() -> None:
        while not is_over.is_set():
            await store.read(lambda work: work.accounts.count())

    def write(work: UnitOfWork) -> None:
        work.plugin_store.put("test", "k", bytes(100_000), None)

    readers = [asyncio.create_task(read_on()) for _ in range(8)]
    for _ in range(300):
        await store.transact(write)
    is_over.set()
    await asyncio.gather(*readers)

    assert path.with_name("idp.db-wal").stat().st_size < 3 * 4_200_000  # 30 MB were written


async def test_a_whole_batch_of_reads_takes_one_turn(store: OpenStore) -> None:
    counts = await asyncio.gather(*(store.read(lambda work: work.accounts.count()) for _ in range(500)))

    assert counts == [0] * 500


@pytest.mark.parametrize("content", [b"", b"This is no database, whatever its name says. " * 100])
async def test_a_file_that_is_no_database_of_ours_does_not_open(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "idp.db"
    path.write_bytes(content)

    with pytest.raises(StorageUnavailable) as raised:
        await _open(path)

    assert isinstance(raised.value, SchemaOutdated) == (not content)


async def test_a_folder_in_the_place_of_the_file_does_not_open(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable):
        await _open(tmp_path)


async def test_no_folder_can_be_made_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageUnavailable):
        await _open(tmp_path / "file" / "idp.db")
