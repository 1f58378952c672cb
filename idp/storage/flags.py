"""Values of features, set at run time."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.feature import FeatureValue
from idp.core.ids import AccountId, TenantId
from idp.core.tenant import TenantKind
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, Values, insertion
from idp.storage.tables import flags, memberships, tenants

_EVERYWHERE = ""
_VALUES = sa.select(flags.c.feature, flags.c.tenant_id, flags.c.value)
_ALL = Statement(_VALUES)
_OF = Statement(
    _VALUES.where(
        flags.c.tenant_id.in_(
            sa.union_all(
                sa.select(sa.literal_column("''")),
                sa.select(memberships.c.tenant_id).where(memberships.c.account_id == bindparam("of_account")),
            )
        )
    )
)
_WITHIN = Statement(_VALUES.where(sa.or_(flags.c.tenant_id == _EVERYWHERE, flags.c.tenant_id == bindparam("tenant"))))
_IS_ON = Statement(
    sa.select(flags.c.tenant_id)
    .join(tenants, tenants.c.id == flags.c.tenant_id)
    .where(
        flags.c.feature == bindparam("of_feature"),
        flags.c.value == bindparam("on", type_=flags.c.value.type),
        tenants.c.kind == bindparam("of_kind"),
    )
    .limit(sa.literal_column("1"))
)
_INSERT = insertion(flags)
_PUT = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=[flags.c.feature, flags.c.tenant_id],
        set_={"value": _INSERT.excluded.value, "changed_at": _INSERT.excluded.changed_at},
    )
)
_REMOVE = Statement(
    sa.delete(flags).where(flags.c.feature == bindparam("of_feature"), flags.c.tenant_id == bindparam("of_tenant"))
)


class FlagShelf(Shelf):
    __slots__ = ()

    def all(self) -> Mapping[tuple[str, TenantId | None], FeatureValue]:
        return _by_key(self._all(_ALL))

    def of(self, account_id: AccountId) -> Mapping[tuple[str, TenantId | None], FeatureValue]:
        return _by_key(self._all(_OF, of_account=account_id))

    def within(self, tenant_id: TenantId | None) -> Mapping[tuple[str, TenantId | None], FeatureValue]:
        return _by_key(self._all(_WITHIN, tenant=tenant_id or _EVERYWHERE))

    def is_on_in_some(self, feature: str, kind: TenantKind) -> bool:
        return self._first(_IS_ON, of_feature=feature, on=True, of_kind=kind.value) is not None

    def put(self, feature: str, tenant_id: TenantId | None, value: FeatureValue, now: datetime) -> None:
        self._count(_PUT, feature=feature, tenant_id=tenant_id or _EVERYWHERE, value=value, changed_at=now)

    def remove(self, feature: str, tenant_id: TenantId | None) -> bool:
        return self._count(_REMOVE, of_feature=feature, of_tenant=tenant_id or _EVERYWHERE) == 1


def _by_key(rows: Iterable[Values]) -> Mapping[tuple[str, TenantId | None], FeatureValue]:
    return {(feature, tenant_id or None): value for feature, tenant_id, value in rows}
