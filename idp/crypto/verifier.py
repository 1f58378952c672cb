"""The one door from bytes to claims (threat row 72: no other call may decode a token).

```
length ─▶ three canonical parts ─▶ header: alg, kid, typ and no more ─▶ key by kid, its own alg ─▶ signature ─▶ claims
                                                                                                       │
                     the verdict on these steps is remembered by the token's SHA-256 ◀────────────────┘
```

Cheap steps come first (row 87), claims are read after the signature only, and times are judged on every call.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeGuard

from idp.core import strictly
from idp.core.claims import VerifiedClaims
from idp.core.errors import SessionExpired
from idp.crypto.signing_key import SigningKey
from idp.ports.ambient import Clock

LONGEST_TOKEN = 4096
LONGEST_HINT = 16384
ID_TOKEN_TYPE = "JWT"
HEADER_MEMBERS = frozenset({"alg", "kid", "typ"})
LEEWAY_SECONDS = 60
REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Signed:
    """What a key of ours has signed. Its times and audience are another matter."""

    token_type: str
    claims: Mapping[str, object]


class Verdicts:
    """Signatures found good, by the token's SHA-256; the least used are forgotten first (row 140).

    Belongs to one set of keys and goes when that goes: nothing outlives the key that vouched for it.
    """

    def __init__(self, size: int = REMEMBERED) -> None:
        self._size = size
        self._found: OrderedDict[bytes, Signed] = OrderedDict()

    def __len__(self) -> int:
        return len(self._found)

    def recall(self, digest: bytes) -> Signed | None:
        signed = self._found.pop(digest, None)
        if signed is not None:
            self._found[digest] = signed
        return signed

    def remember(self, digest: bytes, signed: Signed) -> None:
        self._found[digest] = signed
        if len(self._found) > self._size:
            self._found.popitem(last=False)


class VerifyingKeys:
    """The keys that tokens may be signed with at one moment, and the verdicts they gave."""

    def __init__(self, keys: Iterable[SigningKey]) -> None:
        self._keys: Mapping[str, SigningKey] = {key.id: key for key in keys}
        self.verdicts = Verdicts()

    def judge(self, token: str, token_type: str) -> Signed:
        """Raises SessionExpired unless one of these keys has signed the token, as one of this type."""
        if token.count(".") != 2:
            raise SessionExpired
        head, body, tail = token.split(".")
        header = _object(head)
        if header.keys() != HEADER_MEMBERS or header["typ"] != token_type:
            # nothing else is known, so nothing else is obeyed: crit, jku, jwk, x5u, zip, b64 (rows 78, 80, 81, 84, 86)
            raise SessionExpired
        kid = header["kid"]
        key = self._keys.get(kid) if isinstance(kid, str) else None
        if key is None or header["alg"] != key.algorithm:
            raise SessionExpired
        if not key.verifies(f"{head}.{body}".encode(), _bytes(tail)):
            raise SessionExpired
        return Signed(token_type, MappingProxyType(_object(body)))


class KeyringVerifier:
    """`keys` is asked on every call, so that a key that went is gone at once."""

    def __init__(self, *, issuer: str, clock: Clock, keys: Callable[[], VerifyingKeys]) -> None:
        self._issuer = issuer
        self._clock = clock
        self._keys = keys

    def verify(self, token: str, token_type: str, audience: str) -> VerifiedClaims:
        claims = self.verify_issued(token, token_type)
        if not _names(claims.get("aud"), audience):
            raise SessionExpired
        return claims

    def verify_issued(self, token: str, token_type: str) -> VerifiedClaims:
        if len(token) > LONGEST_TOKEN or not token.isascii():
            raise SessionExpired
        keys, digest = self._keys(), hashlib.sha256(token.encode()).digest()
        known = keys.verdicts.recall(digest)
        signed = known or keys.judge(token, token_type)
        if signed.token_type != token_type or not self._are_for_now(signed.claims):
            raise SessionExpired
        if known is None:
            keys.verdicts.remember(digest, signed)
        return VerifiedClaims(signed.claims)

    def verify_hint(self, token: str) -> VerifiedClaims:
        """Not remembered among the verdicts: an expired token would stay there for longer than it can matter."""
        if len(token) > LONGEST_HINT or not token.isascii():
            raise SessionExpired
        claims = self._keys().judge(token, ID_TOKEN_TYPE).claims
        if claims.get("iss") != self._issuer or not _is_text(claims.get("sub")):
            raise SessionExpired
        return VerifiedClaims(claims)

    def _are_for_now(self, claims: Mapping[str, object]) -> bool:
        """Exact issuer, RFC 7519 §4.1; the leeway is for clocks that differ, never for `exp` (row 85)."""
        now = self._clock.now().timestamp()
        expires, issued, begins = claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)
        return (
            claims.get("iss") == self._issuer
            and _is_text(claims.get("sub"))
            and _is_time(expires)
            and now < expires
            and _is_time(issued)
            and issued <= now + LEEWAY_SECONDS
            and _is_time(begins)
            and begins <= now + LEEWAY_SECONDS
        )


def _bytes(part: str) -> bytes:
    try:
        return strictly.base64url(part)
    except ValueError:
        raise SessionExpired from None


def _object(part: str) -> dict[str, object]:
    try:
        return strictly.json_object(strictly.base64url(part))
    except ValueError:
        raise SessionExpired from None


def _names(value: object, audience: str) -> bool:
    return value == audience or (isinstance(value, list) and audience in value)


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value != ""


def _is_time(value: object) -> TypeGuard[int]:
    """Whole seconds. `True` is an int to Python, and not to us."""
    return type(value) is int
