"""Credentials: one table for every kind."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.ids import AccountId
from idp.ports.storage import Credential
from idp.storage.columns import EPOCH, microseconds
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, insertion
from idp.storage.tables import credentials

_OWN = (credentials.c.account_id == bindparam("of_account"), credentials.c.kind == bindparam("of_kind"))

_GET = Statement(sa.select(credentials.c.data, credentials.c.version, credentials.c.changed_at).where(*_OWN))
_INSERT = insertion(credentials)
_PUT = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=[credentials.c.account_id, credentials.c.kind],
        set_={
            "data": _INSERT.excluded.data,
            "version": credentials.c.version + 1,
            "changed_at": _INSERT.excluded.changed_at,
        },
    )
)
_SWAP = Statement(
    sa.update(credentials)
    .where(*_OWN, credentials.c.version == bindparam("seen"))
    .values(data=bindparam("data"), version=credentials.c.version + 1, changed_at=bindparam("changed_at"))
)
_REMOVE = Statement(sa.delete(credentials).where(*_OWN))


class CredentialShelf(Shelf):
    __slots__ = ()

    def get(self, account_id: AccountId, kind: str) -> Credential | None:
        if (row := self._first(_GET, of_account=account_id, of_kind=kind)) is None:
            return None
        data, version, changed_at = row
        return Credential(account_id=account_id, kind=kind, data=data, version=version, changed_at=changed_at)

    def put(self, account_id: AccountId, kind: str, data: bytes, now: datetime) -> None:
        # the first version is a moment, so that none comes twice: a swap begun before remove and put must not succeed
        first = microseconds(now - EPOCH)
        self._count(_PUT, account_id=account_id, kind=kind, data=data, version=first, changed_at=now)

    def swap(self, account_id: AccountId, kind: str, data: bytes, version: int, now: datetime) -> bool:
        return self._count(_SWAP, of_account=account_id, of_kind=kind, seen=version, data=data, changed_at=now) == 1

    def remove(self, account_id: AccountId, kind: str) -> bool:
        return self._count(_REMOVE, of_account=account_id, of_kind=kind) == 1
