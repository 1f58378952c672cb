"""What is to be done after commit. A lease is a due time moved on: who dies holding one gives it back by dying."""

from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.ids import MessageId
from idp.ports.outbox import Parcel
from idp.storage.columns import Instant
from idp.storage.shelf import Driver, Shelf
from idp.storage.statements import Statement, insertion
from idp.storage.tables import outbox

_NAMES = tuple(column.name for column in outbox.c)
_BY_ID = outbox.c.id == bindparam("parcel_id")

_PUT = Statement(insertion(outbox))
# PostgreSQL: rows that another relay is taking are stepped over. A CTE that locks is evaluated once; a subquery may
# be evaluated more often, and would then lease more than it was asked to
_DUE = (
    sa.select(outbox.c.id)
    .where(outbox.c.due_at <= bindparam("now", type_=Instant))
    .order_by(outbox.c.due_at)
    .limit(bindparam("amount", type_=sa.Integer))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_LEASE = Statement(
    sa.update(outbox)
    .where(outbox.c.id.in_(sa.select(_DUE.c.id)))
    .values(due_at=bindparam("until", type_=Instant))
    .returning(*outbox.c)
)
_DONE = Statement(sa.delete(outbox).where(_BY_ID))
_POSTPONE = Statement(sa.update(outbox).where(_BY_ID).values(due_at=bindparam("due_at"), tries=outbox.c.tries + 1))
_DUE_AT = Statement(sa.select(sa.func.min(outbox.c.due_at, type_=Instant)))
_IS_THERE = Statement(sa.select(outbox.c.id).where(_BY_ID))


class OutboxShelf(Shelf):
    __slots__ = ("_note",)

    def __init__(self, driver: Driver, note: Callable[[], None]) -> None:
        super().__init__(driver)
        self._note = note

    def put(self, parcel: Parcel) -> None:
        self._count(_PUT, **{name: getattr(parcel, name) for name in _NAMES})
        self._note()

    def lease(self, *, now: datetime, until: datetime, limit: int) -> Sequence[Parcel]:
        """Oldest first; `due_at` of each is the end of the lease."""
        rows = self._all(_LEASE, now=now, until=until, amount=limit)
        parcels = [Parcel(**dict(zip(_NAMES, row, strict=True))) for row in rows]
        return sorted(parcels, key=lambda parcel: parcel.created_at)

    def done(self, parcel_id: MessageId) -> None:
        self._count(_DONE, parcel_id=parcel_id)

    def postpone(self, parcel_id: MessageId, *, due_at: datetime) -> None:
        self._count(_POSTPONE, parcel_id=parcel_id, due_at=due_at)

    def holds(self, parcel_ids: Sequence[MessageId]) -> bool:
        return any(self._first(_IS_THERE, parcel_id=parcel_id) is not None for parcel_id in parcel_ids)

    def due_at(self) -> datetime | None:
        row = self._first(_DUE_AT)
        return row[0] if row else None
