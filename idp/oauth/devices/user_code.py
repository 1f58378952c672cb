"""The code that a device shows and a person types (RFC 8628 §6.1)."""

import base64

from idp.core.secret import Digest
from idp.ports.ambient import Entropy
from idp.ports.crypto import Digester

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so no words; nothing that looks like a digit; no case."""

LENGTH = 8
GROUP = 4


def make_user_code(entropy: Entropy) -> str:
    """`WDJB-MJHT`: one of 20^8, evenly: 256 random bits are divided."""
    number = int.from_bytes(base64.urlsafe_b64decode(entropy.token() + "="))
    letters = ""
    for _ in range(LENGTH):
        number, letter = divmod(number, len(ALPHABET))
        letters += ALPHABET[letter]
    return shown(letters)


def canonical(typed: str) -> str:
    """The letters of what was typed, whatever its case, spaces and dashes. Empty: it can be no code of ours."""
    letters = "".join(letter for letter in typed.upper() if letter not in " -\u2010\u2011\u2013\u2014")
    return letters if len(letters) == LENGTH and set(letters) <= set(ALPHABET) else ""


def shown(letters: str) -> str:
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def digest_of_user_code(digester: Digester, letters: str) -> Digest:
    return digester.digest("oauth-user-code", letters)


def digest_of_device_code(digester: Digester, code: str) -> Digest:
    return digester.digest("oauth-device-code", code)
