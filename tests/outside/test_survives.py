"""What was acknowledged holds, whatever ends the process (security demands, section 3.2)."""

import asyncio
import http.client
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.outside.load import Load, assert_holds
from tests.outside.pace import slowness
from tests.outside.people import PASSWORD, bring_in
from tests.postgresql import Cluster
from tests.running import PATIENCE_SECONDS, Server, running

pytestmark = pytest.mark.alone

SECONDS_TO_RESTART = 2.0


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def environment(request: pytest.FixtureRequest) -> Mapping[str, str]:
    if request.param == "sqlite":
        return {}
    cluster: Cluster = request.getfixturevalue("postgresql")
    return {"IDP_DATABASE__URL": asyncio.run(cluster.bare_database())}


@pytest.fixture(scope="module")
def idp(tmp_path_factory: pytest.TempPathFactory, prepared: Path, environment: Mapping[str, str]) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("survives")
    with running(folder, prepared=prepared, environment=environment) as server:
        yield server


@pytest.fixture(scope="module")
def people(idp: Server) -> Sequence[Mapping[str, str]]:
    return bring_in(idp, 5)


def test_kill_9_under_load_loses_nothing_acknowledged(idp: Server, people: Sequence[Mapping[str, str]]) -> None:
    took = []

    with Load(idp, people) as load:
        load.wait_for(("register", 201), ("look", 200), ("refresh", 200), ("leave", 200), ("change", 200))
        for is_on, seconds in ((False, 0.0), (True, 0.4), (False, 0.9)):
            idp.idp("flag", "set", "enableSingleUseCode", str(is_on).lower(), "--jurisdiction", "Bay Area")
            time.sleep(seconds * slowness())
            idp.kill()
            took.append(idp.start() / slowness())
            assert flag(idp) is is_on

    assert max(took) < SECONDS_TO_RESTART, took
    assert {status for _, status in load.statuses()} <= {200, 201}
    assert_holds(idp, load.acknowledged, people)


def test_a_message_that_waited_when_the_server_was_killed_is_sent_by_the_next(idp: Server) -> None:
    """It is committed with what it tells of, and sent at least once."""
    idp.outbox.rename(idp.data / "put away")
    idp.outbox.touch()  # a file, where the sender needs a folder
    body = {"email": "waiting@example.com", "password": PASSWORD, "firstName": "Some", "lastName": "Body"}
    with idp.browser() as browser:
        browser.post("/user/public", json=body).raise_for_status()
    while not idp.events("outbox.failed"):
        time.sleep(0.02)
    idp.kill()
    idp.outbox.unlink()
    (idp.data / "put away").rename(idp.outbox)

    idp.start()

    assert idp.message("waiting@example.com").data["token"]


def test_sigterm_answers_everybody_who_has_asked(idp: Server, people: Sequence[Mapping[str, str]]) -> None:
    connections = [http.client.HTTPConnection("localhost", idp.port, timeout=PATIENCE_SECONDS) for _ in range(10)]
    for connection, person in zip(connections, [*people] * 2, strict=True):
        connection.request("POST", "/auth/login", json.dumps(person), {"content-type": "application/json"})
    assert idp.is_ready()  # asked last: the others have been read when this is answered

    assert idp.stop() == 0

    assert [connection.getresponse().status for connection in connections] == [201] * len(connections)
    for connection in connections:
        connection.close()
    idp.start()


def flag(server: Server) -> bool:
    with server.browser() as browser:
        listed = browser.get("/jurisdictions/byName/Bay Area").json()["featureFlags"]
    return {one["name"]: bool(one["active"]) for one in listed}["enableSingleUseCode"]
