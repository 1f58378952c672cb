"""Reading the audit trail."""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.core.errors import MalformedRequest, NotFound
from idp.core.events import EventName
from idp.core.ids import AccountId
from idp.ports.storage import AuditEntry, Store, UnitOfWork
from idp.usecases.named import named_account


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """`account` is an address, or an id, be it that of an account long deleted. `event` is an event's name."""

    account: str | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTrail:
    """Entries in the order of their numbers. Raises NotFound for an unknown address, MalformedRequest for an event."""

    store: Store

    async def latest(self, which: Which, limit: int) -> Sequence[AuditEntry]:
        check(which)
        newest = await self.store.read(lambda work: _page(work, which, after=0, limit=limit, newest_first=True))
        return newest[::-1]

    async def after(self, number: int, which: Which, limit: int) -> Sequence[AuditEntry]:
        """What was recorded since the entry of this number."""
        check(which)
        return await self.store.read(lambda work: _page(work, which, after=number, limit=limit, newest_first=False))

    async def last_number(self) -> int:
        """Of the entry recorded last; 0 when there is none."""
        return await self.store.read(lambda work: work.audit.last_number())


def check(which: Which) -> None:
    if which.event is not None and which.event not in {name.value for name in EventName}:
        raise MalformedRequest(f"no event is named {which.event}")


def _page(work: UnitOfWork, which: Which, *, after: int, limit: int, newest_first: bool) -> Sequence[AuditEntry]:
    return work.audit.page(
        after=after,
        limit=limit,
        account_id=_account_id(work, which.account) if which.account else None,
        name=which.event,
        newest_first=newest_first,
    )


def _account_id(work: UnitOfWork, name: str) -> AccountId:
    try:
        return named_account(work, name).id
    except NotFound:
        if "@" in name:
            raise
        return AccountId(name)
