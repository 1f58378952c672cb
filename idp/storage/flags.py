"""Values of features, set at run time."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.feature import FeatureValue
from idp.core.ids import TenantId
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, insertion
from idp.storage.tables import flags

_ALL = Statement(sa.select(flags.c.feature, flags.c.tenant_id, flags.c.value))
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
        return {(feature, tenant_id or None): value for feature, tenant_id, value in self._all(_ALL)}

    def put(self, feature: str, tenant_id: TenantId | None, value: FeatureValue, now: datetime) -> None:
        self._count(_PUT, feature=feature, tenant_id=tenant_id or "", value=value, changed_at=now)

    def remove(self, feature: str, tenant_id: TenantId | None) -> bool:
        return self._count(_REMOVE, of_feature=feature, of_tenant=tenant_id or "") == 1
