"""Features: named, documented, typed values per tenant, and who decides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from idp.core.ids import TenantId
from idp.core.tenant import Tenant, TenantKind

FeatureValue = bool | int | str


class FeatureKind(StrEnum):
    """How the values of several tenants become one."""

    REQUIREMENT = "requirement"  # on when any tenant demands it: nothing weakens it
    PERMISSION = "permission"  # on only when every jurisdiction in context allows it
    VALUE = "value"  # an operator's own, for apps: the first team, then jurisdiction, that sets it


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """`alias` is the contract's spelling (`enableSingleUseCode`); both name the same feature."""

    name: str
    kind: FeatureKind
    default: FeatureValue
    description: str
    alias: str | None = None


class Level(StrEnum):
    """Where a value was set, strongest first. Run time wins over the config."""

    RUN_TIME_TENANT = "run time, tenant"
    CONFIG_TENANT = "config, tenant"
    RUN_TIME_GLOBAL = "run time, everywhere"
    CONFIG_GLOBAL = "config, everywhere"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagValue:
    """One value somebody set. `tenant_id` is None for everywhere."""

    feature: str
    tenant_id: TenantId | None
    value: FeatureValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """One level that had a say in a decision."""

    tenant: str | None
    level: Level
    value: FeatureValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A feature's value for one account, and every level that had a say, in order."""

    feature: Feature
    value: FeatureValue
    says: tuple[Say, ...]

    @property
    def is_on(self) -> bool:
        return self.value is True


OWN_LEVELS = frozenset({Level.RUN_TIME_TENANT, Level.CONFIG_TENANT})
"""Where a tenant itself has set a value."""

ConfigKey = tuple[str, TenantKind | None, str]
"""(feature, kind, tenant's name); (feature, None, "") for everywhere."""

RunTimeKey = tuple[str, TenantId | None]
"""(feature, tenant's id); None for everywhere."""


@dataclass(frozen=True, slots=True)
class FlagTable:
    """The values set in the config and at run time, ready to decide."""

    config: Mapping[ConfigKey, FeatureValue]
    run_time: Mapping[RunTimeKey, FeatureValue]

    def say(self, feature: Feature, tenant: Tenant | None) -> Say:
        """What holds in `tenant` (None: everywhere)."""
        level, value = self._found(feature, tenant)
        return Say(tenant=tenant.name if tenant else None, level=level, value=value)

    def decide(self, feature: Feature, tenants: Iterable[Tenant]) -> Decision:
        """The one value for an account in `tenants`, and who had a say in it."""
        asked = self._asked(feature, tuple(tenants))
        says = tuple(self.say(feature, tenant) for tenant in asked)
        return Decision(feature=feature, value=self._agreed(feature, asked), says=says)

    def value(self, feature: Feature, tenants: Iterable[Tenant]) -> FeatureValue:
        """The same value, for those who do not ask why: every request decides several features."""
        return self._agreed(feature, self._asked(feature, tuple(tenants)))

    def _asked(self, feature: Feature, tenants: Sequence[Tenant]) -> Sequence[Tenant | None]:
        """Whose values count (architecture, section 4); None: what holds everywhere."""
        match feature.kind:
            case FeatureKind.REQUIREMENT:
                return (None, *tenants)
            case FeatureKind.PERMISSION:
                return [tenant for tenant in tenants if tenant.kind is TenantKind.JURISDICTION] or (None,)
            case FeatureKind.VALUE:
                nearest = sorted(tenants, key=lambda tenant: (tenant.kind is not TenantKind.TEAM, tenant.name))
                return (*(tenant for tenant in nearest if self._found(feature, tenant)[0] in OWN_LEVELS), None)

    def _agreed(self, feature: Feature, asked: Sequence[Tenant | None]) -> FeatureValue:
        match feature.kind:
            case FeatureKind.REQUIREMENT:
                return any(self._found(feature, tenant)[1] is True for tenant in asked)
            case FeatureKind.PERMISSION:
                return all(self._found(feature, tenant)[1] is True for tenant in asked)
            case FeatureKind.VALUE:
                return self._found(feature, asked[0])[1]

    def _found(self, feature: Feature, tenant: Tenant | None) -> tuple[Level, FeatureValue]:
        if tenant is not None:
            if (own := self.run_time.get((feature.name, tenant.id))) is not None:
                return Level.RUN_TIME_TENANT, own
            if (own := self.config.get((feature.name, tenant.kind, tenant.name))) is not None:
                return Level.CONFIG_TENANT, own
        if (everywhere := self.run_time.get((feature.name, None))) is not None:
            return Level.RUN_TIME_GLOBAL, everywhere
        if (everywhere := self.config.get((feature.name, None, ""))) is not None:
            return Level.CONFIG_GLOBAL, everywhere
        return Level.DEFAULT, feature.default
