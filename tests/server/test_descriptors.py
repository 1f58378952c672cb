"""Open files: as many as connections are allowed, or a word in the log."""

import json
import subprocess
import sys

PROGRAM = """
import json, resource, sys
from idp.server.descriptors import allow_connections
from idp.testing.memory import MemoryLog
soft, hard, wanted = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
log = MemoryLog()
allowed = allow_connections(wanted, log)
print(json.dumps([allowed, resource.getrlimit(resource.RLIMIT_NOFILE)[0], log.events()]))
"""


def allow(soft: int, hard: int, wanted: int) -> list[object]:
    """What is allowed, the limit afterwards, and the events logged; in a process of its own."""
    arguments = [sys.executable, "-c", PROGRAM, str(soft), str(hard), str(wanted)]
    answer: list[object] = json.loads(subprocess.run(arguments, capture_output=True, check=True).stdout)
    return answer


def test_the_limit_is_raised_as_far_as_needed() -> None:
    assert allow(soft=200, hard=1000, wanted=300) == [300, 428, []]


def test_a_limit_that_is_high_enough_is_left_alone() -> None:
    assert allow(soft=900, hard=1000, wanted=300) == [300, 900, []]


def test_where_it_cannot_be_raised_there_are_fewer_connections_and_a_warning() -> None:
    assert allow(soft=200, hard=400, wanted=10_000) == [272, 400, ["server.files_limited"]]
