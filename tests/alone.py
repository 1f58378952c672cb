"""`pytest.mark.alone`: what a test measures is not to be shared with others of its run.

Where several processes run tests (`-n`), those that begin one while another is alone wait until it has ended.
"""

import fcntl
from collections.abc import Generator
from pathlib import Path

import pytest


class Floor:
    """Two locks: everybody goes through the gate onto the floor. Who is alone keeps the gate shut meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._gate, self._floor = (folder / "gate").open("a"), (folder / "floor").open("a")
        self._is_mine = False

    def enter(self, *, alone: bool) -> None:
        if self._is_mine:
            return
        how = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        fcntl.flock(self._gate, how)
        fcntl.flock(self._floor, how)
        self._is_mine = alone
        if not alone:
            fcntl.flock(self._gate, fcntl.LOCK_UN)

    def leave(self) -> None:
        self._is_mine = False
        fcntl.flock(self._floor, fcntl.LOCK_UN)
        fcntl.flock(self._gate, fcntl.LOCK_UN)

    def close(self) -> None:
        self._floor.close()
        self._gate.close()


class Turns:
    """Around each test with its fixtures. What follows one another in one process is alone together."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        self._floor.enter(alone=_is_alone(item))
        try:
            return (yield)
        finally:
            if not (_is_alone(item) and nextitem is not None and _is_alone(nextitem)):
                self._floor.leave()

    def pytest_unconfigure(self) -> None:
        self._floor.close()


def _is_alone(item: pytest.Item) -> bool:
    return item.get_closest_marker("alone") is not None


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "alone: it measures, so that no other test may run meanwhile")
    if hasattr(config, "workerinput"):
        # pytest-xdist gives each process a folder of its own in one folder of the run
        config.pluginmanager.register(Turns(Floor(Path(config.getoption("basetemp")).parent)))
