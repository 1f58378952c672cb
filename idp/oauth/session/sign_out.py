"""Signing somebody out of this browser, and of every app that they signed in to from it."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from idp.core.events import Event, EventName
from idp.core.ids import ClientId, MessageId, SessionId
from idp.core.session import Source
from idp.oauth.neighbours import KnownClients, SubjectOf
from idp.oauth.rules import OAuthRules
from idp.oauth.session.front_channel import frame_of
from idp.oauth.session.logout import Logout
from idp.oauth.session_ids import SessionIds
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.sessions.ending import Endings
from idp.usecases.sessions.identify import Principal

LOOKS = 60
LOOK_SECONDS = 0.025


@dataclass(frozen=True, slots=True)
class Told:
    """The apps of the sessions that ended, and the messages that are on their way to them."""

    apps: tuple[tuple[ClientId, SessionId], ...]
    messages: tuple[MessageId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut:
    store: Store
    clock: Clock
    clients: KnownClients
    subjects: SubjectOf
    session_ids: SessionIds
    endings: Endings
    rules: OAuthRules

    def meant(self, logout: Logout, principals: Sequence[Principal]) -> Sequence[Principal]:
        """Those of whom `logout_hint` names (§2), by mail address, or by the `sub` or `sid` that the client knows; else
        of whom a proved hint does.

        All of that person's in this browser, else the next app would find the one that is left; nobody else's, for they
        were not asked. Everybody's where neither names anybody who is signed in.
        """
        hint = logout.hint
        named = {one.account.id for one in principals if hint and hint in self._names(logout, one)}
        named = named or {one.account.id for one in principals if self._is_subject(logout, one)}
        return [principal for principal in principals if principal.account.id in named] or principals

    def _names(self, logout: Logout, principal: Principal) -> Iterator[str]:
        account, client = principal.account, logout.client
        if logout.hint is not None and logout.hint.casefold() == account.email.casefold():
            yield logout.hint
        if client is not None:
            yield self.subjects.of(client, account.id)
            yield self.session_ids.of(client.id, principal.session.id)

    def _is_subject(self, logout: Logout, principal: Principal) -> bool:
        client, subject = logout.client, logout.subject
        return client is not None and subject is not None and self.subjects.of(client, principal.account.id) == subject

    def must_ask(self, logout: Logout, principals: Sequence[Principal]) -> bool:
        """Whether somebody is signed in whom no proved hint names (§2, §6; ASVS 10.6.2; row 101)."""
        return bool(principals) and not any(self._is_subject(logout, principal) for principal in principals)

    async def __call__(self, logout: Logout, principals: Sequence[Principal], source: Source) -> tuple[str, ...]:
        """Ends these sessions of the browser, and the one that a proved hint names: its cookie may have expired by now.

        The addresses to be shown in frames, each once.
        """
        told = await self.store.transact(lambda work: self._end(work, logout, principals, source))
        await self._wait_for(told.messages)
        return await self._frames(told)

    def _end(self, work: UnitOfWork, logout: Logout, principals: Sequence[Principal], source: Source) -> Told:
        now = self.clock.now()
        apps: list[tuple[ClientId, SessionId]] = []
        messages: list[MessageId] = []
        here = [principal.session.id for principal in principals]
        for session_id in dict.fromkeys((*here, *self._hinted(work, logout, now))):
            session = work.sessions.by_id(session_id)
            sent = self.endings.told(work, session_id, now)
            if session is None or sent is None:
                continue
            messages += sent
            apps += [(client_id, session_id) for client_id, _ in work.oauth.grants.clients_of(session_id)]
            event = Event(name=EventName.SESSION_ENDED, account_id=session.account_id, session_id=session_id)
            work.record(event, source=source, now=now)
        return Told(tuple(apps), tuple(messages))

    def _hinted(self, work: UnitOfWork, logout: Logout, now: datetime) -> Sequence[SessionId]:
        client, subject = logout.client, logout.subject
        if client is None or subject is None or logout.sid is None:
            return ()
        found = work.oauth.grants.sessions_of(client.id, subject, now)
        return [session_id for session_id in found if self.session_ids.of(client.id, session_id) == logout.sid]

    async def _frames(self, told: Told) -> tuple[str, ...]:
        frames: dict[str, None] = {}
        for client_id, session_id in told.apps:
            client = await self.clients.find(client_id)
            sid = self.session_ids.of(client_id, session_id)
            if client is not None and (address := frame_of(client, self.rules.issuer, sid)) is not None:
                frames[address] = None
        return tuple(frames)

    async def _wait_for(self, messages: Sequence[MessageId]) -> None:
        """A moment, so that whoever comes back to an app finds it informed. One that is down is told later."""
        for _ in range(LOOKS):
            if not messages or not await self.store.read(lambda work: work.outbox.holds(messages)):
                return
            await asyncio.sleep(LOOK_SECONDS)
