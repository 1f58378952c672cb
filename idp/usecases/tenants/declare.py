"""Tenants that the configuration names exist from the start on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from idp.core.ids import TenantId
from idp.core.tenant import Tenant, TenantKind
from idp.ports.ambient import Clock, Entropy
from idp.ports.storage import Store, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    kind: TenantKind
    name: str
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareTenants:
    """Adds what is missing and brings settings up to date. A tenant that the config no longer names stays."""

    store: Store
    clock: Clock
    entropy: Entropy

    async def __call__(self, declared: Sequence[Declared]) -> None:
        now = self.clock.now()
        if await self.store.read(lambda work: all(_stands(work, tenant) for tenant in declared)):
            return  # the usual start: nothing to write
        await self.store.transact(lambda work: self._declare(work, declared, now))

    def _declare(self, work: UnitOfWork, declared: Sequence[Declared], now: datetime) -> None:
        for wanted in declared:
            known = work.tenants.by_name(wanted.kind, wanted.name)
            if known is not None:
                work.tenants.update(replace(known, settings=wanted.settings))
                continue
            tenant_id = TenantId(self.entropy.id())
            work.tenants.add(
                Tenant(id=tenant_id, kind=wanted.kind, name=wanted.name, created_at=now, settings=wanted.settings)
            )


def _stands(work: UnitOfWork, wanted: Declared) -> bool:
    known = work.tenants.by_name(wanted.kind, wanted.name)
    return known is not None and dict(known.settings) == dict(wanted.settings)
