"""Sweeping out what is over, a bounded bite at a time, so that nobody waits behind the broom (threat row 140)."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.storage.columns import Instant
from idp.storage.oauth.tables import (
    device_authorizations,
    grant_tokens,
    grants,
    initial_tokens,
    interactions,
    pushed_requests,
    replays,
)
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement
from idp.storage.tables import attempts, audit, challenges, devices, plugin_store, refresh, sessions

DEVICE_MEMORY = timedelta(days=400)
"""Browsers keep no cookie longer than that after they were last given it (RFC 6265bis §5.5)."""

POLL_MEMORY = timedelta(hours=1)
"""How long a device that still polls is told that its code has expired, and not that there was none."""

MOST_BEGUN = 500_000
"""Of requests on their way, at most: what strangers begin in numbers pushes out what was begun first (row 140)."""

_BEFORE = bindparam("before", type_=Instant)
_AMOUNT = bindparam("amount", type_=sa.Integer)


def _sweep(over: sa.Column[datetime]) -> Statement:
    """Deletes the oldest rows whose `over` has come. Each such column has an index."""
    key = sa.tuple_(*over.table.primary_key.columns)
    chosen = sa.select(*over.table.primary_key.columns).where(over <= _BEFORE).order_by(over).limit(_AMOUNT)
    return Statement(sa.delete(over.table).where(key.in_(chosen)))


# a session goes with its refresh tokens, a grant with its codes and tokens
_SWEEPS = tuple(
    _sweep(column)
    for column in (
        refresh.c.expires_at,
        sessions.c.expires_at,
        challenges.c.expires_at,
        attempts.c.forget_at,
        plugin_store.c.expires_at,
        grant_tokens.c.expires_at,
        grants.c.expires_at,
        interactions.c.expires_at,
        pushed_requests.c.expires_at,
        replays.c.expires_at,
        initial_tokens.c.expires_at,
    )
)


def _crowd(over: sa.Column[datetime]) -> Statement:
    """When the first of those ends that are too many, counted from the last to end."""
    return Statement(sa.select(over).order_by(over.desc()).offset(sa.bindparam("most", type_=sa.Integer)).limit(1))


_CROWDS = tuple(
    (_crowd(column), _sweep(column)) for column in (interactions.c.expires_at, pushed_requests.c.expires_at)
)
_FORGET_DEVICE_CODES = _sweep(device_authorizations.c.expires_at)
_FORGET_DEVICES = _sweep(devices.c.seen_at)
# numbers rise with time: the oldest entries are looked at, the rest is not
_OLDEST = sa.select(audit.c.number, audit.c.at).order_by(audit.c.number).limit(_AMOUNT).subquery("oldest")
_CUT_AUDIT = Statement(
    sa.delete(audit).where(audit.c.number.in_(sa.select(_OLDEST.c.number).where(_OLDEST.c.at < _BEFORE)))
)


class Broom(Shelf):
    __slots__ = ()

    def prune(self, now: datetime, *, audit_before: datetime | None, limit: int = 1000) -> int:
        swept = self._thin_out(limit)
        swept += sum(self._count(sweep, before=now, amount=limit) for sweep in _SWEEPS)
        swept += self._count(_FORGET_DEVICES, before=now - DEVICE_MEMORY, amount=limit)
        swept += self._count(_FORGET_DEVICE_CODES, before=now - POLL_MEMORY, amount=limit)
        if audit_before is not None:
            swept += self._count(_CUT_AUDIT, before=audit_before, amount=limit)
        return swept

    def _thin_out(self, limit: int) -> int:
        swept = 0
        for crowd, sweep in _CROWDS:
            if (first := self._first(crowd, most=MOST_BEGUN)) is not None:
                swept += self._count(sweep, before=first[0], amount=limit)
        return swept
