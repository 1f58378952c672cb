"""Exchanging a refresh token for its successor."""

from dataclasses import dataclass, replace
from datetime import datetime

from idp.core.account import Account
from idp.core.errors import SessionExpired, SessionMissing
from idp.core.events import Event, EventName, Outcome
from idp.core.session import Session, Source
from idp.ports.ambient import Clock
from idp.ports.crypto import Sealer
from idp.ports.storage import RefreshToken, Store, UnitOfWork
from idp.usecases.rules import Rules
from idp.usecases.sessions.ending import Endings
from idp.usecases.sessions.refresh_tokens import RefreshTokens
from idp.usecases.sessions.tokens import Tokens

SEAL = "refresh-successor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    session: Session
    access_token: str
    refresh_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSession:
    """Rotates (RFC 9700 §4.14.2). Raises SessionMissing without a token, SessionExpired for any that does not serve.

    A token used twice ends its session: one of the two users of it is a thief, and nobody knows which. Within
    `refresh_grace`, off by default, it yields the same successor instead, for browsers that click twice.
    """

    store: Store
    clock: Clock
    sealer: Sealer
    tokens: Tokens
    refresh_tokens: RefreshTokens
    rules: Rules
    endings: Endings

    async def __call__(self, token: str | None, source: Source) -> Refreshed:
        if not token:
            raise SessionMissing
        now = self.clock.now()
        session, successor = await self.store.transact(lambda work: self._rotate(work, token, source, now))
        return Refreshed(session=session, access_token=self.tokens.mint(session), refresh_token=successor)

    def _rotate(self, work: UnitOfWork, token: str, source: Source, now: datetime) -> tuple[Session, str]:
        digest = self.refresh_tokens.digest(token)
        known = work.refresh.find(digest)
        session_id = known.session_id if known else self.refresh_tokens.session_of(token)
        found = work.sessions.principal(session_id) if session_id else None
        if found is None:
            raise SessionExpired
        session, account = found
        if known is None or known.used_at is not None:
            return session, self._successor_of(work, known, found, source, now)
        if not session.is_live(now) or not _may_go_on(account) or now >= known.expires_at:
            raise SessionExpired
        prolonged = min(self.tokens.expiry(session.contract, now), session.ends_at)
        successor, next_link = self.refresh_tokens.make(session.id, now, prolonged)
        grace = self.rules.lifetimes.refresh_grace
        sealed = self.sealer.seal(successor.encode(), SEAL) if grace else None
        if not work.refresh.rotate(digest, next_link, sealed, now):
            return session, self._successor_of(work, work.refresh.find(digest), found, source, now)
        work.refresh.forget_used(session.id, before=now - grace)
        work.sessions.touch(session.id, expires_at=prolonged, now=now)
        return replace(session, expires_at=prolonged, last_seen_at=now), successor

    def _successor_of(
        self,
        work: UnitOfWork,
        used: RefreshToken | None,
        found: tuple[Session, Account],
        source: Source,
        now: datetime,
    ) -> str:
        """The same successor within the grace; else the end of the session, committed although we raise (row 18).

        None: used so long ago that it is kept no more.
        """
        session, account = found
        in_grace = used is not None and self._is_in_grace(used, now) and session.is_live(now) and _may_go_on(account)
        if used is not None and used.successor is not None and in_grace:
            return self.sealer.open(used.successor, SEAL).decode()
        if self.endings.one(work, session.id, now):
            event = Event(
                name=EventName.REFRESH_REUSE,
                outcome=Outcome.FAILURE,
                account_id=session.account_id,
                session_id=session.id,
            )
            work.record(event, source=source, now=now)
        raise SessionExpired

    def _is_in_grace(self, used: RefreshToken, now: datetime) -> bool:
        return used.used_at is not None and now < used.used_at + self.rules.lifetimes.refresh_grace


def _may_go_on(account: Account) -> bool:
    """Every refresh looks at the account again (rows 22, 98); a lock refuses new sign-ins only (row 25)."""
    return account.is_confirmed and not account.is_disabled
