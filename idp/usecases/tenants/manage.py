"""Jurisdictions and teams at run time, and who belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.core.account import Account
from idp.core.errors import MalformedRequest, NotFound
from idp.core.events import Event, EventName
from idp.core.feature import FlagTable
from idp.core.ids import TenantId
from idp.core.session import Source
from idp.core.tenant import Membership, Tenant, TenantKind
from idp.ports.ambient import Clock, Entropy
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.named import USUAL_ROLE, named_account, named_place, named_tenant
from idp.usecases.occasion import Occasion
from idp.usecases.tenants.features import FeatureBook
from idp.usecases.tenants.show import Switched, switched

LONGEST_NAME = 128
LONGEST_ROLE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageTenants:
    """In effect for whatever begins after the commit, in every process."""

    store: Store
    clock: Clock
    entropy: Entropy
    book: FeatureBook

    async def create(self, kind: TenantKind, name: str, source: Source) -> tuple[Tenant, bool]:
        """The tenant, and whether it was made now: asking twice is no mistake. Raises MalformedRequest."""
        check_tenant_name(name)
        if kind is TenantKind.JURISDICTION:
            check_reachable(name)
        occasion = self._now(source)
        tenant = Tenant(id=TenantId(self.entropy.id()), kind=kind, name=name, created_at=occasion.now)
        return await self.store.transact(lambda work: _create(work, tenant, occasion))

    async def all(self, kind: TenantKind) -> Sequence[Tenant]:
        return await self.store.read(lambda work: work.tenants.all(kind))

    async def show(self, kind: TenantKind, name: str) -> Switched:
        """With what holds in it, were it alone. Raises UnknownTenant."""

        def find(work: UnitOfWork) -> tuple[Tenant, FlagTable]:
            tenant = named_tenant(work, kind, name)
            return tenant, self.book.table_in(work, tenant)

        tenant, table = await self.store.read(find)
        settled = await self.book.ask_source(table, [tenant], self.book.features)
        return Switched(tenant=tenant, features=switched(self.book, settled, tenant))

    async def join(self, account: str, kind: TenantKind, place: str, source: Source) -> tuple[Account, Membership]:
        """Adds the account to `NAME` or `NAME:ROLE`, or changes its role there. Raises NotFound, UnknownTenant."""
        occasion = self._now(source)
        return await self.store.transact(lambda work: _join(work, account, (kind, place), occasion))

    async def leave(self, account: str, kind: TenantKind, name: str, source: Source) -> tuple[Account, Tenant]:
        """Raises NotFound, also when the account was no member, and UnknownTenant."""
        occasion = self._now(source)
        return await self.store.transact(lambda work: _leave(work, account, (kind, name), occasion))

    def _now(self, source: Source) -> Occasion:
        return Occasion(source=source, now=self.clock.now())


def check_tenant_name(name: str) -> None:
    """Raises MalformedRequest for what could not be told from another name, or breaks a line."""
    if not 0 < len(name) <= LONGEST_NAME or name != name.strip() or not name.isprintable():
        raise MalformedRequest(
            f"the name of a tenant has 1 to {LONGEST_NAME} printable characters, no blanks around it"
        )


def check_reachable(name: str) -> None:
    """Raises MalformedRequest for what is no segment of a path: GET /jurisdictions/byName/{name} never sees it."""
    if "/" in name or name in {".", ".."}:
        raise MalformedRequest("the name of a jurisdiction has no slash: it is a part of an address")


def _create(work: UnitOfWork, tenant: Tenant, occasion: Occasion) -> tuple[Tenant, bool]:
    if not work.tenants.add(tenant):
        return named_tenant(work, tenant.kind, tenant.name), False
    event = Event(name=EventName.TENANT_CREATED, detail={"kind": tenant.kind.value, "tenant": tenant.id})
    work.record(event, source=occasion.source, now=occasion.now)
    return tenant, True


def _join(work: UnitOfWork, name: str, place: tuple[TenantKind, str], occasion: Occasion) -> tuple[Account, Membership]:
    account = named_account(work, name)
    tenant, role = named_place(work, *place)
    if len(role) > LONGEST_ROLE or not role.isprintable() or not role.strip():
        raise MalformedRequest(f"a role has 1 to {LONGEST_ROLE} printable characters; the usual one is {USUAL_ROLE}")
    work.tenants.join(account.id, tenant.id, role, occasion.now)
    detail = {"kind": tenant.kind.value, "tenant": tenant.id, "role": role}
    event = Event(name=EventName.MEMBERSHIP_SET, account_id=account.id, detail=detail)
    work.record(event, source=occasion.source, now=occasion.now)
    return account, Membership(account_id=account.id, tenant=tenant, role=role)


def _leave(work: UnitOfWork, name: str, place: tuple[TenantKind, str], occasion: Occasion) -> tuple[Account, Tenant]:
    account = named_account(work, name)
    tenant = named_tenant(work, *place)
    if not work.tenants.leave(account.id, tenant.id):
        raise NotFound(f"the account is no member of {tenant.name}")
    detail = {"kind": tenant.kind.value, "tenant": tenant.id, "left": True}
    event = Event(name=EventName.MEMBERSHIP_SET, account_id=account.id, detail=detail)
    work.record(event, source=occasion.source, now=occasion.now)
    return account, tenant
