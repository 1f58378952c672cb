"""Our keys, to sign and to be encrypted to: kept sealed in the database, open in memory, turned on schedule, published.

```
           load / refresh (every second)                              sign, verify, document
 database ──────────────────────────────▶ OpenedKeys: one moment ──────────────────────────────▶ tokens, key set
    ▲
    └── turns, expulsions, weeding: guarded statements, so several processes act as one
```
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from idp.core.errors import NotFound
from idp.core.ids import KeyId
from idp.core.session import Source
from idp.crypto.decrypter import KeyringDecrypter
from idp.crypto.encryption_key import ENCRYPTION
from idp.crypto.jwks import Published
from idp.crypto.opened_keys import OpenedKeys, make_row, open_keys
from idp.crypto.rotation import (
    Expulsion,
    KeyState,
    Pair,
    Schedule,
    Turn,
    TurnLost,
    complete,
    expel,
    missing,
    pair,
    turn_all,
    weed,
)
from idp.crypto.signing_key import ALGORITHMS
from idp.crypto.verifier import KeyringVerifier
from idp.ports.ambient import Clock
from idp.ports.crypto import Sealer, TokenSigner
from idp.ports.storage import Store, StoredKey

OURSELVES = Source(address="")
TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """One algorithm's turn. When `was_known` is False, clients may hold a key set without the key that signs now."""

    algorithm: str
    retired: KeyId
    active: KeyId
    next: KeyId
    was_known: bool

    @classmethod
    def of(cls, turn: Turn) -> "Rotation":
        return cls(
            algorithm=turn.algorithm,
            retired=turn.setting,
            active=turn.rising,
            next=turn.fresh.id,
            was_known=turn.was_known,
        )


class Keyring:
    """Signs and verifies from memory; asks the database only where it says `await`.

    `algorithms` may name those that others encrypt with, too; what was encrypted for others than these stays closed.
    """

    def __init__(
        self,
        *,
        issuer: str,
        clock: Clock,
        sealer: Sealer,
        schedule: Schedule,
        algorithms: Sequence[str] = ALGORITHMS,
    ) -> None:
        self._issuer = issuer
        self._clock = clock
        self._sealer = sealer
        self._schedule = schedule
        self._every = tuple(algorithms)
        self._signing = tuple(algorithm for algorithm in algorithms if algorithm not in ENCRYPTION)
        self._store: Store | None = None
        self._opened: OpenedKeys | None = None
        self._one_at_a_time = asyncio.Lock()

    async def load(self, store: Store) -> None:
        """Opens the keys, and makes those that are missing. Raises KeysUnreadable: there is no start without keys."""
        self._store = store
        await self.refresh()
        if await self._complete():
            await self.refresh()

    async def refresh(self) -> bool:
        """Follows what other processes did, and the clock; True if anything changed. One small read.

        Raises KeysUnreadable or StorageUnavailable, and goes on with the keys it had.
        """
        async with self._one_at_a_time:
            now = self._clock.now()
            rows = tuple(row for row in await self.rows() if self._is_used(row, now))
            if self._opened is not None and rows == self._opened.rows:
                return False
            max_age = int(self._schedule.max_age.total_seconds())
            self._opened = await asyncio.to_thread(open_keys, rows, self._opened, self._sealer, max_age)
            return True

    async def tend(self) -> tuple[Rotation, ...]:
        """For a background task, every minute or so: removes dead keys, replaces missing ones, makes the turns due."""
        now = self._clock.now()
        await self._database.transact(lambda work: weed(work, self._schedule, now))
        await self._complete()
        turns = await self._turn(lambda keys: self._schedule.is_due(keys, now), OURSELVES)
        await self.refresh()
        return turns

    def due(self, now: datetime) -> tuple[str, ...]:
        """The algorithms whose turn it is."""
        pairs = self._pairs(self.opened.rows)
        return tuple(algorithm for algorithm, keys in pairs.items() if self._schedule.is_due(keys, now))

    async def rotate(self, source: Source = OURSELVES, *, algorithm: str | None = None) -> tuple[Rotation, ...]:
        """Turns every algorithm's key now, or one's, all at once, whether clients know the next or not: Rotation tells.

        Of several processes that do this at once, one makes each turn; the others return without it.
        """
        turns = await self._turn(lambda keys: algorithm in {None, keys.active.algorithm}, source)
        await self.refresh()
        return turns

    async def retire(self, key_id: KeyId, source: Source = OURSELVES) -> None:
        """Unpublishes a compromised key at once: every process refuses its tokens from its next refresh on.

        Raises NotFound, or TurnLost when others keep changing the same key.
        """
        for _ in range(TRIES - 1):
            with suppress(TurnLost):
                await self._retire(key_id, source)
                return
        await self._retire(key_id, source)

    async def rows(self) -> Sequence[StoredKey]:
        """All that the database holds, for the operator to look at."""
        return await self._database.read(lambda work: work.keys.all())

    def signer(self, algorithm: str) -> TokenSigner:
        """Signs with the key that is active when it is asked, not when it was made."""
        if algorithm not in self._signing:
            raise ValueError(f"no signing keys for {algorithm!r}")
        return KeyringSigner(self, algorithm)

    @property
    def signers(self) -> "KeyringSigners":
        """One for each algorithm."""
        return KeyringSigners(self, self._signing)

    def verifier(self) -> KeyringVerifier:
        return KeyringVerifier(issuer=self._issuer, clock=self._clock, keys=lambda: self.opened.verifying)

    def decrypter(self) -> KeyringDecrypter:
        return KeyringDecrypter(lambda: self.opened.decrypting)

    def document(self) -> Published:
        """The key set to publish now."""
        return self.opened.document

    @property
    def opened(self) -> OpenedKeys:
        if self._opened is None:
            raise RuntimeError("the keyring was not loaded")
        return self._opened

    @property
    def _database(self) -> Store:
        if self._store is None:
            raise RuntimeError("the keyring was not loaded")
        return self._store

    def _is_used(self, row: StoredKey, now: datetime) -> bool:
        is_off = row.algorithm in ENCRYPTION and row.algorithm not in self._every
        return not is_off and self._schedule.is_published(row, now)

    def _pairs(self, rows: Sequence[StoredKey]) -> Mapping[str, Pair]:
        return {algorithm: keys for algorithm in self._every if (keys := pair(rows, algorithm)) is not None}

    async def _make_row(self, algorithm: str, state: KeyState, now: datetime) -> StoredKey:
        return await make_row(algorithm, state, self._sealer, now, rsa_bits=self._schedule.rsa_bits)

    async def _complete(self) -> bool:
        """Makes what there must be one of and is none."""
        wanted, now = missing(await self.rows(), self._every), self._clock.now()
        spares = await asyncio.gather(*(self._make_row(algorithm, state, now) for algorithm, state in wanted))
        if spares:
            await self._database.transact(lambda work: complete(work, spares))
        return bool(spares)

    async def _turn(self, is_wanted: Callable[[Pair], bool], source: Source) -> tuple[Rotation, ...]:
        """The turns of all such pairs, in one unit of work. None where others keep changing the same keys."""
        for _ in range(TRIES):
            now, pairs = self._clock.now(), self._pairs(await self.rows())
            wanted = [await self._turn_of(keys, now) for keys in pairs.values() if is_wanted(keys)]
            with suppress(TurnLost):
                return await self._make(wanted, source, now)
        return ()

    async def _make(self, wanted: Sequence[Turn], source: Source, now: datetime) -> tuple[Rotation, ...]:
        """Raises TurnLost."""
        if not wanted:
            return ()
        made = await self._database.transact(lambda work: turn_all(work, wanted, source, now))
        return tuple(Rotation.of(each) for each in made)

    async def _turn_of(self, keys: Pair, now: datetime) -> Turn:
        algorithm = keys.active.algorithm
        return Turn(
            algorithm=algorithm,
            setting=keys.active.id,
            rising=keys.next.id,
            fresh=await self._make_row(algorithm, KeyState.NEXT, now),
            was_known=self._schedule.is_known(keys.next, now),
        )

    async def _retire(self, key_id: KeyId, source: Source) -> None:
        wanted, now = await self._expulsion(key_id), self._clock.now()
        await self._database.transact(lambda work: expel(work, wanted, source, now))
        await self.refresh()

    async def _expulsion(self, key_id: KeyId) -> Expulsion:
        rows, now = await self.rows(), self._clock.now()
        key = next((row for row in rows if row.id == key_id), None)
        if key is None:
            raise NotFound
        keys = pair(rows, key.algorithm)
        if keys is not None and keys.active == key:
            return Expulsion(key=key, turn=await self._turn_of(keys, now))
        if keys is not None and keys.next == key:
            return Expulsion(key=key, spares=(await self._make_row(key.algorithm, KeyState.NEXT, now),))
        return Expulsion(key=key)


class KeyringSigner:
    """Signs for one algorithm with the keyring's active key."""

    def __init__(self, keyring: Keyring, algorithm: str) -> None:
        self._keyring = keyring
        self._algorithm = algorithm

    def sign(self, claims: Mapping[str, object], token_type: str) -> str:
        return self._keyring.opened.signing[self._algorithm].sign(claims, token_type)


class KeyringSigners:
    """The keyring's signers by algorithm: what the OpenID Provider signs with (idp.ports.oauth.Signers)."""

    def __init__(self, keyring: Keyring, algorithms: Sequence[str]) -> None:
        self._signers = {algorithm: keyring.signer(algorithm) for algorithm in algorithms}

    def __call__(self, algorithm: str) -> TokenSigner:
        try:
            return self._signers[algorithm]
        except KeyError:
            raise ValueError(f"no signing keys for {algorithm!r}") from None

    @property
    def algorithms(self) -> tuple[str, ...]:
        return tuple(self._signers)
