"""The first proof by a name and a password: charged, then looked at, in the same time for every name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from idp.core.account import Account
from idp.core.address import EmailAddress
from idp.core.errors import (
    Accident,
    AccountLocked,
    BadCredentials,
    NotConfirmed,
    PasswordOutdated,
    PluginFailed,
    Refusal,
)
from idp.core.events import Event, EventName, Outcome
from idp.core.lockout import Charge, Exhausted
from idp.core.session import Source
from idp.ports.ambient import Clock
from idp.ports.crypto import Digester
from idp.ports.storage import Store, UnitOfWork
from idp.sdk import AccountView
from idp.usecases.extensions import Extensions
from idp.usecases.rules import Rules
from idp.usecases.signin.guesses import Counter, Guesses
from idp.usecases.signin.policy import Policy, Standing
from idp.usecases.view import view_of

MULTIPLE = "mfa"
"""In `amr`: a second factor was proved after a code by mail, both of which are `otp` (RFC 8176 §2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordClaim:
    """Somebody says that this is their name and password. `counter` counts in place of the name's or device's own."""

    email: EmailAddress
    password: str
    source: Source
    device_token: str | None = None
    counter: Counter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """The password was right, the account may sign in as far as that goes, and the attempt is still charged."""

    standing: Standing
    methods: tuple[str, ...]
    charge: Charge
    counter: Counter


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    standing: Standing | None
    counter: Counter
    granted: Charge | Exhausted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Accepting:
    """The first factor that accepted, by the name of its plugin."""

    name: str
    amr: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvePassword:
    """Raises BadCredentials, AccountLocked, TooManyRequests; NotConfirmed, PasswordOutdated after a right password.

    An attempt that ends in a fault of ours before anybody looked at it is given back. One that ends in a plugin's stays
    charged: a plugin may look first and fail then, and by failing for wrong guesses alone would make them free.
    """

    store: Store
    clock: Clock
    digester: Digester
    guesses: Guesses
    policy: Policy
    extensions: Extensions
    rules: Rules

    async def __call__(self, claim: PasswordClaim) -> Proved:
        now = self.clock.now()
        asked = await self.store.transact(lambda work: self._charge(work, claim, now))
        accepting = await self._prove(claim, asked)
        if isinstance(asked.granted, Exhausted):
            await self._record(claim, asked, EventName.LOGIN_LOCKED)
            raise AccountLocked(asked.granted.until)
        standing = await self.policy.settle(asked.standing) if asked.standing and accepting else None
        if standing is None or accepting is None or not self.policy.allows(standing, accepting.name):
            await self._record(claim, asked, EventName.LOGIN_FAIL)
            raise BadCredentials(asked.granted.attempts_left)
        proved = Proved(standing=standing, methods=accepting.amr, charge=asked.granted, counter=asked.counter)
        await self._refuse_unready(proved, claim, now)
        return proved

    def _charge(self, work: UnitOfWork, claim: PasswordClaim, now: datetime) -> _Asked:
        self.guesses.charge_source(work, claim.source, now)
        account = work.accounts.by_email(claim.email)
        counter = claim.counter or self.guesses.password_counter(
            work, claim.email, account.id if account else None, claim.device_token
        )
        granted = self.guesses.charge(work, counter, now)
        return _Asked(standing=self.policy.standing_of_whoever(work, account), counter=counter, granted=granted)

    async def _prove(self, claim: PasswordClaim, asked: _Asked) -> _Accepting | None:
        """The first one that accepts. All are asked, whoever it is: one real hash on every path (row 36).

        One that fails bars no other way in. It is told once no other accepted: nobody knows what it would have said.
        """
        failures: list[Accident] = []
        was_seen = False
        for name, factor in self.extensions.first_factors.items():
            view = self._view(asked, name)
            try:
                is_right = await factor.prove(view, claim.password)
            except Accident as accident:
                failures.append(accident)
                was_seen = was_seen or isinstance(accident, PluginFailed)
                continue
            was_seen = True
            if is_right and view is not None:
                return _Accepting(name=name, amr=tuple(factor.amr))
        if failures:
            if not was_seen and isinstance(asked.granted, Charge):
                await self.store.transact(lambda work: self.guesses.give_back(work, asked.counter, source=claim.source))
            raise failures[0]
        return None

    def _view(self, asked: _Asked, name: str) -> AccountView | None:
        """None, as for a name that nobody has, while it is locked or where its tenants bar this way in.

        What a FeatureSource bars shows after the right password only: asking it takes time that would tell names.
        """
        if asked.standing is None or isinstance(asked.granted, Exhausted):
            return None
        if self.extensions.feature_source is None and not self.policy.allows(asked.standing, name):
            return None
        return view_of(asked.standing.account)

    async def _refuse_unready(self, proved: Proved, claim: PasswordClaim, now: datetime) -> None:
        account = proved.standing.account
        refusal: Refusal | None = None
        if not account.is_confirmed:
            refusal = NotConfirmed(account.id)
        elif self._is_outdated(account, now):
            refusal = PasswordOutdated(account.id)
        if refusal is not None:
            event = Event(
                name=EventName.LOGIN_FAIL, outcome=Outcome.FAILURE, reason=refusal.code, account_id=account.id
            )
            await self.store.transact(lambda work: self.guesses.give_back(work, proved.counter, source=claim.source))
            await self.store.transact(lambda work: work.record(event, source=claim.source, now=now))
            raise refusal

    def _is_outdated(self, account: Account, now: datetime) -> bool:
        life, changed = self.rules.password_life, account.password_changed_at
        return life is not None and changed is not None and changed + life <= now

    async def _record(self, claim: PasswordClaim, asked: _Asked, name: EventName) -> None:
        account = asked.standing.account if asked.standing else None
        event = Event(
            name=name,
            outcome=Outcome.FAILURE,
            reason="password",
            account_id=account.id if account else None,
            subject_hash="" if account else self.digester.pseudonym(claim.email),
        )
        now = self.clock.now()
        await self.store.transact(lambda work: work.record(event, source=claim.source, now=now))


def names_of(methods: Sequence[str]) -> tuple[str, ...]:
    """`amr` without repetitions, in the order of proof."""
    return tuple(dict.fromkeys(methods))
