"""Asking for a second factor's code, by name and password."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from idp.core.account import Account
from idp.core.challenge import Purpose
from idp.core.errors import FactorUnavailable, PhoneNumberFixed, PhoneNumberMissing, TooManyRequests
from idp.core.events import Event, EventName
from idp.core.message import Letter, Template
from idp.core.session import Source
from idp.core.tenant import TenantKind, of_kind
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.sdk import CodeChannel
from idp.usecases.post import Post, Target, in_minutes
from idp.usecases.rules import Rules
from idp.usecases.signin.first_factor import PasswordClaim, ProvePassword
from idp.usecases.signin.guesses import SMS, Guesses
from idp.usecases.signin.policy import Policy, Standing
from idp.usecases.signin.second_factor import SMS_METHOD
from idp.usecases.view import view_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOnItsWay:
    """`address` is where the code goes."""

    method: str
    address: str
    phone_verified: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dispatch:
    account: Account
    channel: CodeChannel[Any]
    address: str
    jurisdiction: str | None
    language: str | None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMfaCode:
    """Raises what ProvePassword raises, so this is no cheaper place to guess passwords at.

    Only after the right password (row 40): FactorUnavailable, PhoneNumberMissing, PhoneNumberFixed, TooManyRequests.
    """

    store: Store
    clock: Clock
    prove_password: ProvePassword
    policy: Policy
    guesses: Guesses
    post: Post
    rules: Rules

    async def __call__(self, claim: PasswordClaim, method: str, phone_number: str | None = None) -> CodeOnItsWay:
        proved = await self.prove_password(claim)
        # the password was right, so the attempt was no guess
        await self.store.transact(lambda work: self.guesses.give_back(work, proved.counter, source=claim.source))
        return await self.to_proved(proved.standing, method, claim.source, phone_number)

    async def to_proved(
        self, standing: Standing, method: str, source: Source, phone_number: str | None = None
    ) -> CodeOnItsWay:
        """The same for somebody whose first factor was right already."""
        channel = self._channel(standing, method)
        account = _with_number(standing.account, method, phone_number)
        address = channel.address(view_of(account))
        if address is None:
            raise PhoneNumberMissing if method == SMS_METHOD else FactorUnavailable(method)
        dispatch = _Dispatch(
            account=account,
            channel=channel,
            address=address,
            jurisdiction=first_jurisdiction(standing),
            language=standing.language,
            source=source,
        )
        now = self.clock.now()
        await self.store.transact(lambda work: self._send(work, dispatch, now))
        verified = account.phone_verified_at is not None if account.phone_number else None
        return CodeOnItsWay(method=method, address=address, phone_verified=verified)

    def _channel(self, standing: Standing, method: str) -> CodeChannel[Any]:
        """Only enrolled channels: who enrolled for TOTP cannot fall back to mail (row 58)."""
        factor = self.policy.extensions.second_factors.get(method)
        enrolled = standing.account.mfa_methods
        if not isinstance(factor, CodeChannel) or (enrolled and method not in enrolled):
            raise FactorUnavailable(method)
        if not self.policy.allows(standing, factor.context.name):
            raise FactorUnavailable(method)
        if factor.channel == SMS and not self.policy.needs_second_factor(standing):
            raise FactorUnavailable(method)  # text messages cost: not to whoever registered a minute ago (row 42)
        return factor

    def _may_send(self, work: UnitOfWork, dispatch: _Dispatch, now: datetime) -> bool:
        """By account, so that strangers who ask for other mails do not use it up; a number and the bill count too."""
        if not self.guesses.may_send(work, dispatch.channel.method, dispatch.account.id, now):
            return False
        if dispatch.channel.channel != SMS:
            return True
        return self.guesses.may_send(work, SMS, dispatch.address, now) and self.guesses.may_text(work, now)

    def _send(self, work: UnitOfWork, dispatch: _Dispatch, now: datetime) -> None:
        account, channel = dispatch.account, dispatch.channel
        work.accounts.by_id(account.id)  # taken first, as everywhere
        if not self._may_send(work, dispatch, now):
            raise TooManyRequests(int(self.rules.message_budget.cooldown.total_seconds()))
        if channel.method == SMS_METHOD and account.phone_number and account.phone_verified_at is None:
            work.accounts.name_phone(account.id, account.phone_number, now)
        method, to = channel.method, dispatch.address
        code = self.post.code(work, account, Purpose.SECOND_FACTOR, Target(method=method, address=to), now)
        letter = Letter(
            template=Template.MFA_CODE,
            channel=channel.channel,
            to=to,
            language=dispatch.language,
            jurisdiction=dispatch.jurisdiction,
            data={"code": code, "minutes": in_minutes(self.rules.code_life), "name": account.full_name},
        )
        self.post.letter(work, letter, now)
        event = Event(name=EventName.MFA_SENT, account_id=account.id, methods=(method,))
        work.record(event, source=dispatch.source, now=now)


def _with_number(account: Account, method: str, phone_number: str | None) -> Account:
    """The number may be named here only while none is proved, by who was enrolled for text messages (row 59).

    Else a tenant's demand would be met by anybody who has the password and a telephone.
    """
    if method != SMS_METHOD:
        return account
    if account.phone_verified_at is None and method not in account.mfa_methods:
        raise FactorUnavailable(method)
    if not phone_number or phone_number == account.phone_number:
        return account
    if account.phone_verified_at is not None:
        raise PhoneNumberFixed
    return replace(account, phone_number=phone_number)


def first_jurisdiction(standing: Standing) -> str | None:
    """The name that messages carry."""
    jurisdictions = of_kind(standing.memberships, TenantKind.JURISDICTION)
    return jurisdictions[0].tenant.name if jurisdictions else None
