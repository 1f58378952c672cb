"""Guessing budgets: the state chart of `idp.core.lockout`, each step one statement.

An attempt is taken by one upsert before the secret is looked at: 40 parallel guesses against a limit of 5 look at 5
secrets (threat rows 26 to 28; AWS Cognito 2021, Keycloak #31726). `locked_until` is the epoch unless this round's
failures reached the limit.
"""

from datetime import datetime, timedelta
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.lockout import Budget, Charge, Exhausted
from idp.storage.columns import EPOCH, Instant
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, insertion
from idp.storage.tables import attempts

CEILING_MEMORY = timedelta(days=30)
"""How long failures count against a ceiling after the last of them.

For ever would let strangers fill the table with names that nobody has (threat row 140).
"""

_NO_CEILING = 2**62
_OWN = (attempts.c.scope == bindparam("of_scope"), attempts.c.key == bindparam("of_key"))
_NOW = bindparam("now", type_=Instant)
_NEVER = sa.literal(EPOCH, Instant)


@lru_cache(maxsize=32)
def _charge(rounds: int) -> Statement:
    """The statement for a budget with that many lengths of lock, built once for each number."""
    limit = bindparam("limit", type_=sa.BigInteger)
    stale = sa.or_(attempts.c.failures >= limit, attempts.c.last_at <= bindparam("stale_before", type_=Instant))
    failures = sa.case((stale, 1), else_=attempts.c.failures + 1)
    locks = sa.case((attempts.c.last_at <= bindparam("calm_before", type_=Instant), 0), else_=attempts.c.locks)
    until = [bindparam(f"until_{earlier}", type_=Instant) for earlier in range(rounds)]
    lock = sa.case(*((locks == earlier, until[earlier]) for earlier in range(rounds)), else_=until[-1])
    return Statement(
        insertion(attempts)
        .on_conflict_do_update(
            index_elements=[attempts.c.scope, attempts.c.key],
            set_={
                "failures": failures,
                "total": attempts.c.total + 1,
                "locks": sa.case((failures >= limit, locks + 1), else_=locks),
                "last_at": _NOW,
                "locked_until": sa.case((failures >= limit, lock), else_=_NEVER),
                "forget_at": bindparam("forget", type_=Instant),
            },
            where=sa.and_(
                attempts.c.locked_until <= _NOW,
                attempts.c.total < bindparam("ceiling", type_=sa.BigInteger),
            ),
        )
        .returning(attempts.c.failures)
    )


_STATE = Statement(sa.select(attempts.c.total, attempts.c.last_at, attempts.c.locked_until).where(*_OWN))
_SET_BACK = Statement(
    sa.update(attempts)
    .where(*_OWN, attempts.c.last_at > _NOW, attempts.c.locked_until > _NOW)
    .values(last_at=_NOW, locked_until=attempts.c.locked_until - attempts.c.last_at + _NOW)
)
_GIVE_BACK = Statement(
    sa.update(attempts)
    .where(*_OWN)
    .values(
        failures=sa.case((attempts.c.failures > 0, attempts.c.failures - 1), else_=0),
        total=sa.case((attempts.c.total > 0, attempts.c.total - 1), else_=0),
        locks=sa.case(
            (sa.and_(attempts.c.locked_until > _NEVER, attempts.c.locks > 0), attempts.c.locks - 1),
            else_=attempts.c.locks,
        ),
        locked_until=_NEVER,
    )
)
_CLEAR = Statement(sa.delete(attempts).where(*_OWN))


class AttemptShelf(Shelf):
    __slots__ = ()

    def charge(self, scope: str, key: str, budget: Budget, now: datetime) -> Charge | Exhausted:
        lengths = budget.cooldowns()
        longest = lengths[-1]
        locks_at_once = budget.limit <= 1
        row = self._first(
            _charge(len(lengths)),
            scope=scope,
            key=key,
            failures=1,
            total=1,
            locks=1 if locks_at_once else 0,
            last_at=now,
            locked_until=now + lengths[0] if locks_at_once else EPOCH,
            forget_at=now + _memory(budget),
            forget=now + _memory(budget),
            now=now,
            limit=budget.limit,
            ceiling=_NO_CEILING if budget.ceiling is None else budget.ceiling,
            stale_before=now - budget.cooldown,
            calm_before=now - 2 * longest,
            **{f"until_{earlier}": now + length for earlier, length in enumerate(lengths)},
        )
        if row is not None:
            return Charge(failures=row[0], limit=budget.limit)
        # a clock set back must not make a lock longer by as much: it then runs anew
        self._count(_SET_BACK, of_scope=scope, of_key=key, now=now)
        return Exhausted(until=self.locked_until(scope, key, budget, now) or now)

    def give_back(self, scope: str, key: str) -> None:
        # a lock stands for as many failures as the limit allows; with one less, nobody deserves it
        self._count(_GIVE_BACK, of_scope=scope, of_key=key)

    def clear(self, scope: str, key: str) -> None:
        self._count(_CLEAR, of_scope=scope, of_key=key)

    def locked_until(self, scope: str, key: str, budget: Budget, now: datetime) -> datetime | None:
        if (state := self._first(_STATE, of_scope=scope, of_key=key)) is None:
            return None
        total, last_at, until = state
        if budget.ceiling is not None and total >= budget.ceiling:
            return now + budget.cooldowns()[-1]
        until = min(until, now + (until - last_at)) if until > EPOCH else until
        return until if until > now else None


def _memory(budget: Budget) -> timedelta:
    """How long the row must be kept: until its locks start over, and longer where a ceiling counts on."""
    calm = 2 * budget.cooldowns()[-1]
    return calm if budget.ceiling is None else max(calm, CEILING_MEMORY)
