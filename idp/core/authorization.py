"""Authorization requests on their way: asked, perhaps pushed, and what the person has done about one so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from idp.core.ids import AccountId, ClientId, GrantId, SessionId
from idp.core.secret import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A request whose client and redirect URI are proved and whose parameters are judged (OIDC Core §3.1.2.1).

    `redirect_uri` is where the answer goes; `named_redirect_uri` what the request said, which the token request must
    repeat (RFC 6749 §4.1.3). `response_mode` is resolved, JARM's `jwt` to `query.jwt`. `pushed_as` is the digest, in
    hexadecimal, of the pushed request that it came as: answered with it, used up with it.
    """

    client_id: ClientId
    redirect_uri: str
    named_redirect_uri: str | None
    response_type: str
    response_mode: str
    scope: tuple[str, ...]
    state: str | None = None
    nonce: str | None = None
    code_challenge: str | None = None
    prompt: tuple[str, ...] = ()
    max_age: int | None = None
    login_hint: str | None = None
    hinted_subject: str | None = None
    ui_locales: tuple[str, ...] = ()
    claims_locales: tuple[str, ...] = ()
    acr_values: tuple[str, ...] = ()
    display: str | None = None
    claims: Mapping[str, object] = field(default_factory=dict)
    resources: tuple[str, ...] = ()
    dpop_jkt: str | None = None
    pushed_as: str | None = None

    @property
    def is_openid(self) -> bool:
        return "openid" in self.scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """An authorization request while the person signs in and consents: one row that moves forwards only (row 55).

    `digest` is of the id in the page's address, `browser` of the cookie it is bound to. `signed_in_with` is the session
    that a page of this interaction opened or the person chose; `consented` their yes. `ended_at`: answered, once.
    """

    digest: Digest
    browser: Digest
    request: AuthorizationRequest
    begun_at: datetime
    expires_at: datetime
    signed_in_with: SessionId | None = None
    consented: bool = False
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedRequest:
    """RFC 9126. Judged when it was pushed; used up when it is answered, not when it is first looked at."""

    digest: Digest
    client_id: ClientId
    request: AuthorizationRequest
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class DeviceState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    REDEEMED = "redeemed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAuthorization:
    """RFC 8628. `grant_id` once approved. `polled_at` and `interval_seconds` keep the device from asking too often."""

    digest: Digest
    user_code: Digest
    client_id: ClientId
    scope: tuple[str, ...]
    resources: tuple[str, ...] = ()
    state: DeviceState = DeviceState.PENDING
    account_id: AccountId | None = None
    grant_id: GrantId | None = None
    interval_seconds: int = 5
    polled_at: datetime | None = None
    issued_at: datetime
    expires_at: datetime
