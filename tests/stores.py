"""Stores for tests: a test that asks for one runs on SQLite and on PostgreSQL."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from idp.core.secret import Sealed
from idp.ports.crypto import SealBroken
from idp.storage import Limits, OpenStore, open_store, upgrade
from idp.testing.clock import MovableClock
from idp.testing.entropy import PredictableEntropy
from tests.postgresql import Cluster

OpenAnother = Callable[..., Awaitable[OpenStore]]
PATIENT = Limits(longest_queue=1000, connections=20)


class PlainSealer:
    """Shows what was sealed for which context: nothing here is secret."""

    def seal(self, data: bytes, context: str) -> Sealed:
        return Sealed(context.encode() + b"|" + data)

    def open(self, sealed: Sealed, context: str) -> bytes:
        sealed_for, _, data = sealed.partition(b"|")
        if sealed_for != context.encode():
            raise SealBroken
        return data


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "idp.db"
    asyncio.run(upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """An up-to-date, empty database in a file."""
    path = tmp_path / "idp.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
async def postgresql_url(anyio_backend: str, postgresql: Cluster) -> AsyncIterator[str]:
    """An up-to-date, empty database on a server."""
    url = await postgresql.lend()
    yield url
    await postgresql.give_back(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def open_another(anyio_backend: str, database_url: str) -> AsyncIterator[OpenAnother]:
    """Opens one more store on the test's database, as another process would."""
    async with AsyncExitStack() as exits:

        async def another(*, subscribers: tuple[str, ...] = (), limits: Limits = PATIENT) -> OpenStore:
            opened = await open_store(
                database_url,
                entropy=PredictableEntropy(),
                sealer=PlainSealer(),
                subscribers=subscribers,
                limits=limits,
            )
            exits.push_async_callback(opened.close)
            return opened

        yield another


@pytest.fixture
async def store(open_another: OpenAnother) -> OpenStore:
    """An open store on an empty database."""
    return await open_another()
