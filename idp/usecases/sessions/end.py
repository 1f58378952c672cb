"""Signing out."""

from dataclasses import dataclass
from datetime import datetime

from idp.core.events import Event, EventName
from idp.core.session import Source
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.sessions.ending import Endings
from idp.usecases.sessions.identify import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession:
    """Ends it on the server, for every endpoint and every copy of its tokens (authentik CVE-2025-29928)."""

    store: Store
    clock: Clock
    endings: Endings

    async def __call__(self, principal: Principal, source: Source) -> None:
        now = self.clock.now()
        await self.store.transact(lambda work: self._end(work, principal, source, now))

    def _end(self, work: UnitOfWork, principal: Principal, source: Source, now: datetime) -> None:
        session = principal.session
        if self.endings.one(work, session.id, now):
            event = Event(name=EventName.SESSION_ENDED, account_id=session.account_id, session_id=session.id)
            work.record(event, source=source, now=now)
