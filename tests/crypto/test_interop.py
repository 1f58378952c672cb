"""Anyone verifies our tokens with nothing but the key set's document."""

import asyncio
import json
import warnings
from collections.abc import Callable

import jwt as pyjwt
import pytest
from joserfc import jwt as joserfc_jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import KeySet

from idp.core.claims import ACCESS_TOKEN_TYPE
from idp.crypto.ambient import SystemClock, SystemEntropy
from idp.crypto.keyring import Keyring
from idp.crypto.sealer import AesGcmSealer
from idp.crypto.signing_key import ALGORITHMS
from tests.crypto.conftest import MASTER, SCHEDULE
from tests.crypto.doubles import StoreInMemory
from tests.crypto.forger import AUDIENCE, ISSUER, claims_at


@pytest.fixture(scope="module")
def provider() -> Keyring:
    """On the real clock, which strangers' verifiers go by."""
    sealer = AesGcmSealer(MASTER, SystemEntropy())
    ring = Keyring(issuer=ISSUER, clock=SystemClock(), sealer=sealer, schedule=SCHEDULE)
    asyncio.run(ring.load(StoreInMemory()))
    return ring


@pytest.fixture(params=ALGORITHMS)
def algorithm(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def by_pyjwt(token: str, document: bytes, algorithm: str) -> dict[str, object]:
    keys = pyjwt.PyJWKSet.from_json(document.decode())
    key = keys[pyjwt.get_unverified_header(token)["kid"]]
    claims: dict[str, object] = pyjwt.decode(token, key, [algorithm], audience=AUDIENCE, issuer=ISSUER)
    return claims


def by_joserfc(token: str, document: bytes, algorithm: str) -> dict[str, object]:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", SecurityWarning
        )  # RFC 9864 would call EdDSA Ed25519; its readers are few as yet
        return joserfc_jwt.decode(token, KeySet.import_key_set(json.loads(document)), [algorithm]).claims


@pytest.mark.parametrize("verified", [by_pyjwt, by_joserfc])
async def test_a_stranger_verifies_a_token_before_and_after_a_turn(
    provider: Keyring, algorithm: str, verified: Callable[[str, bytes, str], dict[str, object]]
) -> None:
    """RFC 7515, RFC 7517, RFC 8037."""
    claims = claims_at(SystemClock().now())
    before = provider.signer(algorithm).sign(claims, ACCESS_TOKEN_TYPE)
    assert verified(before, provider.document().body, algorithm) == claims

    await provider.rotate()

    after = provider.signer(algorithm).sign(claims, ACCESS_TOKEN_TYPE)
    assert verified(before, provider.document().body, algorithm) == claims
    assert verified(after, provider.document().body, algorithm) == claims


def test_a_stranger_refuses_what_was_altered(provider: Keyring, algorithm: str) -> None:
    head, body, tail = provider.signer(algorithm).sign(claims_at(SystemClock().now()), ACCESS_TOKEN_TYPE).split(".")
    altered = tail[:10] + ("A" if tail[10] != "A" else "B") + tail[11:]

    with pytest.raises(pyjwt.InvalidSignatureError):
        by_pyjwt(f"{head}.{body}.{altered}", provider.document().body, algorithm)


def test_our_own_verifier_agrees(provider: Keyring, algorithm: str) -> None:
    claims = claims_at(SystemClock().now())
    token = provider.signer(algorithm).sign(claims, ACCESS_TOKEN_TYPE)

    assert provider.verifier().verify(token, ACCESS_TOKEN_TYPE, AUDIENCE) == claims
