"""The audit trail. It is only ever added to; what refers to nobody outlives everybody."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.events import Event, EventName
from idp.core.ids import AccountId
from idp.core.session import Source
from idp.ports.storage import AuditEntry
from idp.storage.columns import Instant
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, Values, insertion
from idp.storage.tables import audit

_WRITE = Statement(insertion(audit, generated="number"))
_BEYOND = 2**62
_KNOWN = frozenset(name.value for name in EventName)


@cache
def _page(of_account: bool, of_name: bool, newest_first: bool) -> Statement:
    number = audit.c.number
    after = bindparam("after", type_=sa.BigInteger)
    wanted = [number < after if newest_first else number > after]
    if of_account:
        wanted.append(audit.c.account_id == bindparam("of_account"))
    if of_name:
        wanted.append(audit.c.name == bindparam("of_name"))
    order = number.desc() if newest_first else number
    return Statement(sa.select(*audit.c).where(*wanted).order_by(order).limit(bindparam("amount", type_=sa.Integer)))


_LAST = Statement(sa.select(sa.func.max(audit.c.number)))


@cache
def _counting(names: tuple[str, ...]) -> Statement:
    return Statement(
        sa.select(sa.func.count()).where(
            audit.c.number > bindparam("after", type_=sa.BigInteger),
            audit.c.at >= bindparam("since", type_=Instant),
            sa.or_(*(audit.c.name == name for name in names)),
        )
    )


class AuditShelf(Shelf):
    __slots__ = ()

    def last_number(self) -> int:
        return int(self._all(_LAST)[0][0] or 0)

    def count(self, names: tuple[str, ...], *, after: int, since: datetime) -> int:
        return int(self._all(_counting(names), after=after, since=since)[0][0])

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
        after = after or _BEYOND if newest_first else after
        statement = _page(account_id is not None, name is not None, newest_first)
        rows = self._all(statement, amount=limit, after=after, of_account=account_id, of_name=name)
        # written by a newer version, which may run beside this one: not ours to read
        return [_entry(row) for row in rows if row[2] in _KNOWN]


def _entry(row: Values) -> AuditEntry:
    number, at, _, _, event, address, agent, request_id, contract = row
    source = Source(address=address, agent=agent, request_id=request_id, contract=contract)
    return AuditEntry(number=number, at=at, event=Event.from_json(event), source=source)
