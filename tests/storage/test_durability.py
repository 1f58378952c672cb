"""What was acknowledged is there: after kill -9, and on a full disk (section 3.2 of the security demands)."""

import json
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from idp.storage import OpenStore
from tests.storage.processes import ROOT, child
from tests.stores import OpenAnother

ACKNOWLEDGED = 200


async def test_kill_9_loses_nothing_that_was_acknowledged(database_url: str, open_another: OpenAnother) -> None:
    with subprocess.Popen(child("acknowledge", database_url), stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout
        numbers = [int(process.stdout.readline()) for _ in range(ACKNOWLEDGED)]
        process.send_signal(signal.SIGKILL)
        numbers += [int(line) for line in process.stdout if line.endswith(b"\n")]

    store: OpenStore = await open_another()
    accounts = await store.read(lambda work: work.accounts.page(after=None, limit=10**6))
    kept = {int(account.id.removeprefix("account-")) for account in accounts}
    assert set(numbers) <= kept


@pytest.fixture(scope="module")
def outcome(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[int]]:
    """What a process went through on a disk that was full for a while."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("full"))
    done = subprocess.run(child("fill_disk", str(path)), stdout=subprocess.PIPE, cwd=ROOT, check=True)
    found: dict[str, list[int]] = json.loads(done.stdout)
    return found


def test_on_a_full_disk_nothing_is_acknowledged_that_is_not_kept(outcome: dict[str, list[int]]) -> None:
    """A commit that fails fails for all who shared it."""
    assert len(outcome["acknowledged"]) < 300
    assert outcome["seen"] == outcome["acknowledged"]


def test_on_a_full_disk_reads_go_on(outcome: dict[str, list[int]]) -> None:
    assert outcome["seen_while_full"] == outcome["acknowledged"][:-1]


def test_when_the_disk_has_room_again_the_store_works_again_by_itself(outcome: dict[str, list[int]]) -> None:
    assert outcome["acknowledged"][-1] == 300
