"""The one door: nobody gets a session but through `open_session`."""

from dataclasses import dataclass, replace
from datetime import datetime

from idp.core.account import Account
from idp.core.errors import BadCredentials, CodeMissing, NotConfirmed
from idp.core.events import Event, EventName
from idp.core.ids import AccountId, SessionId
from idp.core.session import Session, Source
from idp.core.tenant import Membership
from idp.ports.ambient import Clock, Entropy
from idp.ports.crypto import Digester
from idp.ports.storage import UnitOfWork
from idp.usecases.rules import Rules
from idp.usecases.sessions.refresh_tokens import RefreshTokens
from idp.usecases.sessions.tokens import Tokens
from idp.usecases.signin.outcome import SignedIn
from idp.usecases.signin.policy import Policy, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session as it stands in the database, and the one copy of what was digested there."""

    account: Account
    memberships: tuple[Membership, ...]
    session: Session
    refresh_token: str | None
    device_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Who comes in, and what they proved.

    `standing` is what decided so far, settled with what a FeatureSource says. `proved_against` is the account as it was
    when a password was looked at; None where no password was.
    """

    account_id: AccountId
    methods: tuple[str, ...]
    proved_second_factor: bool
    standing: Standing | None = None
    proved_against: Account | None = None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Opens sessions (threat rows 15, 22, 51)."""

    clock: Clock
    entropy: Entropy
    digester: Digester
    rules: Rules
    tokens: Tokens
    refresh_tokens: RefreshTokens
    policy: Policy

    def open_session(self, work: UnitOfWork, entry: Entry, now: datetime) -> Opened:
        """A session, after a fresh look at the account in this very transaction."""
        account = self._may_sign_in(work, entry)
        session = self._open(work, entry, now)
        work.accounts.record_sign_in(account.id, now)
        event = Event(name=EventName.LOGIN_OK, account_id=account.id, session_id=session.id, methods=entry.methods)
        work.record(event, source=entry.source, now=now)
        return Opened(
            account=account,
            memberships=work.tenants.of(account.id),
            session=session,
            refresh_token=self._first_link(work, session),
            device_token=self._remember_device(work, account.id, now),
        )

    def _may_sign_in(self, work: UnitOfWork, entry: Entry) -> Account:
        """The account, if it may have a session now, by the policy of this transaction: whatever was checked before.

        A missing second factor here is our own fault, or a tenant's flag that was switched on a moment ago.
        """
        account = work.accounts.by_id(entry.account_id)
        if account is None or account.is_disabled:
            raise BadCredentials(attempts_left=1)
        if entry.proved_against and entry.proved_against.password_changed_at != account.password_changed_at:
            # the password was changed while the old one was being hashed; a session now would outlive the change
            # that ended all others (row 21)
            raise BadCredentials(attempts_left=1)
        if not account.is_confirmed:
            raise NotConfirmed(account.id)
        if not entry.proved_second_factor and self.policy.needs_second_factor_after_all(work, account, entry.standing):
            raise CodeMissing
        return account

    def _open(self, work: UnitOfWork, entry: Entry, now: datetime) -> Session:
        """A new one with a new id; or the account's own that the browser came with, which is proved anew.

        Its apps know that one by `sid`, and what they hold hangs on it. Tokens from before the proof are dead with the
        commit (`Identify`): whoever had one does not rise with it (row 15, ASVS 7.2.4).
        """
        session, known = self._session(entry, now), entry.source.session
        if known is not None and work.sessions.renew(renewed := _renewed(work, known, session), now):
            return renewed
        work.sessions.open(session)
        return session

    def present(self, opened: Opened) -> SignedIn:
        """Signs the access token. After the commit: signing is no business of the database's."""
        return SignedIn(
            account=opened.account,
            memberships=opened.memberships,
            session=opened.session,
            access_token=self.tokens.mint(opened.session),
            refresh_token=opened.refresh_token,
            device_token=opened.device_token,
        )

    def _session(self, entry: Entry, now: datetime) -> Session:
        ends_at = now + self.rules.lifetimes.session
        return Session(
            id=SessionId(self.entropy.id()),
            account_id=entry.account_id,
            contract=entry.source.contract,
            methods=entry.methods,
            authenticated_at=now,
            last_seen_at=now,
            expires_at=min(self.tokens.expiry(entry.source.contract, now), ends_at),
            ends_at=ends_at,
            address=entry.source.address,
            agent=entry.source.agent,
        )

    def _first_link(self, work: UnitOfWork, session: Session) -> str | None:
        """The refresh token that the session's chain begins with, if its contract has a cookie for it."""
        if not self.tokens.is_renewed(session.contract):
            return None
        token, kept = self.refresh_tokens.make(session.id, session.authenticated_at, session.expires_at)
        work.refresh.add(kept)
        return token

    def _remember_device(self, work: UnitOfWork, account_id: AccountId, now: datetime) -> str | None:
        if not self.rules.known_devices:
            return None
        token = self.entropy.token()
        work.devices.add(self.digester.digest("device", token), account_id, now)
        return token


def _renewed(work: UnitOfWork, known: Session, session: Session) -> Session:
    """`session` under the id of the known one.

    Where another tab has proved the same meanwhile, as of then: the browser keeps the cookie that it is told of last,
    so both must be good.
    """
    found = work.sessions.by_id(known.id)
    if found is None or found.authenticated_at <= known.authenticated_at or found.methods != session.methods:
        return replace(session, id=known.id)
    return replace(session, id=known.id, authenticated_at=found.authenticated_at)
