"""The audit trail. It is only ever added to; what refers to nobody outlives everybody."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.events import Event, EventName
from idp.core.ids import AccountId
from idp.core.session import Source
from idp.ports.storage import AuditEntry
from idp.storage.shelf import Shelf, Values
from idp.storage.tables import audit

_WRITE = sa.insert(audit)
_KNOWN = frozenset(name.value for name in EventName)


class AuditShelf(Shelf):
    __slots__ = ()

    def write(self, event: Event, source: Source, now: datetime) -> None:
        self._count(
            _WRITE,
            at=now,
            name=event.name,
            account_id=event.account_id,
            event=event.to_json(),
            address=source.address,
            agent=source.agent,
            request_id=source.request_id,
            contract=source.contract,
        )

    def page(
        self,
        *,
        after: int = 0,
        limit: int = 100,
        account_id: AccountId | None = None,
        name: str | None = None,
        newest_first: bool = False,
    ) -> Sequence[AuditEntry]:
        """By number, beyond `after`: above it, or below it where the newest come first (0: from the end)."""
        statement = sa.select(*audit.c).limit(bindparam("amount", type_=sa.Integer))
        if newest_first:
            statement = statement.order_by(audit.c.number.desc())
            statement = statement.where(audit.c.number < after) if after else statement
        else:
            statement = statement.order_by(audit.c.number).where(audit.c.number > after)
        if account_id is not None:
            statement = statement.where(audit.c.account_id == account_id)
        if name is not None:
            statement = statement.where(audit.c.name == name)
        rows = self._all(statement, amount=limit)
        # written by a newer version, which may run beside this one: not ours to read
        return [_entry(row) for row in rows if row[2] in _KNOWN]


def _entry(row: Values) -> AuditEntry:
    number, at, _, _, event, address, agent, request_id, contract = row
    source = Source(address=address, agent=agent, request_id=request_id, contract=contract)
    return AuditEntry(number=number, at=at, event=Event.from_json(event), source=source)
