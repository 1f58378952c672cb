"""What the one door for tokens lets in, and the forgeries it keeps out (threat rows 72 and 77 to 87)."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from idp.core.claims import ACCESS_TOKEN_TYPE, audience_of
from idp.core.errors import SessionExpired
from idp.crypto.keyring import Keyring
from idp.crypto.signing_key import ES256, RS256, SigningKey
from idp.crypto.verifier import KeyringVerifier, VerifyingKeys
from tests.crypto.doubles import NOON, MovedClock
from tests.crypto.forger import AUDIENCE, ISSUER, Forger, claims_at, part


@pytest.fixture
def forger(keyring: Keyring) -> Forger:
    return Forger(keyring.opened.signing[ES256])


def is_refused(keyring: Keyring, token: str, token_type: str = ACCESS_TOKEN_TYPE, audience: str = AUDIENCE) -> bool:
    try:
        keyring.verifier().verify(token, token_type, audience)
    except SessionExpired:
        return True
    return False


def test_a_token_of_ours_is_let_in_with_all_it_says(keyring: Keyring) -> None:
    claims = claims_at(NOON)
    token = keyring.signer(ES256).sign(claims, ACCESS_TOKEN_TYPE)

    assert dict(keyring.verifier().verify(token, ACCESS_TOKEN_TYPE, AUDIENCE)) == claims


def test_the_forger_is_good_enough_to_be_let_in_when_he_forges_nothing(keyring: Keyring, forger: Forger) -> None:
    """Or else the refusals below would prove nothing."""
    assert not is_refused(keyring, forger.token(forger.header(), claims_at(NOON)))


def test_what_is_let_in_cannot_be_changed(keyring: Keyring) -> None:
    token = keyring.signer(ES256).sign(claims_at(NOON), ACCESS_TOKEN_TYPE)
    claims = keyring.verifier().verify(token, ACCESS_TOKEN_TYPE, AUDIENCE)

    with pytest.raises(TypeError):
        claims["sub"] = "mallory"  # type: ignore[index]  # this is what is tried


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None])
def test_an_unsigned_token_is_refused(keyring: Keyring, forger: Forger, algorithm: str | None) -> None:
    """Threat row 78, Keycloak CVE-2026-18569."""
    head = part(json.dumps(forger.header(alg=algorithm)).encode())
    body = part(json.dumps(claims_at(NOON)).encode())

    assert is_refused(keyring, f"{head}.{body}.")
    assert is_refused(keyring, forger.token(forger.header(alg=algorithm), claims_at(NOON)))


def test_a_public_key_is_no_shared_secret(keyring: Keyring, forger: Forger) -> None:
    """Threat row 79, Authlib CVE-2024-37568, PyJWT CVE-2022-29217."""
    public = SigningKey.from_private_jwk(forger.key.private_jwk()).public_jwk()
    pem = ECKey.import_key({name: str(value) for name, value in public.items()}).as_pem()
    message = f"{part(json.dumps(forger.header(alg='HS256')).encode())}.{part(json.dumps(claims_at(NOON)).encode())}"

    for secret in (pem, json.dumps(public).encode()):
        assert is_refused(keyring, f"{message}.{part(hmac.digest(secret, message.encode(), 'sha256'))}")


@pytest.mark.parametrize("algorithm", ["ES384", "EdDSA", "RS256", "PS256", "HS256", "es256"])
def test_the_key_says_the_algorithm_and_the_token_has_no_say(keyring: Keyring, forger: Forger, algorithm: str) -> None:
    assert is_refused(keyring, forger.token(forger.header(alg=algorithm), claims_at(NOON)))


def test_a_key_in_the_header_is_not_used(keyring: Keyring) -> None:
    """Threat row 80, Authlib CVE-2026-27962: the attacker brings the key that fits."""
    own = Forger(SigningKey.generate(ES256))

    assert is_refused(keyring, own.token(own.header(jwk=own.key.public_jwk()), claims_at(NOON)))
    assert is_refused(
        keyring, own.token(own.header(jwk=own.key.public_jwk(), kid=next(iter(keyring.opened.keys))), claims_at(NOON))
    )


@pytest.mark.parametrize(
    "members",
    [
        {"jwk": {"kty": "EC"}},
        {"jku": "https://evil.example/jwks.json"},
        {"x5u": "https://evil.example/cert.pem"},
        {"x5c": ["AAAA"]},
        {"x5t": "AAAA"},
        {"crit": ["exp"], "exp": 1},
        {"crit": ["b64"], "b64": False},
        {"crit": []},
        {"b64": True},
        {"zip": "DEF"},
        {"enc": "A256GCM"},
        {"p2c": 2_000_000_000, "p2s": "AAAA"},
        {"cty": "JWT"},
        {"anything": 1},
    ],
    ids="+".join,
)
def test_a_header_says_alg_kid_and_typ_and_no_more(
    keyring: Keyring, forger: Forger, members: dict[str, object]
) -> None:
    """Threat rows 80, 81, 84, 86: refused even under a good signature (PyJWT GHSA-752w-5fwx-jx9f)."""
    assert is_refused(keyring, forger.token(forger.header(**members), claims_at(NOON)))


@pytest.mark.parametrize("missing", ["alg", "kid", "typ"])
def test_a_header_says_all_three(keyring: Keyring, forger: Forger, missing: str) -> None:
    header = forger.header()
    del header[missing]

    assert is_refused(keyring, forger.token(header, claims_at(NOON)))


@pytest.mark.parametrize("kid", ["unknown", "../../etc/passwd", "' OR 1=1 --", "", 1, 0, None, True, [], {}, ["a"]])
def test_a_kid_is_looked_up_and_nothing_else(keyring: Keyring, forger: Forger, kid: object) -> None:
    """Threat row 82."""
    assert is_refused(keyring, forger.token(forger.header(kid=kid), claims_at(NOON)))


def test_a_strangers_signature_under_our_kid_is_refused(keyring: Keyring, forger: Forger) -> None:
    stranger = Forger(SigningKey.generate(ES256))

    assert is_refused(keyring, stranger.token(forger.header(), claims_at(NOON)))


@pytest.mark.parametrize("token_type", ["JWT", "AT+JWT", "application/at+jwt", "rt+jwt", "", None, 1, ["at+jwt"]])
def test_a_token_of_another_type_is_refused(keyring: Keyring, forger: Forger, token_type: object) -> None:
    """Threat row 77."""
    assert is_refused(keyring, forger.token(forger.header(typ=token_type), claims_at(NOON)))


def test_a_token_that_was_let_in_as_one_type_is_refused_as_another(keyring: Keyring) -> None:
    token = keyring.signer(ES256).sign(claims_at(NOON), ACCESS_TOKEN_TYPE)

    assert not is_refused(keyring, token)
    assert is_refused(keyring, token, token_type="id+jwt")
    assert is_refused(keyring, token, audience=audience_of(ISSUER, "nodeloom"))


@pytest.mark.parametrize(
    "issuer",
    [
        ISSUER + "/",
        ISSUER + ".evil.example",
        ISSUER[:-1],
        ISSUER.upper(),
        "id.example.com",
        "",
        None,
        [ISSUER],
        {"iss": ISSUER},
    ],
)
def test_the_issuer_is_exact(keyring: Keyring, forger: Forger, issuer: object) -> None:
    """Threat row 85, PyJWT GHSA-75c5-xw7c-p5pm."""
    assert is_refused(keyring, forger.token(forger.header(), claims_at(NOON) | {"iss": issuer}))


@pytest.mark.parametrize(
    "audience",
    [
        ISSUER,
        AUDIENCE + "x",
        AUDIENCE[:-1],
        f"{AUDIENCE} other",
        "",
        [],
        [ISSUER],
        [[AUDIENCE]],
        {AUDIENCE: 1},
        None,
        1,
    ],
)
def test_the_audience_is_exact(keyring: Keyring, forger: Forger, audience: object) -> None:
    """Threat row 85."""
    assert is_refused(keyring, forger.token(forger.header(), claims_at(NOON) | {"aud": audience}))


@pytest.mark.parametrize("audience", [AUDIENCE, [AUDIENCE], ["other", AUDIENCE]])
def test_an_audience_may_be_one_or_one_of_several(keyring: Keyring, forger: Forger, audience: object) -> None:
    """RFC 7519 §4.1.3."""
    assert not is_refused(keyring, forger.token(forger.header(), claims_at(NOON) | {"aud": audience}))


@pytest.mark.parametrize("missing", ["iss", "aud", "sub", "exp", "iat"])
def test_the_claims_that_we_lean_on_are_there(keyring: Keyring, forger: Forger, missing: str) -> None:
    claims = claims_at(NOON)
    del claims[missing]

    assert is_refused(keyring, forger.token(forger.header(), claims))


LATER = int(NOON.timestamp()) + 3600


@pytest.mark.parametrize("time", [float(LATER), str(LATER), True, None, [LATER], {"t": LATER}, 1e308])
@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
def test_times_are_whole_seconds(keyring: Keyring, forger: Forger, name: str, time: object) -> None:
    claims = claims_at(NOON - timedelta(hours=2)) | {"exp": LATER} | {name: time}

    assert is_refused(keyring, forger.token(forger.header(), claims))


@pytest.mark.parametrize("subject", ["", None, 1, ["jane"]])
def test_a_subject_is_a_name(keyring: Keyring, forger: Forger, subject: object) -> None:
    assert is_refused(keyring, forger.token(forger.header(), claims_at(NOON) | {"sub": subject}))


def test_a_token_ends_to_the_second_however_often_it_was_let_in(keyring: Keyring, clock: MovedClock) -> None:
    """No leeway for `exp`, and the remembered verdict does not prolong it."""
    token = keyring.signer(ES256).sign(claims_at(NOON), ACCESS_TOKEN_TYPE)

    clock.move(timedelta(seconds=3599, milliseconds=999))
    assert not is_refused(keyring, token)

    clock.move(timedelta(milliseconds=1))
    assert is_refused(keyring, token)


@pytest.mark.parametrize("name", ["iat", "nbf"])
@pytest.mark.parametrize(("ahead", "refused"), [(60, False), (61, True)])
def test_a_clock_may_be_a_minute_behind_the_signers(
    keyring: Keyring, forger: Forger, name: str, ahead: int, refused: bool
) -> None:
    claims = claims_at(NOON) | {name: int(NOON.timestamp()) + ahead}

    assert is_refused(keyring, forger.token(forger.header(), claims)) is refused


def test_every_shortening_is_refused(keyring: Keyring) -> None:
    """Threat row 23."""
    token = keyring.signer(ES256).sign(claims_at(NOON), ACCESS_TOKEN_TYPE)

    assert all(is_refused(keyring, token[:length]) for length in range(len(token)))


def test_every_other_spelling_of_the_same_bytes_is_refused(keyring: Keyring) -> None:
    """Threat row 23, ZITADEL CVE-2026-27840: one token, one text, also after the token itself was let in."""
    signer = keyring.signer(ES256)
    tokens = iter(lambda: signer.sign(claims_at(NOON), ACCESS_TOKEN_TYPE), "")
    token = next(token for token in tokens if "-" in token or "_" in token)  # has another spelling in plain base64
    head, body, tail = token.split(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    stray = tail[:-1] + alphabet[alphabet.index(tail[-1]) | 1]

    assert not is_refused(keyring, token)
    for spelling in (
        f"{head}.{body}.{stray}",
        f"{head}.{body}.{tail}==",
        f"{head}=.{body}.{tail}",
        f"{head}.{body}.{tail}\n",
        f" {token}",
        f"{head}.{body}.{tail[:10]}\n{tail[10:]}",
        f"{head}.{body}.{tail[:10]}*{tail[10:]}",
        f"{head}.{body}.{tail}A",
        token.replace("-", "+").replace("_", "/"),
    ):
        assert is_refused(keyring, spelling), spelling


@pytest.mark.parametrize("shape", ["{0}.", ".{0}", "{0}.{0}", "{0}" + "." * 1000, "...", "..", "", ".", "a.b.c.d.e"])
def test_a_token_has_three_parts(keyring: Keyring, shape: str) -> None:
    """Threat row 86, Authlib CVE-2025-61920, golang-jwt CVE-2025-30204."""
    token = keyring.signer(ES256).sign(claims_at(NOON), ACCESS_TOKEN_TYPE)

    assert is_refused(keyring, shape.format(token))


def test_beyond_4096_characters_nothing_is_looked_at(keyring: Keyring, forger: Forger) -> None:
    """Threat row 86: a good signature does not help."""
    fitting = forger.token(forger.header(), claims_at(NOON) | {"pad": "x" * 2400})
    too_long = forger.token(forger.header(), claims_at(NOON) | {"pad": "x" * 2800})

    assert len(fitting) < 4096 < len(too_long)
    assert not is_refused(keyring, fitting)
    assert is_refused(keyring, too_long)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"[" * 2500,
        b'{"a":' * 500,
        b"1" * 2500,
    ],
    ids=range(8),
)
def test_what_is_no_object_is_refused_and_no_error(keyring: Keyring, forger: Forger, payload: bytes) -> None:
    """Threat rows 114 and 121, as header and as claims."""
    assert is_refused(keyring, forger.sealed(json.dumps(forger.header()).encode(), payload))
    assert is_refused(keyring, forger.sealed(payload, json.dumps(claims_at(NOON)).encode()))


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_python_takes_for_a_number_and_json_does_not_is_refused(
    keyring: Keyring, forger: Forger, constant: str
) -> None:
    """Threat row 121."""
    claims = json.dumps(claims_at(NOON))[:-1] + f', "n": {constant}}}'

    assert is_refused(keyring, forger.sealed(json.dumps(forger.header()).encode(), claims.encode()))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
def test_json_is_utf_8(keyring: Keyring, forger: Forger, encoding: str) -> None:
    """RFC 8259 §8.1, threat row 121: Python's reader would guess."""
    header, claims = json.dumps(forger.header()), json.dumps(claims_at(NOON))

    assert not is_refused(keyring, forger.sealed(header.encode(), claims.encode()))
    assert is_refused(keyring, forger.sealed(header.encode(), claims.encode(encoding)))
    assert is_refused(keyring, forger.sealed(header.encode(encoding), claims.encode()))


def test_a_member_named_twice_is_refused(keyring: Keyring, forger: Forger) -> None:
    """Threat row 121: readers differ on which one counts."""
    header, claims = json.dumps(forger.header()), json.dumps(claims_at(NOON))

    assert is_refused(keyring, forger.sealed(header.encode(), (claims[:-1] + ', "sub": "mallory"}').encode()))
    assert is_refused(keyring, forger.sealed((header[:-1] + ', "alg": "ES256"}').encode(), claims.encode()))


@given(some.text(max_size=200) | some.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,90}"))
def test_no_text_is_an_error(text: str) -> None:
    verifier = KeyringVerifier(issuer=ISSUER, clock=MovedClock(), keys=lambda: VerifyingKeys([]))

    with pytest.raises(SessionExpired):
        verifier.verify(text, ACCESS_TOKEN_TYPE, AUDIENCE)


def test_an_rsa_signature_of_another_length_is_refused_and_no_error() -> None:
    key = SigningKey.generate(RS256)
    message = b"header.payload"
    signature = JWSRegistry.algorithms[RS256].sign(message, Forger(key).jose)

    assert key.verifies(message, signature)
    assert not any(key.verifies(message, odd) for odd in (b"", signature[:-1], signature + b"\x00", b"\x00" * 384))


def test_a_good_signature_is_checked_once(keyring: Keyring) -> None:
    """And found again by a digest: the memory of verdicts holds no token."""
    token = keyring.signer(ES256).sign(claims_at(NOON), ACCESS_TOKEN_TYPE)
    verdicts = keyring.opened.verifying.verdicts

    for _ in range(3):
        keyring.verifier().verify(token, ACCESS_TOKEN_TYPE, AUDIENCE)

    assert len(verdicts) == 1
    assert verdicts.recall(hashlib.sha256(token.encode()).digest()) is not None


def test_a_refused_token_leaves_no_trace(keyring: Keyring, forger: Forger) -> None:
    """Threat row 140: what an attacker may choose fills no memory."""
    is_refused(keyring, Forger(SigningKey.generate(ES256)).token(forger.header(), claims_at(NOON)))
    is_refused(keyring, forger.token(forger.header(), claims_at(NOON) | {"iss": "other"}))

    assert len(keyring.opened.verifying.verdicts) == 0


def test_the_memory_of_verdicts_is_bounded_and_forgets_the_least_used() -> None:
    from idp.crypto.verifier import Signed, Verdicts

    verdicts = Verdicts(size=2)
    one, two, three = (Signed("t", {"n": number}) for number in (1, 2, 3))
    verdicts.remember(b"1", one)
    verdicts.remember(b"2", two)
    verdicts.recall(b"1")

    verdicts.remember(b"3", three)

    assert (verdicts.recall(b"1"), verdicts.recall(b"2"), verdicts.recall(b"3")) == (one, None, three)
