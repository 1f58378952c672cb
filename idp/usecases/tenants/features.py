"""Which features there are, and what holds for whom."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from idp.core.errors import UnknownFeature
from idp.core.feature import ConfigKey, Feature, FeatureKind, FeatureValue, FlagTable, RunTimeKey
from idp.core.ids import AccountId
from idp.core.tenant import Tenant, TenantKind
from idp.ports.storage import UnitOfWork
from idp.usecases.extensions import Extensions

MFA = Feature(
    name="mfa",
    kind=FeatureKind.REQUIREMENT,
    default=False,
    description="Signing in takes a second factor.",
    alias="enableMfa",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureBook:
    """All defined features by name, and the values of the config."""

    features: Mapping[str, Feature]
    config: Mapping[ConfigKey, FeatureValue] = field(default_factory=dict)
    extensions: Extensions = field(default_factory=Extensions)

    def find(self, name: str) -> Feature:
        """The feature of this name, in our spelling or the contract's. Raises UnknownFeature."""
        if name in self.features:
            return self.features[name]
        for feature in self.features.values():
            if feature.alias == name:
                return feature
        raise UnknownFeature(name)

    def table(self, work: UnitOfWork) -> FlagTable:
        """All values, read in this unit of work: a flag is in effect for whatever begins after its commit.

        Where a FeatureSource is chosen our own run-time values do not count; `ask_source` adds its.
        """
        return FlagTable(self.config, {} if self.extensions.feature_source else work.flags.all())

    def table_of(self, work: UnitOfWork, account_id: AccountId) -> FlagTable:
        """The same, for the account's own tenants alone: no sign-in reads the flags of ten thousand others."""
        return FlagTable(self.config, {} if self.extensions.feature_source else work.flags.of(account_id))

    def table_in(self, work: UnitOfWork, tenant: Tenant | None) -> FlagTable:
        """The same, for one tenant alone; None: for what holds everywhere."""
        within = tenant.id if tenant else None
        return FlagTable(self.config, {} if self.extensions.feature_source else work.flags.within(within))

    def is_on_somewhere(self, work: UnitOfWork, feature: Feature) -> bool:
        """Whether a permission holds everywhere, or in some jurisdiction."""
        if self.table_in(work, None).value(feature, ()) is True:
            return True
        kind = TenantKind.JURISDICTION
        if self.extensions.feature_source is None and work.flags.is_on_in_some(feature.name, kind):
            return True
        configured = ((key, of, name) for (key, of, name), value in self.config.items() if value is True)
        named = [name for key, of, name in configured if key == feature.name and of is kind]
        tenants = (work.tenants.by_name(kind, name) for name in named)
        return any(self.table_in(work, one).value(feature, (one,)) is True for one in tenants if one is not None)

    async def ask_source(self, table: FlagTable, tenants: Iterable[Tenant], names: Iterable[str]) -> FlagTable:
        """The table with the values of the chosen FeatureSource, if there is one, in place of our own run-time ones.

        Where it holds no value the config or the default decides. Where it fails, the answer is the one that denies:
        requirements are on, permissions off, and values of the operator's own as if there were none (fail closed).
        """
        source = self.extensions.feature_source
        if source is None:
            return table
        wanted = [(name, tenant) for name in names for tenant in tenants]
        answers = await asyncio.gather(
            *(source.value(name, tenant.kind.value, tenant.name) for name, tenant in wanted), return_exceptions=True
        )
        run_time: dict[RunTimeKey, FeatureValue] = {}
        for (name, tenant), answer in zip(wanted, answers, strict=True):
            value = self.denial(name) if isinstance(answer, BaseException) else answer
            if value is not None:
                run_time[(name, tenant.id)] = value
        return FlagTable(self.config, run_time)

    def denial(self, name: str) -> FeatureValue | None:
        """The value that lets nobody in; None where a feature guards nothing."""
        match self.find(name).kind:
            case FeatureKind.REQUIREMENT:
                return True
            case FeatureKind.PERMISSION:
                return False
            case FeatureKind.VALUE:
                return None


def context_of(tenants: Iterable[Tenant], named: Tenant | None) -> tuple[Tenant, ...]:
    """The tenants that decide permissions: the jurisdiction the request names, if the account belongs to it, else all.

    A request may select, never widen (Coder CVE-2026-55430).
    """
    tenants = tuple(tenants)
    if named is not None and any(tenant.id == named.id for tenant in tenants):
        return (named, *(tenant for tenant in tenants if tenant.kind is not TenantKind.JURISDICTION))
    return tenants
