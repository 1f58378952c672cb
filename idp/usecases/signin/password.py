"""Signing in with a password, and a second factor where one is needed."""

from dataclasses import dataclass
from datetime import datetime

from idp.core.errors import Accident, AccountLocked
from idp.core.events import Event, EventName
from idp.core.session import Source
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.signin.door import Door, Entry, Opened
from idp.usecases.signin.first_factor import PasswordClaim, Proved, ProvePassword, names_of
from idp.usecases.signin.guesses import Guesses
from idp.usecases.signin.outcome import SecondFactorNeeded, SignedIn
from idp.usecases.signin.second_factor import NOTHING, Given, ProveSecondFactor, Secondly


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInWithPassword:
    """One verb for NodeLoom, Bloom and the pages.

    Raises what ProvePassword raises, and CodeRejected: the password's attempt then stays charged as well, so that
    neither budget is refilled by being right about the other (rows 29, 65).
    """

    store: Store
    clock: Clock
    door: Door
    guesses: Guesses
    prove_password: ProvePassword
    prove_second_factor: ProveSecondFactor

    async def __call__(self, claim: PasswordClaim, given: Given = NOTHING) -> SignedIn | SecondFactorNeeded:
        proved = await self.prove_password(claim)
        try:
            secondly = await self.prove_second_factor.step(proved.standing, given, claim.source)
        except (Accident, AccountLocked):
            # the password was right, and nobody looked at the code: neither is a guess
            await self.store.transact(lambda work: self.guesses.give_back(work, proved.counter, source=claim.source))
            raise
        if isinstance(secondly, SecondFactorNeeded):
            await self.store.transact(lambda work: self.note_need(work, proved, claim.source))
            return secondly
        return await self.enter(proved, secondly, claim.source)

    async def enter(self, proved: Proved, secondly: Secondly | None, source: Source) -> SignedIn:
        """Opens the session that the proofs buy."""
        now = self.clock.now()
        opened = await self.store.transact(lambda work: self._open(work, proved, secondly, source, now))
        await self.store.transact(lambda work: self.guesses.give_back(work, source=source))
        return self.door.present(opened)

    def note_need(self, work: UnitOfWork, proved: Proved, source: Source) -> None:
        """The password was right, so this attempt was no guess; the failures before it still count (row 29)."""
        self.guesses.give_back(work, proved.counter, source=source)
        event = Event(name=EventName.MFA_NEEDED, account_id=proved.standing.account.id)
        work.record(event, source=source, now=self.clock.now())

    def _open(
        self, work: UnitOfWork, proved: Proved, secondly: Secondly | None, source: Source, now: datetime
    ) -> Opened:
        if secondly is not None:
            self.prove_second_factor.spend(work, secondly, now)
        entry = Entry(
            account_id=proved.standing.account.id,
            methods=names_of((*proved.methods, *(secondly.amr if secondly else ()))),
            proved_second_factor=secondly is not None,
            standing=proved.standing,
            proved_against=proved.standing.account,
            source=source,
        )
        opened = self.door.open_session(work, entry, now)
        self.guesses.clear(work, opened.account.email)
        work.attempts.clear(proved.counter.scope, proved.counter.key)
        return opened
