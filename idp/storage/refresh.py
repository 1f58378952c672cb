"""Refresh tokens: a session's chain, each link good for one use."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.ids import SessionId
from idp.core.secret import Digest, Sealed
from idp.ports.storage import RefreshToken
from idp.storage.columns import Instant
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, insertion
from idp.storage.tables import refresh, sessions

_NAMES = tuple(column.name for column in refresh.c)
_NOW = bindparam("now", type_=Instant)
_BY_DIGEST = refresh.c.digest == bindparam("of_digest")

_ADD = Statement(insertion(refresh))
_FIND = Statement(sa.select(*refresh.c).where(_BY_DIGEST))

# PostgreSQL holds the session's row until the commit, so that rotation and revocation come one after the other, whoever
# is first (threat row 20, Keycloak #51312). Revoking first leaves nothing to rotate; rotating first leaves a successor
# whose session is revoked a moment later. SQLite has one writer and needs no lock.
_LIVE_SESSION = (
    sa.select(sessions.c.id)
    .where(sessions.c.id == refresh.c.session_id, sessions.c.revoked_at.is_(None), sessions.c.expires_at > _NOW)
    .correlate(refresh)
    .with_for_update(key_share=True)
    .scalar_subquery()
)
_USE_UP = Statement(
    sa.update(refresh)
    .where(
        _BY_DIGEST,
        refresh.c.used_at.is_(None),
        refresh.c.expires_at > _NOW,
        refresh.c.session_id == _LIVE_SESSION,
    )
    .values(used_at=_NOW, successor=bindparam("successor"))
)
_FORGET_USED = Statement(
    sa.delete(refresh).where(
        refresh.c.session_id == bindparam("of_session"), refresh.c.used_at < bindparam("before", type_=Instant)
    )
)


class RefreshShelf(Shelf):
    __slots__ = ()

    def add(self, token: RefreshToken) -> None:
        self._count(_ADD, **{name: getattr(token, name) for name in _NAMES})

    def find(self, digest: Digest) -> RefreshToken | None:
        row = self._first(_FIND, of_digest=digest)
        return None if row is None else RefreshToken(**dict(zip(_NAMES, row, strict=True)))

    def rotate(self, digest: Digest, successor: RefreshToken, sealed: Sealed | None, now: datetime) -> bool:
        """Decided by one guarded statement (threat rows 18 and 19, Keycloak CVE-2026-1035)."""
        if self._count(_USE_UP, of_digest=digest, successor=sealed, now=now) != 1:
            return False
        self.add(successor)
        return True

    def forget_used(self, session_id: SessionId, *, before: datetime) -> int:
        return self._count(_FORGET_USED, of_session=session_id, before=before)
