"""Time and chance as the machine gives them."""

import base64
from datetime import UTC, timedelta
from uuid import UUID

from idp.crypto.ambient import SystemClock, SystemEntropy


def test_the_clock_is_aware_of_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_a_token_is_256_bits_in_canonical_base64url(entropy: SystemEntropy) -> None:
    token = entropy.token()

    assert len(token) == 43
    assert base64.urlsafe_b64encode(base64.urlsafe_b64decode(token + "=")).decode() == token + "="


def test_no_token_comes_twice(entropy: SystemEntropy) -> None:
    assert len({entropy.token() for _ in range(1000)}) == 1000


def test_ids_are_version_4(entropy: SystemEntropy) -> None:
    assert UUID(entropy.id()).version == 4


def test_digits_keep_their_length_with_leading_noughts(entropy: SystemEntropy) -> None:
    codes = [entropy.digits(6) for _ in range(2000)]

    assert all(len(code) == 6 and code.isdecimal() and code.isascii() for code in codes)
    assert {code[0] for code in codes} == set("0123456789")
