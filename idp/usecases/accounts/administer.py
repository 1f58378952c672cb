"""An account in an operator's hands: looked at, switched off and on, unlocked, deleted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from idp.core.account import Account
from idp.core.events import Event, EventName
from idp.core.ids import AccountId
from idp.core.password import PASSWORD
from idp.core.session import Source
from idp.core.tenant import Membership
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.named import named_account
from idp.usecases.occasion import Occasion
from idp.usecases.sessions.ending import Endings
from idp.usecases.signin.guesses import Guesses


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An account with what an operator asks about first. `locked_until` holds for passwords or codes, the later one."""

    account: Account
    memberships: tuple[Membership, ...]
    has_password: bool
    sessions: int
    locked_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministerAccounts:
    """Accounts are named by address or id. Every verb raises NotFound."""

    store: Store
    clock: Clock
    guesses: Guesses
    endings: Endings

    async def page(self, *, after: AccountId | None, limit: int, search: str | None = None) -> Sequence[Account]:
        return await self.store.read(lambda work: work.accounts.page(after=after, limit=limit, search=search))

    async def show(self, name: str) -> Shown:
        now = self.clock.now()
        return await self.store.read(lambda work: self._show(work, name, now))

    async def disable(self, name: str, source: Source) -> Account:
        """Nobody signs in to it any more, and whoever is signed in is out (threat row 22). Codes and links die too."""
        occasion = self._now(source)
        return await self.store.transact(lambda work: self._disable(work, name, occasion))

    async def enable(self, name: str, source: Source) -> Account:
        occasion = self._now(source)
        return await self.store.transact(lambda work: self._enable(work, name, occasion))

    async def unlock(self, name: str, source: Source) -> Account:
        """Forgets the failed attempts at its password and codes."""
        occasion = self._now(source)
        return await self.store.transact(lambda work: self._unlock(work, name, occasion))

    async def delete(self, name: str, source: Source) -> Account:
        """Removes the account and all that is its own; the audit trail stays."""
        occasion = self._now(source)
        return await self.store.transact(lambda work: self._delete(work, name, occasion))

    def _now(self, source: Source) -> Occasion:
        return Occasion(source=source, now=self.clock.now())

    def _show(self, work: UnitOfWork, name: str, now: datetime) -> Shown:
        account = named_account(work, name)
        rules = self.guesses.rules
        counters = (
            (self.guesses.name(account.email), rules.password_budget),
            (self.guesses.sign_in_code(account.email), rules.code_budget),
            (self.guesses.mfa_code(account.email), rules.code_budget),
        )
        locks = [work.attempts.locked_until(counter.scope, counter.key, budget, now) for counter, budget in counters]
        return Shown(
            account=account,
            memberships=work.tenants.of(account.id),
            has_password=work.credentials.get(account.id, PASSWORD) is not None,
            sessions=len(work.sessions.of(account.id, now)),
            locked_until=max((lock for lock in locks if lock), default=None),
        )

    def _disable(self, work: UnitOfWork, name: str, occasion: Occasion) -> Account:
        account, now = named_account(work, name), occasion.now
        if account.disabled_at is None:
            account = replace(account, disabled_at=now, updated_at=now)
            work.accounts.update(account)
            _record(work, EventName.ACCOUNT_DISABLED, account, occasion)
        self.endings.lock_out(work, account.id, now)
        work.challenges.drop(account.id)
        work.devices.drop(account.id)
        return account

    def _enable(self, work: UnitOfWork, name: str, occasion: Occasion) -> Account:
        account = named_account(work, name)
        if account.disabled_at is not None:
            account = replace(account, disabled_at=None, updated_at=occasion.now)
            work.accounts.update(account)
            _record(work, EventName.ACCOUNT_ENABLED, account, occasion)
        return account

    def _unlock(self, work: UnitOfWork, name: str, occasion: Occasion) -> Account:
        account = named_account(work, name)
        self.guesses.clear(work, account.email)
        _record(work, EventName.ACCOUNT_UNLOCKED, account, occasion)
        return account

    def _delete(self, work: UnitOfWork, name: str, occasion: Occasion) -> Account:
        account = named_account(work, name)
        self.endings.all_of(work, account.id, occasion.now)
        work.accounts.remove(account.id)
        _record(work, EventName.ACCOUNT_DELETED, account, occasion)
        return account


def _record(work: UnitOfWork, name: EventName, account: Account, occasion: Occasion) -> None:
    work.record(Event(name=name, account_id=account.id), source=occasion.source, now=occasion.now)
