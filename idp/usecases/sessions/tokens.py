"""Access tokens: the signed half of a session."""

from dataclasses import dataclass
from datetime import datetime

from idp.core.claims import ACCESS_TOKEN_TYPE, AccessClaims
from idp.core.session import Session
from idp.ports.ambient import Clock, Entropy
from idp.ports.crypto import TokenSigner
from idp.usecases.rules import Rules

NODELOOM = "nodeloom"
BLOOM = "bloom"
PAGES = "pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Mints access tokens and says how long a contract's session lives without being used."""

    clock: Clock
    entropy: Entropy
    signer: TokenSigner
    rules: Rules

    def expiry(self, contract: str, now: datetime) -> datetime:
        """NodeLoom has the one cookie, so its session dies with it; the others' live as long as a refresh token."""
        lifetimes = self.rules.lifetimes
        return now + (lifetimes.access if contract == NODELOOM else lifetimes.refresh)

    def is_renewed(self, contract: str) -> bool:
        """Whether the contract has a refresh cookie. NodeLoom prolongs a session by the access cookie itself."""
        return contract == BLOOM

    def mint(self, session: Session) -> str:
        """A token that never outlives its session."""
        now = self.clock.now()
        claims = AccessClaims(
            issuer=self.rules.issuer,
            contract=session.contract,
            account_id=session.account_id,
            session_id=session.id,
            token_id=self.entropy.id(),
            methods=session.methods,
            authenticated_at=session.authenticated_at,
            issued_at=now,
            expires_at=self._token_expiry(session, now),
        )
        return self.signer.sign(claims.to_json(), ACCESS_TOKEN_TYPE)

    def _token_expiry(self, session: Session, now: datetime) -> datetime:
        """Nothing renews the pages' one cookie: it lives as long as its session, whose row is read each time."""
        if session.contract == PAGES:
            return session.expires_at
        return min(now + self.rules.lifetimes.access, session.expires_at)
