"""What a refresh token looks like, and what one tells that is kept no more.

```
5f0c…-…-…            .  kXb1…43 characters   .  9a41…32 hexadecimal digits
whose session it is     256 random bits         that we wrote both: a keyed digest
```

The mark makes it needless to keep every used token until the end of its session: one of ours that is not kept is a used
one. Without the mark anybody who has read a session's id could pretend that, and end the session.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime

from idp.core.ids import SessionId
from idp.core.secret import Digest
from idp.ports.ambient import Entropy
from idp.ports.crypto import Digester
from idp.ports.storage import RefreshToken

MARK_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshTokens:
    """Makes the links of a session's chain, and recognizes them."""

    entropy: Entropy
    digester: Digester

    def make(self, session_id: SessionId, now: datetime, expires_at: datetime) -> tuple[str, RefreshToken]:
        """The one copy of a new token, and what is kept of it."""
        secret = self.entropy.token()
        token = f"{session_id}.{secret}.{self._mark(session_id, secret)}"
        kept = RefreshToken(
            digest=self.digest(token),
            session_id=session_id,
            issued_at=now,
            expires_at=expires_at,
            used_at=None,
            successor=None,
        )
        return token, kept

    def digest(self, token: str) -> Digest:
        return self.digester.digest("refresh", token)

    def session_of(self, token: str) -> SessionId | None:
        """The session that the token was made for, be it kept or not; None for a text that we never wrote."""
        session_id, _, rest = token.partition(".")
        secret, _, mark = rest.partition(".")
        is_ours = hmac.compare_digest(mark.encode("utf-8", "surrogatepass"), self._mark(session_id, secret).encode())
        return SessionId(session_id) if is_ours else None

    def _mark(self, session_id: str, secret: str) -> str:
        return self.digester.digest("refresh-mark", session_id, secret)[:MARK_BYTES].hex()
