"""A client in Node (tests/outside/node): a process that sends a person to us, and tells what it saw."""

import json
import subprocess
import threading
from collections.abc import Callable, Mapping
from typing import Any

from tests.outside.node_app import FOLDER, install
from tests.outside.tools import needed
from tests.running import PATIENCE_SECONDS

LONGEST_SECONDS = 3 * PATIENCE_SECONDS
"""For all that a client does."""

Visit = Callable[[str], str]
"""Takes a person to an address; answers the one where they landed."""


def run(script: str, told: Mapping[str, Any], visit: Visit) -> dict[str, Any]:
    """What the script saw. Leaves the test out where Node or its packages are not to be had."""
    install()
    command = [str(needed("node")), str(FOLDER / script), json.dumps(told)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        patience = threading.Timer(LONGEST_SECONDS, process.kill)
        patience.start()
        try:
            return _converse(process, visit)
        finally:
            patience.cancel()
            process.kill()


def _converse(process: "subprocess.Popen[str]", visit: Visit) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    for line in process.stdout:
        turn = json.loads(line)
        if "seen" in turn:
            seen: dict[str, Any] = turn["seen"]
            return seen
        process.stdin.write(visit(turn["visit"]) + "\n")
    raise AssertionError(f"the client ended early; exit code {process.wait()}")
