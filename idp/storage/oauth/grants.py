"""Grants, and what hangs on them: codes and refresh tokens.

PostgreSQL holds a grant's row from the claim of its code or token to the commit, so that claim and revocation come one
after the other, whoever is first (threat rows 19, 20; Keycloak #51312). Revoking first leaves nothing to claim;
claiming first leaves tokens whose grant is revoked a moment later. SQLite has one writer and needs no lock.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.grant import Grant
from idp.core.ids import AccountId, ClientId, GrantId, SessionId
from idp.ports.oauth_storage import LiveGrant
from idp.storage.columns import Instant, Json
from idp.storage.oauth.tables import grants, session_clients
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, Values, insertion
from idp.storage.tables import accounts, sessions

_COLUMNS = tuple(column for column in grants.c if column.name != "is_offline")
_NAMES = tuple(column.name for column in _COLUMNS)
_TUPLES = ("scope", "resources", "methods")
NOW = bindparam("now", type_=Instant)
_BY_ID = grants.c.id == bindparam("of_grant")
_OF_ACCOUNT = grants.c.account_id == bindparam("of_account")
_UNREVOKED = grants.c.revoked_at.is_(None)

_LIVE_SESSION = (
    sa.select(sessions.c.id)
    .where(sessions.c.id == grants.c.session_id, sessions.c.revoked_at.is_(None), sessions.c.expires_at > NOW)
    .correlate(grants)
)
IS_LIVE = sa.and_(
    _UNREVOKED,
    grants.c.expires_at > NOW,
    sa.or_(grants.c.is_offline, grants.c.session_id.is_(None), sa.exists(_LIVE_SESSION)),
)
"""Whether a grant can still be bought from: neither it nor the session it hangs on is over."""

_OPEN = Statement(insertion(grants))
_NOTE_CLIENT = Statement(
    insertion(session_clients).on_conflict_do_nothing(
        index_elements=[session_clients.c.session_id, session_clients.c.client_id]
    )
)
_GET = Statement(sa.select(*_COLUMNS).where(_BY_ID))
_REVOKE = Statement(sa.update(grants).where(_BY_ID, _UNREVOKED).values(revoked_at=NOW))
_REVOKE_OF = Statement(
    sa.update(grants)
    .where(
        _OF_ACCOUNT,
        _UNREVOKED,
        grants.c.client_id == sa.func.coalesce(bindparam("of_client", type_=sa.Text), grants.c.client_id),
        sa.or_(grants.c.is_offline.is_(False), bindparam("offline_too", type_=sa.Boolean)),
    )
    .values(revoked_at=NOW)
)
_REVOKE_SESSION = Statement(
    sa.update(grants)
    .where(grants.c.session_id == bindparam("of_session"), _UNREVOKED, grants.c.is_offline.is_(False))
    .values(revoked_at=NOW)
)
_REVOKE_EVERY = Statement(sa.update(grants).where(_UNREVOKED).values(revoked_at=NOW))
_BIND = Statement(sa.update(grants).where(_BY_ID).values(confirmation=bindparam("confirmation", type_=Json)))
_PROLONG = Statement(
    sa.update(grants)
    .where(_BY_ID, grants.c.expires_at < bindparam("until", type_=Instant))
    .values(expires_at=bindparam("until", type_=Instant))
)
_OF = Statement(
    sa.select(*_COLUMNS).where(_OF_ACCOUNT, IS_LIVE).order_by(grants.c.created_at.desc(), grants.c.id.desc())
)
_CLIENTS_OF = Statement(
    sa.select(session_clients.c.client_id, session_clients.c.subject)
    .where(session_clients.c.session_id == bindparam("of_session"))
    .order_by(session_clients.c.client_id)
)
_LIVE_ROWS = session_clients.join(sessions, session_clients.c.session_id == sessions.c.id)
_IN_LIVE_ONE = sa.and_(sessions.c.revoked_at.is_(None), sessions.c.expires_at > NOW)
_SESSIONS_OF = Statement(
    sa.select(session_clients.c.session_id)
    .select_from(_LIVE_ROWS)
    .where(
        session_clients.c.client_id == bindparam("of_client"),
        session_clients.c.subject == bindparam("of_subject"),
        _IN_LIVE_ONE,
    )
    .order_by(session_clients.c.session_id)
)
_SIGNED_IN = Statement(
    sa.select(session_clients.c.session_id, session_clients.c.client_id, session_clients.c.subject)
    .select_from(_LIVE_ROWS)
    .where(_IN_LIVE_ONE)
    .order_by(session_clients.c.session_id, session_clients.c.client_id)
)


class GrantShelf(Shelf):
    __slots__ = ()

    def open(self, grant: Grant) -> None:
        values = {name: getattr(grant, name) for name in _NAMES}
        self._count(_OPEN, **values, is_offline=grant.is_offline)
        if grant.session_id is not None:
            names = ("session_id", "client_id", "subject")
            self._count(_NOTE_CLIENT, **{name: values[name] for name in names})

    def by_id(self, grant_id: GrantId) -> Grant | None:
        row = self._first(_GET, of_grant=grant_id)
        return None if row is None else _grant_from(row)

    def live(self, grant_id: GrantId, now: datetime) -> LiveGrant | None:
        found: tuple[Values, Grant] | None = self._noun(_LIVE, of_grant=grant_id)
        if found is None:
            return None
        (ends_at, revoked_at, disabled_at), grant = found
        hangs_on_none = grant.is_offline or grant.session_id is None
        return LiveGrant(
            grant=grant,
            session_is_live=hangs_on_none or (ends_at is not None and now < ends_at and revoked_at is None),
            account_is_enabled=disabled_at is None,
        )

    def revoke(self, grant_id: GrantId, now: datetime) -> bool:
        return self._count(_REVOKE, of_grant=grant_id, now=now) == 1

    def revoke_of(
        self, account_id: AccountId, now: datetime, *, client_id: ClientId | None = None, online_only: bool = False
    ) -> int:
        return self._count(_REVOKE_OF, of_account=account_id, now=now, of_client=client_id, offline_too=not online_only)

    def revoke_session(self, session_id: SessionId, now: datetime) -> int:
        return self._count(_REVOKE_SESSION, of_session=session_id, now=now)

    def revoke_every(self, now: datetime) -> int:
        return self._count(_REVOKE_EVERY, now=now)

    def bind(self, grant_id: GrantId, confirmation: Mapping[str, str]) -> None:
        self._count(_BIND, of_grant=grant_id, confirmation=confirmation)

    def prolong(self, grant_id: GrantId, expires_at: datetime) -> None:
        """Never shortens."""
        self._count(_PROLONG, of_grant=grant_id, until=expires_at)

    def of(self, account_id: AccountId, now: datetime) -> Sequence[Grant]:
        return [_grant_from(row) for row in self._all(_OF, of_account=account_id, now=now)]

    def clients_of(self, session_id: SessionId) -> Sequence[tuple[ClientId, str]]:
        return [(client_id, subject) for client_id, subject in self._all(_CLIENTS_OF, of_session=session_id)]

    def sessions_of(self, client_id: ClientId, subject: str, now: datetime) -> Sequence[SessionId]:
        return [row[0] for row in self._all(_SESSIONS_OF, of_client=client_id, of_subject=subject, now=now)]

    def signed_in(self, now: datetime) -> Sequence[tuple[SessionId, ClientId, str]]:
        return [(session_id, client_id, subject) for session_id, client_id, subject in self._all(_SIGNED_IN, now=now)]


def _grant_from(row: Values) -> Grant:
    values = dict(zip(_NAMES, row, strict=True))
    return Grant(**values | {name: tuple(values[name]) for name in _TUPLES})


def _standing_from(row: Values) -> tuple[Values, Grant]:
    return row[:3], _grant_from(row[3:])


_LIVE = Statement(
    sa.select(sessions.c.expires_at, sessions.c.revoked_at, accounts.c.disabled_at, *_COLUMNS)
    .select_from(
        grants.join(accounts, grants.c.account_id == accounts.c.id).outerjoin(
            sessions, grants.c.session_id == sessions.c.id
        )
    )
    .where(_BY_ID),
    _standing_from,
    remembers=1024,
)
