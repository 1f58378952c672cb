"""What every test may ask for. What the session has once, each process has that runs tests (`-n`): nothing clashes.

A fixture of the session belongs here or to one folder: a conftest.py that imports it from another makes one more.
"""

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.postgresql import Cluster

pytest_plugins = ["tests.alone", "tests.compiled", "tests.house.left_out", "tests.traced"]


@pytest.fixture
def anyio_backend() -> str:
    """Coroutine tests run on asyncio, as the server does."""
    return "asyncio"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated database, a master key and signing keys."""
    from idp.testing.provider import prepare  # whoever tests a noun need not wait for all of us

    return asyncio.run(prepare(tmp_path_factory.mktemp("template")))


@pytest.fixture(scope="session")
def postgresql() -> "Iterator[Cluster]":
    from tests.postgresql import started

    with started() as cluster:
        yield cluster


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """`-n auto` is one process more than there are processors: many tests wait for something."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    return (processors or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A coroutine function is a test like any other: no marker to forget."""
    import inspect

    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.function):
            item.add_marker(pytest.mark.anyio)
            item.fixturenames.append("anyio_backend") if "anyio_backend" not in item.fixturenames else None
