"""The demo as a process: what real clients meet."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Server, prepare, running


@pytest.fixture(scope="session", autouse=True)
def byte_code(pytestconfig: pytest.Config) -> Iterator[None]:
    """Servers keep their byte code, as an installation does; with the tests' cache where none is to lie in sources."""
    with pytest.MonkeyPatch.context() as patch:
        if "PYTHONDONTWRITEBYTECODE" in os.environ and pytestconfig.cache is not None:
            patch.delenv("PYTHONDONTWRITEBYTECODE")
            patch.setenv("PYTHONPYCACHEPREFIX", str(pytestconfig.cache.mkdir("byte-code")))
        yield


@pytest.fixture(scope="session")
def prepared(byte_code: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
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
