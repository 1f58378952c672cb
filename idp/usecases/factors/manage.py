"""An account's second factors: begun, proved, vouched for, removed."""

from dataclasses import dataclass, replace
from typing import Any

from idp.core.account import Account
from idp.core.errors import AccountLocked, CodeRejected, FactorUnavailable, NotFound, PhoneNumberMissing
from idp.core.events import Event, EventName, Outcome
from idp.core.ids import AccountId
from idp.core.lockout import Exhausted
from idp.core.message import Template
from idp.core.session import Source
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.sdk import Enrollable, Enrolment, LookUpSecrets
from idp.usecases.extensions import Extensions
from idp.usecases.factors.spare import SpareCodes
from idp.usecases.occasion import Occasion
from idp.usecases.post import Post
from idp.usecases.signin.guesses import Guesses
from idp.usecases.view import view_of

SMS = "sms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Factored:
    """`enrolment` is what the person needs to set the factor up. `counts`: sign-ins ask for it from now on."""

    account: Account
    enrolment: Enrolment | None
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Addition:
    """`number` is the telephone number that comes with it; `charged`: an attempt is to be given back."""

    method: str
    occasion: Occasion
    number: str | None = None
    charged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageFactors:
    """Methods are those of the enabled plugins. Every change that counts is told to the account's owner (ASVS 6.3.7).

    Raises FactorUnavailable for a method that no enabled plugin has.
    """

    store: Store
    clock: Clock
    extensions: Extensions
    guesses: Guesses
    post: Post
    spare: SpareCodes

    async def vouch(
        self, account: Account, method: str, source: Source, *, phone_number: str | None = None
    ) -> Factored:
        """Adds a factor on the word of an operator, who hands the secret over or knows that the number is right.

        A factor that insists on the person's own proof is begun, and counts once `confirm` was called. A code by mail
        waits until the address is confirmed by itself: until then nobody signs in to the account anyway.
        `phone_number` takes the place of the account's, proved or not. Raises PhoneNumberMissing.
        """
        number = phone_number or account.phone_number
        self.check(method, number)
        enrolment, counts = await self.hand_over(account, method)
        if not counts:
            return Factored(account=account, enrolment=enrolment, counts=False)
        wanted = _Addition(method=method, occasion=self._now(source), number=number)
        account = await self.store.transact(lambda work: self._add(work, account.id, wanted))
        return Factored(account=account, enrolment=enrolment, counts=True)

    async def hand_over(self, account: Account, method: str) -> tuple[Enrolment | None, bool]:
        """What the operator is to give to the person, if there is anything, and whether it counts without a proof."""
        factor = self.extensions.second_factors[method]
        if not isinstance(factor, Enrollable):
            return None, True
        enrolment = await factor.enrol_proved(view_of(account))
        if enrolment is not None:
            return enrolment, True
        return await factor.enrol(view_of(account)), False

    async def begin(self, account: Account, method: str) -> Enrolment:
        """What the person needs to set the factor up. It counts once `confirm` was called (threat row 57)."""
        return await self._enrollable(method).enrol(view_of(account))

    async def confirm(self, account: Account, method: str, code: str, source: Source) -> Account:
        """Proves what was begun. Raises CodeRejected, and AccountLocked after too many: a guess like any other."""
        factor = self._enrollable(method)
        occasion = self._now(source)
        attempts_left = await self.store.transact(lambda work: self._charge(work, account, occasion))
        if await factor.confirm(view_of(account), code) is not True:
            await self.store.transact(lambda work: self._record_failure(work, account, occasion))
            raise CodeRejected(attempts_left)
        wanted = _Addition(method=method, occasion=occasion, number=account.phone_number, charged=True)
        return await self.store.transact(lambda work: self._add(work, account.id, wanted))

    async def remove(self, account: Account, method: str, source: Source) -> Account:
        """Also one whose plugin is no longer enabled; with the last one goes its spare.

        Raises FactorUnavailable when the account has no such factor.
        """
        # first the secret: whatever happens in between, the account asks for too much and not for too little
        factor = self.extensions.second_factors.get(method)
        if isinstance(factor, Enrollable):
            await factor.remove(view_of(account))
        occasion = self._now(source)
        return await self.store.transact(lambda work: self._remove(work, account.id, method, occasion))

    def check(self, method: str, phone_number: str | None) -> None:
        """Raises what `vouch` would refuse; a list of codes is no factor by itself."""
        factor = self.extensions.second_factors.get(method)
        if factor is None or isinstance(factor, LookUpSecrets):
            raise FactorUnavailable(method)
        if method == SMS and not phone_number:
            raise PhoneNumberMissing("a code by SMS needs a telephone number")

    def _enrollable(self, method: str) -> Enrollable[Any]:
        factor = self.extensions.second_factors.get(method)
        if not isinstance(factor, Enrollable):
            raise FactorUnavailable(method)
        return factor

    def _now(self, source: Source) -> Occasion:
        return Occasion(source=source, now=self.clock.now())

    def _charge(self, work: UnitOfWork, account: Account, occasion: Occasion) -> int:
        granted = self.guesses.charge(work, self.guesses.mfa_code(account.email), occasion.now)
        if isinstance(granted, Exhausted):
            raise AccountLocked(granted.until)
        return granted.attempts_left

    def _record_failure(self, work: UnitOfWork, account: Account, occasion: Occasion) -> None:
        event = Event(name=EventName.MFA_FAIL, outcome=Outcome.FAILURE, reason="enrolment", account_id=account.id)
        work.record(event, source=occasion.source, now=occasion.now)

    def _add(self, work: UnitOfWork, account_id: AccountId, wanted: _Addition) -> Account:
        account, now = _held(work, account_id), wanted.occasion.now
        if wanted.charged:
            counter = self.guesses.mfa_code(account.email)
            work.attempts.give_back(counter.scope, counter.key)
        changed = replace(account, mfa_methods=account.mfa_methods | {wanted.method}, updated_at=now)
        if wanted.method == SMS:
            changed = replace(changed, phone_number=wanted.number, phone_verified_at=now)
        event = Event(name=EventName.FACTOR_ADDED, account_id=account_id, methods=(wanted.method,))
        self._write(work, changed, event, wanted.occasion)
        return changed

    def _remove(self, work: UnitOfWork, account_id: AccountId, method: str, occasion: Occasion) -> Account:
        account = _held(work, account_id)
        if method not in account.mfa_methods:
            raise FactorUnavailable(method)
        changed = replace(account, mfa_methods=account.mfa_methods - {method}, updated_at=occasion.now)
        if not changed.mfa_methods:
            self.spare.forget(work, account_id)
        event = Event(name=EventName.FACTOR_REMOVED, account_id=account_id, methods=(method,))
        self._write(work, changed, event, occasion)
        return changed

    def _write(self, work: UnitOfWork, account: Account, event: Event, occasion: Occasion) -> None:
        work.accounts.update(account)
        work.record(event, source=occasion.source, now=occasion.now)
        self.post.notice(work, account, Template.FACTOR_CHANGED, occasion.now)


def _held(work: UnitOfWork, account_id: AccountId) -> Account:
    account = work.accounts.by_id(account_id)
    if account is None:
        raise NotFound("the account is gone")
    return account
