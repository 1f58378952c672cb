"""Signing in with a password, and a second factor where one is needed."""

from dataclasses import dataclass
from datetime import datetime

from idp.core.events import Event, EventName
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.signin.door import Door, Entry, Opened
from idp.usecases.signin.first_factor import PasswordClaim, Proved, ProvePassword, names_of
from idp.usecases.signin.guesses import Guesses
from idp.usecases.signin.outcome import SecondFactorNeeded, SignedIn
from idp.usecases.signin.policy import Policy
from idp.usecases.signin.second_factor import FactorClaim, ProveSecondFactor, Secondly


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInWithPassword:
    """One verb for NodeLoom, Bloom and the pages.

    Raises what ProvePassword raises, and CodeRejected: the password's attempt then stays charged as well, so that
    neither budget is refilled by being right about the other (rows 29, 65).
    """

    store: Store
    clock: Clock
    door: Door
    policy: Policy
    guesses: Guesses
    prove_password: ProvePassword
    prove_second_factor: ProveSecondFactor

    async def __call__(
        self, claim: PasswordClaim, mfa_code: str | None = None, mfa_method: str | None = None
    ) -> SignedIn | SecondFactorNeeded:
        proved = await self.prove_password(claim)
        needs_more = self.policy.needs_second_factor(proved.standing)
        secondly = None
        if needs_more:
            factors = await self.policy.second_factors(proved.standing)
            if not mfa_code:
                await self.store.transact(lambda work: self._note_need(work, claim, proved))
                return SecondFactorNeeded(methods=tuple(factors))
            account = proved.standing.account
            factor_claim = FactorClaim(account=account, code=mfa_code, method=mfa_method, source=claim.source)
            secondly = await self.prove_second_factor.judge(factor_claim, factors)
        now = self.clock.now()
        met = not needs_more or secondly is not None
        entry = Entry(
            account_id=proved.standing.account.id,
            methods=names_of((*proved.methods, *(secondly.amr if secondly else ()))),
            second_factor_met=met,
            source=claim.source,
        )
        opened = await self.store.transact(lambda work: self._open(work, proved, entry, secondly, now))
        return self.door.present(opened)

    def _note_need(self, work: UnitOfWork, claim: PasswordClaim, proved: Proved) -> None:
        """The password was right, so this attempt was no guess; the failures before it still count (row 29)."""
        self.guesses.give_back(work, proved.counter, source=claim.source)
        event = Event(name=EventName.MFA_NEEDED, account_id=proved.standing.account.id)
        work.record(event, source=claim.source, now=self.clock.now())

    def _open(self, work: UnitOfWork, proved: Proved, entry: Entry, secondly: Secondly | None, now: datetime) -> Opened:
        if secondly is not None:
            self.prove_second_factor.spend(work, secondly, now)
        opened = self.door.open_session(work, entry, now)
        self.guesses.clear(work, opened.account.email)
        work.attempts.clear(proved.counter.scope, proved.counter.key)
        self.guesses.give_back(work, source=entry.source)
        return opened
