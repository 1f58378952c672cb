"""From sealed rows to keys in memory, and back."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from idp.core.ids import KeyId
from idp.crypto.encryption_key import ENCRYPTION, EncryptionKey
from idp.crypto.jwks import Published, publish
from idp.crypto.rotation import KeyState, first
from idp.crypto.signing_key import ALGORITHMS, RSA_BITS, KeyUnusable, SigningKey
from idp.crypto.verifier import VerifyingKeys
from idp.ports.crypto import SealBroken, Sealer
from idp.ports.storage import StoredKey

AnyKey = SigningKey | EncryptionKey
EVERY = (*ALGORITHMS, *ENCRYPTION)


class KeysUnreadable(Exception):
    """A key in the database does not open: most likely the master key is not the one that sealed it."""

    def __init__(self, key_id: KeyId) -> None:
        super().__init__(
            f"signing key {key_id} cannot be opened; give the server the master key that this database was made with"
        )
        self.key_id = key_id


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedKeys:
    """The keys at one moment: what may sign, verify, decrypt, what is published. Replaced whole, never changed.

    Of the keys that others encrypt to the active ones are published: the last ones are kept to read what is on its way.
    """

    rows: tuple[StoredKey, ...]
    keys: Mapping[KeyId, AnyKey]
    signing: Mapping[str, SigningKey]
    verifying: VerifyingKeys
    decrypting: Mapping[KeyId, EncryptionKey]
    document: Published


def open_keys(rows: Sequence[StoredKey], before: OpenedKeys | None, sealer: Sealer, max_age: int) -> OpenedKeys:
    """The keys behind `rows`, those of `before` taken over. Raises KeysUnreadable.

    Each is read from its sealed private part, public side included: a row that somebody wrote into the database without
    the master key signs nothing, verifies nothing and is not published.
    """
    known = before.keys if before else {}
    found = {row.id: known.get(row.id) or _opened(row, sealer) for row in rows}
    keys = {row.id: found[row.id] for row in sorted(rows, key=_order)}
    signing = {key_id: key for key_id, key in keys.items() if isinstance(key, SigningKey)}
    decrypting = {key_id: key for key_id, key in keys.items() if isinstance(key, EncryptionKey)}
    active = [row.id for algorithm in EVERY if (row := first(rows, algorithm, KeyState.ACTIVE)) is not None]
    return OpenedKeys(
        rows=tuple(rows),
        keys=keys,
        signing={signing[key_id].algorithm: signing[key_id] for key_id in active if key_id in signing},
        verifying=VerifyingKeys(signing.values()),
        decrypting=decrypting,
        document=publish([*signing.values(), *(decrypting[one] for one in active if one in decrypting)], max_age),
    )


async def make_row(
    algorithm: str, state: KeyState, sealer: Sealer, now: datetime, *, rsa_bits: int = RSA_BITS
) -> StoredKey:
    """A new key, ready to be stored. Made in another thread: RSA keys take their time."""
    key = await asyncio.to_thread(_generated, algorithm, rsa_bits)
    return StoredKey(
        id=key.id,
        algorithm=algorithm,
        state=state.value,
        public=orjson.dumps(key.public_jwk()).decode(),
        private=sealer.seal(key.private_jwk(), _context(key.id)),
        created_at=now,
        activated_at=now if state is KeyState.ACTIVE else None,
    )


def _opened(row: StoredKey, sealer: Sealer) -> AnyKey:
    try:
        key: AnyKey = _kind_of(row.algorithm).from_private_jwk(sealer.open(row.private, _context(row.id)))
    except (SealBroken, KeyUnusable) as error:
        raise KeysUnreadable(row.id) from error
    if key.algorithm != row.algorithm:
        raise KeysUnreadable(row.id)
    return key


def _generated(algorithm: str, rsa_bits: int) -> AnyKey:
    return _kind_of(algorithm).generate(algorithm, rsa_bits)


def _kind_of(algorithm: str) -> type[SigningKey] | type[EncryptionKey]:
    return EncryptionKey if algorithm in ENCRYPTION else SigningKey


def _context(key_id: KeyId) -> str:
    return f"signing-key:{key_id}"


def _order(row: StoredKey) -> tuple[int, int, float]:
    """By algorithm, then what signs, what will, what did."""
    states = [KeyState.ACTIVE, KeyState.NEXT, KeyState.RETIRED]
    return EVERY.index(row.algorithm), states.index(KeyState(row.state)), -row.created_at.timestamp()
