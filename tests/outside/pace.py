"""Time, on a machine where others run beside us."""

import time
from collections.abc import Callable

SPIN_SECONDS = 0.05


def slowness() -> float:
    """How many times as long as on an idle machine things take now; 1 where nothing else runs."""
    began, used = time.monotonic(), time.thread_time()
    while time.thread_time() - used < SPIN_SECONDS:
        pass
    return max(1.0, (time.monotonic() - began) / SPIN_SECONDS)


def within(seconds: float, holds: Callable[[], object]) -> bool:
    """Whether it holds at some moment from now on."""
    deadline = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(held)
