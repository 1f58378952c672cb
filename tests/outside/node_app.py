"""The app in Node (tests/outside/node): its packages, and the process that verifies tokens."""

import fcntl
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.outside.tools import needed

FOLDER = Path(__file__).parent / "node"
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"
"""npm writes it when it has installed all that the lock file says."""


def install() -> None:
    """Leaves the test out where npm cannot: there is no npm, or nothing that it could install from."""
    npm, lock = needed("npm"), FOLDER / "package-lock.json"
    words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # tests in other processes wait, and find it done
        if INSTALLED.exists() and INSTALLED.stat().st_mtime >= lock.stat().st_mtime:
            return
        done = subprocess.run([npm, *words], cwd=FOLDER, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"npm cannot install what the lock file says: {done.stderr.decode()[-500:]}")


class NodeApp:
    """Asks one process, which keeps the keys that it has fetched, as a service does."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def judge(self, token: str) -> dict[str, Any]:
        """By package: the account seen in the token, or `refused` with the reason."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(token + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def node_app(issuer: str) -> Iterator[NodeApp]:
    command = [str(needed("node")), str(FOLDER / "verify.mjs"), issuer]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield NodeApp(process)
