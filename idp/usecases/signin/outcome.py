"""What came of trying to sign in."""

from dataclasses import dataclass

from idp.core.account import Account
from idp.core.session import Session
from idp.core.tenant import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session was opened. The tokens are the only copies: the database holds digests.

    `refresh_token`: None where the contract has no place for one.
    """

    account: Account
    memberships: tuple[Membership, ...]
    session: Session
    access_token: str
    refresh_token: str | None
    device_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorNeeded:
    """The first factor was right, and is not enough. `methods` are those the account can use now."""

    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneWithoutSession:
    """What was asked took effect; the account needs a second factor, so nobody is signed in by it (Keycloak #12759)."""

    account: Account
