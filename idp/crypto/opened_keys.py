"""From sealed rows to keys in memory, and back."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from idp.core.ids import KeyId
from idp.crypto.jwks import Published, publish
from idp.crypto.rotation import KeyState, first
from idp.crypto.signing_key import ALGORITHMS, RSA_BITS, KeyUnusable, SigningKey
from idp.crypto.verifier import VerifyingKeys
from idp.ports.crypto import SealBroken, Sealer
from idp.ports.storage import StoredKey


class KeysUnreadable(Exception):
    """A signing key in the database does not open: most likely the master key is not the one that sealed it."""

    def __init__(self, key_id: KeyId) -> None:
        super().__init__(
            f"signing key {key_id} cannot be opened; give the server the master key that this database was made with"
        )
        self.key_id = key_id


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedKeys:
    """The keys at one moment: what may sign, what may verify, what is published. Replaced whole, never changed."""

    rows: tuple[StoredKey, ...]
    keys: Mapping[KeyId, SigningKey]
    signing: Mapping[str, SigningKey]
    verifying: VerifyingKeys
    document: Published


def open_keys(rows: Sequence[StoredKey], before: OpenedKeys | None, sealer: Sealer, max_age: int) -> OpenedKeys:
    """The keys behind `rows`, those of `before` taken over. Raises KeysUnreadable.

    Each is read from its sealed private part, public side included: a row that somebody wrote into the database without
    the master key signs nothing, verifies nothing and is not published.
    """
    known = before.keys if before else {}
    found = {row.id: known.get(row.id) or _opened(row, sealer) for row in rows}
    keys = {row.id: found[row.id] for row in sorted(rows, key=_order)}
    active = {algorithm: first(rows, algorithm, KeyState.ACTIVE) for algorithm in ALGORITHMS}
    return OpenedKeys(
        rows=tuple(rows),
        keys=keys,
        signing={algorithm: keys[row.id] for algorithm, row in active.items() if row is not None},
        verifying=VerifyingKeys(keys.values()),
        document=publish(keys.values(), max_age),
    )


async def make_row(
    algorithm: str, state: KeyState, sealer: Sealer, now: datetime, *, rsa_bits: int = RSA_BITS
) -> StoredKey:
    """A new key, ready to be stored. Made in another thread: RSA keys take their time."""
    key = await asyncio.to_thread(SigningKey.generate, algorithm, rsa_bits)
    return StoredKey(
        id=key.id,
        algorithm=algorithm,
        state=state.value,
        public=orjson.dumps(key.public_jwk()).decode(),
        private=sealer.seal(key.private_jwk(), _context(key.id)),
        created_at=now,
        activated_at=now if state is KeyState.ACTIVE else None,
    )


def _opened(row: StoredKey, sealer: Sealer) -> SigningKey:
    try:
        key = SigningKey.from_private_jwk(sealer.open(row.private, _context(row.id)))
    except (SealBroken, KeyUnusable) as error:
        raise KeysUnreadable(row.id) from error
    if key.algorithm != row.algorithm:
        raise KeysUnreadable(row.id)
    return key


def _context(key_id: KeyId) -> str:
    return f"signing-key:{key_id}"


def _order(row: StoredKey) -> tuple[int, int, float]:
    """By algorithm, then what signs, what will, what did."""
    states = [KeyState.ACTIVE, KeyState.NEXT, KeyState.RETIRED]
    return ALGORITHMS.index(row.algorithm), states.index(KeyState(row.state)), -row.created_at.timestamp()
