"""Tokens that others signed: client assertions, request objects, DPoP proofs (RFC 7515, RFC 7519, RFC 8725).

joserfc has the algorithms and the keys; what is obeyed is decided here. The algorithm is chosen by the list that the
caller allows and must fit the key (row 79); of the header, `alg`, `kid`, `typ` and, in a DPoP proof, `jwk` are read and
nothing else is: no `jku`, `x5u`, `x5c` (rows 80, 81), and `crit` and `b64` are refused (row 84).
"""

import base64
import binascii
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeGuard, cast

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key
from joserfc.jws import JWSRegistry

from idp.core import strictly

LONGEST_TOKEN = 16 * 1024
MOST_TRIED = 8
"""Keys of a set that a token without `kid` is tried with (row 87)."""

ALIASES = {"Ed25519": "EdDSA"}
"""RFC 9864 names what RFC 8037 named before: clients use either."""

SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP", "HS": "oct"}
SMALLEST_RSA, LARGEST_RSA = 2048, 8192
"""Bits: a smaller one can be broken, a larger one costs whoever verifies with it (row 87)."""


class TokenRefused(Exception):
    """The text is for the log, and quotes nothing of the token."""


class KeyUnknown(TokenRefused):
    """No key of the set fits: perhaps the client has a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unverified:
    """A JWS in parts. Whoever reads `claims` before `verify` may use them to look for a key, and for nothing else."""

    header: Mapping[str, object]
    claims: Mapping[str, object]
    message: bytes
    signature: bytes

    @property
    def algorithm(self) -> str:
        named = str(self.header["alg"])
        return ALIASES.get(named, named)

    @property
    def token_type(self) -> str:
        """`typ` in lower case, without the `application/` that it may be written with (RFC 7515 §4.1.9)."""
        return str(self.header.get("typ", "")).lower().removeprefix("application/")


def parse_jws(token: str) -> Unverified:
    """Raises TokenRefused."""
    if len(token) > LONGEST_TOKEN or not token.isascii() or token.count(".") != 2:
        raise TokenRefused("no compact JWS")
    head, body, tail = token.split(".")
    try:
        header, claims = strictly.json_object(strictly.base64url(head)), strictly.json_object(strictly.base64url(body))
        signature = strictly.base64url(tail)
    except ValueError:
        raise TokenRefused("a part is no canonical base64url, or no JSON object") from None
    if "crit" in header or "b64" in header or "zip" in header:
        raise TokenRefused("the header asks for what we do not do")
    if not all(isinstance(header.get(name, ""), str) for name in ("alg", "kid", "typ")):
        raise TokenRefused("the header is malformed")
    return Unverified(
        header={"alg": "", **header},
        claims=claims,
        message=f"{head}.{body}".encode(),
        signature=signature,
    )


def verify_jws(token: str, keys: Mapping[str, object], algorithms: Collection[str]) -> Mapping[str, object]:
    """The claims, of which the signature alone is checked. `keys` is a JWK Set. Raises TokenRefused, or KeyUnknown."""
    parsed = parse_jws(token)
    verify_parsed(parsed, keys, algorithms)
    return parsed.claims


def verify_parsed(parsed: Unverified, keys: Mapping[str, object], algorithms: Collection[str]) -> None:
    """Raises TokenRefused, or KeyUnknown."""
    if parsed.algorithm not in algorithms:
        raise TokenRefused("the algorithm is not allowed")
    found = _candidates(parsed, keys)
    if not found:
        raise KeyUnknown("no key of the set fits the token's header")
    if not any(_verifies(parsed, jwk) for jwk in found):
        raise KeyUnknown("no key verifies") if "kid" not in parsed.header else TokenRefused("the signature is wrong")


def verify_embedded(parsed: Unverified, algorithms: Collection[str], smallest_rsa: int = SMALLEST_RSA) -> str:
    """Checks against the public key in the header, and returns its thumbprint (RFC 9449 §4.3, RFC 7638)."""
    jwk = parsed.header.get("jwk")
    if parsed.algorithm not in algorithms or not isinstance(jwk, dict):
        raise TokenRefused("the algorithm is not allowed, or there is no key")
    if SECRET_MEMBERS & jwk.keys() or not _fits(jwk, parsed.algorithm):
        raise TokenRefused("the key is no public key for the algorithm")
    if jwk.get("kty") == "RSA" and _modulus_bits(jwk) < smallest_rsa:
        raise TokenRefused("the key is too small")
    if not _verifies(parsed, jwk):
        raise TokenRefused("the signature is wrong")
    return thumbprint(jwk)


def is_time(value: object) -> TypeGuard[float]:
    """A NumericDate (RFC 7519 §2). `True` is an int to Python, and not to us."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def thumbprint(jwk: Mapping[str, object]) -> str:
    """RFC 7638. Raises TokenRefused."""
    try:
        return _key(json.dumps(jwk, sort_keys=True)).thumbprint()
    except (JoseError, ValueError, TypeError, KeyError):
        raise TokenRefused("the key is malformed") from None


def _candidates(parsed: Unverified, keys: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    listed = keys.get("keys")
    every = [jwk for jwk in listed if isinstance(jwk, dict)] if isinstance(listed, list) else []
    fitting = [jwk for jwk in every if _fits(jwk, parsed.algorithm)]
    kid = parsed.header.get("kid")
    return [jwk for jwk in fitting if jwk.get("kid") == kid] if kid is not None else fitting[:MOST_TRIED]


def _fits(jwk: Mapping[str, object], algorithm: str) -> bool:
    """A key for this algorithm and for signatures, as far as it says so (RFC 7517 §4)."""
    stated = jwk.get("alg")
    return (
        jwk.get("kty") == KEY_TYPES.get(algorithm[:2])
        and jwk.get("use", "sig") == "sig"
        and (stated is None or ALIASES.get(str(stated), stated) == algorithm)
        and (jwk.get("kty") != "RSA" or SMALLEST_RSA <= _modulus_bits(jwk) <= LARGEST_RSA)
    )


def _modulus_bits(jwk: Mapping[str, object]) -> int:
    modulus = jwk.get("n")
    try:
        data = base64.urlsafe_b64decode(f"{modulus}{'=' * (-len(str(modulus)) % 4)}")
    except (binascii.Error, ValueError):
        return 0
    return int.from_bytes(data).bit_length()


def _verifies(parsed: Unverified, jwk: Mapping[str, object]) -> bool:
    """False for a key that is no key, as well: a broken one in a set must not hide the good one beside it."""
    try:
        key = _key(json.dumps(jwk, sort_keys=True))
        method = JWSRegistry.algorithms[parsed.algorithm]
        method.check_key(cast(Any, key))
        return method.verify(parsed.message, parsed.signature, key)
    except (JoseError, ValueError, TypeError, KeyError):
        return False


@lru_cache(maxsize=1024)
def _key(written: str) -> Key:
    """Parsed once: to read an RSA or EC key costs more than to verify with it (performance, advice 3)."""
    return JWKRegistry.import_key(json.loads(written))
