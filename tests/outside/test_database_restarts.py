"""PostgreSQL goes away under load, and comes back (security demands, section 3.2)."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx2
import pytest

from tests.outside.load import Load, assert_holds
from tests.outside.pace import slowness
from tests.outside.people import bring_in
from tests.postgresql import Cluster, find_programs
from tests.running import Server, running

pytestmark = pytest.mark.alone

SECONDS_TO_RECOVER = 2.0
LONGEST_SECONDS = 5.0
"""That anybody waits for an answer, be it 503."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Not the one that other tests use at the same time."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    made = Cluster(programs)
    made.start()
    yield made
    made.remove()


@pytest.fixture(scope="module")
def idp(tmp_path_factory: pytest.TempPathFactory, prepared: Path, cluster: Cluster) -> Iterator[Server]:
    environment = {"IDP_DATABASE__URL": asyncio.run(cluster.bare_database())}
    with running(tmp_path_factory.mktemp("restarts"), prepared=prepared, environment=environment) as server:
        yield server


@pytest.fixture(scope="module")
def people(idp: Server) -> Sequence[Mapping[str, str]]:
    return bring_in(idp, 5)


def test_a_restart_of_the_database_is_503_while_it_lasts_and_nothing_after(
    idp: Server, cluster: Cluster, people: Sequence[Mapping[str, str]]
) -> None:
    """Never 500, never 401 for somebody who is signed in, never a success that was none."""
    with Load(idp, people) as load:
        load.wait_for(("register", 201), ("look", 200), ("refresh", 200), ("change", 200))
        cluster.stop()
        load.wait_for(("register", 503), ("look", 503), ("change", 503))
        while_gone = status_of_parts(idp)
        cluster.start()
        back = time.monotonic()
        time.sleep(SECONDS_TO_RECOVER * slowness() + 1)

    recovered = back + SECONDS_TO_RECOVER * slowness()
    assert {status for _, status in load.statuses()} <= {200, 201, 503}
    assert max(answer.seconds for answer in load.answers) < LONGEST_SECONDS * slowness()
    assert {status for _, status in load.statuses(since=recovered)} == {200, 201}
    assert {kind for kind, _ in load.statuses(since=recovered)} == {kind for kind, _ in load.statuses()}
    assert while_gone == {"/health/live": 200, "/health/ready": 503, "/.well-known/jwks.json": 200}
    assert_holds(idp, load.acknowledged, people)


def status_of_parts(server: Server) -> dict[str, int]:
    with server.browser() as browser:
        return {path: status(browser, path) for path in ("/health/live", "/health/ready", "/.well-known/jwks.json")}


def status(browser: httpx2.Client, path: str) -> int:
    return browser.get(path).status_code
