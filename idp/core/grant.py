"""What a person, or an operator, has allowed a client: the family behind every code and token it bought."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from idp.core.ids import AccountId, ClientId, GrantId, SessionId
from idp.core.secret import Digest, Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One row behind an authorization code, its tokens and all their successors; revoked, they are all dead.

    `session_id` is the session it was given in; it ends with that, unless the scope holds `offline_access`.
    `claims` is the `claims` parameter (OIDC Core §5.5). `confirmation` is the `cnf` that tokens are bound by
    (RFC 7800): `{"jkt": …}` or `{"x5t#S256": …}`. `subject` is the `sub` this client sees, pairwise or public.
    """

    id: GrantId
    client_id: ClientId
    account_id: AccountId
    subject: str
    session_id: SessionId | None
    scope: tuple[str, ...]
    resources: tuple[str, ...] = ()
    claims: Mapping[str, object] = field(default_factory=dict)
    nonce: str | None = None
    acr: str | None = None
    methods: tuple[str, ...] = ()
    authenticated_at: datetime
    confirmation: Mapping[str, str] | None = None
    actor: Mapping[str, object] | None = None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    @property
    def is_offline(self) -> bool:
        return "offline_access" in self.scope

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """RFC 6749 §4.1.2. `redirect_uri` is None when the request named none; `dpop_jkt` is RFC 9449 §10."""

    digest: Digest
    grant_id: GrantId
    client_id: ClientId
    redirect_uri: str | None
    code_challenge: str | None
    dpop_jkt: str | None
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantToken:
    """A refresh token: one link of a grant's chain."""

    digest: Digest
    grant_id: GrantId
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    successor: Sealed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What an account has said yes to, for a client, until it takes it back."""

    account_id: AccountId
    client_id: ClientId
    scope: tuple[str, ...]
    resources: tuple[str, ...]
    claims: tuple[str, ...]
    given_at: datetime
