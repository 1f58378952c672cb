"""What may be used once, or so many times: proofs and assertions, and initial access tokens."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.secret import Digest
from idp.ports.oauth_storage import InitialToken
from idp.storage.columns import Instant
from idp.storage.oauth.tables import initial_tokens, replays
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, insertion

_NOW = bindparam("now", type_=Instant)

_INSERT = insertion(replays)
_REMEMBER = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=[replays.c.purpose, replays.c.digest],
        set_={"expires_at": _INSERT.excluded.expires_at},
        where=replays.c.expires_at <= _NOW,
    ).returning(replays.c.expires_at)
)
_KNOWS = Statement(
    sa.select(replays.c.expires_at).where(
        replays.c.purpose == bindparam("of_purpose"),
        replays.c.digest == bindparam("of_digest"),
        replays.c.expires_at > _NOW,
    )
)

_NAMES = tuple(column.name for column in initial_tokens.c)
_THIS = initial_tokens.c.digest == bindparam("of_digest")
_ADD = Statement(insertion(initial_tokens))
_LIVE = sa.and_(
    _THIS,
    initial_tokens.c.expires_at > _NOW,
    sa.or_(initial_tokens.c.uses_left.is_(None), initial_tokens.c.uses_left > 0),
)
_IS_LIVE = Statement(sa.select(initial_tokens.c.digest).where(_LIVE))
_SPEND = Statement(sa.update(initial_tokens).where(_LIVE).values(uses_left=initial_tokens.c.uses_left - 1))
_ALL = Statement(sa.select(*initial_tokens.c).order_by(initial_tokens.c.created_at, initial_tokens.c.digest))
_REMOVE = Statement(sa.delete(initial_tokens).where(_THIS))


class ReplayShelf(Shelf):
    __slots__ = ()

    def remember(self, purpose: str, digest: Digest, expires_at: datetime, now: datetime) -> bool:
        row = self._first(_REMEMBER, purpose=purpose, digest=digest, expires_at=expires_at, now=now)
        return row is not None

    def knows(self, purpose: str, digest: Digest, now: datetime) -> bool:
        return self._first(_KNOWS, of_purpose=purpose, of_digest=digest, now=now) is not None


class InitialTokenShelf(Shelf):
    __slots__ = ()

    def add(self, token: InitialToken) -> None:
        self._count(_ADD, **{name: getattr(token, name) for name in _NAMES})

    def is_live(self, digest: Digest, now: datetime) -> bool:
        return self._first(_IS_LIVE, of_digest=digest, now=now) is not None

    def spend(self, digest: Digest, now: datetime) -> bool:
        return self._count(_SPEND, of_digest=digest, now=now) == 1

    def all(self) -> Sequence[InitialToken]:
        """Oldest first."""
        return [InitialToken(**dict(zip(_NAMES, row, strict=True))) for row in self._all(_ALL)]

    def remove(self, digest: Digest) -> bool:
        return self._count(_REMOVE, of_digest=digest) == 1
