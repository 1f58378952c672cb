"""Sessions: the row behind every cookie. What ends is marked and never comes back (threat rows 15 to 17)."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.account import Account
from idp.core.ids import AccountId, SessionId
from idp.core.session import Session
from idp.storage.accounts import COLUMNS as ACCOUNT_COLUMNS
from idp.storage.accounts import account_from
from idp.storage.columns import Instant
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, Values, insertion
from idp.storage.tables import accounts, sessions

_NAMES = tuple(column.name for column in sessions.c)
_NOW = bindparam("now", type_=Instant)
_BY_ID = sessions.c.id == bindparam("session_id")
_OF_ACCOUNT = sessions.c.account_id == bindparam("of_account")
_LIVE = sa.and_(sessions.c.revoked_at.is_(None), sessions.c.expires_at > _NOW)

_OPEN = Statement(insertion(sessions))
_RENEWED = ("methods", "authenticated_at", "last_seen_at", "expires_at", "ends_at", "address", "agent")
_RENEW = Statement(
    sa.update(sessions)
    .where(_BY_ID, _OF_ACCOUNT, sessions.c.contract == bindparam("of_contract"), _LIVE)
    .values({name: bindparam(f"new_{name}", type_=sessions.c[name].type) for name in _RENEWED})
)
_GET = Statement(sa.select(*sessions.c).where(_BY_ID))
_UNTIL = bindparam("until", type_=Instant)
_TOUCH = Statement(
    sa.update(sessions)
    .where(_BY_ID, _LIVE)
    .values(expires_at=sa.case((sessions.c.ends_at < _UNTIL, sessions.c.ends_at), else_=_UNTIL), last_seen_at=_NOW)
)
_REVOKE = Statement(sa.update(sessions).where(_BY_ID, _LIVE).values(revoked_at=_NOW))
_REVOKE_EVERY = Statement(sa.update(sessions).where(_LIVE).values(revoked_at=_NOW))
_REVOKE_ALL = Statement(
    sa.update(sessions).where(_OF_ACCOUNT, _LIVE, sessions.c.id != bindparam("keep")).values(revoked_at=_NOW)
)
_OF = Statement(
    sa.select(*sessions.c).where(_OF_ACCOUNT, _LIVE).order_by(sessions.c.authenticated_at.desc(), sessions.c.id.desc())
)
_HOLD_ALL = Statement(
    sa.select(sessions.c.id).where(_OF_ACCOUNT).order_by(sessions.c.id).with_for_update(key_share=True)
)
_ALL_LIVE = Statement(  # in the order of the index on expires_at
    sa.select(*sessions.c)
    .where(_LIVE)
    .order_by(sessions.c.expires_at.desc(), sessions.c.id.desc())
    .limit(bindparam("amount", type_=sa.Integer))
)


class SessionShelf(Shelf):
    __slots__ = ()

    def open(self, session: Session) -> None:
        self._count(_OPEN, **{name: getattr(session, name) for name in _NAMES})

    def renew(self, session: Session, now: datetime) -> bool:
        values = {f"new_{name}": getattr(session, name) for name in _RENEWED}
        whose = {"session_id": session.id, "of_account": session.account_id, "of_contract": session.contract}
        return self._count(_RENEW, **whose, **values, now=now) == 1

    def by_id(self, session_id: SessionId) -> Session | None:
        row = self._first(_GET, session_id=session_id)
        return None if row is None else _session_from(row)

    def principal(self, session_id: SessionId, *, held: bool = False) -> tuple[Session, Account] | None:
        wanted = _HELD_PRINCIPAL if held else _PRINCIPAL
        found: tuple[Session, Account] | None = self._noun(wanted, session_id=session_id)
        return found

    def touch(self, session_id: SessionId, *, expires_at: datetime, now: datetime) -> bool:
        """Never past the session's end."""
        return self._count(_TOUCH, session_id=session_id, until=expires_at, now=now) == 1

    def revoke(self, session_id: SessionId, now: datetime) -> bool:
        return self._count(_REVOKE, session_id=session_id, now=now) == 1

    def revoke_all(self, account_id: AccountId, now: datetime, *, keep: SessionId | None = None) -> int:
        return self._count(_REVOKE_ALL, of_account=account_id, now=now, keep=keep or "")

    def hold_all(self, account_id: AccountId) -> None:
        self._all(_HOLD_ALL, of_account=account_id)

    def revoke_every(self, now: datetime) -> int:
        return self._count(_REVOKE_EVERY, now=now)

    def of(self, account_id: AccountId, now: datetime) -> Sequence[Session]:
        return [_session_from(row) for row in self._all(_OF, of_account=account_id, now=now)]

    def live(self, now: datetime, *, limit: int) -> Sequence[Session]:
        return [_session_from(row) for row in self._all(_ALL_LIVE, now=now, amount=limit)]


def _session_from(row: Values) -> Session:
    values = dict(zip(_NAMES, row, strict=True))
    values["methods"] = tuple(values["methods"])
    return Session(**values)


def _principal_from(row: Values) -> tuple[Session, Account]:
    return _session_from(row[: len(_NAMES)]), account_from(row[len(_NAMES) :])


_BOTH = (
    sa.select(*sessions.c, *ACCOUNT_COLUMNS)
    .join_from(sessions, accounts, sessions.c.account_id == accounts.c.id)
    .where(_BY_ID)
)
_PRINCIPAL = Statement(_BOTH, _principal_from, remembers=1024)
_HELD_PRINCIPAL = Statement(_BOTH.with_for_update(read=True, of=sessions), _principal_from, remembers=1024)
