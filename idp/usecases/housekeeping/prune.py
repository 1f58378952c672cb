"""Deleting what is over."""

from dataclasses import dataclass

from idp.ports.ambient import Clock
from idp.ports.storage import Store
from idp.usecases.rules import Rules

BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Prune:
    """In bounded batches, so that no request waits long behind it."""

    store: Store
    clock: Clock
    rules: Rules

    async def __call__(self) -> int:
        """How many rows were deleted."""
        now = self.clock.now()
        life = self.rules.audit_life
        before = now - life if life else None
        total = 0
        while True:
            deleted = await self.store.transact(
                lambda work: work.housekeeping.prune(now, audit_before=before, limit=BATCH)
            )
            total += deleted
            if deleted < BATCH:
                return total
