"""The list of codes for the day when the second factor is lost: issued, counted, forgotten."""

from dataclasses import dataclass
from typing import Any

from idp.core.account import Account
from idp.core.errors import FactorUnavailable, NotFound, PluginFailed, TooManyRequests
from idp.core.events import Event, EventName
from idp.core.ids import AccountId
from idp.core.message import Template
from idp.core.session import Source
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.sdk import LookUpSecrets
from idp.usecases.extensions import Extensions
from idp.usecases.occasion import Occasion
from idp.usecases.post import Post
from idp.usecases.signin.guesses import Guesses
from idp.usecases.view import view_of

ISSUED = "recovery"
"""What the mail is for that tells of a new list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpareCodes:
    """Recovery codes, if a plugin keeps them. The list is shown once, by whoever asks for it (threat row 57)."""

    store: Store
    clock: Clock
    extensions: Extensions
    guesses: Guesses
    post: Post

    @property
    def factor(self) -> LookUpSecrets[Any] | None:
        factors = self.extensions.second_factors.values()
        return next((factor for factor in factors if isinstance(factor, LookUpSecrets)), None)

    async def left(self, account: Account) -> int:
        """How many the account still has; none where its plugin fails: nobody can use one then."""
        if self.factor is None:
            return 0
        try:
            return await self.factor.left(view_of(account))
        except PluginFailed:
            return 0

    async def issue(self, account: Account, source: Source) -> tuple[str, ...]:
        """A new list instead of the old one; the owner is told by mail. Raises FactorUnavailable for who has no other
        factor: a spare for nothing would be forgotten in a drawer, and found. Raises TooManyRequests: a list takes its
        plugin as long as many a sign-in, and each is told (row 42).
        """
        factor = self.factor
        if factor is None or not account.mfa_methods:
            raise FactorUnavailable("recovery codes are for accounts with a second factor")
        await self.store.transact(lambda work: self._charge(work, account))
        codes = await factor.issue(view_of(account))
        occasion = Occasion(source=source, now=self.clock.now())
        await self.store.transact(lambda work: self._record(work, account, factor.method, occasion))
        return codes

    def forget(self, work: UnitOfWork, account_id: AccountId) -> None:
        """In the unit of work that takes the last factor away, or finds that it is gone."""
        if self.factor is not None:
            work.credentials.remove(account_id, self.factor.context.name)

    def _charge(self, work: UnitOfWork, account: Account) -> None:
        if not self.guesses.may_send(work, ISSUED, account.id, self.clock.now()):
            raise TooManyRequests(int(self.guesses.rules.message_budget.cooldown.total_seconds()))

    def _record(self, work: UnitOfWork, account: Account, method: str, occasion: Occasion) -> None:
        found = work.accounts.by_id(account.id)
        if found is None:
            raise NotFound("the account is gone")
        if not found.mfa_methods:
            self.forget(work, found.id)
            raise FactorUnavailable("the last second factor was removed meanwhile")
        event = Event(name=EventName.FACTOR_ADDED, account_id=found.id, methods=(method,))
        work.record(event, source=occasion.source, now=occasion.now)
        self.post.notice(work, found, Template.FACTOR_CHANGED, occasion.now)
