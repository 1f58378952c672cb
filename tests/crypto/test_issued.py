"""Tokens of the OpenID Provider: signed by any of our algorithms, read back for any audience, taken as hints."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from idp.core.claims import ACCESS_TOKEN_TYPE
from idp.core.errors import SessionExpired
from idp.crypto.keyring import Keyring
from idp.crypto.rotation import Schedule
from idp.crypto.sealer import AesGcmSealer
from idp.crypto.signing_key import ALGORITHMS, EDDSA, ES256, PS256, RS256
from tests.crypto.doubles import MovedClock, StoreInMemory

ISSUER = "https://idp.example.com"
SCHEDULE = Schedule(longest_token_life=timedelta(hours=1))


def ring(clock: MovedClock, sealer: AesGcmSealer, *algorithms: str, rsa_bits: int = 2048) -> Keyring:
    return Keyring(
        issuer=ISSUER,
        clock=clock,
        sealer=sealer,
        schedule=replace(SCHEDULE, rsa_bits=rsa_bits),
        algorithms=algorithms or ALGORITHMS,
    )


def claims(clock: MovedClock, **changes: object) -> dict[str, object]:
    now = int(clock.now().timestamp())
    return {"iss": ISSUER, "sub": "somebody", "aud": "https://api.example.com", "iat": now, "exp": now + 60, **changes}


async def test_a_database_from_before_an_algorithm_gets_its_keys(
    store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer
) -> None:
    """An update adds PS256: the keys that are there stay as they are."""
    await ring(clock, sealer, ES256, RS256, EDDSA).load(store)
    before = {row.id for row in await store.read(lambda work: work.keys.all())}

    younger = ring(clock, sealer)
    await younger.load(store)

    rows = await younger.rows()
    assert before < {row.id for row in rows}
    assert {row.algorithm for row in rows if row.id not in before} == {PS256}


async def test_there_is_a_signer_for_each_algorithm_the_default_first(
    store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer
) -> None:
    keyring = ring(clock, sealer)
    await keyring.load(store)
    signers = keyring.signers

    assert signers.algorithms == ALGORITHMS
    for algorithm in signers.algorithms:
        token = signers(algorithm).sign(claims(clock), ACCESS_TOKEN_TYPE)
        assert keyring.verifier().verify_issued(token, ACCESS_TOKEN_TYPE)["sub"] == "somebody"
    with pytest.raises(ValueError, match="HS256"):
        signers("HS256")


async def test_an_rsa_key_has_the_bits_that_were_asked_for(
    store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer
) -> None:
    keyring = ring(clock, sealer, RS256, rsa_bits=2048)
    await keyring.load(store)

    token = keyring.signer(RS256).sign(claims(clock), ACCESS_TOKEN_TYPE)

    assert len(token.rpartition(".")[2]) == 342  # 256 bytes


async def test_any_audience_is_read_and_a_named_one_demanded(
    store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer
) -> None:
    keyring = ring(clock, sealer, ES256)
    await keyring.load(store)
    verifier, token = keyring.verifier(), keyring.signer(ES256).sign(claims(clock), ACCESS_TOKEN_TYPE)

    assert verifier.verify_issued(token, ACCESS_TOKEN_TYPE)["aud"] == "https://api.example.com"
    assert verifier.verify(token, ACCESS_TOKEN_TYPE, "https://api.example.com")
    for wanted in ("https://other.example.com", ""):
        with pytest.raises(SessionExpired):
            verifier.verify(token, ACCESS_TOKEN_TYPE, wanted)
    clock.move(timedelta(minutes=1))
    with pytest.raises(SessionExpired):
        verifier.verify_issued(token, ACCESS_TOKEN_TYPE)


async def test_a_hint_is_an_id_token_of_ours_however_old(
    store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer
) -> None:
    """OIDC Core §3.1.2.1: nobody is signed in by it."""
    keyring = ring(clock, sealer, ES256)
    await keyring.load(store)
    signer, verifier = keyring.signer(ES256), keyring.verifier()
    token = signer.sign(claims(clock), "JWT")
    clock.move(timedelta(days=2))

    assert verifier.verify_hint(token)["sub"] == "somebody"
    for bad in (
        signer.sign(claims(clock), ACCESS_TOKEN_TYPE),
        signer.sign(claims(clock, iss="https://elsewhere.example"), "JWT"),
        signer.sign(claims(clock, sub=""), "JWT"),
        token[:-2],
        "é",
        "x" * 20000,
    ):
        with pytest.raises(SessionExpired):
            verifier.verify_hint(bad)


async def test_keys_are_made_side_by_side(store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer) -> None:
    """A first start waits for the slowest of them, as far as the processors go; two starts at once make one set."""
    first, second = ring(clock, sealer), ring(clock, sealer)

    await asyncio.gather(first.load(store), second.load(store))

    assert {row.id for row in await first.rows()} == {row.id for row in await second.rows()}
