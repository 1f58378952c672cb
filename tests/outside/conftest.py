"""The demo as a process: what real clients meet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import postgresql
from tests.running import Server, prepare, running

__all__ = ["postgresql"]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a demo that was started once."""
    return prepare(tmp_path_factory.mktemp("prepared"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[Server]:
    """The demo, as `make run` starts it."""
    with running(tmp_path_factory.mktemp("demo"), prepared=prepared) as server:
        yield server


@pytest.fixture
def fresh_demo(tmp_path: Path, prepared: Path) -> Iterator[Server]:
    """The same for one test alone, which may change whatever it likes."""
    with running(tmp_path, prepared=prepared) as server:
        yield server
