"""Exchanging a refresh token for its successor."""

from dataclasses import dataclass, replace
from datetime import datetime

from idp.core.account import Account
from idp.core.errors import SessionExpired, SessionMissing
from idp.core.events import Event, EventName, Outcome
from idp.core.session import Session, Source
from idp.ports.ambient import Clock, Entropy
from idp.ports.crypto import Digester, Sealer
from idp.ports.storage import RefreshToken, Store, UnitOfWork
from idp.usecases.rules import Rules
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
    entropy: Entropy
    digester: Digester
    sealer: Sealer
    tokens: Tokens
    rules: Rules

    async def __call__(self, token: str | None, source: Source) -> Refreshed:
        if not token:
            raise SessionMissing
        now = self.clock.now()
        session, successor = await self.store.transact(lambda work: self._rotate(work, token, source, now))
        return Refreshed(session=session, access_token=self.tokens.mint(session), refresh_token=successor)

    def _rotate(self, work: UnitOfWork, token: str, source: Source, now: datetime) -> tuple[Session, str]:
        digest = self.digester.digest("refresh", token)
        known = work.refresh.find(digest)
        found = work.sessions.principal(known.session_id) if known else None
        if known is None or found is None:
            raise SessionExpired
        session, account = found
        if known.used_at is not None:
            return session, self._successor_of(work, known, found, source, now)
        if not session.is_live(now) or not _may_go_on(account) or now >= known.expires_at:
            raise SessionExpired
        successor = self.entropy.token()
        prolonged = min(self.tokens.expiry(session.contract, now), session.ends_at)
        next_link = RefreshToken(
            digest=self.digester.digest("refresh", successor),
            session_id=session.id,
            issued_at=now,
            expires_at=prolonged,
            used_at=None,
            successor=None,
        )
        sealed = self.sealer.seal(successor.encode(), SEAL) if self.rules.lifetimes.refresh_grace else None
        if not work.refresh.rotate(digest, next_link, sealed, now):
            lost = work.refresh.find(digest)
            return session, self._successor_of(work, lost or known, found, source, now)
        work.sessions.touch(session.id, expires_at=prolonged, now=now)
        return replace(session, expires_at=prolonged, last_seen_at=now), successor

    def _successor_of(
        self, work: UnitOfWork, used: RefreshToken, found: tuple[Session, Account], source: Source, now: datetime
    ) -> str:
        """The same successor within the grace; else the end of the session, committed although we raise (row 18)."""
        session, account = found
        grace = self.rules.lifetimes.refresh_grace
        in_grace = used.used_at is not None and now < used.used_at + grace
        if in_grace and used.successor is not None and session.is_live(now) and _may_go_on(account):
            return self.sealer.open(used.successor, SEAL).decode()
        if work.sessions.revoke(session.id, now):
            event = Event(
                name=EventName.REFRESH_REUSE,
                outcome=Outcome.FAILURE,
                account_id=session.account_id,
                session_id=session.id,
            )
            work.record(event, source=source, now=now)
        raise SessionExpired


def _may_go_on(account: Account) -> bool:
    """Every refresh looks at the account again (rows 22, 98); a lock refuses new sign-ins only (row 25)."""
    return account.is_confirmed and not account.is_disabled
