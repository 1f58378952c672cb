"""What an account has to prove, and by which methods it can."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from idp.core.account import Account
from idp.core.errors import PluginFailed
from idp.core.feature import FlagTable
from idp.core.ids import NOBODY, TenantId
from idp.core.tenant import Membership, Tenant
from idp.ports.storage import UnitOfWork
from idp.sdk import CodeChannel, LookUpSecrets, SecondFactor
from idp.usecases.extensions import Extensions
from idp.usecases.tenants.features import MFA, FeatureBook, context_of
from idp.usecases.view import view_of

TEXT = "sms"
"""The method whose address a request may name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An account with all that decides about it, as of one unit of work."""

    account: Account
    memberships: tuple[Membership, ...]
    flags: FlagTable

    @property
    def language(self) -> str | None:
        """The person's own, else the usual one of the first jurisdiction that has one."""
        if self.account.language:
            return self.account.language
        for tenant in self.tenants:
            languages = tenant.settings.get("languages")
            if isinstance(languages, list | tuple) and languages:
                return str(languages[0])
        return None

    @property
    def tenants(self) -> tuple[Tenant, ...]:
        return tuple(membership.tenant for membership in self.memberships)

    @property
    def tenant_ids(self) -> tuple[TenantId, ...]:
        return tuple(tenant.id for tenant in self.tenants)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Requirements and permissions (architecture, section 4)."""

    book: FeatureBook
    extensions: Extensions

    def standing(self, work: UnitOfWork, account: Account) -> Standing:
        flags = self.book.table_of(work, account.id)
        return Standing(account=account, memberships=work.tenants.of(account.id), flags=flags)

    def standing_of_whoever(self, work: UnitOfWork, account: Account | None) -> Standing | None:
        """None for a name that nobody has, and for a disabled account.

        Asks the database the same for all: over a network each question is a round trip that a stranger can time
        (row 36).
        """
        who = account.id if account else NOBODY
        memberships, flags = work.tenants.of(who), self.book.table_of(work, who)
        if account is None or account.is_disabled:
            return None
        return Standing(account=account, memberships=memberships, flags=flags)

    async def settle(self, standing: Standing) -> Standing:
        """The standing with the flags of a FeatureSource plugin, asked outside of any transaction."""
        if self.extensions.feature_source is None:
            return standing
        flags = await self.book.ask_source(standing.flags, standing.tenants, self.book.features)
        return Standing(account=standing.account, memberships=standing.memberships, flags=flags)

    def allows(self, standing: Standing, feature: str, named: Tenant | None = None) -> bool:
        """Whether the tenants in context permit a way in."""
        return standing.flags.value(self.book.find(feature), context_of(standing.tenants, named)) is True

    def needs_second_factor(self, standing: Standing) -> bool:
        """On when any tenant demands it, or the account has one: nothing in a request weakens it."""
        demanded = standing.flags.value(self.book.find(MFA.name), standing.tenants) is True
        return demanded or bool(standing.account.mfa_methods)

    def needs_second_factor_after_all(self, work: UnitOfWork, account: Account, settled: Standing | None) -> bool:
        """The last look, in the transaction that opens the session.

        A FeatureSource cannot be asked in here: what it said a moment ago counts, in `settled`. A tenant that the
        account has joined since, of which it was not asked, demands a second factor: fail closed.
        """
        standing = self.standing(work, account)
        if self.extensions.feature_source is None:
            return self.needs_second_factor(standing)
        if settled is None or not set(standing.tenant_ids) <= set(settled.tenant_ids):
            return True
        return self.needs_second_factor(replace(standing, flags=settled.flags))

    async def second_factors(
        self, standing: Standing, *, without_channels: Iterable[str] = ()
    ) -> dict[str, SecondFactor[Any]]:
        """The methods that the account can use now, by name.

        Only enrolled ones (row 58), and after them the list that is kept for the day when they are lost; an account
        that never enrolled, and whose tenant demands a factor, may use a code to an address that it proved. A plugin
        that fails is not among them: it denies what it guards.
        """
        barred = set(without_channels)
        enrolled = standing.account.mfa_methods
        usable = {}
        for factor in sorted(self.extensions.second_factors.values(), key=_is_spare):
            method = factor.method
            is_enrolled = method in enrolled or _is_spare(factor)
            if not (is_enrolled if enrolled else isinstance(factor, CodeChannel)):
                continue
            if isinstance(factor, CodeChannel) and factor.channel in barred:
                continue
            if not self.allows(standing, factor.context.name):
                continue
            if not enrolled and method == TEXT and standing.account.phone_verified_at is None:
                continue  # whoever has the password could have named the number
            if await self._is_ready(factor, standing.account):
                usable[method] = factor
        return usable

    async def _is_ready(self, factor: SecondFactor[Any], account: Account) -> bool:
        try:
            return await factor.is_ready(view_of(account))
        except PluginFailed:
            return False


def _is_spare(factor: SecondFactor[Any]) -> bool:
    return isinstance(factor, LookUpSecrets)
