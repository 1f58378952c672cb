"""Password hashes that we can check: our own, and those that other systems made.

| name | looks like |
|---|---|
| `argon2id`, `argon2i`, `argon2d` | `$argon2id$v=19$m=…,t=…,p=…$salt$hash` (RFC 9106, PHC string) |
| `bcrypt` | `$2a$12$…`, `$2b$12$…`, `$2y$12$…` |
| `scrypt-bloom` | `<salt hex>#<hash hex>`, N=16384 r=8 p=1, 64 bytes |
| `scrypt` | `$scrypt$ln=17,r=8,p=1$salt$hash` (passlib, PHC string) |
| `pbkdf2-sha256`, `pbkdf2-sha512` | `$pbkdf2-sha256$29000$salt$hash` (passlib), `$pbkdf2-sha256$i=600000$…` (PHC) |
| `pbkdf2-sha256` | `pbkdf2_sha256$720000$salt$hash` (Django) |

Whoever writes a hash chooses what checking it costs. Above the bounds here, about two seconds and 256 MiB, it is
refused; and so is one whose result is too short to tell passwords apart.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import bcrypt
from argon2.exceptions import Argon2Error
from argon2.low_level import Type, verify_secret

LONGEST = 512
MOST_ARGON2_KIB = 256 * 1024
MOST_ARGON2_WORK = 1024 * 1024  # KiB times passes
MOST_ARGON2_LANES = 16
MOST_BCRYPT_COST = 14
BCRYPT_BYTES = 72
MOST_SCRYPT_WORK = 2**20  # N times r times p; OpenSSL takes 128 bytes for each N times r, and each r times p
MOST_SCRYPT_MEMORY = 2**28 + 2**20
MOST_PBKDF2_ITERATIONS = {"sha256": 4_000_000, "sha512": 2_000_000}
LEAST_RESULT_BYTES = 16
LEAST_ARGON2_SALT_BYTES = 8


class HashRefused(Exception):
    """We could not check a password against this. `reason` never quotes the hash."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHash:
    """A hash that was understood. `matches` blocks for as long as the hash is dear, and raises nothing."""

    name: str
    matches: Callable[[bytes], bool] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Argon2Cost:
    """Memory in KiB, passes over it, lanes. The default is OWASP's minimum (Password Storage Cheat Sheet)."""

    memory_kib: int = 19_456
    passes: int = 2
    lanes: int = 1

    @classmethod
    def of(cls, encoded: str) -> "Argon2Cost | None":
        """What an argon2id hash of the current version costs; None for any other."""
        found = _ARGON2.fullmatch(encoded)
        if found is None or found["kind"] != "id" or found["version"] != "19":
            return None
        return cls(memory_kib=int(found["m"]), passes=int(found["t"]), lanes=int(found["p"]))


_ARGON2 = re.compile(
    r"\$argon2(?P<kind>id|i|d)\$v=(?P<version>16|19)\$m=(?P<m>[1-9]\d{0,9}),t=(?P<t>[1-9]\d{0,9}),p=(?P<p>[1-9]\d{0,3})"
    r"\$(?P<salt>[A-Za-z0-9+/]+)\$(?P<hash>[A-Za-z0-9+/]+)",
    re.ASCII,
)
_BCRYPT = re.compile(
    r"\$2[aby]\$(?P<cost>\d\d)\$[./A-Za-z0-9]{21}(?P<salt_end>[./A-Za-z0-9])[./A-Za-z0-9]{31}", re.ASCII
)
_BLOOM = re.compile(r"(?P<salt>(?:[0-9a-f]{2})+)#(?P<hash>[0-9a-f]{128})", re.ASCII | re.IGNORECASE)
_SCRYPT = re.compile(
    r"\$scrypt\$ln=(?P<ln>\d{1,2}),r=(?P<r>\d{1,4}),p=(?P<p>\d{1,4})\$(?P<salt>[A-Za-z0-9+/]+)\$(?P<hash>[A-Za-z0-9+/]+)",
    re.ASCII,
)
_DJANGO = re.compile(
    r"pbkdf2_(?P<digest>sha256)\$(?P<i>\d{1,10})\$(?P<salt>[^$]+)\$(?P<hash>[A-Za-z0-9+/]+=*)",
    re.ASCII,
)
_PBKDF2 = re.compile(
    r"\$pbkdf2-(?P<digest>sha256|sha512)\$(?:i=)?(?P<i>\d{1,10})(?:,l=\d{1,3})?"
    r"\$(?P<salt>[A-Za-z0-9+/.]+)\$(?P<hash>[A-Za-z0-9+/.]+)",
    re.ASCII,
)


def read_hash(encoded: str) -> StoredHash:
    """The hash behind the text, or HashRefused with the reason."""
    if len(encoded) > LONGEST:
        raise HashRefused(f"longer than {LONGEST} characters")
    for pattern, reader in _READERS:
        if found := pattern.fullmatch(encoded):
            return reader(found)
    raise HashRefused("not in a known format: argon2, bcrypt, scrypt, pbkdf2")


def _argon2(found: re.Match[str]) -> StoredHash:
    memory, passes, lanes = int(found["m"]), int(found["t"]), int(found["p"])
    if memory > MOST_ARGON2_KIB or memory * passes > MOST_ARGON2_WORK or lanes > MOST_ARGON2_LANES:
        raise HashRefused(
            f"argon2 dearer than m={MOST_ARGON2_KIB} KiB, m*t={MOST_ARGON2_WORK} KiB or p={MOST_ARGON2_LANES}"
        )
    if memory < 8 * lanes:
        raise HashRefused("argon2 with less than 8 KiB a lane (RFC 9106 §3.1)")
    if len(_unpadded(found["salt"])) < LEAST_ARGON2_SALT_BYTES:
        raise HashRefused(f"argon2 with a salt below {LEAST_ARGON2_SALT_BYTES} bytes")
    _long_enough(_unpadded(found["hash"]))
    kind = {"id": Type.ID, "i": Type.I, "d": Type.D}[found["kind"]]
    return StoredHash(name=f"argon2{found['kind']}", matches=partial(_argon2_matches, found[0].encode(), kind))


def _argon2_matches(encoded: bytes, kind: Type, password: bytes) -> bool:
    try:
        return verify_secret(encoded, password, kind)
    except Argon2Error:
        return False


def _bcrypt(found: re.Match[str]) -> StoredHash:
    if not 4 <= int(found["cost"]) <= MOST_BCRYPT_COST:
        raise HashRefused(f"bcrypt with a cost outside 4 to {MOST_BCRYPT_COST}")
    if found["salt_end"] not in ".Oeu":
        raise HashRefused("bcrypt with stray bits at the end of its salt")
    return StoredHash(name="bcrypt", matches=partial(_bcrypt_matches, found[0].encode()))


def _bcrypt_matches(encoded: bytes, password: bytes) -> bool:
    """Looks at 72 bytes and no more, as whatever made the hash did: a longer password is right by its beginning.

    The first sign-in replaces the hash by one over every byte that was typed.
    """
    return bcrypt.checkpw(password[:BCRYPT_BYTES], encoded)


def _scrypt_bloom(found: re.Match[str]) -> StoredHash:
    """Bloom passes the salt's bytes to scrypt, not their hexadecimal text, with Node's defaults for N, r and p."""
    return _scrypt_of(
        "scrypt-bloom",
        bytes.fromhex(found["hash"]),
        salt=bytes.fromhex(found["salt"]),
        cost=(2**14, 8, 1),
    )


def _scrypt(found: re.Match[str]) -> StoredHash:
    cost = (2 ** int(found["ln"]), int(found["r"]), int(found["p"]))
    return _scrypt_of("scrypt", _unpadded(found["hash"]), salt=_unpadded(found["salt"]), cost=cost)


def _scrypt_of(name: str, expected: bytes, *, salt: bytes, cost: tuple[int, int, int]) -> StoredHash:
    n, r, p = cost
    if not 1 < n < 2 ** (16 * r) or not 0 < n * r * p <= MOST_SCRYPT_WORK:
        raise HashRefused(f"scrypt with N*r*p above {MOST_SCRYPT_WORK}, or parameters outside RFC 7914 §2")
    _long_enough(expected)
    derive = partial(hashlib.scrypt, salt=salt, n=n, r=r, p=p, maxmem=MOST_SCRYPT_MEMORY, dklen=len(expected))
    return StoredHash(name=name, matches=lambda password: hmac.compare_digest(derive(password), expected))


def _pbkdf2(found: re.Match[str]) -> StoredHash:
    return _pbkdf2_of(found, salt=_adapted(found["salt"]), expected=_adapted(found["hash"]))


def _pbkdf2_django(found: re.Match[str]) -> StoredHash:
    """Django uses the salt as the text it is, and pads its base64."""
    return _pbkdf2_of(found, salt=found["salt"].encode(), expected=_unpadded(found["hash"].rstrip("=")))


def _pbkdf2_of(found: re.Match[str], *, salt: bytes, expected: bytes) -> StoredHash:
    iterations, digest = int(found["i"]), found["digest"]
    most = MOST_PBKDF2_ITERATIONS[digest]
    if not 0 < iterations <= most:
        raise HashRefused(f"pbkdf2 with iterations outside 1 to {most}")
    if len(expected) != hashlib.new(digest).digest_size:
        # a longer result costs us as many rounds more and the guesser none
        raise HashRefused(f"pbkdf2 result is not of {digest}'s length")

    def matches(password: bytes) -> bool:
        return hmac.compare_digest(hashlib.pbkdf2_hmac(digest, password, salt, iterations), expected)

    return StoredHash(name=f"pbkdf2-{digest}", matches=matches)


def _unpadded(text: str) -> bytes:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise HashRefused("salt or result is no base64") from None
    if base64.b64encode(data).rstrip(b"=").decode() != text:
        raise HashRefused("salt or result is base64 with stray bits at its end")
    return data


def _adapted(text: str) -> bytes:
    """Base64 as passlib writes it, with `.` for `+`."""
    return _unpadded(text.replace(".", "+"))


def _long_enough(result: bytes) -> None:
    if len(result) < LEAST_RESULT_BYTES:
        raise HashRefused(f"result is shorter than {LEAST_RESULT_BYTES} bytes")


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], StoredHash]], ...] = (
    (_ARGON2, _argon2),
    (_BCRYPT, _bcrypt),
    (_BLOOM, _scrypt_bloom),
    (_SCRYPT, _scrypt),
    (_DJANGO, _pbkdf2_django),
    (_PBKDF2, _pbkdf2),
)
