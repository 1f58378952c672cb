"""Browsers that an account signed in with before (threat row 34)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.ids import AccountId
from idp.core.secret import Digest
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, insertion
from idp.storage.tables import devices

_OF_ACCOUNT = devices.c.account_id == bindparam("of_account")
_INSERT = insertion(devices)

_ADD = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=[devices.c.account_id, devices.c.digest], set_={"seen_at": _INSERT.excluded.seen_at}
    )
)
_KNOWS = Statement(sa.select(devices.c.seen_at).where(_OF_ACCOUNT, devices.c.digest == bindparam("of_digest")))
_DROP = Statement(sa.delete(devices).where(_OF_ACCOUNT))


class DeviceShelf(Shelf):
    __slots__ = ()

    def add(self, digest: Digest, account_id: AccountId, now: datetime) -> None:
        """Adding a known one notes that it was seen again."""
        self._count(_ADD, digest=digest, account_id=account_id, seen_at=now)

    def knows(self, digest: Digest, account_id: AccountId) -> bool:
        return self._first(_KNOWS, of_account=account_id, of_digest=digest) is not None

    def drop(self, account_id: AccountId) -> None:
        self._count(_DROP, of_account=account_id)
