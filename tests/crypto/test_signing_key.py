"""A signing key: what it is made of, what it shows, what it names itself."""

import base64
import hashlib
import json

import pytest

from idp.crypto.signing_key import ALGORITHMS, EDDSA, ES256, RS256, KeyUnusable, SigningKey

PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


@pytest.fixture(scope="module", params=ALGORITHMS)
def key(request: pytest.FixtureRequest) -> SigningKey:
    return SigningKey.generate(request.param)


def test_a_key_names_itself_by_its_thumbprint(key: SigningKey) -> None:
    """RFC 7638 §3: the required members in the order of their names, without white space."""
    public = key.public_jwk()
    required = {name: public[name] for name in sorted(public) if name not in {"use", "alg", "kid"}}
    digest = hashlib.sha256(json.dumps(required, separators=(",", ":")).encode()).digest()

    assert public["kid"] == key.id == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_no_private_member_is_shown(key: SigningKey) -> None:
    """Threat row 89."""
    assert json.loads(key.private_jwk()).keys() & PRIVATE
    assert not key.public_jwk().keys() & PRIVATE


def test_what_is_shown_says_what_it_is_for(key: SigningKey) -> None:
    """RFC 7517 §4.2 and §4.4."""
    assert (key.public_jwk()["use"], key.public_jwk()["alg"]) == ("sig", key.algorithm)


def test_a_key_comes_back_from_its_private_jwk(key: SigningKey) -> None:
    back = SigningKey.from_private_jwk(key.private_jwk())

    assert (back.id, back.algorithm, back.public_jwk()) == (key.id, key.algorithm, key.public_jwk())
    head, body, tail = back.sign({"sub": "jane"}, "at+jwt").split(".")
    assert key.verifies(f"{head}.{body}".encode(), base64.urlsafe_b64decode(tail + "=="))


def test_the_header_says_algorithm_key_and_type(key: SigningKey) -> None:
    head = key.sign({"sub": "jane"}, "at+jwt").split(".")[0]

    assert json.loads(base64.urlsafe_b64decode(head + "==")) == {
        "alg": key.algorithm,
        "kid": key.id,
        "typ": "at+jwt",
    }


def test_keys_are_as_strong_as_demanded() -> None:
    """Security demands, section 4: RS256 with 3072 bits."""
    rsa, ec, okp = (SigningKey.generate(algorithm).public_jwk() for algorithm in (RS256, ES256, EDDSA))

    assert len(base64.urlsafe_b64decode(f"{rsa['n']}==")) * 8 == 3072
    assert (ec["kty"], ec["crv"]) == ("EC", "P-256")
    assert (okp["kty"], okp["crv"]) == ("OKP", "Ed25519")


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"null", b'{"alg":"none"}', b'{"alg":"HS256","kty":"oct","k":"AAAA"}', b'{"alg":"RS256"}'],
)
def test_what_is_no_key_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(KeyUnusable):
        SigningKey.from_private_jwk(data)


def test_there_are_no_keys_for_other_algorithms() -> None:
    with pytest.raises(ValueError, match="HS256"):
        SigningKey.generate("HS256")
