"""The guarded fetcher: the port's adapter."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from idp.fetch.exchange import Answered, Exchange
from idp.fetch.shelf import SHORTEST, Shelf, life_of
from idp.fetch.target import host_of
from idp.ports.ambient import Clock
from idp.ports.oauth import Fetched, FetchRefused

FRESH_PAUSE = timedelta(minutes=1)
MOST_FRESHENED = 1024


class Log(Protocol):
    def warning(self, event: str, **fields: Any) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedFetcher:
    """Who asks for what is on its way already gets that (single flight). Refusals are kept for ten seconds."""

    exchange: Exchange
    clock: Clock
    log: Log
    _shelf: Shelf = field(default_factory=Shelf)
    _under_way: dict[tuple[str, str], asyncio.Task[Fetched]] = field(default_factory=dict)
    _freshened: dict[str, datetime] = field(default_factory=dict)

    async def get(self, url: str, *, accept: str) -> Fetched:
        kept = self._shelf.get((url, accept), self.clock.now())
        if isinstance(kept, FetchRefused):
            raise FetchRefused(*kept.args)
        return kept if kept is not None else await self._once(url, accept)

    def keeps(self, url: str, *, accept: str) -> bool:
        key = (url, accept)
        return key in self._under_way or self._shelf.get(key, self.clock.now()) is not None

    async def get_fresh(self, url: str, *, accept: str) -> Fetched:
        now = self.clock.now()
        for old in [freshened for freshened, at in self._freshened.items() if now >= at + FRESH_PAUSE]:
            del self._freshened[old]
        if url in self._freshened or len(self._freshened) >= MOST_FRESHENED:
            return await self.get(url, accept=accept)
        self._freshened[url] = now
        return await self.get_now(url, accept=accept)

    async def get_now(self, url: str, *, accept: str) -> Fetched:
        return await self._once(url, accept)

    async def post_form(self, url: str, fields: Mapping[str, str]) -> int:
        try:
            answered = await self.exchange.post(url, fields)
        except FetchRefused as refused:
            self._tell(url, refused)
            raise
        return answered.status

    async def close(self) -> None:
        """Ends what is on its way."""
        under_way = list(self._under_way.values())
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _once(self, url: str, accept: str) -> Fetched:
        key = (url, accept)
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._fetch(url, accept))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._landed(key, done))
        # who gives up waiting does not take it away from the others
        return await asyncio.shield(task)

    def _landed(self, key: tuple[str, str], task: asyncio.Task[Fetched]) -> None:
        self._under_way.pop(key, None)
        if not task.cancelled():
            task.exception()  # looked at: nobody may be waiting any more

    async def _fetch(self, url: str, accept: str) -> Fetched:
        try:
            answered = await self.exchange.get(url, accept)
            fetched = _judged(answered, accept)
        except FetchRefused as refused:
            self._tell(url, refused)
            self._remember(url, accept, refused)
            raise
        self._shelf.put((url, accept), fetched, self.clock.now() + life_of(answered.headers))
        return fetched

    def _remember(self, url: str, accept: str, refused: FetchRefused) -> None:
        """Never in place of what is still good: whoever shows an unknown `kid` makes us look again, and must not cut
        off the others whose keys we have.
        """
        now = self.clock.now()
        if not isinstance(self._shelf.get((url, accept), now), Fetched):
            self._shelf.put((url, accept), FetchRefused(*refused.args), now + SHORTEST)

    def _tell(self, url: str, refused: FetchRefused) -> None:
        """The host alone: the rest of an address may hold what is nobody's business."""
        self.log.warning("fetch.refused", host=host_of(url), reason=str(refused))


def _judged(answered: Answered, accept: str) -> Fetched:
    """200 and one of the media types asked for; a redirect is an answer like any other, and refused."""
    if answered.status != 200:
        raise FetchRefused(f"answered with status {answered.status}")
    media_type = answered.headers.get("content-type", "").partition(";")[0].strip().lower()
    wanted = {part.strip().lower() for part in accept.split(",")}
    if media_type not in wanted:
        raise FetchRefused("answered with another media type")
    return Fetched(body=answered.body, media_type=media_type)
