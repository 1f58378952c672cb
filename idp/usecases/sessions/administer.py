"""Sessions in an operator's hands: looked at, and ended at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.core.account import Account
from idp.core.errors import NotFound
from idp.core.events import Event, EventName
from idp.core.ids import SessionId
from idp.core.session import Session, Source
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.named import named_account
from idp.usecases.occasion import Occasion
from idp.usecases.sessions.ending import Endings


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministerSessions:
    """What is revoked is over with the commit, for every endpoint and in every process (threat rows 16, 17)."""

    store: Store
    clock: Clock
    endings: Endings

    async def of(self, account: str) -> tuple[Account, Sequence[Session]]:
        """The live ones, newest first. Raises NotFound."""
        now = self.clock.now()

        def find(work: UnitOfWork) -> tuple[Account, Sequence[Session]]:
            found = named_account(work, account)
            return found, work.sessions.of(found.id, now)

        return await self.store.read(find)

    async def live(self, limit: int) -> Sequence[Session]:
        """Everybody's, the last to expire first."""
        now = self.clock.now()
        return await self.store.read(lambda work: work.sessions.live(now, limit=limit))

    async def revoke(self, session_id: SessionId, source: Source) -> None:
        """Raises NotFound, also for one that was over already."""
        occasion = self._now(source)
        await self.store.transact(lambda work: self._revoke(work, session_id, occasion))

    async def revoke_all(self, account: str, source: Source) -> int:
        """How many were live. Known devices are forgotten with them. Raises NotFound."""
        occasion = self._now(source)
        return await self.store.transact(lambda work: self._revoke_all(work, account, occasion))

    async def revoke_every(self, source: Source) -> int:
        """Signs everybody out: how many sessions were live."""
        occasion = self._now(source)
        return await self.store.transact(lambda work: self._revoke_every(work, occasion))

    def _now(self, source: Source) -> Occasion:
        return Occasion(source=source, now=self.clock.now())

    def _revoke(self, work: UnitOfWork, session_id: SessionId, occasion: Occasion) -> None:
        session = work.sessions.by_id(session_id)
        if session is None or not self.endings.one(work, session_id, occasion.now):
            raise NotFound(f"there is no live session {session_id}")
        event = Event(name=EventName.SESSION_REVOKED, account_id=session.account_id, session_id=session_id)
        work.record(event, source=occasion.source, now=occasion.now)

    def _revoke_all(self, work: UnitOfWork, name: str, occasion: Occasion) -> int:
        account = named_account(work, name)
        ended = self.endings.all_of(work, account.id, occasion.now)
        work.devices.drop(account.id)
        event = Event(name=EventName.SESSION_REVOKED, account_id=account.id, detail={"sessions": ended})
        work.record(event, source=occasion.source, now=occasion.now)
        return ended

    def _revoke_every(self, work: UnitOfWork, occasion: Occasion) -> int:
        ended = self.endings.every(work, occasion.now)
        event = Event(name=EventName.SESSION_REVOKED, reason="everybody", detail={"sessions": ended})
        work.record(event, source=occasion.source, now=occasion.now)
        return ended
