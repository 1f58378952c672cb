"""A person's own sessions: where they are signed in, and ending that from here."""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.core.errors import NotFound
from idp.core.events import Event, EventName
from idp.core.ids import SessionId
from idp.core.session import Session, Source
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.occasion import Occasion
from idp.usecases.sessions.ending import Endings
from idp.usecases.sessions.identify import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSessions:
    """What is ended is over with the commit, for every endpoint (row 16)."""

    store: Store
    clock: Clock
    endings: Endings

    async def of(self, principal: Principal) -> Sequence[Session]:
        """The live ones, newest first."""
        now = self.clock.now()
        return await self.store.read(lambda work: work.sessions.of(principal.account.id, now))

    async def end(self, principal: Principal, session_id: SessionId, source: Source) -> None:
        """Raises NotFound for a stranger's session as for one that never was."""
        occasion = Occasion(source=source, now=self.clock.now())
        await self.store.transact(lambda work: self._end(work, principal, session_id, occasion))

    async def end_others(self, principal: Principal, source: Source) -> int:
        """All but the one that asks; known devices are forgotten with them. How many were live."""
        occasion = Occasion(source=source, now=self.clock.now())
        return await self.store.transact(lambda work: self._end_others(work, principal, occasion))

    def _end(self, work: UnitOfWork, principal: Principal, session_id: SessionId, occasion: Occasion) -> None:
        session = work.sessions.by_id(session_id)
        if session is None or session.account_id != principal.account.id:
            raise NotFound
        if not self.endings.one(work, session_id, occasion.now):
            raise NotFound
        event = Event(name=EventName.SESSION_ENDED, account_id=session.account_id, session_id=session_id)
        work.record(event, source=occasion.source, now=occasion.now)

    def _end_others(self, work: UnitOfWork, principal: Principal, occasion: Occasion) -> int:
        account_id = principal.account.id
        ended = self.endings.all_of(work, account_id, occasion.now, keep=principal.session.id)
        work.devices.drop(account_id)
        event = Event(name=EventName.SESSION_REVOKED, account_id=account_id, detail={"sessions": ended})
        work.record(event, source=occasion.source, now=occasion.now)
        return ended
