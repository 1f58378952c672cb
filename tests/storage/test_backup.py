"""A copy taken in use, and the way back (section 3.2 of the security demands)."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from idp.core.errors import StorageUnavailable
from idp.ports.storage import UnitOfWork
from idp.storage import OpenStore, UnsupportedUrl, backup, restore
from tests.storage.oauth_samples import OFFLINE, a_client, a_grant, a_token, an_initial_token
from tests.storage.samples import HOUR, NOW, a_challenge, a_parcel, a_session, an_account, keep
from tests.stores import OpenAnother

ADA = an_account()


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "monday.db"


async def _fill(store: OpenStore) -> None:
    def fill(work: UnitOfWork) -> None:
        work.sessions.open(a_session(1))
        work.sessions.open(a_session(2, expires_at=NOW))
        work.challenges.issue(a_challenge())
        work.outbox.put(a_parcel())

    await keep(store)
    await store.transact(fill)


async def test_a_copy_taken_under_load_is_whole(
    store: OpenStore, open_another: OpenAnother, database_url: str, copy: Path
) -> None:
    def add_pair(number: int, work: UnitOfWork) -> None:
        work.accounts.add(an_account(number))
        work.sessions.open(a_session(number, number))

    async def write_on() -> None:
        for number in range(300):
            await store.transact(partial(add_pair, number))

    writing = asyncio.create_task(write_on())
    await asyncio.sleep(0.05)
    await backup(database_url, copy)
    await writing
    await store.close()

    sessions = await restore(database_url, copy, NOW)

    restored = await open_another()
    assert await restored.read(lambda work: work.accounts.count()) == sessions


async def test_a_copy_is_one_file_that_only_its_owner_reads(store: OpenStore, database_url: str, copy: Path) -> None:
    await backup(database_url, copy)
    await backup(database_url, copy)

    assert [file.name for file in copy.parent.iterdir()] == ["monday.db"]
    assert copy.read_bytes()[18:20] == b"\x01\x01", "it must be readable where no log can be written beside it"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


async def test_what_is_restored_is_what_was_copied(
    store: OpenStore, open_another: OpenAnother, database_url: str, copy: Path
) -> None:
    await _fill(store)
    await backup(database_url, copy)
    await store.transact(lambda work: work.accounts.remove(ADA.id))
    await store.close()

    await restore(database_url, copy, NOW)

    restored = await open_another()
    assert await restored.read(lambda work: work.accounts.by_id(ADA.id)) == ADA


async def test_what_is_restored_revives_no_session_code_or_message(
    store: OpenStore, open_another: OpenAnother, database_url: str, copy: Path
) -> None:
    """Threat row 17: what was revoked after the copy was taken must stay revoked."""
    await _fill(store)
    await backup(database_url, copy)
    await store.transact(lambda work: work.sessions.revoke(a_session(1).id, NOW))
    await store.close()

    assert await restore(database_url, copy, NOW + HOUR / 2) == 1

    restored = await open_another()
    session = await restored.read(lambda work: work.sessions.by_id(a_session(1).id))
    assert session
    assert session.revoked_at == NOW + HOUR / 2
    assert await restored.read(lambda work: work.challenges.pending(ADA.id, a_challenge().purpose, NOW)) is None
    assert await restored.read(lambda work: work.outbox.due_at()) is None


async def test_what_is_restored_revives_nothing_that_an_app_was_granted(
    store: OpenStore, open_another: OpenAnother, database_url: str, copy: Path
) -> None:
    """Threat row 17: a refresh token that was used up after the copy was taken would be good once more."""
    await _fill(store)

    def grant(work: UnitOfWork) -> None:
        work.oauth.grants.open(a_grant(scope=OFFLINE))
        work.oauth.tokens.add(a_token())
        work.oauth.clients.add(a_client())
        work.oauth.initial_tokens.add(an_initial_token())

    await store.transact(grant)
    await backup(database_url, copy)
    await store.close()

    await restore(database_url, copy, NOW)

    restored = await open_another()
    assert await restored.read(lambda work: work.oauth.grants.by_id(a_grant().id)) is None
    assert await restored.read(lambda work: work.oauth.tokens.find(a_token().digest)) is None
    assert await restored.read(lambda work: work.oauth.initial_tokens.all()) == []
    assert await restored.read(lambda work: work.oauth.clients.by_id(a_client().id)) == a_client()


async def test_a_copy_older_than_some_tables_is_restored(store: OpenStore, database_url: str, copy: Path) -> None:
    await store.close()
    await backup(database_url, copy)
    with closing(sqlite3.connect(copy)) as database:
        database.execute("DROP TABLE codes")

    assert await restore(database_url, copy, NOW) == 0


async def test_the_copy_itself_is_not_changed_by_restoring(store: OpenStore, database_url: str, copy: Path) -> None:
    await _fill(store)
    await backup(database_url, copy)
    before = copy.read_bytes()
    await store.close()

    await restore(database_url, copy, NOW)

    assert copy.read_bytes() == before
    assert sorted(file.name for file in copy.parent.iterdir()) == ["monday.db"]


async def test_what_is_no_database_is_not_restored(store: OpenStore, database_url: str, tmp_path: Path) -> None:
    await keep(store)
    (tmp_path / "broken.db").write_bytes(b"not a database at all" * 500)

    for source in (tmp_path / "broken.db", tmp_path / "missing.db"):
        with pytest.raises(StorageUnavailable):
            await restore(database_url, source, NOW)

    assert await store.read(lambda work: work.accounts.count()) == 1


async def test_nothing_is_copied_from_where_nothing_is(tmp_path: Path, copy: Path) -> None:
    with pytest.raises(StorageUnavailable):
        await backup(f"sqlite:///{tmp_path}/none.db", copy)

    assert not copy.exists()
    assert not (tmp_path / "none.db").exists()


async def test_postgresql_has_tools_of_its_own(copy: Path) -> None:
    with pytest.raises(UnsupportedUrl, match="pg_dump"):
        await backup("postgresql://postgres@/idp", copy)
    with pytest.raises(UnsupportedUrl, match="pg_restore"):
        await restore("postgresql://postgres@/idp", copy, NOW)
