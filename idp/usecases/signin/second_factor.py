"""The second proof, by whichever way in it is asked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from idp.core.account import Account
from idp.core.challenge import Purpose
from idp.core.errors import Accident, AccountLocked, CodeRejected, PluginFailed
from idp.core.events import Event, EventName, Outcome
from idp.core.lockout import Exhausted
from idp.core.message import Template
from idp.core.secret import Digest, credential_seal
from idp.core.session import Source
from idp.ports.ambient import Clock
from idp.ports.crypto import Sealer
from idp.ports.storage import Store, UnitOfWork
from idp.sdk import CodeChannel, LookUpSecrets, OwnCredential, SecondFactor
from idp.usecases.post import Post
from idp.usecases.signin.guesses import Guesses
from idp.usecases.signin.outcome import SecondFactorNeeded
from idp.usecases.signin.policy import Policy, Standing
from idp.usecases.view import view_of

CODE_SHAPE = re.compile(r"[0-9]{4,10}")
SMS_METHOD = "sms"


LAST = 1
"""What is left, as the contract counts, when a guess was the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorClaim:
    """A code said to be the second proof. `method` None: the pending code, or what is enrolled, decides."""

    account: Account
    code: str
    method: str | None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a request brought for the second step, if anything."""

    code: str | None = None
    method: str | None = None


NOTHING = Given()


@dataclass(frozen=True, slots=True, kw_only=True)
class Secondly:
    """A second factor that was judged, and what is still to be spent.

    `digest` of a code that we sent; `rest` of the list that it was on. Neither: its plugin used it up.
    """

    claim: FactorClaim
    factor: SecondFactor[Any]
    digest: Digest | None = None
    rest: OwnCredential | None = None
    attempts_left: int

    @property
    def amr(self) -> tuple[str, ...]:
        return tuple(self.factor.amr)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveSecondFactor:
    """Two steps: `judge` outside of a transaction, `spend` inside the one that saves what the code buys."""

    store: Store
    clock: Clock
    sealer: Sealer
    guesses: Guesses
    post: Post
    policy: Policy

    async def step(
        self, standing: Standing, given: Given, source: Source, *, without_channels: tuple[str, ...] = ()
    ) -> Secondly | SecondFactorNeeded | None:
        """None when the account needs no second factor: a code is then ignored, as the contract has it.

        Raises AccountLocked or CodeRejected.
        """
        if not self.policy.needs_second_factor(standing):
            return None
        factors = await self.policy.second_factors(standing, without_channels=without_channels)
        if not given.code:
            return SecondFactorNeeded(methods=tuple(factors))
        claim = FactorClaim(account=standing.account, code=given.code, method=given.method, source=source)
        return await self.judge(claim, factors)

    async def judge(self, claim: FactorClaim, factors: Mapping[str, SecondFactor[Any]]) -> Secondly:
        """Charges the code budget, then asks the factor. Raises AccountLocked or CodeRejected.

        The guess stays charged when the plugin fails: it may have looked first, and by failing for wrong codes alone
        would let them be guessed for ever.
        """
        now = self.clock.now()
        attempts_left = await self.store.transact(lambda work: self._charge(work, claim, now))
        try:
            judged = await self._ask(claim, factors, attempts_left, now)
        except PluginFailed:
            raise
        except Accident:
            counter = self.guesses.mfa_code(claim.account.email)
            await self.store.transact(lambda work: work.attempts.give_back(counter.scope, counter.key))
            raise
        if judged is None:
            await self.store.transact(lambda work: self._record_failure(work, claim, attempts_left, now))
            raise CodeRejected(attempts_left)
        return judged

    def spend(self, work: UnitOfWork, secondly: Secondly, now: datetime) -> None:
        """Uses the code up. Raises CodeRejected for all but one of those who race (Kratos H1 #3692149).

        So it does for one of two codes of a list: that one is on the list still.
        """
        work.accounts.by_id(secondly.claim.account.id)  # taken first, as everywhere
        if not self._use_up(work, secondly, now):
            self._record_failure(work, secondly.claim, secondly.attempts_left, now)
            raise CodeRejected(secondly.attempts_left)

    def _use_up(self, work: UnitOfWork, secondly: Secondly, now: datetime) -> bool:
        if secondly.rest is not None:
            return self._take_off(work, secondly, secondly.rest, now)
        return secondly.digest is None or self._claim(work, secondly, secondly.digest, now)

    def _take_off(self, work: UnitOfWork, secondly: Secondly, rest: OwnCredential, now: datetime) -> bool:
        """The owner is told, who may not be the one that used it."""
        account, plugin = secondly.claim.account, secondly.factor.context.name
        sealed = self.sealer.seal(rest.data, credential_seal(plugin, account.id))
        if not work.credentials.swap(account.id, plugin, sealed, rest.version, now):
            return False
        self.post.notice(work, account, Template.RECOVERY_CODE_USED, now)
        return True

    def _claim(self, work: UnitOfWork, secondly: Secondly, digest: Digest, now: datetime) -> bool:
        account = secondly.claim.account
        claimed = work.challenges.claim(account.id, Purpose.SECOND_FACTOR, digest, now)
        if claimed is None or claimed.method != secondly.factor.method:
            return False
        if claimed.method == SMS_METHOD and account.phone_verified_at is None:
            work.accounts.prove_phone(account.id, claimed.target, now)
        return True

    async def _ask(
        self, claim: FactorClaim, factors: Mapping[str, SecondFactor[Any]], attempts_left: int, now: datetime
    ) -> Secondly | None:
        if not CODE_SHAPE.fullmatch(claim.code):  # blanks around a code dodge replay checks (Vault CVE-2025-6015)
            return None
        factor = await self._choose(claim, factors, now)
        if factor is None:
            return None
        secondly = Secondly(claim=claim, factor=factor, attempts_left=attempts_left)
        if isinstance(factor, CodeChannel):
            return replace(secondly, digest=self.post.code_digest(Purpose.SECOND_FACTOR, claim.account.id, claim.code))
        if isinstance(factor, LookUpSecrets):
            rest = await factor.without(view_of(claim.account), claim.code)
            return replace(secondly, rest=rest) if rest is not None else None
        return secondly if await factor.verify(view_of(claim.account), claim.code) is True else None

    async def _choose(
        self, claim: FactorClaim, factors: Mapping[str, SecondFactor[Any]], now: datetime
    ) -> SecondFactor[Any] | None:
        if claim.method is not None:
            return factors.get(claim.method)
        account_id = claim.account.id
        pending = await self.store.read(lambda work: work.challenges.pending(account_id, Purpose.SECOND_FACTOR, now))
        if pending is not None and pending.method in factors:
            return factors[pending.method]
        # a spare comes last (Policy.second_factors): an app's code that nobody named is no recovery code
        return next((factor for factor in factors.values() if not isinstance(factor, CodeChannel)), None)

    def _charge(self, work: UnitOfWork, claim: FactorClaim, now: datetime) -> int:
        granted = self.guesses.charge(work, self.guesses.mfa_code(claim.account.email), now)
        if isinstance(granted, Exhausted):
            event = Event(
                name=EventName.MFA_FAIL, outcome=Outcome.FAILURE, reason="locked", account_id=claim.account.id
            )
            work.record(event, source=claim.source, now=now)
            raise AccountLocked(granted.until)
        return granted.attempts_left

    def _record_failure(self, work: UnitOfWork, claim: FactorClaim, attempts_left: int, now: datetime) -> None:
        if attempts_left <= LAST:
            # dead after the last wrong guess (row 44); not before: of many who redeem the right one, one must win
            work.challenges.drop(claim.account.id, Purpose.SECOND_FACTOR)
        event = Event(name=EventName.MFA_FAIL, outcome=Outcome.FAILURE, reason="code", account_id=claim.account.id)
        work.record(event, source=claim.source, now=now)
