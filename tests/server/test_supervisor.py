"""What becomes of workers that cannot live, with workers of a line each."""

import asyncio

import pytest

from idp.config.settings import Settings
from idp.server import supervisor
from idp.server.listening import bind, listen
from idp.server.supervisor import FAILED, Supervisor
from idp.testing.memory import MemoryLog

WIRE = "import socket, sys; wire = socket.socket(fileno=int(sys.argv[2])); "
STILLBORN = "raise SystemExit(7)"
SHORT_LIVED = WIRE + "wire.recv(1); wire.sendall(b'1')"


@pytest.fixture
def settings() -> Settings:
    return Settings.model_validate({"server": {"workers": 2, "shutdown": "1s"}})


async def supervise(settings: Settings, log: MemoryLog, seconds: float) -> int:
    sockets = bind("127.0.0.1", 0)
    listen(sockets)
    watching = Supervisor(settings, sockets, log=log)
    asyncio.get_running_loop().call_later(seconds, watching.end)
    return await watching.run(lambda: None)


async def test_workers_that_cannot_start_end_all(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """A start that failed once would fail again, and whoever started us should know."""
    monkeypatch.setattr(supervisor, "_START", STILLBORN)
    log = MemoryLog()

    code = await supervise(settings, log, seconds=10)

    assert code == FAILED
    assert ("worker.died", 7) in [(line.event, line.fields.get("status")) for line in log.lines]


async def test_workers_that_keep_dying_are_started_less_and_less_often(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(supervisor, "_START", SHORT_LIVED)
    log = MemoryLog()

    code = await supervise(settings, log, seconds=2)

    started = [line for line in log.lines if line.event == "worker.started"]
    assert code == 0
    assert 2 < len(started) <= 10
