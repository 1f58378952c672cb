"""A provider as an attacker meets it: over HTTP, nothing of ours replaced but time."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from idp.testing.provider import TestProvider, provider_at
from tests.plugins.packages import site
from tests.postgresql import Cluster
from tests.security.acts import CHEAPEST, ENGLISH
from tests.support import check_answer

__all__ = ["site"]

Opened = Callable[..., AbstractAsyncContextManager[TestProvider]]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One event loop a module, so that a provider may serve several tests."""
    return "asyncio"


@pytest.fixture
def opened(tmp_path: Path, template: Path) -> Opened:
    """Opens a provider with settings of the test's own."""

    def open_with(**settings: Any) -> AbstractAsyncContextManager[TestProvider]:
        folder = tmp_path / "provider"
        keys = {"master_key_file": folder / "master.key", **settings.pop("keys", {})}
        hashing = {**CHEAPEST, **settings.pop("hashing", {})}
        own = {"messages": ENGLISH, "keys": keys, "hashing": hashing, **settings}
        return provider_at(folder, template=template, **own)

    return open_with


@pytest.fixture
async def idp(anyio_backend: str, opened: Opened) -> AsyncIterator[TestProvider]:
    async with opened() as provider:
        provider.on_answer = check_answer
        yield provider


@pytest.fixture
async def browser(idp: TestProvider) -> AsyncIterator[httpx2.AsyncClient]:
    async with idp.browser() as client:
        yield client


@pytest.fixture(scope="module")
async def shared(
    anyio_backend: str, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TestProvider]:
    """One for all tests of a module that leave nothing behind."""
    folder = tmp_path_factory.mktemp("shared")
    async with provider_at(folder, template=template, messages=ENGLISH, hashing=CHEAPEST) as provider:
        provider.on_answer = check_answer
        yield provider


@pytest.fixture
async def stranger(shared: TestProvider) -> AsyncIterator[httpx2.AsyncClient]:
    """A client that nobody knows, at the shared provider."""
    async with shared.browser() as client:
        yield client


@pytest.fixture(scope="session")
def postgresql_url(postgresql: Cluster, template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with signing keys, under the template's master key. All tests share it: each has names of its own."""

    async def make() -> str:
        url = await postgresql.lend()
        async with provider_at(tmp_path_factory.mktemp("keys"), template=template, database_url=url):
            return url

    return asyncio.run(make())


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    folder = tmp_path_factory.mktemp("database")
    shutil.copy(template / "idp.db", folder)
    return f"sqlite:///{folder / 'idp.db'}"
