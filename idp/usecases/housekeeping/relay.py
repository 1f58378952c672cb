"""Doing after the commit what was promised in it: letters, errands, events. At least once, in any process."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from idp.core.errors import Accident, Refusal
from idp.core.events import Event, EventName, Outcome
from idp.core.session import Source
from idp.ports.ambient import Clock
from idp.ports.crypto import SealBroken, Sealer
from idp.ports.messages import Renderer
from idp.ports.outbox import Parcel
from idp.ports.storage import Store, UnitOfWork
from idp.sdk import Log, SenderFailed
from idp.usecases.accounts.errands import Errands
from idp.usecases.extensions import Extensions
from idp.usecases.post import ERRAND, EVENT, LETTER, LOGOUT, SEAL, letter_from

BATCH = 16
NOBODY = Source(address="", agent="", request_id="", contract="relay")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often, and how long between: `first_pause` doubles up to `longest_pause`.

    `lease`: how long a parcel is one relay's alone. It outlasts the slowest delivery, else the parcel is sent twice;
    what a killed process was delivering waits until it is over.
    """

    tries: int = 8
    first_pause: timedelta = timedelta(seconds=2)
    longest_pause: timedelta = timedelta(minutes=10)
    lease: timedelta = timedelta(seconds=15)

    def pause(self, tries: int) -> timedelta:
        return min(self.first_pause * (1 << min(tries, 20)), self.longest_pause)


class CarriesLogouts(Protocol):
    async def __call__(self, notice: Mapping[str, str]) -> None:
        """Tells an app what `Post.logout` wrote down. Raises SenderFailed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """One round takes a batch of due parcels; `deliver_due` is called until it returns 0."""

    store: Store
    clock: Clock
    sealer: Sealer
    renderer: Renderer
    extensions: Extensions
    errands: Errands
    retries: Retries
    log: Log
    logouts: CarriesLogouts | None = None

    async def deliver_due(self) -> int:
        """How many parcels were taken."""
        now = self.clock.now()
        until = now + self.retries.lease
        parcels = await self.store.transact(lambda work: work.outbox.lease(now=now, until=until, limit=BATCH))
        await asyncio.gather(*(self._deliver(parcel) for parcel in parcels))
        return len(parcels)

    async def next_due(self) -> datetime | None:
        return await self.store.read(lambda work: work.outbox.due_at())

    async def _deliver(self, parcel: Parcel) -> None:
        try:
            await self._carry(parcel)
        except (SenderFailed, Accident) as failure:
            is_final = isinstance(failure, SenderFailed) and failure.permanent
            await self._failed(parcel, type(failure).__name__, is_final=is_final)
            return
        except (SealBroken, ValueError, KeyError) as failure:
            self.log.error("outbox.unreadable", kind=parcel.kind, target=parcel.target, error=type(failure).__name__)
        except Refusal as refusal:
            self.log.warning("outbox.refused", kind=parcel.kind, target=parcel.target, code=refusal.code)
        await self.store.transact(lambda work: work.outbox.done(parcel.id))

    async def _carry(self, parcel: Parcel) -> None:
        body = json.loads(self.sealer.open(parcel.body, SEAL))
        match parcel.kind:
            case kind if kind == LETTER:
                letter = letter_from(body)
                sender = self.extensions.senders.get(letter.channel)
                if sender is None:
                    raise SenderFailed(f"no sender for channel {letter.channel!r} is enabled")
                await sender.send(self.renderer.render(letter, parcel.id))
            case kind if kind == ERRAND:
                source = Source(
                    address=body.get("address") or "",
                    request_id=body.get("request_id") or "",
                    contract=body.get("contract") or "",
                )
                await self.errands(parcel.target, body, source)
            case kind if kind == LOGOUT and self.logouts is not None:
                await self.logouts(body)
            case kind if kind == EVENT:
                subscriber = self.extensions.subscribers.get(parcel.target)
                if subscriber is not None:
                    await subscriber.notice(Event.from_json(body), at=parcel.created_at, delivery=parcel.id)
            case _:
                raise SenderFailed("a parcel of a kind that another version makes")

    async def _failed(self, parcel: Parcel, error: str, *, is_final: bool) -> None:
        """Tried again later; given up after the last try, and told to the operator: callers were told success."""
        tries = parcel.tries + 1
        gives_up = is_final or tries >= self.retries.tries
        self.log.warning(
            "outbox.failed", kind=parcel.kind, target=parcel.target, tries=tries, gives_up=gives_up, error=error
        )
        await self.store.transact(lambda work: self._put_back(work, parcel, gives_up, error))

    def _put_back(self, work: UnitOfWork, parcel: Parcel, gives_up: bool, error: str) -> None:
        now = self.clock.now()
        if not gives_up:
            work.outbox.postpone(parcel.id, due_at=now + self.retries.pause(parcel.tries))
            return
        work.outbox.done(parcel.id)
        if parcel.kind != EVENT:  # an undeliverable event must not make another one
            event = Event(
                name=EventName.MESSAGE_FAILED,
                outcome=Outcome.FAILURE,
                reason=error,
                detail={"kind": parcel.kind, "target": parcel.target},
            )
            work.record(event, source=NOBODY, now=now)
