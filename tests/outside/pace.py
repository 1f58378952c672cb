"""How fast this machine is at the moment, with all that runs beside us."""

import time

SPIN_SECONDS = 0.05


def slowness() -> float:
    """How many times as long as on an idle machine things take now; 1 where nothing else runs."""
    began, used = time.monotonic(), time.thread_time()
    while time.thread_time() - used < SPIN_SECONDS:
        pass
    return max(1.0, (time.monotonic() - began) / SPIN_SECONDS)
