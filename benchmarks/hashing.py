"""What argon2 alone allows: hashes in a loop, on as many threads as the server hashes with, as nice as they are.

`python -m benchmarks.hashing THREADS SECONDS` writes a Hashed as JSON.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from argon2.low_level import Type, hash_secret

from idp.crypto.hash_formats import Argon2Cost
from idp.crypto.passwords import NICENESS, RESULT_BYTES

COST = Argon2Cost()
SALT = b"sixteen bytes ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashed:
    hashes: int
    seconds: float
    cpu_seconds: float


def threads_of_one_process() -> int:
    """As `HashingPool` has it by default."""
    return max(1, (os.cpu_count() or 1) - 1)


def encoded(password: str) -> str:
    return hash_secret(
        password.encode(),
        SALT,
        time_cost=COST.passes,
        memory_cost=COST.memory_kib,
        parallelism=COST.lanes,
        hash_len=RESULT_BYTES,
        type=Type.ID,
    ).decode()


def alone(threads: int, seconds: float) -> Hashed:
    """Measured in a process of its own."""
    words = [sys.executable, "-m", "benchmarks.hashing", str(threads), str(seconds)]
    return Hashed(**orjson.loads(subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout))


def _hash_for(seconds: float, counts: list[int]) -> None:
    if sys.platform == "linux":  # elsewhere niceness is the process's, and the pool does without as well
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
    until = time.perf_counter() + seconds
    count = 0
    while time.perf_counter() < until:
        encoded("correct horse battery staple")
        count += 1
    counts.append(count)


def main(arguments: Sequence[str]) -> None:
    threads, seconds = int(arguments[0]), float(arguments[1])
    counts: list[int] = []
    began, used = time.perf_counter(), time.process_time()
    running = [threading.Thread(target=_hash_for, args=(seconds, counts)) for _ in range(threads)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    hashed = Hashed(hashes=sum(counts), seconds=time.perf_counter() - began, cpu_seconds=time.process_time() - used)
    sys.stdout.buffer.write(orjson.dumps(hashed))


if __name__ == "__main__":
    main(sys.argv[1:])
