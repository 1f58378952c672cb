"""The shelves of the OpenID Provider. Each claim is one guarded statement: True, or a row, for one of all who race."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from idp.core.authorization import DeviceAuthorization, DeviceState, Interaction, PushedRequest
from idp.core.client import Client, Origin, ResourceServer
from idp.core.grant import AuthorizationCode, Consent, Grant, GrantToken
from idp.core.ids import AccountId, ClientId, GrantId, SessionId
from idp.core.secret import Digest, Sealed


class Clients(Protocol):
    def add(self, client: Client) -> bool:
        """False when the id is taken."""
        ...

    def by_id(self, client_id: ClientId) -> Client | None: ...

    def update(self, client: Client) -> bool:
        """Replaces all but id and creation. False when it is gone."""
        ...

    def remove(self, client_id: ClientId) -> bool:
        """With its grants, consents and everything under way."""
        ...

    def page(self, *, after: ClientId | None, limit: int) -> Sequence[Client]: ...

    def of_origin(self, origin: Origin) -> Sequence[Client]: ...

    def generation(self) -> int:
        """Rises with every change to any client or resource server: what caches are dropped by."""
        ...


class Resources(Protocol):
    def put(self, resource: ResourceServer) -> None: ...

    def all(self) -> Sequence[ResourceServer]: ...

    def remove(self, identifier: str) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveGrant:
    """A grant with what may have ended since: `session_is_live` is True where it hangs on no session."""

    grant: Grant
    session_is_live: bool
    account_is_enabled: bool

    def is_live(self, now: datetime) -> bool:
        """Whether what hangs on it is still good (row 98)."""
        return self.grant.is_live(now) and self.session_is_live and self.account_is_enabled


class Grants(Protocol):
    def open(self, grant: Grant) -> None: ...

    def by_id(self, grant_id: GrantId) -> Grant | None: ...

    def live(self, grant_id: GrantId, now: datetime) -> LiveGrant | None:
        """Grant, session and account in one statement: the hot path of userinfo. None: no such row."""
        ...

    def revoke(self, grant_id: GrantId, now: datetime) -> bool: ...

    def revoke_of(
        self, account_id: AccountId, now: datetime, *, client_id: ClientId | None = None, online_only: bool = False
    ) -> int:
        """Of one client or of all; `online_only` spares those with `offline_access`."""
        ...

    def revoke_session(self, session_id: SessionId, now: datetime) -> int:
        """Those that hang on the session, but those with `offline_access` (OIDC Core §11)."""
        ...

    def revoke_every(self, now: datetime) -> int:
        """Of everybody: after a backup was restored."""
        ...

    def bind(self, grant_id: GrantId, confirmation: Mapping[str, str]) -> None:
        """Whatever is bought by it from now on takes a proof of this key (RFC 9449 §5, RFC 8705 §4)."""
        ...

    def prolong(self, grant_id: GrantId, expires_at: datetime) -> None:
        """Never shortens."""
        ...

    def of(self, account_id: AccountId, now: datetime) -> Sequence[Grant]:
        """The live ones, newest first."""
        ...

    def clients_of(self, session_id: SessionId) -> Sequence[tuple[ClientId, str]]:
        """Clients, with the subject that each knows, that signed in through this session: who hears of its end."""
        ...

    def sessions_of(self, client_id: ClientId, subject: str, now: datetime) -> Sequence[SessionId]:
        """The live ones in which the client knows somebody by this subject."""
        ...

    def signed_in(self, now: datetime) -> Sequence[tuple[SessionId, ClientId, str]]:
        """The same for all live sessions of everybody."""
        ...


class Codes(Protocol):
    def add(self, code: AuthorizationCode) -> None: ...

    def find(self, digest: Digest) -> AuthorizationCode | None: ...

    def claim(self, digest: Digest, now: datetime) -> bool: ...


class GrantTokens(Protocol):
    def add(self, token: GrantToken) -> None: ...

    def find(self, digest: Digest) -> GrantToken | None: ...

    def rotate(self, digest: Digest, successor: GrantToken, sealed: Sealed | None, now: datetime) -> bool:
        """Uses `digest` up and adds `successor`, if it is unused and unexpired and its grant is live."""
        ...


class Interactions(Protocol):
    def begin(self, interaction: Interaction) -> None: ...

    def find(self, digest: Digest, browser: Digest, now: datetime) -> Interaction | None:
        """A live one of this browser's."""
        ...

    def sign_in(self, digest: Digest, session_id: SessionId) -> None: ...

    def consent(self, digest: Digest) -> None: ...

    def end(self, digest: Digest, now: datetime) -> bool:
        """Answers it, once."""
        ...


class Pushed(Protocol):
    def add(self, pushed: PushedRequest) -> None: ...

    def find(self, digest: Digest, now: datetime) -> PushedRequest | None:
        """A live one that was not used up."""
        ...

    def claim(self, digest: Digest, now: datetime) -> bool: ...


class DeviceAuthorizations(Protocol):
    """RFC 8628."""

    def add(self, device: DeviceAuthorization) -> bool:
        """False when a live one has this user code."""
        ...

    def by_device_code(self, digest: Digest) -> DeviceAuthorization | None: ...

    def by_user_code(self, user_code: Digest, now: datetime) -> DeviceAuthorization | None:
        """A live, pending one."""
        ...

    def decide(
        self, digest: Digest, state: DeviceState, account_id: AccountId, grant_id: GrantId | None, now: datetime
    ) -> bool:
        """From pending to approved or denied, once."""
        ...

    def poll(self, digest: Digest, interval_seconds: int, now: datetime) -> None: ...

    def redeem(self, digest: Digest, now: datetime) -> bool:
        """From approved to redeemed, once."""
        ...


class Consents(Protocol):
    def get(self, account_id: AccountId, client_id: ClientId) -> Consent | None: ...

    def put(self, consent: Consent) -> None: ...

    def remove(self, account_id: AccountId, client_id: ClientId) -> bool: ...

    def of(self, account_id: AccountId) -> Sequence[Consent]: ...


class Replays(Protocol):
    """Things that may be seen once: DPoP proofs, client assertions, JWT grants; and access tokens that were revoked."""

    def remember(self, purpose: str, digest: Digest, expires_at: datetime, now: datetime) -> bool:
        """True for one of all who race, until it expires."""
        ...

    def knows(self, purpose: str, digest: Digest, now: datetime) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialToken:
    """An initial access token (RFC 7591 §3)."""

    digest: Digest
    note: str
    uses_left: int | None
    created_at: datetime
    expires_at: datetime


class InitialTokens(Protocol):
    def add(self, token: InitialToken) -> None: ...

    def is_live(self, digest: Digest, now: datetime) -> bool:
        """Whether it could be spent."""
        ...

    def spend(self, digest: Digest, now: datetime) -> bool: ...

    def all(self) -> Sequence[InitialToken]: ...

    def remove(self, digest: Digest) -> bool: ...


class OAuthShelves(Protocol):
    """The part of a unit of work that serves the OpenID Provider: `work.oauth`."""

    @property
    def clients(self) -> Clients: ...
    @property
    def resources(self) -> Resources: ...
    @property
    def grants(self) -> Grants: ...
    @property
    def codes(self) -> Codes: ...
    @property
    def tokens(self) -> GrantTokens: ...
    @property
    def interactions(self) -> Interactions: ...
    @property
    def pushed(self) -> Pushed: ...
    @property
    def devices(self) -> DeviceAuthorizations: ...
    @property
    def consents(self) -> Consents: ...
    @property
    def replays(self) -> Replays: ...
    @property
    def initial_tokens(self) -> InitialTokens: ...
