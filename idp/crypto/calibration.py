"""Which Argon2id cost this machine affords: the dearest within a time, never below OWASP's minimum."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from argon2.low_level import Type, hash_secret

from idp.crypto.hash_formats import Argon2Cost

LEAST = Argon2Cost()
"""OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane."""

MEMORIES_KIB = (19_456, 32_768, 47_104, 65_536, 98_304, 131_072, 196_608, 262_144)
MOST_PASSES = 4
ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How long one hash took: the median of some rounds."""

    cost: Argon2Cost
    took: timedelta

    @property
    def hashes_a_second(self) -> float:
        """Of one thread."""
        return 1 / max(self.took.total_seconds(), 1e-6)


def calibrate(target: timedelta, measure: Callable[[Argon2Cost], timedelta] | None = None) -> tuple[Measured, ...]:
    """What was measured, cheapest first; the last one is proposed.

    Memory is raised before passes: it is what a guesser's hardware lacks (RFC 9106 §4). The minimum stands first even
    where it takes longer than `target`.
    """
    time_of = measure or _time_of
    found = [Measured(cost=LEAST, took=time_of(LEAST))]
    for cost in _dearer():
        measured = Measured(cost=cost, took=time_of(cost))
        if measured.took > target:
            break
        found.append(measured)
    return tuple(found)


def _dearer() -> list[Argon2Cost]:
    by_memory = [Argon2Cost(memory_kib=memory, passes=LEAST.passes) for memory in MEMORIES_KIB[1:]]
    by_passes = [Argon2Cost(memory_kib=MEMORIES_KIB[-1], passes=passes) for passes in range(3, MOST_PASSES + 1)]
    return [*by_memory, *by_passes]


def _time_of(cost: Argon2Cost) -> timedelta:
    return timedelta(seconds=statistics.median(_one_hash(cost) for _ in range(ROUNDS)))


def _one_hash(cost: Argon2Cost) -> float:
    began = time.perf_counter()
    hash_secret(
        b"calibration",
        bytes(16),
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=32,
        type=Type.ID,
    )
    return time.perf_counter() - began
