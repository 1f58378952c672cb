"""A client's keys (RFC 7517): public, asymmetric, large enough.

A symmetric key among them would let whoever reads the set sign as the client (row 79); a private one means that the
client has given itself away.
"""

import base64
import binascii
from collections.abc import Mapping

from idp.oauth.clients.flaws import Misfit

MOST_KEYS = 32
SHORTEST_RSA = 2048
LONGEST_RSA = 8192
_CURVES = {"EC": {"P-256": 32, "P-384": 48, "P-521": 66}, "OKP": {"Ed25519": 32, "X25519": 32}}
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
# never x5u or jku: nothing is fetched because a key says so (row 81)
_TEXTS = ("kty", "use", "alg", "kid", "crv", "x", "y", "n", "e", "x5t", "x5t#S256")
_LISTS = ("key_ops", "x5c")
_MEND = "Public RSA (2048 bits and more), EC or OKP keys (RFC 7517 §4)."


def check_public_keys(value: object) -> Mapping[str, object]:
    """A JWK Set that a client registers: one bad key refuses it. Raises Misfit."""
    return {"keys": [_checked(key) for key in _keys_of(value)]}


def usable_keys(value: object) -> Mapping[str, object]:
    """The keys of a fetched set that we understand; others may be for others. Raises Misfit where it is no set."""
    keys = []
    for key in _keys_of(value):
        try:
            keys.append(_checked(key))
        except Misfit:
            continue
    return {"keys": keys}


def large_enough(keys: Mapping[str, object], smallest_rsa: int) -> Mapping[str, object]:
    """A set of ours without RSA keys of fewer bits than the operator demands (ASVS 11.2.3)."""
    listed = keys["keys"]
    if smallest_rsa <= SHORTEST_RSA or not isinstance(listed, list):
        return keys
    return {"keys": [key for key in listed if key["kty"] != "RSA" or modulus_bits(key) >= smallest_rsa]}


def modulus_bits(key: Mapping[str, object]) -> int:
    """Of an RSA key. Raises Misfit for one that is malformed."""
    return int.from_bytes(_bytes(key.get("n"))).bit_length()


def _keys_of(value: object) -> list[object]:
    keys = value.get("keys") if isinstance(value, Mapping) else None
    if not isinstance(keys, list | tuple):
        raise Misfit("is not a JWK Set", 'Write {"keys": […]} (RFC 7517 §5).')
    if len(keys) > MOST_KEYS:
        raise Misfit("holds too many keys", f"Up to {MOST_KEYS}.")
    return list(keys)


def _checked(key: object) -> dict[str, object]:
    if not isinstance(key, Mapping):
        raise Misfit("holds something that is no key", _MEND)
    if not _PRIVATE.isdisjoint(key):
        raise Misfit("holds a private or a symmetric key", "Make a new pair, and register its public half alone.")
    texts, lists = [key.get(name, "") for name in _TEXTS], [key.get(name, ()) for name in _LISTS]
    if not all(isinstance(one, str) for one in texts) or not all(map(_is_list_of_texts, lists)):
        raise Misfit("holds a key that is malformed", _MEND)
    match key.get("kty"):
        case "RSA":
            _check_rsa(key)
        case "EC" | "OKP" as kind:
            _check_curve(key, _CURVES[kind], ("x", "y") if kind == "EC" else ("x",))
        case _:
            raise Misfit("holds a key of a kind that we do not use", _MEND)
    return {name: key[name] for name in (*_TEXTS, *_LISTS) if name in key}


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)


def _check_rsa(key: Mapping[str, object]) -> None:
    exponent = int.from_bytes(_bytes(key.get("e")))
    if not SHORTEST_RSA <= modulus_bits(key) <= LONGEST_RSA or exponent < 3 or exponent % 2 == 0:
        raise Misfit("holds an RSA key of another size", f"{SHORTEST_RSA} to {LONGEST_RSA} bits.")


def _check_curve(key: Mapping[str, object], curves: Mapping[str, int], names: tuple[str, ...]) -> None:
    size = curves.get(str(key.get("crv")))
    if size is None:
        raise Misfit("holds a key on a curve that we do not use", f"Known: {', '.join(curves)}.")
    if any(len(_bytes(key.get(name))) != size for name in names):
        raise Misfit("holds a key that is malformed", _MEND)


def _bytes(value: object) -> bytes:
    if not isinstance(value, str) or not value or len(value) > LONGEST_RSA:
        raise Misfit("holds a key that is malformed", _MEND)
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Misfit("holds a key that is malformed", _MEND) from None
