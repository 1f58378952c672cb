"""Flags at run time: set, unset, listed, explained."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from idp.core.account import Account
from idp.core.errors import MalformedRequest, NotFound
from idp.core.events import Event, EventName
from idp.core.feature import Decision, Feature, FeatureValue, FlagTable, FlagValue, Level
from idp.core.ids import TenantId
from idp.core.session import Source
from idp.core.tenant import Tenant, TenantKind
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.named import named_account, named_tenant
from idp.usecases.occasion import Occasion
from idp.usecases.tenants.features import MFA, FeatureBook, context_of

LONGEST_TEXT = 512
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,15}")
Place = tuple[TenantKind, str]
"""A tenant by kind and name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetValue:
    """A value that somebody set. `tenant` None: everywhere."""

    feature: Feature
    level: Level
    kind: TenantKind | None
    tenant: str | None
    value: FeatureValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """`by_account`: the account's own second factors, which demand one whatever the tenants say."""

    decision: Decision
    by_account: frozenset[str] = frozenset()

    @property
    def value(self) -> FeatureValue:
        return True if self.by_account else self.decision.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageFlags:
    """In effect for whatever begins after the commit, in every process. Features go by either spelling.

    Raises UnknownFeature and UnknownTenant.
    """

    store: Store
    clock: Clock
    book: FeatureBook

    async def set(self, name: str, text: str, place: Place | None, source: Source) -> FlagValue:
        """Reads `text` as a value of the feature's type. Raises MalformedRequest."""
        self._refuse_where_flags_live_elsewhere()
        feature = self.book.find(name)
        value = read_value(feature, text)
        occasion = Occasion(source=source, now=self.clock.now())
        return await self.store.transact(lambda work: _set(work, (feature, value), place, occasion))

    async def unset(self, name: str, place: Place | None, source: Source) -> Feature:
        """Lets the next level decide again. Raises NotFound when no value was set."""
        self._refuse_where_flags_live_elsewhere()
        feature = self.book.find(name)
        occasion = Occasion(source=source, now=self.clock.now())
        await self.store.transact(lambda work: _unset(work, feature, place, occasion))
        return feature

    async def all(self) -> tuple[Sequence[Feature], Sequence[SetValue]]:
        """All features, and every value that is set, in the config or at run time."""
        values = await self.store.read(self._values)
        return tuple(self.book.features.values()), values

    async def explain(self, name: str, account: str | None, jurisdiction: str | None) -> Explained:
        """What holds for the account, or in the jurisdiction, or everywhere, and why. Raises NotFound."""
        feature = self.book.find(name)
        found, tenants, table = await self.store.read(lambda work: self._standing(work, account, jurisdiction))
        settled = await self.book.ask_source(table, tenants, [feature.name])
        by_account = found.mfa_methods if found and feature.name == MFA.name else frozenset()
        return Explained(decision=settled.decide(feature, tenants), by_account=by_account)

    def _refuse_where_flags_live_elsewhere(self) -> None:
        source = self.book.extensions.feature_source
        if source is not None:
            raise MalformedRequest(f"flags are kept by the plugin {source.context.name}: set them there")

    def _values(self, work: UnitOfWork) -> Sequence[SetValue]:
        features = self.book.features
        configured = [
            SetValue(
                feature=features[name],
                level=Level.CONFIG_TENANT if kind else Level.CONFIG_GLOBAL,
                kind=kind,
                tenant=tenant or None,
                value=value,
            )
            for (name, kind, tenant), value in self.book.config.items()
        ]
        set_now = [
            _at_run_time(work, features[name], tenant_id, value)
            for (name, tenant_id), value in work.flags.all().items()
            if name in features  # a plugin that was removed leaves its values: nobody asks for them
        ]
        return (*configured, *(found for found in set_now if found))

    def _standing(
        self, work: UnitOfWork, account: str | None, jurisdiction: str | None
    ) -> tuple[Account | None, tuple[Tenant, ...], FlagTable]:
        named = named_tenant(work, TenantKind.JURISDICTION, jurisdiction) if jurisdiction else None
        if account is None:
            return None, (named,) if named else (), self.book.table_in(work, named)
        found = named_account(work, account)
        table = self.book.table_of(work, found.id)
        own = tuple(membership.tenant for membership in work.tenants.of(found.id))
        return found, context_of(own, named), table


def read_value(feature: Feature, text: str) -> FeatureValue:
    """Raises MalformedRequest. Only `true` and `false` switch: what merely looks like it would quietly be off."""
    match feature.default:
        case bool():
            if text not in {"true", "false"}:
                raise MalformedRequest(f"{feature.name} takes true or false")
            return text == "true"
        case int():
            if not WHOLE_NUMBER.fullmatch(text):
                raise MalformedRequest(f"{feature.name} takes a whole number")
            return int(text)
        case str():
            if len(text) > LONGEST_TEXT or not text.isprintable():
                raise MalformedRequest(f"{feature.name} takes one line of up to {LONGEST_TEXT} characters")
            return text


def _set(work: UnitOfWork, what: tuple[Feature, FeatureValue], place: Place | None, occasion: Occasion) -> FlagValue:
    feature, value = what
    tenant = named_tenant(work, *place) if place else None
    work.flags.put(feature.name, tenant.id if tenant else None, value, occasion.now)
    _record(work, {"feature": feature.name, "value": value}, tenant, occasion)
    return FlagValue(feature=feature.name, tenant_id=tenant.id if tenant else None, value=value)


def _unset(work: UnitOfWork, feature: Feature, place: Place | None, occasion: Occasion) -> None:
    tenant = named_tenant(work, *place) if place else None
    if not work.flags.remove(feature.name, tenant.id if tenant else None):
        raise NotFound(f"{feature.name} is not set at run time {f'in {tenant.name}' if tenant else 'everywhere'}")
    _record(work, {"feature": feature.name, "unset": True}, tenant, occasion)


def _record(work: UnitOfWork, detail: dict[str, str | int | bool], tenant: Tenant | None, occasion: Occasion) -> None:
    if tenant is not None:
        detail |= {"kind": tenant.kind.value, "tenant": tenant.id}
    work.record(Event(name=EventName.FLAG_SET, detail=detail), source=occasion.source, now=occasion.now)


def _at_run_time(
    work: UnitOfWork, feature: Feature, tenant_id: TenantId | None, value: FeatureValue
) -> SetValue | None:
    if tenant_id is None:
        return SetValue(feature=feature, level=Level.RUN_TIME_GLOBAL, kind=None, tenant=None, value=value)
    tenant = work.tenants.by_id(tenant_id)
    if tenant is None:
        return None
    return SetValue(feature=feature, level=Level.RUN_TIME_TENANT, kind=tenant.kind, tenant=tenant.name, value=value)
