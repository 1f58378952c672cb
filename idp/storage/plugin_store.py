"""Plugins' own values, one name space each (threat row 71)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.storage.columns import Instant
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, insertion
from idp.storage.tables import plugin_store

_NOW = bindparam("now", type_=Instant)
_OWN = (plugin_store.c.plugin == bindparam("of_plugin"), plugin_store.c.key == bindparam("of_key"))
_INSERT = insertion(plugin_store)
_REPLACE = {"value": _INSERT.excluded.value, "expires_at": _INSERT.excluded.expires_at}
_KEY = [plugin_store.c.plugin, plugin_store.c.key]

_GET = Statement(
    sa.select(plugin_store.c.value).where(
        *_OWN, sa.or_(plugin_store.c.expires_at.is_(None), plugin_store.c.expires_at > _NOW)
    )
)
_PUT = Statement(_INSERT.on_conflict_do_update(index_elements=_KEY, set_=_REPLACE))
# what never expires has no `expires_at`, which no comparison finds
_ADD = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=_KEY, set_=_REPLACE, where=plugin_store.c.expires_at <= _NOW
    ).returning(plugin_store.c.key)
)
_REMOVE = Statement(sa.delete(plugin_store).where(*_OWN))


class PluginShelf(Shelf):
    __slots__ = ()

    def get(self, plugin: str, key: str, now: datetime) -> bytes | None:
        row = self._first(_GET, of_plugin=plugin, of_key=key, now=now)
        return None if row is None else row[0]

    def put(self, plugin: str, key: str, value: bytes, expires_at: datetime | None) -> None:
        self._count(_PUT, plugin=plugin, key=key, value=value, expires_at=expires_at)

    def add(self, plugin: str, key: str, value: bytes, expires_at: datetime | None, now: datetime) -> bool:
        row = self._first(_ADD, plugin=plugin, key=key, value=value, expires_at=expires_at, now=now)
        return row is not None

    def remove(self, plugin: str, key: str) -> None:
        self._count(_REMOVE, of_plugin=plugin, of_key=key)
