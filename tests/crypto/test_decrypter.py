"""What others encrypt to us: which keys they find, and what of theirs we open (RFC 7516, RFC 7518 §4; row 86)."""

import asyncio
import base64
import json
import zlib
from datetime import timedelta
from typing import Any

import jwt as pyjwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import ECKey, JWKRegistry, Key, KeySet, RSAKey
from joserfc.jws import JWSRegistry

from idp.core.claims import ACCESS_TOKEN_TYPE
from idp.core.errors import SessionExpired
from idp.crypto.decrypter import ALGORITHMS
from idp.crypto.encryption_key import CONTENT, ENCRYPTION, EncryptionKey
from idp.crypto.keyring import Keyring
from idp.crypto.rotation import Schedule
from idp.crypto.sealer import AesGcmSealer
from idp.crypto.signing_key import ES256, RS256, KeyUnusable
from idp.oauth import algorithms
from idp.ports.crypto import Undecryptable
from tests.crypto.conftest import ISSUER
from tests.crypto.doubles import MovedClock, StoreInMemory
from tests.crypto.forger import claims_at

SCHEDULE = Schedule(longest_token_life=timedelta(hours=1), rsa_bits=2048)
TEXT = "head.body.tail"
WEAK = ["RSA1_5", "RSA-OAEP", "dir", "A256KW", "PBES2-HS256+A128KW", "ECDH-ES+A192KW", "none", ""]


@pytest.fixture
def ring(store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer) -> Keyring:
    return opened(store, clock, sealer)


def opened(
    store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer, encryption: tuple[str, ...] = ENCRYPTION
) -> Keyring:
    ring = Keyring(issuer=ISSUER, clock=clock, sealer=sealer, schedule=SCHEDULE, algorithms=(ES256, *encryption))
    asyncio.run(ring.load(store))
    return ring


def published(ring: Keyring, use: str = "enc") -> list[dict[str, Any]]:
    return [key for key in json.loads(ring.document().body)["keys"] if key["use"] == use]


def recipient(ring: Keyring, alg: str) -> dict[str, Any]:
    kty = "RSA" if alg.startswith("RSA") else "EC"
    return next(key for key in published(ring) if key["kty"] == kty)


def encrypted(jwk: dict[str, Any], text: str = TEXT, *, alg: str = "ECDH-ES", enc: str = "A128GCM", **more: Any) -> str:
    header = {"alg": alg, "enc": enc, "kid": jwk["kid"], "cty": "JWT", **more}
    protected = {name: value for name, value in header.items() if value is not None}
    bare = {name: value for name, value in jwk.items() if name not in {"use", "alg"}}
    registry = jwe.JWERegistry(algorithms=[alg, enc, "DEF"], strict_check_header=False)
    return jwe.encrypt_compact(protected, text, JWKRegistry.import_key(bare), registry=registry)


@pytest.mark.parametrize("alg", sorted(ALGORITHMS))
@pytest.mark.parametrize("enc", CONTENT)
def test_what_is_encrypted_to_a_published_key_is_read(ring: Keyring, alg: str, enc: str) -> None:
    jwk = recipient(ring, alg)

    assert ring.decrypter().decrypt(encrypted(jwk, alg=alg, enc=enc)) == TEXT
    assert ring.decrypter().decrypt(encrypted(jwk, alg=alg, enc=enc, kid=None)) == TEXT
    assert ring.decrypter().decrypt(encrypted(jwk, alg=alg, enc=enc, cty=None)) == TEXT


def test_what_is_announced_is_what_is_read() -> None:
    assert set(algorithms.KEY_MANAGEMENT) == ALGORITHMS
    assert set(algorithms.CONTENT_ENCRYPTION) == set(CONTENT)


def test_the_published_keys_are_for_this_and_show_nothing_private(ring: Keyring) -> None:
    """RFC 7517 §4.2; row 89. One key for several algorithms names none."""
    rsa, ec = published(ring)

    assert (set(rsa), rsa["alg"]) == ({"kty", "n", "e", "use", "alg", "kid"}, "RSA-OAEP-256")
    assert (set(ec), ec["crv"]) == ({"kty", "crv", "x", "y", "use", "kid"}, "P-256")


def test_verifiers_do_not_take_them_for_signatures(ring: Keyring, clock: MovedClock) -> None:
    """Ours has none of them; others' skip what is not for signatures, by `use` and by `kid`."""
    token = ring.signer(ES256).sign(claims_at(clock.now()), ACCESS_TOKEN_TYPE)
    kids = {key["kid"] for key in published(ring)}

    known = pyjwt.PyJWKSet.from_json(ring.document().body.decode())
    signing = [key.key_id for key in known.keys if key.public_key_use == "sig"]
    assert pyjwt.get_unverified_header(token)["kid"] in signing
    assert kids.isdisjoint(signing)
    assert [key.kid for key in KeySet.import_key_set(json.loads(ring.document().body)).keys if key.kid in kids]
    assert not kids & ring.opened.signing.keys()
    assert ring.verifier().verify_issued(token, ACCESS_TOKEN_TYPE)


async def test_what_an_encryption_key_signs_is_no_token_of_ours(ring: Keyring, clock: MovedClock) -> None:
    """Row 79: even its private half makes no token."""
    key = next(key for key in ring.opened.decrypting.values() if key.algorithm == "ECDH-ES")
    private = ECKey.import_key(json.loads(key.private_jwk()) | {"use": "sig"})
    header = {"alg": ES256, "kid": key.id, "typ": ACCESS_TOKEN_TYPE}
    message = ".".join(_part(part) for part in (header, claims_at(clock.now())))
    signature = JWSRegistry.algorithms[ES256].sign(message.encode(), private)
    forged = f"{message}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    with pytest.raises(SessionExpired):
        ring.verifier().verify_issued(forged, ACCESS_TOKEN_TYPE)


def test_without_them_the_key_set_is_what_it_was(store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer) -> None:
    plain = opened(store, clock, sealer, ())
    before = plain.document()
    more = opened(store, clock, sealer)
    off_again = opened(store, clock, sealer, ())

    assert [key["use"] for key in json.loads(before.body)["keys"]] == ["sig", "sig"]
    assert published(more, "sig") == published(plain, "sig")
    assert (off_again.document().body, off_again.document().etag) == (before.body, before.etag)
    with pytest.raises(Undecryptable):
        off_again.decrypter().decrypt(encrypted(recipient(more, "ECDH-ES")))


async def test_they_turn_with_the_others_and_the_last_ones_still_read(ring: Keyring, clock: MovedClock) -> None:
    """Nobody is told the old key any more; what was encrypted to it is read until it is removed."""
    before = [encrypted(recipient(ring, alg), alg=alg) for alg in ("ECDH-ES", "RSA-OAEP-256")]
    old = {key["kid"] for key in published(ring)}

    turns = await ring.rotate()

    assert {turn.algorithm for turn in turns} == {ES256, *ENCRYPTION}
    assert old.isdisjoint(key["kid"] for key in published(ring))
    assert len(published(ring)) == 2
    assert [ring.decrypter().decrypt(token) for token in before] == [TEXT, TEXT]
    clock.move(timedelta(hours=2))
    await ring.tend()
    with pytest.raises(Undecryptable):
        ring.decrypter().decrypt(before[0])


async def test_a_key_that_was_stolen_reads_nothing_any_more(ring: Keyring) -> None:
    jwk = recipient(ring, "ECDH-ES")

    await ring.retire(jwk["kid"])

    with pytest.raises(Undecryptable):
        ring.decrypter().decrypt(encrypted(jwk))
    assert ring.decrypter().decrypt(encrypted(recipient(ring, "ECDH-ES"))) == TEXT


async def test_another_process_reads_it_too(
    ring: Keyring, store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer
) -> None:
    other = Keyring(issuer=ISSUER, clock=clock, sealer=sealer, schedule=SCHEDULE, algorithms=(ES256, *ENCRYPTION))
    await other.load(store)

    await ring.rotate()

    assert other.decrypter().decrypt(encrypted(recipient(ring, "ECDH-ES"))) == TEXT


def test_the_private_halves_are_sealed(ring: Keyring, store: StoreInMemory) -> None:
    """Row 89."""
    rows = [row for row in asyncio.run(ring.rows()) if row.algorithm in ENCRYPTION]

    assert {(row.algorithm, row.state) for row in rows} == {
        (algorithm, state) for algorithm in ENCRYPTION for state in ("active", "next")
    }
    for row in rows:
        assert b"kty" not in bytes(row.private)
        assert '"d"' not in row.public


@pytest.mark.parametrize("alg", [alg for alg in WEAK if alg in jwe.JWERegistry.algorithms["alg"]])
def test_no_other_algorithm_is_taken(ring: Keyring, alg: str) -> None:
    """Row 86: RSA1_5 is Bleichenbacher's, PBES2 makes us work."""
    token = encrypted(recipient(ring, "RSA-OAEP-256"), alg="RSA-OAEP-256")
    _, rest = token.split(".", 1)

    with pytest.raises(Undecryptable):
        ring.decrypter().decrypt(f"{_part({'alg': alg, 'enc': 'A128GCM'})}.{rest}")


@pytest.mark.parametrize(
    "more",
    [
        {"zip": "DEF"},
        {"p2c": 10**9},
        {"p2s": "AAAA"},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/x"},
        {"x5c": ["AAAA"]},
        {"cty": "json"},
        {"kid": "unknown"},
    ],
)
def test_what_asks_for_more_is_refused_though_it_decrypts(ring: Keyring, more: dict[str, Any]) -> None:
    """Rows 80, 81, 86."""
    with pytest.raises(Undecryptable):
        ring.decrypter().decrypt(encrypted(recipient(ring, "ECDH-ES"), **more))


@pytest.mark.parametrize(
    "change",
    [
        {"crit": ["exp"]},
        {"enc": "A128CBC-HS512"},
        {"enc": ["A128GCM"]},
        {"alg": ["ECDH-ES"]},
        {"alg": None},
        {"kid": "unknown"},
        {"kid": 1},
        {"cty": "json"},
        {"epk": None},
        {"epk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
        {"epk": {"kty": "OKP", "crv": "X25519", "x": "AA"}},
        {"epk": "x"},
        {"apu": 1},
    ],
)
def test_a_header_that_asks_for_more_is_refused(ring: Keyring, change: dict[str, Any]) -> None:
    """Rows 80, 81, 84, 86."""
    token = encrypted(recipient(ring, "ECDH-ES"))
    head, rest = token.split(".", 1)
    header = json.loads(base64.urlsafe_b64decode(head + "==")) | change

    with pytest.raises(Undecryptable):
        ring.decrypter().decrypt(f"{_part({k: v for k, v in header.items() if v is not None})}.{rest}")


def test_nothing_is_unpacked(ring: Keyring) -> None:
    """A decompression bomb: a kilobyte that would become a megabyte."""
    bomb = encrypted(recipient(ring, "ECDH-ES"), "a" * 10**6, zip="DEF")

    assert len(zlib.compress(b"a" * 10**6)) < len(bomb) < 4096
    with pytest.raises(Undecryptable):
        ring.decrypter().decrypt(bomb)


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_another_key_is_not_ours(ring: Keyring, kind: str) -> None:
    alg = "RSA-OAEP-256" if kind == "rsa" else "ECDH-ES"
    key: Key = RSAKey.generate_key(2048) if kind == "rsa" else ECKey.generate_key("P-256")
    kid = recipient(ring, alg)["kid"]

    with pytest.raises(Undecryptable):
        ring.decrypter().decrypt(encrypted({**key.as_dict(private=False), "kid": kid}, alg=alg))


@pytest.mark.parametrize(
    "token", ["", "a.b.c.d.e", "....", "é.b.c.d.e", "x" * 40_000, f"{'a' * 33_000}.b.c.d.e", "a.b.c", "a.b.c.d.e.f"]
)
def test_what_is_no_jwe_is_refused(ring: Keyring, token: str) -> None:
    with pytest.raises(Undecryptable):
        ring.decrypter().decrypt(token)


def test_what_is_no_text_is_refused(ring: Keyring) -> None:
    with pytest.raises(Undecryptable):
        ring.decrypter().decrypt(encrypted(recipient(ring, "ECDH-ES"), "é"))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_altered_there_is_one_answer(ring: Keyring, data: st.DataObject) -> None:
    """No other exception, whatever a stranger sends: none would be answered in the protocol's words."""
    alg = data.draw(st.sampled_from(sorted(ALGORITHMS)))
    token = _once(ring, alg)
    at = data.draw(st.integers(0, len(token) - 1))
    altered = token[:at] + data.draw(st.text("AZaz09-_.", max_size=3)) + token[at + 1 :]

    try:
        assert ring.decrypter().decrypt(altered) == TEXT
    except Undecryptable:
        return


_MADE: dict[tuple[int, str], str] = {}


def _once(ring: Keyring, alg: str) -> str:
    known = _MADE.get((id(ring), alg))
    return known or _MADE.setdefault((id(ring), alg), encrypted(recipient(ring, alg), alg=alg))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"kty":"RSA"}', b'{"kty":"EC","crv":"P-256"}'])
def test_what_is_no_key_of_ours_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(KeyUnusable):
        EncryptionKey.from_private_jwk(data)


def test_there_are_keys_of_two_kinds_and_no_others() -> None:
    with pytest.raises(ValueError, match=RS256):
        EncryptionKey.generate(RS256)


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, default=str).encode()).rstrip(b"=").decode()
