"""Nouns to store. `number` makes one unlike another; whatever matters to a test, it names itself."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from idp.core.account import Account
from idp.core.address import EmailAddress
from idp.core.challenge import Challenge, Purpose
from idp.core.ids import AccountId, KeyId, MessageId, SessionId, TenantId
from idp.core.lockout import Budget
from idp.core.secret import Digest, Sealed
from idp.core.session import Session, Source
from idp.core.tenant import Tenant, TenantKind
from idp.ports.outbox import Parcel
from idp.ports.storage import RefreshToken, Store, StoredKey, UnitOfWork
from idp.testing.clock import START

NOW = START
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

FIVE = Budget(limit=5, cooldown=15 * MINUTE, longest_cooldown=HOUR, ceiling=100)
DESK = Source(address="192.0.2.1", agent="curl/8", request_id="r-1", contract="bloom")


def an_account(number: int = 1, **changes: Any) -> Account:
    account = Account(
        id=AccountId(f"account-{number:04}"),
        email=EmailAddress(f"person{number}@example.com"),
        first_name="Ada",
        last_name="Lovelace",
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(account, **changes)


def a_full_account() -> Account:
    return an_account(
        middle_name="Augusta",
        phone_number="+14155550123",
        phone_verified_at=NOW - DAY,
        date_of_birth=date(1815, 12, 10),
        language="es",
        roles=frozenset({"admin", "support_admin"}),
        mfa_methods=frozenset({"totp"}),
        confirmed_at=NOW - HOUR,
        disabled_at=NOW + timedelta(microseconds=1),
        agreed_to_terms=True,
        password_changed_at=NOW - 2 * DAY,
        last_sign_in_at=NOW - MINUTE,
        extra={"listings": [1, {"ñ": None}]},
    )


def a_session(number: int = 1, account: int = 1, **changes: Any) -> Session:
    session = Session(
        id=SessionId(f"session-{number:04}"),
        account_id=AccountId(f"account-{account:04}"),
        contract="bloom",
        methods=("pwd", "otp"),
        authenticated_at=NOW,
        last_seen_at=NOW,
        expires_at=NOW + HOUR,
        ends_at=NOW + DAY,
        address="192.0.2.1",
        agent="curl/8",
    )
    return replace(session, **changes)


def a_refresh_token(number: int = 1, session: int = 1, **changes: Any) -> RefreshToken:
    token = RefreshToken(
        digest=Digest(f"refresh-{number}".encode()),
        session_id=SessionId(f"session-{session:04}"),
        issued_at=NOW,
        expires_at=NOW + DAY,
        used_at=None,
        successor=None,
    )
    return replace(token, **changes)


def a_challenge(account: int = 1, **changes: Any) -> Challenge:
    challenge = Challenge(
        account_id=AccountId(f"account-{account:04}"),
        purpose=Purpose.SIGN_IN,
        digest=Digest(b"digest of 483920"),
        method="email",
        target="person1@example.com",
        issued_at=NOW,
        expires_at=NOW + 10 * MINUTE,
    )
    return replace(challenge, **changes)


def a_team(name: str = "My Team") -> Tenant:
    return _tenant(TenantKind.TEAM, name)


def a_jurisdiction(name: str = "Alameda") -> Tenant:
    return _tenant(TenantKind.JURISDICTION, name)


async def keep(store: Store, *accounts: Account) -> None:
    """Puts accounts into the store; Ada, who is number 1, if none is named."""

    def add(work: UnitOfWork) -> None:
        for account in accounts or (an_account(),):
            work.accounts.add(account)

    await store.transact(add)


def _tenant(kind: TenantKind, name: str) -> Tenant:
    return Tenant(id=TenantId(f"{kind}-{name}"), kind=kind, name=name, created_at=NOW, settings={"flags": ["a"]})


def a_parcel(number: int = 1, **changes: Any) -> Parcel:
    parcel = Parcel(
        id=MessageId(f"parcel-{number:04}"),
        kind="letter",
        target="",
        body=Sealed(b"sealed"),
        created_at=NOW,
        due_at=NOW,
    )
    return replace(parcel, **changes)


def a_key(number: int = 1, **changes: Any) -> StoredKey:
    key = StoredKey(
        id=KeyId(f"key-{number}"),
        algorithm="ES256",
        state="next",
        public="{}",
        private=Sealed(b"sealed"),
        created_at=NOW,
    )
    return replace(key, **changes)
