"""Signing in over two pages: the first proof buys a ticket, the ticket and the second proof buy the session.

The ticket stands for a row that moves forwards only (row 55): bound to one browser, for a few minutes, replaced by the
next one of the same account, gone with a change of the password. The password itself is kept nowhere, and every step
asks the policy anew.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.core.account import Account
from idp.core.challenge import Challenge, Purpose
from idp.core.errors import FactorUnavailable, LinkRejected
from idp.core.secret import Digest
from idp.core.session import Source
from idp.ports.ambient import Clock, Entropy
from idp.ports.crypto import Digester
from idp.ports.storage import Store, UnitOfWork
from idp.sdk import CodeChannel, SecondFactor
from idp.usecases.rules import Rules
from idp.usecases.signin.door import Door, Entry, Opened
from idp.usecases.signin.first_factor import MULTIPLE, PasswordClaim, Proved, names_of
from idp.usecases.signin.guesses import Counter, Guesses
from idp.usecases.signin.outcome import SignedIn
from idp.usecases.signin.password import SignInWithPassword
from idp.usecases.signin.policy import Policy, Standing
from idp.usecases.signin.request_mfa_code import CodeOnItsWay, RequestMfaCode
from idp.usecases.signin.second_factor import FactorClaim, Given, ProveSecondFactor, Secondly
from idp.usecases.signin.single_use_code import CodeClaim, Right, SignInWithSingleUseCode
from idp.usecases.view import view_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Who holds it, in the browser that it was made for, has given the first proof."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A second factor that the account can use now. `address`: where its code goes, if we send one."""

    method: str
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStep:
    """What the second page shows. `sent_by` is the method of a code that is on its way."""

    account: Account
    ways: tuple[Way, ...]
    sent_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Firstly:
    """What the first step leaves for the second.

    `barred` are channels that cannot bring the second proof, for they brought the first (rows 51-53). `counter` is to
    be forgotten with success. `is_password`: the session falls with a change of it.
    """

    methods: tuple[str, ...]
    barred: tuple[str, ...] = ()
    counter: Counter | None = None
    is_password: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    challenge: Challenge
    standing: Standing
    firstly: Firstly
    factors: Mapping[str, SecondFactor[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInStepwise:
    """First `begin` or `begin_by_code`; then, with a ticket, `look`, `send` and `finish`.

    These raise LinkRejected for a ticket that is unknown, used, replaced, expired or another browser's.
    """

    store: Store
    clock: Clock
    entropy: Entropy
    digester: Digester
    rules: Rules
    door: Door
    guesses: Guesses
    policy: Policy
    sign_in: SignInWithPassword
    sign_in_by_code: SignInWithSingleUseCode
    prove_second_factor: ProveSecondFactor
    request_code: RequestMfaCode

    async def begin(self, claim: PasswordClaim, browser: Digest, *, twice: bool = False) -> SignedIn | Ticket:
        """`twice` demands a second factor whatever the policy says (`acr_values`). Raises what ProvePassword raises."""
        proved = await self.sign_in.prove_password(claim)
        if not twice and not self.policy.needs_second_factor(proved.standing):
            return await self.sign_in.enter(proved, None, claim.source)
        ticket = self.entropy.token()
        digest = self._digest(ticket, browser)
        await self.store.transact(lambda work: self._wait(work, proved, digest, claim.source))
        return Ticket(value=ticket)

    async def begin_by_code(self, claim: CodeClaim, browser: Digest) -> SignedIn | Ticket:
        """Raises what SignInWithSingleUseCode raises. The code is used up by its step."""
        right = await self.sign_in_by_code.prove(claim)
        if not self.policy.needs_second_factor(right.standing):
            return await self.sign_in_by_code.enter(claim, right, None)
        ticket = self.entropy.token()
        digest = self._digest(ticket, browser)
        await self.store.transact(lambda work: self._wait_after_code(work, claim, right, digest))
        return Ticket(value=ticket)

    async def look(self, ticket: str, browser: Digest) -> SecondStep:
        pending = await self._pending(ticket, browser)
        account, now = pending.standing.account, self.clock.now()
        sent = await self.store.read(lambda work: work.challenges.pending(account.id, Purpose.SECOND_FACTOR, now))
        ways = tuple(Way(method=name, address=_address(one, account)) for name, one in pending.factors.items())
        return SecondStep(account=account, ways=ways, sent_by=sent.method if sent else None)

    async def send(self, ticket: str, browser: Digest, method: str, source: Source) -> CodeOnItsWay:
        """Sends a code. Raises FactorUnavailable and TooManyRequests (row 42)."""
        pending = await self._pending(ticket, browser)
        if not isinstance(pending.factors.get(method), CodeChannel):
            raise FactorUnavailable(method)
        return await self.request_code.to_proved(pending.standing, method, source)

    async def finish(self, ticket: str, browser: Digest, given: Given, source: Source) -> SignedIn:
        """Raises CodeRejected and AccountLocked, by the account's one budget for all codes (rows 44, 45).

        Raises TooManyRequests too: the source is charged for a wrong code here as it is where both proofs come at once,
        though the right password was given back.
        """
        pending = await self._pending(ticket, browser)
        now = self.clock.now()
        await self.store.transact(lambda work: self.guesses.charge_source(work, source, now))
        claim = FactorClaim(account=pending.standing.account, code=given.code or "", method=given.method, source=source)
        secondly = await self.prove_second_factor.judge(claim, pending.factors)
        opened = await self.store.transact(lambda work: self._open(work, pending, secondly, source))
        await self.store.transact(lambda work: self.guesses.give_back(work, source=source))
        return self.door.present(opened)

    def _digest(self, ticket: str, browser: Digest) -> Digest:
        return self.digester.digest("second-step", ticket, browser.hex())

    def _wait(self, work: UnitOfWork, proved: Proved, digest: Digest, source: Source) -> None:
        self.sign_in.note_need(work, proved, source)
        account = work.accounts.by_id(proved.standing.account.id)
        if account is None or account.password_changed_at != proved.standing.account.password_changed_at:
            raise LinkRejected  # changed while the old one was being hashed (row 21)
        self._issue(work, account, digest, Firstly(methods=proved.methods, counter=proved.counter))

    def _wait_after_code(self, work: UnitOfWork, claim: CodeClaim, right: Right, digest: Digest) -> None:
        now = self.clock.now()
        self.sign_in_by_code.give_back(work, claim)
        self.sign_in_by_code.spend(work, claim, right, now)
        firstly = Firstly(methods=tuple(right.way_in.amr), barred=(right.way_in.channel,), is_password=False)
        self._issue(work, right.standing.account, digest, firstly)

    def _issue(self, work: UnitOfWork, account: Account, digest: Digest, firstly: Firstly) -> None:
        now = self.clock.now()
        work.challenges.issue(
            Challenge(
                account_id=account.id,
                purpose=Purpose.SECOND_STEP,
                digest=digest,
                method=" ".join(firstly.methods),
                target=_written(firstly),
                issued_at=now,
                expires_at=now + self.rules.code_life,
            )
        )

    async def _pending(self, ticket: str, browser: Digest) -> _Pending:
        digest, now = self._digest(ticket, browser), self.clock.now()
        challenge, standing = await self.store.read(lambda work: self._look_up(work, digest, now))
        standing = await self.policy.settle(standing)
        firstly = _read(challenge)
        factors = await self.policy.second_factors(standing, without_channels=firstly.barred)
        return _Pending(challenge=challenge, standing=standing, firstly=firstly, factors=factors)

    def _look_up(self, work: UnitOfWork, digest: Digest, now: datetime) -> tuple[Challenge, Standing]:
        challenge = work.challenges.peek_link(Purpose.SECOND_STEP, digest, now)
        account = work.accounts.by_id(challenge.account_id) if challenge else None
        if challenge is None or account is None or account.is_disabled:
            raise LinkRejected
        return challenge, self.policy.standing(work, account)

    def _open(self, work: UnitOfWork, pending: _Pending, secondly: Secondly, source: Source) -> Opened:
        now, account, firstly = self.clock.now(), pending.standing.account, pending.firstly
        work.accounts.by_id(account.id)  # taken first, as everywhere
        self.prove_second_factor.spend(work, secondly, now)
        if work.challenges.claim_link(Purpose.SECOND_STEP, pending.challenge.digest, now) is None:
            raise LinkRejected
        entry = Entry(
            account_id=account.id,
            methods=names_of((*firstly.methods, *secondly.amr, *(() if firstly.is_password else (MULTIPLE,)))),
            proved_second_factor=True,
            standing=pending.standing,
            proved_against=account if firstly.is_password else None,
            source=source,
        )
        opened = self.door.open_session(work, entry, now)
        self.guesses.clear(work, opened.account.email)
        if firstly.counter is not None:
            work.attempts.clear(firstly.counter.scope, firstly.counter.key)
        return opened


def _address(factor: SecondFactor[Any], account: Account) -> str | None:
    return factor.address(view_of(account)) if isinstance(factor, CodeChannel) else None


def _written(firstly: Firstly) -> str:
    counter = [firstly.counter.scope, firstly.counter.key] if firstly.counter else None
    return json.dumps({"barred": firstly.barred, "counter": counter, "password": firstly.is_password})


def _read(challenge: Challenge) -> Firstly:
    kept = json.loads(challenge.target)
    return Firstly(
        methods=tuple(challenge.method.split()),
        barred=tuple(kept["barred"]),
        counter=Counter(scope=kept["counter"][0], key=kept["counter"][1]) if kept["counter"] else None,
        is_password=kept["password"],
    )
