"""Authorization codes and refresh tokens: each is good for one use. A replay is noticed while the grant is kept."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.grant import AuthorizationCode, GrantToken
from idp.core.secret import Digest, Sealed
from idp.storage.oauth.grants import IS_LIVE, NOW
from idp.storage.oauth.tables import codes, grant_tokens, grants
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, insertion

_CODE_NAMES = tuple(column.name for column in codes.c)
_TOKEN_NAMES = tuple(column.name for column in grant_tokens.c)
_OF_DIGEST: sa.BindParameter[bytes] = bindparam("of_digest", type_=sa.LargeBinary)


def live_grant(grant_id: sa.Column[str]) -> sa.ScalarSelect[str]:
    """The grant that a row hangs on, if it is live: held until the commit (see `grants`)."""
    return (
        sa.select(grants.c.id)
        .where(grants.c.id == grant_id, IS_LIVE)
        .correlate(grant_id.table)
        .with_for_update(key_share=True, of=grants)
        .scalar_subquery()
    )


_ADD_CODE = Statement(insertion(codes))
_FIND_CODE = Statement(sa.select(*codes.c).where(codes.c.digest == _OF_DIGEST))
_CLAIM = Statement(
    sa.update(codes)
    .where(
        codes.c.digest == _OF_DIGEST,
        codes.c.used_at.is_(None),
        codes.c.expires_at > NOW,
        codes.c.grant_id == live_grant(codes.c.grant_id),
    )
    .values(used_at=NOW)
)

_ADD_TOKEN = Statement(insertion(grant_tokens))
_FIND_TOKEN = Statement(sa.select(*grant_tokens.c).where(grant_tokens.c.digest == _OF_DIGEST))
_USE_UP = Statement(
    sa.update(grant_tokens)
    .where(
        grant_tokens.c.digest == _OF_DIGEST,
        grant_tokens.c.used_at.is_(None),
        grant_tokens.c.expires_at > NOW,
        grant_tokens.c.grant_id == live_grant(grant_tokens.c.grant_id),
    )
    .values(used_at=NOW, successor=bindparam("successor"))
)


class CodeShelf(Shelf):
    __slots__ = ()

    def add(self, code: AuthorizationCode) -> None:
        self._count(_ADD_CODE, **{name: getattr(code, name) for name in _CODE_NAMES})

    def find(self, digest: Digest) -> AuthorizationCode | None:
        row = self._first(_FIND_CODE, of_digest=digest)
        return None if row is None else AuthorizationCode(**dict(zip(_CODE_NAMES, row, strict=True)))

    def claim(self, digest: Digest, now: datetime) -> bool:
        """Decided by one guarded statement (threat row 91)."""
        return self._count(_CLAIM, of_digest=digest, now=now) == 1


class GrantTokenShelf(Shelf):
    __slots__ = ()

    def add(self, token: GrantToken) -> None:
        self._count(_ADD_TOKEN, **{name: getattr(token, name) for name in _TOKEN_NAMES})

    def find(self, digest: Digest) -> GrantToken | None:
        row = self._first(_FIND_TOKEN, of_digest=digest)
        return None if row is None else GrantToken(**dict(zip(_TOKEN_NAMES, row, strict=True)))

    def rotate(self, digest: Digest, successor: GrantToken, sealed: Sealed | None, now: datetime) -> bool:
        """Decided by one guarded statement (threat rows 18 and 19, Keycloak CVE-2026-1035)."""
        if self._count(_USE_UP, of_digest=digest, successor=sealed, now=now) != 1:
            return False
        self.add(successor)
        return True
