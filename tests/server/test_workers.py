"""Several processes behind one port."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.process import Idp, serving, wait_until


@pytest.fixture
def idp(tmp_path: Path) -> Iterator[Idp]:
    with serving(tmp_path, "--workers", 2) as running:
        wait_until(lambda: len(workers(running)) == 2)
        yield running


def workers(idp: Idp) -> list[int]:
    return [line["process"] for line in idp.logged("worker.started")]


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_worker_that_dies_is_replaced_and_all_end_together(idp: Idp) -> None:
    first, second = workers(idp)

    os.kill(first, signal.SIGKILL)

    wait_until(lambda: len(workers(idp)) == 3)
    assert [line["status"] for line in idp.logged("worker.died")] == [-signal.SIGKILL]
    assert {idp.ask("GET", "/health/ready")[0] for _ in range(20)} == {200}
    assert len({idp.ask("GET", "/.well-known/jwks.json")[2] for _ in range(20)}) == 1  # made once, for all of them

    idp.signal(signal.SIGTERM)

    assert idp.end() == 0
    assert not any(is_running(process) for process in workers(idp))
    assert first not in workers(idp)[1:]
    assert second in workers(idp)


def test_workers_end_with_their_supervisor_however_it_ends(idp: Idp) -> None:
    idp.signal(signal.SIGKILL)

    idp.end()

    wait_until(lambda: not any(is_running(process) for process in workers(idp)))
    assert len(idp.logged("server.stopped")) == 2
