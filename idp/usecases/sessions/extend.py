"""Prolonging a session by the cookie that is still valid (NodeLoom's refresh)."""

from dataclasses import dataclass, replace

from idp.core.errors import SessionExpired
from idp.ports.ambient import Clock
from idp.ports.storage import Store
from idp.usecases.sessions.identify import Principal
from idp.usecases.sessions.tokens import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendSession:
    """A new access token with a later expiry. Raises SessionExpired when a sign-out came first (row 20)."""

    store: Store
    clock: Clock
    tokens: Tokens

    async def __call__(self, principal: Principal) -> str:
        now = self.clock.now()
        session = principal.session
        prolonged = min(self.tokens.expiry(session.contract, now), session.ends_at)
        if not await self.store.transact(lambda work: work.sessions.touch(session.id, expires_at=prolonged, now=now)):
            raise SessionExpired
        return self.tokens.mint(replace(session, expires_at=prolonged, last_seen_at=now))
