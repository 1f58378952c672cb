"""Two workers and their supervisor, killed one by one and all at once: what was acknowledged holds (§3.2)."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.outside.load import Load, assert_holds
from tests.outside.pace import slowness
from tests.outside.people import bring_in
from tests.outside.workers import kill_all, processes
from tests.postgresql import Cluster
from tests.running import Server, running

pytestmark = pytest.mark.alone

WORKERS = 2


@pytest.fixture(params=["sqlite", "postgresql"])
def idp(request: pytest.FixtureRequest, tmp_path: Path, prepared: Path) -> Iterator[Server]:
    environment: Mapping[str, str] = {}
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgresql")
        environment = {"IDP_DATABASE__URL": asyncio.run(cluster.bare_database())}
    with running(tmp_path, prepared=prepared, environment=environment, words=["--workers", str(WORKERS)]) as server:
        yield server


def test_kill_9_loses_nothing_acknowledged_by_either(idp: Server) -> None:
    people = bring_in(idp, 5)
    kinds = (("register", 201), ("sign in", 201), ("look", 200), ("refresh", 200), ("leave", 200), ("change", 200))

    with Load(idp, people) as load:
        load.wait_for(*kinds)
        os.kill(processes(idp, WORKERS)[0], signal.SIGKILL)  # the other serves on, and a third comes
        time.sleep(0.5 * slowness())
        assert kill_all(idp) == WORKERS
        idp.start()
        load.wait_for(*kinds, since=time.monotonic())

    assert {status for _, status in load.statuses()} <= {200, 201}
    assert_holds(idp, load.acknowledged, people)
