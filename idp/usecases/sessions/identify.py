"""Who holds this cookie? The hot path: one signature (cached), one read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from idp.core.account import Account
from idp.core.claims import ACCESS_TOKEN_TYPE, VerifiedClaims, audience_of
from idp.core.errors import SessionExpired, SessionMissing
from idp.core.ids import SessionId
from idp.core.session import Session
from idp.ports.ambient import Clock
from idp.ports.crypto import TokenVerifier
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.rules import Rules

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Somebody whose token and session were checked just now."""

    account: Account
    session: Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Identify:
    """Raises SessionMissing without a token, SessionExpired for a bad one.

    The session's row is read on every use: a sign-out elsewhere is in effect at once (row 16).
    """

    store: Store
    clock: Clock
    verifier: TokenVerifier
    rules: Rules

    async def __call__(self, token: str | None, contract: str) -> Principal:
        claims, session_id = self._claims(token, contract)
        found = await self.store.read(lambda work: work.sessions.principal(session_id))
        return self._judge(found, claims, contract)

    async def and_read(self, token: str | None, contract: str, more: Callable[[UnitOfWork, Principal], R]) -> R:
        """What `more` reads for the principal, in the same unit of work: one way to the database in place of two."""
        claims, session_id = self._claims(token, contract)

        def read(work: UnitOfWork) -> R:
            return more(work, self._judge(work.sessions.principal(session_id), claims, contract))

        return await self.store.read(read)

    def _claims(self, token: str | None, contract: str) -> tuple[VerifiedClaims, SessionId]:
        if not token:
            raise SessionMissing
        claims = self.verifier.verify(token, ACCESS_TOKEN_TYPE, audience_of(self.rules.issuer, contract))
        session_id = claims.get("sid")
        if not isinstance(session_id, str):
            raise SessionExpired
        return claims, SessionId(session_id)

    def _judge(self, found: tuple[Session, Account] | None, claims: VerifiedClaims, contract: str) -> Principal:
        if found is None:
            raise SessionExpired
        session, account = found
        is_whose = session.account_id == claims.get("sub") and session.contract == contract
        # a token from before the session was proved anew does not rise with it (row 15)
        is_its_own = claims.get("auth_time") == int(session.authenticated_at.timestamp())
        if not (is_whose and is_its_own) or not session.is_live(self.clock.now()) or account.is_disabled:
            raise SessionExpired
        return Principal(account=account, session=session)
