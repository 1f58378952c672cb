"""The published key set: public, complete, the same bytes until something changes."""

import json

import pytest

from idp.crypto.jwks import publish
from idp.crypto.keyring import Keyring
from idp.crypto.signing_key import ALGORITHMS, SigningKey

MEMBERS = {
    "RS256": {"kty", "n", "e", "use", "alg", "kid"},
    "PS256": {"kty", "n", "e", "use", "alg", "kid"},
    "ES256": {"kty", "crv", "x", "y", "use", "alg", "kid"},
    "EdDSA": {"kty", "crv", "x", "use", "alg", "kid"},
}


@pytest.fixture(scope="module")
def keys() -> list[SigningKey]:
    return [SigningKey.generate(algorithm) for algorithm in ALGORITHMS]


def test_the_set_shows_public_members_and_no_others(keys: list[SigningKey]) -> None:
    """Threat row 89; RFC 7517 §5."""
    shown = json.loads(publish(keys, 300).body)

    assert list(shown) == ["keys"]
    assert {key["alg"]: set(key) for key in shown["keys"]} == MEMBERS
    assert all(key["use"] == "sig" for key in shown["keys"])


def test_the_etag_is_strong_quoted_and_that_of_the_bytes(keys: list[SigningKey]) -> None:
    """RFC 9110 §8.8.3."""
    whole, again, part = publish(keys, 300), publish(keys, 300), publish(keys[:2], 300)

    assert whole == again
    assert whole.etag != part.etag
    assert whole.etag[0] == whole.etag[-1] == '"'
    assert whole.etag[1:-1].isalnum()


async def test_the_bytes_are_made_once_per_change(keyring: Keyring) -> None:
    before = keyring.document()
    await keyring.refresh()
    assert keyring.document() is before

    await keyring.rotate()
    assert keyring.document().etag != before.etag


def test_clients_are_told_how_long_to_keep_it(keyring: Keyring) -> None:
    assert keyring.document().max_age == 300
