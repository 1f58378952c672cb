"""Jurisdictions with what is switched on in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.core.errors import NotFound
from idp.core.feature import Feature, FeatureKind, FlagTable
from idp.core.tenant import Tenant, TenantKind
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.tenants.features import FeatureBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Switched:
    """A tenant and its boolean features, by the contract's spelling where one exists."""

    tenant: Tenant
    features: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowJurisdictions:
    """Public: what a sign-in page must know before anybody signed in."""

    store: Store
    book: FeatureBook

    async def all(self) -> Sequence[Switched]:
        tenants, table = await self.store.read(self._all)
        return [await self._settle(table, tenant) for tenant in tenants]

    async def by_name(self, name: str) -> Switched:
        """Raises NotFound."""
        tenant, table = await self.store.read(lambda work: self._by_name(work, name))
        return await self._settle(table, tenant)

    def _all(self, work: UnitOfWork) -> tuple[Sequence[Tenant], FlagTable]:
        return work.tenants.all(TenantKind.JURISDICTION), self.book.table(work)

    def _by_name(self, work: UnitOfWork, name: str) -> tuple[Tenant, FlagTable]:
        tenant = work.tenants.by_name(TenantKind.JURISDICTION, name)
        if tenant is None:
            raise NotFound
        return tenant, self.book.table_in(work, tenant)

    async def _settle(self, table: FlagTable, tenant: Tenant) -> Switched:
        settled = await self.book.ask_source(table, [tenant], self.book.features)
        return Switched(tenant=tenant, features=switched(self.book, settled, tenant))


def concerning_apps(book: FeatureBook) -> Sequence[Feature]:
    """What signing in takes, the ways in, and the operator's own.

    Which senders and rules are installed is nobody's business (row 138).
    """
    ways = {*book.extensions.code_sign_ins, *(one.context.name for one in book.extensions.second_factors.values())}
    return [one for one in book.features.values() if one.kind is not FeatureKind.PERMISSION or one.name in ways]


def switched(book: FeatureBook, table: FlagTable, tenant: Tenant) -> tuple[tuple[str, bool], ...]:
    """The boolean features that concern an app, by the contract's spelling where one exists."""
    values = ((feature.alias or feature.name, table.value(feature, [tenant])) for feature in concerning_apps(book))
    return tuple((name, value) for name, value in values if isinstance(value, bool))
