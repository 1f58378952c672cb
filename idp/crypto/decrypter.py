"""What was encrypted to us: of its header we read four words, and obey none that is not on a list of ours."""

from collections.abc import Callable, Mapping, Sequence

from idp.core import strictly
from idp.core.ids import KeyId
from idp.crypto.encryption_key import CONTENT, TAKES, EncryptionKey
from idp.ports.crypto import Undecryptable

LONGEST = 32 * 1024
"""Of the whole, in characters: a request object of 16 KiB with what encryption adds. Nothing is unpacked (`zip`), so
what comes out is smaller than what went in."""
REFUSED = frozenset({"zip", "crit", "b64", "p2s", "p2c", "jku", "jwk", "x5u", "x5c"})
"""Decompression bombs, extensions that we do not know, password work (row 86), keys from elsewhere (rows 80, 81)."""
MOST_TRIED = 4
"""Keys that a token without `kid` is tried with."""
ALGORITHMS = frozenset(alg for algorithms in TAKES.values() for alg in algorithms)

Keys = Mapping[KeyId, EncryptionKey]


class KeyringDecrypter:
    """`keys` is asked on every call, so that a key that went is gone at once. The newest comes first.

    Meant for the event loop: RSA of 3072 bits takes it 1.3 ms, as long as a signature by RS256. In the threads for
    passwords, which are last in line for a processor, it would wait behind every sign-in.
    """

    def __init__(self, keys: Callable[[], Keys]) -> None:
        self._keys = keys

    def decrypt(self, token: str) -> str:
        """The text within, in ASCII. Raises Undecryptable."""
        alg, enc, kid = _read(token)
        for key in self._fitting(alg, kid):
            try:
                return key.decrypt(token, alg, enc).decode("ascii")
            except (Undecryptable, UnicodeDecodeError):
                continue
        raise Undecryptable

    def _fitting(self, alg: str, kid: str | None) -> Sequence[EncryptionKey]:
        found = [key for key in self._keys().values() if alg in TAKES[key.algorithm] and kid in {None, key.id}]
        return found[:MOST_TRIED]


def _read(token: str) -> tuple[str, str, str | None]:
    """`alg`, `enc` and `kid` of a compact JWE (RFC 7516 §7.1)."""
    if len(token) > LONGEST or not token.isascii() or token.count(".") != 4:
        raise Undecryptable
    try:
        header = strictly.json_object(strictly.base64url(token.partition(".")[0]))
    except ValueError:
        raise Undecryptable from None
    alg, enc, kid = header.get("alg"), header.get("enc"), header.get("kid")
    if not isinstance(alg, str) or alg not in ALGORITHMS or not isinstance(enc, str) or enc not in CONTENT:
        raise Undecryptable
    if REFUSED & header.keys() or not (kid is None or isinstance(kid, str)):
        raise Undecryptable
    if str(header.get("cty", "JWT")).upper().removeprefix("APPLICATION/") != "JWT":
        raise Undecryptable
    return alg, enc, kid
