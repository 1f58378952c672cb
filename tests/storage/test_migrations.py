"""How a database comes up to date."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine

import idp.storage
from idp.core.errors import StorageUnavailable
from idp.storage import OpenStore, SchemaOutdated, current, open_store, upgrade
from idp.storage.schema import HEAD, REVISIONS
from idp.storage.tables import metadata
from idp.testing.entropy import PredictableEntropy
from tests.postgresql import Cluster
from tests.storage.oauth_samples import a_grant
from tests.storage.processes import ROOT
from tests.storage.samples import a_session, an_account, keep
from tests.stores import PlainSealer


@pytest.fixture
def bare_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/idp.db"


@pytest.fixture
async def bare_postgresql_url(anyio_backend: str, postgresql: Cluster) -> str:
    return await postgresql.bare_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest) -> str:
    """A database without tables."""
    url: str = request.getfixturevalue(f"bare_{request.param}_url")
    return url


async def _with_connection(url: str, task: Callable[[sa.Connection], Any]) -> Any:
    if url.startswith("sqlite"):
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            found = task(connection)
        engine.dispose()
        return found
    server = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(url))
    async with server.begin() as connected:
        found = await connected.run_sync(task)
    await server.dispose()
    return found


async def _mark(url: str, revision: str) -> None:
    version = sa.table("alembic_version", sa.column("version_num"))
    await _with_connection(url, lambda connection: connection.execute(sa.update(version).values(version_num=revision)))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(idp.storage.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


async def _open(url: str) -> OpenStore:
    return await open_store(url, entropy=PredictableEntropy(), sealer=PlainSealer())


async def test_asking_for_the_revision_makes_no_file(tmp_path: Path) -> None:
    assert await current(f"sqlite:///{tmp_path}/idp.db") is None

    assert list(tmp_path.iterdir()) == []


async def test_an_empty_database_gets_all_tables_once(bare_url: str) -> None:
    assert await current(bare_url) is None

    assert await upgrade(bare_url) == list(REVISIONS)
    assert await upgrade(bare_url) == []

    assert await current(bare_url) == HEAD


async def test_the_migrations_make_the_tables_that_the_statements_expect(bare_url: str) -> None:
    await upgrade(bare_url)

    def differences(connection: sa.Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    assert await _with_connection(bare_url, differences) == []


@pytest.mark.parametrize("revision", REVISIONS[:-1])
async def test_an_older_database_is_brought_up_with_all_that_it_holds(bare_url: str, revision: str) -> None:
    def make_as_of_then(connection: sa.Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        _insert(connection, "accounts", an_account())
        _insert(connection, "sessions", a_session())

    await _with_connection(bare_url, make_as_of_then)
    with pytest.raises(SchemaOutdated, match=revision):
        await _open(bare_url)

    assert await upgrade(bare_url) == list(REVISIONS[REVISIONS.index(revision) + 1 :])

    store = await _open(bare_url)
    assert await store.read(lambda work: work.sessions.principal(a_session().id)) == (a_session(), an_account())
    await store.transact(lambda work: work.oauth.grants.open(a_grant()))
    await store.close()


def _insert(connection: sa.Connection, table: str, noun: object) -> None:
    """Into the columns that there are."""
    columns = [column["name"] for column in sa.inspect(connection).get_columns(table)]
    statement = sa.insert(metadata.tables[table]).values({name: getattr(noun, name, "") for name in columns})
    connection.execute(statement)


def test_the_revisions_that_the_program_knows_are_those_in_the_files() -> None:
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()

    assert [script.revision for script in scripts][::-1] == list(REVISIONS)


async def test_servers_that_start_together_migrate_once(bare_url: str) -> None:
    """Section 3.2 of the security demands; Alembic alone does not lock (alembic #633)."""
    applied = await asyncio.gather(*(upgrade(bare_url) for _ in range(4)))

    assert sorted(applied) == [[], [], [], list(REVISIONS)]
    assert await current(bare_url) == HEAD


async def test_a_migration_that_fails_leaves_no_table_behind(bare_url: str) -> None:
    def take_a_name(connection: sa.Connection) -> None:
        connection.execute(sa.schema.CreateTable(sa.Table("refresh", sa.MetaData(), sa.Column("x", sa.Text))))

    await _with_connection(bare_url, take_a_name)

    with pytest.raises(Exception, match="refresh"):
        await upgrade(bare_url)

    tables = await _with_connection(bare_url, lambda connection: sa.inspect(connection).get_table_names())
    assert tables == ["refresh"]


async def test_a_database_without_tables_does_not_open(bare_url: str) -> None:
    with pytest.raises(SchemaOutdated, match="none"):
        await _open(bare_url)


async def test_a_newer_database_opens_and_is_left_alone(database_url: str) -> None:
    """The version before it goes on serving while the next one is rolled out."""
    await _mark(database_url, "9999")
    try:
        assert await upgrade(database_url) == []

        store = await _open(database_url)
        await keep(store)
        await store.close()

        assert await current(database_url) == "9999"
    finally:
        await _mark(database_url, HEAD)


async def test_a_database_that_cannot_be_reached_is_not_migrated(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageUnavailable):
        await upgrade(f"sqlite:///{tmp_path}/file/idp.db")
    with pytest.raises(StorageUnavailable):
        await upgrade("postgresql://postgres@/idp?host=/nowhere")


def _modules_after_opening(url: str) -> set[str]:
    program = (
        "import asyncio, sys\n"
        "from idp.storage import open_store, upgrade\n"
        "async def main():\n"
        "    await upgrade(sys.argv[1])\n"
        "    store = await open_store(sys.argv[1], entropy=None, sealer=None)\n"
        "    await store.ping()\n"
        "    await store.close()\n"
        "asyncio.run(main())\n"
        "print(*sys.modules, sep='\\n')\n"
    )
    done = subprocess.run([sys.executable, "-c", program, url], stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True)
    return set(done.stdout.split())


def test_a_start_with_nothing_to_migrate_does_not_load_alembic(database_url: str) -> None:
    """It would cost as much as all the rest of the start."""
    loaded = _modules_after_opening(database_url)

    assert "sqlalchemy" in loaded
    assert not loaded & {"alembic", "mako", "sqlalchemy.orm", "sqlalchemy.ext.asyncio"}
    if database_url.startswith("sqlite"):
        assert "asyncpg" not in loaded
