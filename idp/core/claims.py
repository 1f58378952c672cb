"""What a token says, before and after its signature was checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from idp.core.ids import AccountId, SessionId

VerifiedClaims = NewType("VerifiedClaims", Mapping[str, object])
"""Claims whose signature, `typ`, `iss`, `aud` and times were checked. Nothing else produces this type."""

ACCESS_TOKEN_TYPE = "at+jwt"

LONGEST_TOKEN_LIFE = timedelta(hours=24)
"""Of anything we sign: a key stays published for as long after its last signature (row 88)."""

JWKS_PATH = "/.well-known/jwks.json"


def audience_of(issuer: str, contract: str) -> str:
    """The audience that marks one contract's cookie.

    The fragment is on purpose: RFC 8707 §2 forbids it in a `resource`, so no OAuth token can ever carry this audience.
    """
    return f"{issuer}#{contract}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClaims:
    """The claims of a cookie's access token (RFC 9068 §2.2). No names, addresses or numbers: cookies are not sealed."""

    issuer: str
    contract: str
    account_id: AccountId
    session_id: SessionId
    token_id: str
    methods: tuple[str, ...]
    authenticated_at: datetime
    issued_at: datetime
    expires_at: datetime

    def to_json(self) -> dict[str, object]:
        return {
            "iss": self.issuer,
            "aud": [self.issuer, audience_of(self.issuer, self.contract)],
            "sub": self.account_id,
            "client_id": self.contract,
            "sid": self.session_id,
            "jti": self.token_id,
            "amr": list(self.methods),
            "auth_time": int(self.authenticated_at.timestamp()),
            "iat": int(self.issued_at.timestamp()),
            "exp": int(self.expires_at.timestamp()),
        }
