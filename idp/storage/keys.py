"""Signing keys, with their private parts sealed."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.ids import KeyId
from idp.ports.storage import StoredKey
from idp.storage.columns import Instant
from idp.storage.shelf import Driver, Shelf
from idp.storage.statements import Statement, insertion
from idp.storage.tables import keys

_NAMES = tuple(column.name for column in keys.c)
_NOW = bindparam("now", type_=Instant)
_STATE = bindparam("new_state", type_=sa.Text)
_BY_ID = keys.c.id == bindparam("key_id")
_KEY_RING = 0x6964702D6B657973  # "idp-keys"

_ALL = Statement(sa.select(*keys.c).order_by(keys.c.created_at, keys.c.id))
_ADD = Statement(insertion(keys))
_ADVANCE = Statement(
    sa.update(keys)
    .where(_BY_ID, keys.c.state == bindparam("expected"))
    .values(
        state=_STATE,
        activated_at=sa.case((_STATE == "active", _NOW), else_=keys.c.activated_at),
        retired_at=sa.case((_STATE == "retired", _NOW), else_=keys.c.retired_at),
    )
)
_REMOVE = Statement(sa.delete(keys).where(_BY_ID))


class KeyShelf(Shelf):
    """In a writing unit, who has read the key ring holds it until the commit.

    So two servers that start on an empty database make one key, not two. (SQLite's writer holds everything anyway.)
    """

    __slots__ = ("_holds",)

    def __init__(self, driver: Driver, *, holds: bool) -> None:
        super().__init__(driver)
        self._holds = holds

    def all(self) -> Sequence[StoredKey]:
        """Oldest first."""
        if self._holds:
            self._driver.hold(_KEY_RING)
        return [StoredKey(**dict(zip(_NAMES, row, strict=True))) for row in self._all(_ALL)]

    def add(self, key: StoredKey) -> None:
        self._count(_ADD, **{name: getattr(key, name) for name in _NAMES})

    def advance(self, key_id: KeyId, *, expected: str, state: str, now: datetime) -> bool:
        return self._count(_ADVANCE, key_id=key_id, expected=expected, new_state=state, now=now) == 1

    def remove(self, key_id: KeyId) -> bool:
        return self._count(_REMOVE, key_id=key_id) == 1
