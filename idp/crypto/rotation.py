"""When a signing key comes, signs, rests and goes.

```
          made                    turn                     turn                longest token life + margin
   ──────────────▶ next ────────────────────▶ active ────────────────▶ retired ──────────────────────────▶ removed
                   published, signs nothing   signs                    published, signs nothing
```

A key is published before it signs, so no client meets a token whose key it could not have fetched; and after it has
signed, until the last token it signed is dead (threat row 88, ASVS 11.2.2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from idp.core.errors import Accident
from idp.core.events import Event, EventName
from idp.core.ids import KeyId
from idp.core.session import Source
from idp.crypto.signing_key import RSA_BITS
from idp.ports.storage import StoredKey, UnitOfWork

MARGIN = timedelta(minutes=5)
"""How long a process may go on signing with a key that another has retired, the clocks' difference included."""


class KeyState(StrEnum):
    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """`longest_token_life` of anything we sign; `max_age` for which clients may keep the key set.

    `publish_lead` is how long a key has been published before a scheduled turn lets it sign. `rsa_bits` is what the
    RSA keys have that are made from now on.
    """

    longest_token_life: timedelta
    period: timedelta = timedelta(days=30)
    publish_lead: timedelta = timedelta(hours=1)
    max_age: timedelta = timedelta(minutes=5)
    rsa_bits: int = RSA_BITS

    def __post_init__(self) -> None:
        if self.publish_lead <= self.max_age:
            raise ValueError("keys must be published for longer than clients keep the key set")
        if self.period < self.publish_lead:
            raise ValueError("keys must sign for at least as long as the next one is published beforehand")

    def is_due(self, pair: "Pair", now: datetime) -> bool:
        """Whether the active key has signed for long enough, and the next one is known to every client."""
        since = pair.active.activated_at or pair.active.created_at
        return since + self.period <= now and self.is_known(pair.next, now)

    def is_known(self, key: StoredKey, now: datetime) -> bool:
        return key.created_at + self.publish_lead <= now

    def is_published(self, key: StoredKey, now: datetime) -> bool:
        """False once no live token can be signed with it."""
        return key.retired_at is None or now < key.retired_at + self.longest_token_life + MARGIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The key that signs for an algorithm, and the one that will."""

    active: StoredKey
    next: StoredKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """`rising` is to sign in place of `setting`; `fresh` will follow it."""

    algorithm: str
    setting: KeyId
    rising: KeyId
    fresh: StoredKey
    was_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Expulsion:
    """`key` is to go before its time: the active one by a `turn`, the next one against one of the `spares`."""

    key: StoredKey
    turn: Turn | None = None
    spares: tuple[StoredKey, ...] = ()


class TurnLost(Accident):
    """Another process changed the same keys in between; nothing was done."""

    code = "turn_lost"


def first(keys: Iterable[StoredKey], algorithm: str, state: KeyState) -> StoredKey | None:
    """The one key in this state. Should two processes have made one each, all agree on the older."""
    found = (key for key in keys if key.algorithm == algorithm and key.state == state)
    return min(found, key=lambda key: (key.created_at, key.id), default=None)


def pair(keys: Sequence[StoredKey], algorithm: str) -> Pair | None:
    active, following = first(keys, algorithm, KeyState.ACTIVE), first(keys, algorithm, KeyState.NEXT)
    return Pair(active=active, next=following) if active and following else None


def missing(keys: Sequence[StoredKey], algorithms: Iterable[str]) -> list[tuple[str, KeyState]]:
    """What there must be one of and is none."""
    wanted = [(algorithm, state) for algorithm in algorithms for state in (KeyState.ACTIVE, KeyState.NEXT)]
    return [(algorithm, state) for algorithm, state in wanted if first(keys, algorithm, state) is None]


def complete(work: UnitOfWork, spares: Iterable[StoredKey]) -> None:
    """Adds each spare whose place is still empty."""
    keys = work.keys.all()
    for spare in spares:
        if first(keys, spare.algorithm, KeyState(spare.state)) is None:
            work.keys.add(spare)


def turn(work: UnitOfWork, wanted: Turn, source: Source, now: datetime) -> bool:
    """Makes the turn; False when it was made already. Each key moves by a guarded statement: once, whoever asks."""
    if not work.keys.advance(wanted.setting, expected=KeyState.ACTIVE, state=KeyState.RETIRED, now=now):
        return False
    if not work.keys.advance(wanted.rising, expected=KeyState.NEXT, state=KeyState.ACTIVE, now=now):
        raise TurnLost
    work.keys.add(wanted.fresh)
    detail: dict[str, str | bool] = {
        "algorithm": wanted.algorithm,
        "key": wanted.rising,
        "was_known": wanted.was_known,
    }
    work.record(Event(name=EventName.KEYS_ROTATED, detail=detail), source=source, now=now)
    return True


def turn_all(work: UnitOfWork, wanted: Iterable[Turn], source: Source, now: datetime) -> tuple[Turn, ...]:
    """Those that were made. In one unit: nobody reads a key set of which only some algorithms have turned."""
    return tuple(each for each in wanted if turn(work, each, source, now))


def expel(work: UnitOfWork, wanted: Expulsion, source: Source, now: datetime) -> None:
    """Unpublishes a key at once and fills its place. Raises TurnLost if it is no longer what it was."""
    key = wanted.key
    if wanted.turn is not None:
        moved = turn(work, wanted.turn, source, now)
    else:
        moved = key.state == KeyState.RETIRED or work.keys.advance(
            key.id, expected=key.state, state=KeyState.RETIRED, now=now
        )
    if not moved or not work.keys.remove(key.id):
        raise TurnLost
    complete(work, wanted.spares)
    detail = {"algorithm": key.algorithm, "key": key.id, "state": key.state}
    work.record(Event(name=EventName.KEY_RETIRED, detail=detail), source=source, now=now)


def weed(work: UnitOfWork, schedule: Schedule, now: datetime) -> None:
    """Removes keys whose tokens are dead, and retires those that a race at first start made too many."""
    keys = work.keys.all()
    for key in keys:
        state = KeyState(key.state)
        if not schedule.is_published(key, now):
            work.keys.remove(key.id)
        elif state is not KeyState.RETIRED and first(keys, key.algorithm, state) != key:
            work.keys.advance(key.id, expected=state, state=KeyState.RETIRED, now=now)
