"""When to stop asking a plugin that does not answer.

```
            5 failures in a row              30 s over: one call probes
   closed ──────────────────────▶ open ◀──────────────────────────────▶ half open
     ▲                                       the probe fails                │
     └──────────────────────── the probe is answered ───────────────────────┘
```
"""

import threading
from datetime import datetime, timedelta

from idp.ports.ambient import Clock


class Breaker:
    """Counts the failures in a row of one plugin. Safe to use from several threads."""

    def __init__(self, clock: Clock, *, limit: int = 5, pause: timedelta = timedelta(seconds=30)) -> None:
        self.pause = pause
        self._clock = clock
        self._limit = limit
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: datetime | None = None
        self._probing = False

    def admits(self) -> bool:
        """Whether a call may go through; while half open, True for one caller, who must report what came of it."""
        with self._lock:
            if self._opened_at is None:
                return True
            waited = self._clock.now() - self._opened_at
            still_open = timedelta(0) <= waited < self.pause  # a clock set back must not keep it open for ever
            if self._probing or still_open:
                return False
            self._probing = True
            return True

    def answered(self) -> bool:
        """The plugin did its part. True when that closed the breaker."""
        with self._lock:
            was_open = self._opened_at is not None
            self._failures, self._opened_at, self._probing = 0, None, False
            return was_open

    def failed(self, *, at_once: bool = False) -> bool:
        """The plugin did not do its part. True when that opened the breaker. `at_once`: without counting further."""
        with self._lock:
            self._failures += 1
            was_open, was_probe = self._opened_at is not None, self._probing
            self._probing = False
            if not (at_once or was_probe or self._failures >= self._limit):
                return False
            if was_probe or not was_open:
                self._opened_at = self._clock.now()
            return not was_open

    def abandoned(self) -> None:
        """The caller left before anything could be learnt: the next one may probe."""
        with self._lock:
            self._probing = False
