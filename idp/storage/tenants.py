"""Jurisdictions, teams, and who belongs to them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.errors import NotFound
from idp.core.ids import AccountId, TenantId
from idp.core.tenant import Membership, Tenant, TenantKind
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, Values, insertion
from idp.storage.tables import memberships, tenants

_NAMES = tuple(column.name for column in tenants.c)
_OF_ACCOUNT = memberships.c.account_id == bindparam("of_account")

_ADD = Statement(
    insertion(tenants).on_conflict_do_nothing(index_elements=[tenants.c.kind, tenants.c.name]).returning(tenants.c.id)
)
_UPDATE = Statement(
    sa.update(tenants)
    .where(tenants.c.id == bindparam("tenant_id"))
    .values(name=bindparam("name"), settings=bindparam("settings"))
)
_BY_ID = Statement(sa.select(*tenants.c).where(tenants.c.id == bindparam("tenant_id")))
_KIND = tenants.c.kind == bindparam("of_kind")
_OF_KIND = Statement(sa.select(*tenants.c).where(_KIND))
_BY_NAME = Statement(sa.select(*tenants.c).where(_KIND, tenants.c.name == bindparam("of_name")))
_OF = Statement(
    sa.select(memberships.c.role, *tenants.c)
    .join_from(memberships, tenants, memberships.c.tenant_id == tenants.c.id)
    .where(_OF_ACCOUNT)
)
_INSERT = insertion(memberships)
_JOIN = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=[memberships.c.account_id, memberships.c.tenant_id], set_={"role": _INSERT.excluded.role}
    )
)
_LEAVE = Statement(sa.delete(memberships).where(_OF_ACCOUNT, memberships.c.tenant_id == bindparam("of_tenant")))


class TenantShelf(Shelf):
    __slots__ = ()

    def add(self, tenant: Tenant) -> bool:
        return self._first(_ADD, **{name: getattr(tenant, name) for name in _NAMES}) is not None

    def update(self, tenant: Tenant) -> None:
        """Writes name and settings. Raises NotFound."""
        if not self._count(_UPDATE, tenant_id=tenant.id, name=tenant.name, settings=tenant.settings):
            raise NotFound

    def by_name(self, kind: TenantKind, name: str) -> Tenant | None:
        return _tenant_or_none(self._first(_BY_NAME, of_kind=kind, of_name=name))

    def by_id(self, tenant_id: TenantId) -> Tenant | None:
        return _tenant_or_none(self._first(_BY_ID, tenant_id=tenant_id))

    def all(self, kind: TenantKind) -> Sequence[Tenant]:
        """By name."""
        return sorted((_tenant_from(row) for row in self._all(_OF_KIND, of_kind=kind)), key=_name)

    def of(self, account_id: AccountId) -> tuple[Membership, ...]:
        found = [
            Membership(account_id=account_id, tenant=_tenant_from(tenant), role=role)
            for role, *tenant in self._all(_OF, of_account=account_id)
        ]
        return tuple(sorted(found, key=lambda membership: (membership.tenant.kind, membership.tenant.name)))

    def join(self, account_id: AccountId, tenant_id: TenantId, role: str, now: datetime) -> None:
        self._count(_JOIN, account_id=account_id, tenant_id=tenant_id, role=role, joined_at=now)

    def leave(self, account_id: AccountId, tenant_id: TenantId) -> bool:
        return self._count(_LEAVE, of_account=account_id, of_tenant=tenant_id) == 1


def _name(tenant: Tenant) -> str:
    """Sorted here and not by the database, whose order of letters is its own."""
    return tenant.name


def _tenant_from(row: Values) -> Tenant:
    values = dict(zip(_NAMES, row, strict=True))
    return Tenant(**values | {"kind": TenantKind(values["kind"])})


def _tenant_or_none(row: Values | None) -> Tenant | None:
    return None if row is None else _tenant_from(row)
