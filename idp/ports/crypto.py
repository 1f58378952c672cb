"""Hashing, sealing, signing."""

from collections.abc import Mapping
from typing import Protocol

from idp.core.claims import VerifiedClaims
from idp.core.secret import Digest, Sealed


class PasswordHasher(Protocol):
    async def hash(self, password: str) -> str:
        """A PHC string. Raises Overloaded when the queue is full."""
        ...

    async def verify(self, password: str, encoded: str | None) -> bool:
        """Whether `password` made `encoded`. None costs the same and is False: an unknown name takes as long.

        Raises Overloaded when the queue is full.
        """
        ...

    def is_outdated(self, encoded: str) -> bool:
        """Whether `encoded` should be renewed, having been made by another method or with weaker parameters."""
        ...

    def objection(self, encoded: str) -> str | None:
        """Why no password could be checked against `encoded`, without quoting it; None when one can."""
        ...


class Digester(Protocol):
    def digest(self, purpose: str, *parts: str) -> Digest:
        """HMAC-SHA-256 under the server's pepper; `purpose` and the bounds between parts are digested with them."""
        ...

    def pseudonym(self, text: str) -> str:
        """A short keyed hash, to name a stranger in the audit trail without writing the name down."""
        ...


class Sealer(Protocol):
    def seal(self, data: bytes, context: str) -> Sealed:
        """AES-256-GCM under the master key. `context` must be named again to open: it binds a value to its place."""
        ...

    def open(self, sealed: Sealed, context: str) -> bytes:
        """Raises SealBroken when the value was altered, moved or made under another key."""
        ...


class TokenSigner(Protocol):
    def sign(self, claims: Mapping[str, object], token_type: str) -> str:
        """A compact JWS by the active key, with `typ` and `kid`."""
        ...


class TokenVerifier(Protocol):
    def verify(self, token: str, token_type: str, audience: str) -> VerifiedClaims:
        """The one door from bytes to claims. Raises SessionExpired but for a live token of ours, of that kind."""
        ...

    def verify_issued(self, token: str, token_type: str) -> VerifiedClaims:
        """The same for whatever audience: the caller judges `aud`."""
        ...


class Decrypter(Protocol):
    def decrypt(self, token: str) -> str:
        """The text in a compact JWE that was encrypted to a key of ours. Raises Undecryptable."""
        ...


class Undecryptable(Exception):
    """Not encrypted to a key of ours, in a way that we take, or not whole. There is one such answer for all of it."""


class SealBroken(Exception):
    """A sealed value does not open: altered, moved, or the master key is another."""
