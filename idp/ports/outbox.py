"""What is to be done after a commit, and is promised in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from idp.core.ids import MessageId
from idp.core.secret import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A row of the outbox: something to be done after commit, at least once.

    `kind` is `letter`, `errand` (a verb to run in the background), `event` or `logout`. `target` names an event's
    subscriber, or the client that is told of a session's end.
    """

    id: MessageId
    kind: str
    target: str
    body: Sealed
    created_at: datetime
    due_at: datetime
    tries: int = 0


class Outbox(Protocol):
    def put(self, parcel: Parcel) -> None: ...

    def lease(self, *, now: datetime, until: datetime, limit: int) -> Sequence[Parcel]:
        """Takes due parcels for one relay, each for one of all who race; an unfinished one comes back after `until`."""
        ...

    def done(self, parcel_id: MessageId) -> None:
        """Deletes it: no message outlives its delivery."""
        ...

    def postpone(self, parcel_id: MessageId, *, due_at: datetime) -> None:
        """Counts a failed try and releases the lease."""
        ...

    def holds(self, parcel_ids: Sequence[MessageId]) -> bool:
        """Whether any of them is still there."""
        ...

    def due_at(self) -> datetime | None:
        """When the next parcel is due; None when the box is empty."""
        ...
