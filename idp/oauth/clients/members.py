"""How each member of client metadata is read: from untrusted JSON to what we keep, or Misfit."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from email.utils import parseaddr

from idp.oauth.clients.flaws import Misfit
from idp.oauth.clients.vocabulary import GRANT_TYPES

Reader = Callable[[object], object]

MOST_ADDRESSES = 64
LONGEST_TEXT = 512
LONGEST_SCOPE = 4096
LONGEST_AGE = 10 * 365 * 24 * 3600
SCOPE_WORD = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+", re.ASCII)
_GRANT_URI = re.compile(r"(urn|https):[\x21-\x7e]{1,240}", re.ASCII)
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
# characters that turn the writing direction: a name could read as another (CVE-2021-42574)
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def text(value: object) -> str:
    """What people read: one line, in whatever script."""
    if not isinstance(value, str) or not value.strip():
        raise Misfit("is not a text", "Write a text in quotes, or leave it out.")
    if len(value) > LONGEST_TEXT:
        raise Misfit("is too long", f"Up to {LONGEST_TEXT} characters.")
    if any(unicodedata.category(char) in _UNPRINTABLE or char in _TURNING for char in value):
        raise Misfit("contains a control character", "Write it in one line of printable characters.")
    return value


def switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise Misfit("is not true or false", "Write true or false, without quotes.")
    return value


def seconds(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LONGEST_AGE:
        raise Misfit("is not a number of seconds", "Write a whole number, 0 or more.")
    return value


def one_of(known: Sequence[str]) -> Reader:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise Misfit("is nothing that we support", f"Known: {', '.join(known)}.")
        return value

    return read


def grant_type(value: object) -> str:
    """One of ours, or the absolute URI of a plugin's (RFC 6749 §4.5). Never `implicit` or `password` (row 104)."""
    if not isinstance(value, str) or not (value in GRANT_TYPES or _GRANT_URI.fullmatch(value)):
        raise Misfit("holds one that we do not support", f"Known: {', '.join(GRANT_TYPES)}.")
    return value


def list_of(reader: Reader, most: int = MOST_ADDRESSES) -> Reader:
    def read(value: object) -> tuple[object, ...]:
        if not isinstance(value, list | tuple):
            raise Misfit("is not a list", 'Write it in brackets: ["…"].')
        if len(value) > most:
            raise Misfit("names too many", f"Up to {most}.")
        return tuple(dict.fromkeys(reader(item) for item in value))

    return read


def address(check: Callable[[str], str]) -> Reader:
    def read(value: object) -> str:
        if not isinstance(value, str):
            raise Misfit("is not a text", 'Put it in quotes: "…".')
        return check(value)

    return read


def contact(value: object) -> str:
    found = text(value)
    if "@" not in parseaddr(found)[1] and not found.startswith("https://"):
        raise Misfit("is no e-mail address", 'Write the bare address: "admin@example.com".')
    return found


def scope(value: object) -> tuple[str, ...]:
    """RFC 7591 §2: one text, blanks between; a list is the same for whoever writes a configuration."""
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        value = " ".join(value)
    if not isinstance(value, str):
        raise Misfit("is not a text", 'Write it as in "openid profile".')
    if len(value) > LONGEST_SCOPE:
        raise Misfit("is too long", f"Up to {LONGEST_SCOPE} characters.")
    tokens = value.split(" ")
    if any(token and not SCOPE_WORD.fullmatch(token) for token in tokens):
        raise Misfit(
            "holds a character that no scope has", "Visible ASCII without quotes and backslash, blanks between."
        )
    return tuple(dict.fromkeys(token for token in tokens if token))


def words(value: object) -> str:
    """A name that a machine reads: visible ASCII."""
    found = text(value)
    if not found.isascii() or " " in found:
        raise Misfit("is not a name", "Visible ASCII without blanks.")
    return found
