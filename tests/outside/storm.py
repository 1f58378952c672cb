"""Many people who sign in at once, over and over."""

import asyncio
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType

import httpx2

from tests.running import PATIENCE_SECONDS

PAUSE_SECONDS = 0.2
"""Of a client who is told that the server is busy."""


class Storm:
    """Rages while it is open, in a thread of its own; `answers` are (status, Retry-After)."""

    def __init__(self, url: str, people: Sequence[Mapping[str, str]]) -> None:
        self._url, self._people = url, people
        self._over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._rage()))
        self.answers: list[tuple[int, str | None]] = []
        self.seconds = 0.0

    def __enter__(self) -> "Storm":
        self._began = time.monotonic()
        self._thread.start()
        while not self.answers:
            time.sleep(0.01)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self.seconds = time.monotonic() - self._began

    async def _rage(self) -> None:
        limits = httpx2.Limits(max_connections=len(self._people))
        async with httpx2.AsyncClient(
            base_url=self._url, limits=limits, timeout=PATIENCE_SECONDS, trust_env=False
        ) as client:
            await asyncio.gather(*(self._sign_in(client, body) for body in self._people))

    async def _sign_in(self, client: httpx2.AsyncClient, body: Mapping[str, str]) -> None:
        while not self._over.is_set():
            answer = await client.post("/auth/login", json=body)
            self.answers.append((answer.status_code, answer.headers.get("retry-after")))
            if answer.status_code == 503:
                await asyncio.sleep(PAUSE_SECONDS)
