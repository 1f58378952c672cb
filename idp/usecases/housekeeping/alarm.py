"""Telling the operator that sign-ins fail everywhere: many names, a try or two at each, from many places (row 43)."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from idp.core.events import Event, EventName, Outcome
from idp.core.lockout import Budget, Exhausted
from idp.core.session import Source
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.sdk import Log

FAILURES = (EventName.LOGIN_FAIL, EventName.LOGIN_LOCKED, EventName.MFA_FAIL)
PERIOD = timedelta(minutes=1)
ONCE = Budget(limit=1, cooldown=PERIOD, longest_cooldown=PERIOD)
SCOPE = "alarm"
OURSELVES = Source(address="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How far the trail went when it was looked at."""

    at: datetime
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureAlarm:
    """Every process looks; of all that see it, one raises the alarm, and none for a minute after (0: nobody looks).

    Counts in the audit trail, beyond the entry that was the last one a minute ago: a bounded walk along its key. So it
    begins to count when it first looks, and sees what all processes recorded.
    """

    store: Store
    clock: Clock
    limit: int
    log: Log
    _looks: deque[Look] = field(default_factory=deque)

    async def look(self) -> int:
        """The failures of the last minute. More than `limit` are told, in the log and in the trail."""
        if not self.limit:
            return 0
        now = self.clock.now()
        while len(self._looks) > 1 and self._looks[1].at <= now - PERIOD:
            self._looks.popleft()
        last, failures = await self.store.read(lambda work: self._count(work, now))
        self._looks.append(Look(at=now, number=last))
        if failures > self.limit and await self.store.transact(lambda work: self._raise(work, failures, now)):
            self.log.warning(EventName.LOGIN_ALARM.value, failures=failures, limit=self.limit)
        return failures

    def _count(self, work: UnitOfWork, now: datetime) -> tuple[int, int]:
        last = work.audit.last_number()
        after = self._looks[0].number if self._looks else last
        return last, work.audit.count(FAILURES, after=after, since=now - PERIOD)

    def _raise(self, work: UnitOfWork, failures: int, now: datetime) -> bool:
        if isinstance(work.attempts.charge(SCOPE, "sign_ins", ONCE, now), Exhausted):
            return False
        detail = {"failures": failures, "limit": self.limit}
        event = Event(name=EventName.LOGIN_ALARM, outcome=Outcome.FAILURE, detail=detail)
        work.record(event, source=OURSELVES, now=now)
        return True
