"""The database, as the verbs see it: two doors, and shelves whose methods mean something.

`fn` of `transact` and `read` is a plain function: inside a unit of work there is nothing to await, so no password hash,
HTTP call or sender can slip into a transaction (architecture, decision 4).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from idp.core.account import Account
from idp.core.address import EmailAddress
from idp.core.challenge import Challenge, Purpose
from idp.core.events import Event
from idp.core.feature import FeatureValue
from idp.core.ids import AccountId, KeyId, SessionId, TenantId
from idp.core.lockout import Budget, Charge, Exhausted
from idp.core.secret import Digest, Sealed
from idp.core.session import Session, Source
from idp.core.tenant import Membership, Tenant, TenantKind
from idp.ports.oauth_storage import OAuthShelves
from idp.ports.outbox import Outbox

R = TypeVar("R")


class Accounts(Protocol):
    def add(self, account: Account) -> None:
        """Raises EmailTaken: decided by the unique index, not by a look beforehand."""
        ...

    def by_id(self, account_id: AccountId) -> Account | None:
        """In `transact`, nobody else changes the account from here to the commit: read it before you `update` it."""
        ...

    def by_email(self, email: EmailAddress) -> Account | None:
        """The same."""
        ...

    def update(self, account: Account) -> None:
        """Writes every field but the address, which `set_email` alone changes. Raises NotFound."""
        ...

    def set_email(self, account_id: AccountId, email: EmailAddress, now: datetime) -> None:
        """Raises EmailTaken."""
        ...

    def confirm(self, account_id: AccountId, now: datetime) -> bool:
        """True for the one caller that confirmed it; False when it was confirmed already."""
        ...

    def name_phone(self, account_id: AccountId, number: str, now: datetime) -> bool:
        """Keeps an unproved `number`, unless one is proved already: then False."""
        ...

    def prove_phone(self, account_id: AccountId, number: str, now: datetime) -> None:
        """Keeps `number`, which a code has just proved."""
        ...

    def record_sign_in(self, account_id: AccountId, now: datetime) -> None: ...

    def record_password_change(self, account_id: AccountId, now: datetime) -> None: ...

    def remove(self, account_id: AccountId) -> bool:
        """Deletes the account and all that is its own; the audit trail stays."""
        ...

    def page(self, *, after: AccountId | None, limit: int, search: str | None = None) -> Sequence[Account]:
        """Accounts in the order of their ids, after the one named. `search` is part of an address or name."""
        ...

    def count(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What an account proves itself with. `version` rises with every write and guards the next one."""

    account_id: AccountId
    kind: str
    data: bytes
    version: int
    changed_at: datetime


class Credentials(Protocol):
    """One table for all kinds; `password` holds a PHC string, a plugin's kind is its name and its data is sealed."""

    def get(self, account_id: AccountId, kind: str) -> Credential | None: ...

    def put(self, account_id: AccountId, kind: str, data: bytes, now: datetime) -> None:
        """Inserts or replaces, and raises the version."""
        ...

    def swap(self, account_id: AccountId, kind: str, data: bytes, version: int, now: datetime) -> bool:
        """Replaces the credential if it still has `version`: True for one of all who race."""
        ...

    def remove(self, account_id: AccountId, kind: str) -> bool: ...


class Attempts(Protocol):
    def charge(self, scope: str, key: str, budget: Budget, now: datetime) -> Charge | Exhausted:
        """Takes one attempt, in one statement. `scope` keeps password, code, source and message counters apart."""
        ...

    def give_back(self, scope: str, key: str) -> None:
        """Returns the attempt just charged: it was right, or was no guess."""
        ...

    def clear(self, scope: str, key: str) -> None:
        """Forgets every failure. Only a complete sign-in, a password reset and the operator do this."""
        ...

    def locked_until(self, scope: str, key: str, budget: Budget, now: datetime) -> datetime | None: ...


class Challenges(Protocol):
    def issue(self, challenge: Challenge) -> None:
        """Replaces any pending one of the same account and purpose: one live code, however many are asked for."""
        ...

    def pending(self, account_id: AccountId, purpose: Purpose, now: datetime) -> Challenge | None: ...

    def claim(self, account_id: AccountId, purpose: Purpose, digest: Digest, now: datetime) -> Challenge | None:
        """The challenge, for exactly one caller; None when the code is wrong, used, replaced or expired."""
        ...

    def claim_link(self, purpose: Purpose, digest: Digest, now: datetime) -> Challenge | None:
        """The same by digest alone: a link names no account."""
        ...

    def peek_link(self, purpose: Purpose, digest: Digest, now: datetime) -> Challenge | None:
        """The live challenge behind a link, without using it up."""
        ...

    def drop(self, account_id: AccountId, purpose: Purpose | None = None) -> None:
        """Ends the pending ones of a purpose, or all."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """One link of a session's chain of refresh tokens."""

    digest: Digest
    session_id: SessionId
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None
    successor: Sealed | None


class Sessions(Protocol):
    def open(self, session: Session) -> None: ...

    def renew(self, session: Session, now: datetime) -> bool:
        """Goes on with the live session of this id, account and contract as `session` has it. False when it is none."""
        ...

    def by_id(self, session_id: SessionId) -> Session | None: ...

    def principal(self, session_id: SessionId, *, held: bool = False) -> tuple[Session, Account] | None:
        """Session and account in one statement: the hot path.

        `held`, in a unit that writes: the session does not end before the commit. Who ends it then finds what was
        given in it meanwhile (row 21).
        """
        ...

    def touch(self, session_id: SessionId, *, expires_at: datetime, now: datetime) -> bool:
        """Prolongs a session that is neither revoked nor expired; False when it is."""
        ...

    def revoke(self, session_id: SessionId, now: datetime) -> bool:
        """Ends it. False when it was over already."""
        ...

    def revoke_all(self, account_id: AccountId, now: datetime, *, keep: SessionId | None = None) -> int: ...

    def hold_all(self, account_id: AccountId) -> None:
        """Waits for what is being given in the account's sessions (`principal`, held), and bars it up to the commit."""
        ...

    def revoke_every(self, now: datetime) -> int:
        """Ends all sessions of everybody: after a backup was restored."""
        ...

    def of(self, account_id: AccountId, now: datetime) -> Sequence[Session]:
        """The live ones, newest first."""
        ...

    def live(self, now: datetime, *, limit: int) -> Sequence[Session]:
        """Those of everybody that live longest, the last to expire first: for the operator to look at."""
        ...


class Refresh(Protocol):
    def add(self, token: RefreshToken) -> None: ...

    def find(self, digest: Digest) -> RefreshToken | None: ...

    def rotate(self, digest: Digest, successor: RefreshToken, sealed: Sealed | None, now: datetime) -> bool:
        """Uses `digest` up and adds `successor`, if it is unused, unexpired and its session is live.

        True for one of all who race. `sealed` is the successor's value, kept only where a grace is configured.
        """
        ...

    def forget_used(self, session_id: SessionId, *, before: datetime) -> int:
        """Deletes the session's tokens that were used before that: how many."""
        ...


class Tenants(Protocol):
    def add(self, tenant: Tenant) -> bool:
        """False when the kind has a tenant of this name already."""
        ...

    def update(self, tenant: Tenant) -> None: ...

    def by_name(self, kind: TenantKind, name: str) -> Tenant | None: ...

    def by_id(self, tenant_id: TenantId) -> Tenant | None: ...

    def all(self, kind: TenantKind) -> Sequence[Tenant]: ...

    def of(self, account_id: AccountId) -> tuple[Membership, ...]:
        """Jurisdictions first, then teams, each by name."""
        ...

    def join(self, account_id: AccountId, tenant_id: TenantId, role: str, now: datetime) -> None:
        """Adds the membership or changes its role."""
        ...

    def leave(self, account_id: AccountId, tenant_id: TenantId) -> bool: ...


class Flags(Protocol):
    """Values set at run time."""

    def all(self) -> Mapping[tuple[str, TenantId | None], FeatureValue]: ...

    def of(self, account_id: AccountId) -> Mapping[tuple[str, TenantId | None], FeatureValue]:
        """Those of the account's tenants, and those that hold everywhere. Whoever asks has to be quick among many."""
        ...

    def within(self, tenant_id: TenantId | None) -> Mapping[tuple[str, TenantId | None], FeatureValue]:
        """Those of one tenant, and those that hold everywhere."""
        ...

    def is_on_in_some(self, feature: str, kind: TenantKind) -> bool:
        """Whether any tenant of the kind has it switched on."""
        ...

    def put(self, feature: str, tenant_id: TenantId | None, value: FeatureValue, now: datetime) -> None: ...

    def remove(self, feature: str, tenant_id: TenantId | None) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """A recorded event with its place in the trail."""

    number: int
    at: datetime
    event: Event
    source: Source


class Audit(Protocol):
    def last_number(self) -> int:
        """Of the entry recorded last; 0 when there is none."""
        ...

    def count(self, names: tuple[str, ...], *, after: int, since: datetime) -> int:
        """How many entries of these names have a greater number and are no older."""
        ...

    def page(
        self,
        *,
        after: int = 0,
        limit: int = 100,
        account_id: AccountId | None = None,
        name: str | None = None,
        newest_first: bool = False,
    ) -> Sequence[AuditEntry]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """A signing key. `state` is `next`, `active` or `retired`; `private` is its JWK, sealed."""

    id: KeyId
    algorithm: str
    state: str
    public: str
    private: Sealed
    created_at: datetime
    activated_at: datetime | None = None
    retired_at: datetime | None = None


class Keys(Protocol):
    def all(self) -> Sequence[StoredKey]: ...

    def add(self, key: StoredKey) -> None: ...

    def advance(self, key_id: KeyId, *, expected: str, state: str, now: datetime) -> bool:
        """Moves a key on if it still is in the `expected` state: rotation happens once, whoever asks."""
        ...

    def remove(self, key_id: KeyId) -> bool: ...


class PluginStore(Protocol):
    """A plugin's own small values, by name space."""

    def get(self, plugin: str, key: str, now: datetime) -> bytes | None: ...

    def put(self, plugin: str, key: str, value: bytes, expires_at: datetime | None) -> None: ...

    def add(self, plugin: str, key: str, value: bytes, expires_at: datetime | None, now: datetime) -> bool:
        """False when a live value is there: True for one of all who race."""
        ...

    def remove(self, plugin: str, key: str) -> None: ...


class Devices(Protocol):
    """Browsers that an account signed in with before: each keeps a small guessing budget of its own."""

    def add(self, digest: Digest, account_id: AccountId, now: datetime) -> None: ...

    def knows(self, digest: Digest, account_id: AccountId) -> bool: ...

    def drop(self, account_id: AccountId) -> None: ...


class Housekeeping(Protocol):
    def prune(self, now: datetime, *, audit_before: datetime | None, limit: int = 1000) -> int:
        """Deletes up to `limit` rows a table whose time is over; the number deleted."""
        ...


class UnitOfWork(Protocol):
    """The shelves of one transaction."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def credentials(self) -> Credentials: ...
    @property
    def attempts(self) -> Attempts: ...
    @property
    def challenges(self) -> Challenges: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def refresh(self) -> Refresh: ...
    @property
    def tenants(self) -> Tenants: ...
    @property
    def flags(self) -> Flags: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def plugin_store(self) -> PluginStore: ...
    @property
    def devices(self) -> Devices: ...
    @property
    def housekeeping(self) -> Housekeeping: ...
    @property
    def oauth(self) -> OAuthShelves: ...

    def record(self, event: Event, *, source: Source, now: datetime) -> None:
        """Writes the event into the audit trail, and a parcel for each subscriber, in this transaction."""
        ...


class Store(Protocol):
    async def transact(self, fn: Callable[[UnitOfWork], R]) -> R:
        """Runs `fn` as one unit of work and returns after it is durable.

        A Refusal raised by `fn` commits and is raised again; any other exception rolls back. Raises StorageUnavailable.
        `fn` may run more than once (deadlock on PostgreSQL): it must change nothing but the work.
        """
        ...

    async def read(self, fn: Callable[[UnitOfWork], R]) -> R:
        """Runs `fn` in a read-only snapshot, more than once if need be."""
        ...
