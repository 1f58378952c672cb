"""Features: named, documented, typed values per tenant, and who decides."""

from collections.abc import Iterable, Mapping
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
        name = tenant.name if tenant else None
        if tenant is not None:
            if (own := self.run_time.get((feature.name, tenant.id))) is not None:
                return Say(tenant=name, level=Level.RUN_TIME_TENANT, value=own)
            if (own := self.config.get((feature.name, tenant.kind, tenant.name))) is not None:
                return Say(tenant=name, level=Level.CONFIG_TENANT, value=own)
        if (everywhere := self.run_time.get((feature.name, None))) is not None:
            return Say(tenant=name, level=Level.RUN_TIME_GLOBAL, value=everywhere)
        if (everywhere := self.config.get((feature.name, None, ""))) is not None:
            return Say(tenant=name, level=Level.CONFIG_GLOBAL, value=everywhere)
        return Say(tenant=name, level=Level.DEFAULT, value=feature.default)

    def decide(self, feature: Feature, tenants: Iterable[Tenant]) -> Decision:
        """The one value for an account in `tenants` (architecture, section 4)."""
        tenants = tuple(tenants)
        match feature.kind:
            case FeatureKind.REQUIREMENT:
                says = (self.say(feature, None), *(self.say(feature, tenant) for tenant in tenants))
                value: FeatureValue = any(say.value is True for say in says)
            case FeatureKind.PERMISSION:
                jurisdictions = [tenant for tenant in tenants if tenant.kind is TenantKind.JURISDICTION]
                says = tuple(self.say(feature, tenant) for tenant in jurisdictions) or (self.say(feature, None),)
                value = all(say.value is True for say in says)
            case FeatureKind.VALUE:
                says = self._nearest_first(feature, tenants)
                value = says[0].value
        return Decision(feature=feature, value=value, says=says)

    def _nearest_first(self, feature: Feature, tenants: tuple[Tenant, ...]) -> tuple[Say, ...]:
        ordered = sorted(tenants, key=lambda tenant: (tenant.kind is not TenantKind.TEAM, tenant.name))
        own = {Level.RUN_TIME_TENANT, Level.CONFIG_TENANT}
        says = [say for tenant in ordered if (say := self.say(feature, tenant)).level in own]
        return (*says, self.say(feature, None))
