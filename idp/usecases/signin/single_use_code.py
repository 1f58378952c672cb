"""Signing in with a code sent by mail instead of a password."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.core.address import EmailAddress
from idp.core.challenge import Purpose
from idp.core.errors import AccountLocked, CodeRejected
from idp.core.events import Event, EventName, Outcome
from idp.core.ids import NOBODY, AccountId
from idp.core.lockout import Charge, Exhausted
from idp.core.secret import Digest
from idp.core.session import Source
from idp.core.tenant import Tenant
from idp.ports.ambient import Clock
from idp.ports.crypto import Digester
from idp.ports.storage import Store, UnitOfWork
from idp.sdk import CodeSignIn
from idp.usecases.occasion import Occasion
from idp.usecases.post import SIGN_UP_CODE, Post
from idp.usecases.signin.door import Door, Entry, Opened
from idp.usecases.signin.first_factor import MULTIPLE, names_of
from idp.usecases.signin.first_proof import FirstProof
from idp.usecases.signin.guesses import Guesses
from idp.usecases.signin.outcome import SecondFactorNeeded, SignedIn
from idp.usecases.signin.policy import Policy, Standing
from idp.usecases.signin.second_factor import (
    CODE_SHAPE,
    LAST,
    NOTHING,
    Given,
    ProveSecondFactor,
    Secondly,
)
from idp.usecases.tenants.jurisdictions import named_jurisdiction


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeClaim:
    """`jurisdiction` is the name in the request, if any."""

    email: EmailAddress
    code: str
    jurisdiction: str | None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    standing: Standing | None
    named: Tenant | None
    granted: Charge | Exhausted


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A code that was right, and is not used up yet."""

    standing: Standing
    way_in: CodeSignIn[Any]
    attempts_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInWithSingleUseCode:
    """Raises UnknownTenant, AccountLocked, TooManyRequests, CodeRejected; the last whatever was wrong (row 38)."""

    store: Store
    clock: Clock
    door: Door
    policy: Policy
    guesses: Guesses
    post: Post
    digester: Digester
    prove_second_factor: ProveSecondFactor
    first_proof: FirstProof

    async def __call__(self, claim: CodeClaim, given: Given = NOTHING) -> SignedIn | SecondFactorNeeded:
        right = await self.prove(claim)
        # the same mailbox is no second factor: it already brought the first code (rows 51-53)
        barred = (right.way_in.channel,)
        source = claim.source
        secondly = await self.prove_second_factor.step(right.standing, given, source, without_channels=barred)
        if isinstance(secondly, SecondFactorNeeded):
            await self.store.transact(lambda work: self.give_back(work, claim))
            return secondly
        return await self.enter(claim, right, secondly)

    async def enter(self, claim: CodeClaim, right: Right, secondly: Secondly | None) -> SignedIn:
        """Opens the session that the proofs buy."""
        opened = await self.store.transact(lambda work: self._open(work, claim, right, secondly))
        await self.store.transact(lambda work: self.guesses.give_back(work, source=claim.source))
        return self.door.present(opened)

    async def prove(self, claim: CodeClaim) -> Right:
        """Charges, and looks at the code. Raises what this verb raises."""
        now = self.clock.now()
        asked = await self.store.transact(lambda work: self._charge(work, claim, now))
        if isinstance(asked.granted, Exhausted):
            await self.store.transact(lambda work: self._record_failure(work, claim, asked, now))
            raise AccountLocked(asked.granted.until)
        # asked for whoever it is, and a FeatureSource only after a right code: time must not tell names (row 38)
        is_right = await self._is_right(asked.standing, claim, now)
        standing = await self.policy.settle(asked.standing) if asked.standing and is_right else None
        way_in = self._way_in(standing, asked.named)
        if standing is None or way_in is None:
            await self.store.transact(lambda work: self._record_failure(work, claim, asked, now))
            raise CodeRejected(asked.granted.attempts_left)
        return Right(standing=standing, way_in=way_in, attempts_left=asked.granted.attempts_left)

    def _charge(self, work: UnitOfWork, claim: CodeClaim, now: datetime) -> _Asked:
        self.guesses.charge_source(work, claim.source, now)
        named = named_jurisdiction(work, claim.jurisdiction)
        account = work.accounts.by_email(claim.email)
        granted = self.guesses.charge(work, self.guesses.sign_in_code(claim.email), now)
        standing = self.policy.standing_of_whoever(work, account)
        return _Asked(standing=standing, named=named, granted=granted)

    def _way_in(self, standing: Standing | None, named: Tenant | None) -> CodeSignIn[Any] | None:
        """The plugin, if the tenants still allow it now: a flag switched off kills the codes already sent (row 126)."""
        if standing is None:
            return None
        for name, way_in in self.policy.extensions.code_sign_ins.items():
            if self.policy.allows(standing, name, named):
                return way_in
        return None

    async def _is_right(self, standing: Standing | None, claim: CodeClaim, now: datetime) -> bool:
        """A look before the claim, so that a code is not used up when a second factor is still missing."""
        if not CODE_SHAPE.fullmatch(claim.code):
            return False
        account_id = standing.account.id if standing else NOBODY
        digest = self._digest(account_id, claim.code)
        pending = await self.store.read(lambda work: work.challenges.pending(account_id, Purpose.SIGN_IN, now))
        return pending is not None and hmac.compare_digest(pending.digest, digest)

    def _open(self, work: UnitOfWork, claim: CodeClaim, right: Right, secondly: Secondly | None) -> Opened:
        now = self.clock.now()
        account_id = right.standing.account.id
        self.spend(work, claim, right, now)
        if secondly is not None:
            self.prove_second_factor.spend(work, secondly, now)
        entry = Entry(
            account_id=account_id,
            methods=names_of((*right.way_in.amr, *((*secondly.amr, MULTIPLE) if secondly else ()))),
            proved_second_factor=secondly is not None,
            standing=right.standing,
            source=claim.source,
        )
        opened = self.door.open_session(work, entry, now)
        self.guesses.clear(work, opened.account.email)
        return opened

    def spend(self, work: UnitOfWork, claim: CodeClaim, right: Right, now: datetime) -> None:
        """Uses the code up. Raises CodeRejected for all but one of those who race."""
        account_id = right.standing.account.id
        work.accounts.by_id(account_id)  # taken first, as everywhere
        claimed = work.challenges.claim(account_id, Purpose.SIGN_IN, self._digest(account_id, claim.code), now)
        if claimed is None:
            raise CodeRejected(right.attempts_left)
        is_first = work.accounts.confirm(account_id, now)  # the code proved the mailbox
        if is_first and claimed.method != SIGN_UP_CODE:
            self.first_proof.take_over(work, right.standing.account, Occasion(source=claim.source, now=now))

    def _digest(self, account_id: AccountId, code: str) -> Digest:
        return self.post.code_digest(Purpose.SIGN_IN, account_id, code)

    def give_back(self, work: UnitOfWork, claim: CodeClaim) -> None:
        """The code was right, so it was no guess."""
        self.guesses.give_back(work, self.guesses.sign_in_code(claim.email), source=claim.source)

    def _record_failure(self, work: UnitOfWork, claim: CodeClaim, asked: _Asked, now: datetime) -> None:
        standing = asked.standing
        if isinstance(asked.granted, Charge) and asked.granted.attempts_left <= LAST:
            # dead after the last wrong guess (row 44); not before: of many who redeem the right one, one must win
            work.challenges.drop(standing.account.id if standing else NOBODY, Purpose.SIGN_IN)
        event = Event(
            name=EventName.LOGIN_LOCKED if isinstance(asked.granted, Exhausted) else EventName.LOGIN_FAIL,
            outcome=Outcome.FAILURE,
            reason="single_use_code",
            account_id=standing.account.id if standing else None,
            subject_hash="" if standing else self.digester.pseudonym(claim.email),
        )
        work.record(event, source=claim.source, now=now)
