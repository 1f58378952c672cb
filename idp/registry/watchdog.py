"""Tells when something held the server's event loop up, and which plugins were being asked at the time."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from idp.sdk import Log


class InFlight:
    """The plugins being asked, and those that were since somebody last looked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now: Counter[str] = Counter()
        self._since: set[str] = set()

    @contextmanager
    def asking(self, plugin: str) -> Iterator[None]:
        with self._lock:
            self._now[plugin] += 1
            self._since.add(plugin)
        try:
            yield
        finally:
            with self._lock:
                self._now[plugin] -= 1

    def look(self) -> tuple[str, ...]:
        """The names, by alphabet; the next look begins from here."""
        with self._lock:
            seen = self._since
            self._since = {plugin for plugin, count in self._now.items() if count > 0}
            return tuple(sorted(seen))


class Watchdog:
    """Measures how late the loop wakes it. Durations are the loop's own, monotonic ones (threat row 128)."""

    def __init__(
        self, in_flight: InFlight, *, log: Log, longest_lag_seconds: float = 0.1, every_seconds: float = 0.1
    ) -> None:
        self._log = log
        self._in_flight = in_flight
        self._longest_lag_seconds = longest_lag_seconds
        self._every_seconds = every_seconds

    async def run(self) -> None:
        """Runs until it is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + self._every_seconds
            await asyncio.sleep(self._every_seconds)
            lag, plugins = loop.time() - due, self._in_flight.look()
            if lag > self._longest_lag_seconds:
                self._log.warning("loop.blocked", seconds=round(lag, 3), plugins=list(plugins))
