"""What the database holds in place of codes, links and refresh tokens (threat rows 62, 64 and 71)."""

import hmac
from functools import lru_cache

from idp.core.secret import Digest
from idp.crypto.master_key import MasterKey

PSEUDONYM_LENGTH = 16


class HmacDigester:
    """Keyed, so that six digits cannot be guessed from a copy of the database."""

    def __init__(self, master: MasterKey) -> None:
        self._pepper = master.derive("digest")
        self._pseudonym_key = master.derive("pseudonym")

    def digest(self, purpose: str, *parts: str) -> Digest:
        return Digest(hmac.digest(self._pepper, b"".join([_purpose(purpose), *map(_framed, parts)]), "sha256"))

    def pseudonym(self, text: str) -> str:
        return hmac.digest(self._pseudonym_key, _framed(text), "sha256").hex()[:PSEUDONYM_LENGTH]


@lru_cache(maxsize=256)
def _purpose(purpose: str) -> bytes:
    """There are some dozens, all written in our code."""
    return _framed(purpose)


def _framed(part: str) -> bytes:
    """The part behind its length, so that ("ab", "c") and ("a", "bc") differ.

    A lone surrogate, which JSON can carry, gets bytes of its own instead of an error (threat row 121).
    """
    data = part.encode("utf-8", "surrogatepass")
    return len(data).to_bytes(8, "big") + data
