"""One signing key: made, exported, used. Parsed once: loading an RSA key costs as much as a hundred signatures."""

import base64
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal, cast

import orjson
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPrivateNumbers, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeyParameters, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from idp.core.ids import KeyId

RS256 = "RS256"
PS256 = "PS256"
ES256 = "ES256"
EDDSA = "EdDSA"
ALGORITHMS = (ES256, RS256, PS256, EDDSA)
"""All asymmetric: a key that is published can verify, and never sign (threat row 79, Authlib CVE-2024-37568)."""

RSA_BITS = 3072
"""128 bits of strength (NIST SP 800-57 Part 1 §5.6.1). 2048 have 112, and sign 2.6 times as fast: 420 µs, not 1,100.
`keys.rsa_bits` decides."""

COORDINATE_BYTES = 32
PUBLIC_MEMBERS = {
    RS256: ("kty", "n", "e"),
    PS256: ("kty", "n", "e"),
    ES256: ("kty", "crv", "x", "y"),
    EDDSA: ("kty", "crv", "x"),
}


class KeyUnusable(Exception):
    """What was stored is no signing key of ours."""


class SigningKey:
    """A private key with its algorithm, which no token can talk it out of.

    `id` is the public key's thumbprint (RFC 7638): two keys cannot share one.
    """

    def __init__(self, algorithm: str, key: Key) -> None:
        self.algorithm = algorithm
        self.id = KeyId(key.thumbprint())
        self._key = key
        self._method = JWSRegistry.algorithms[algorithm]
        self._method.check_key(cast(Any, key))
        self._signature = _signature_by(algorithm, key)
        self._headers: dict[str, bytes] = {}

    @classmethod
    def generate(cls, algorithm: str, rsa_bits: int = RSA_BITS) -> "SigningKey":
        """A fresh one. RSA takes a fifth of a second or more: not on the event loop."""
        parameters: KeyParameters = {"alg": algorithm, "use": "sig"}
        match algorithm:
            case "RS256" | "PS256":
                return cls(algorithm, RSAKey.generate_key(rsa_bits, parameters))
            case "ES256":
                return cls(algorithm, ECKey.generate_key("P-256", parameters))
            case "EdDSA":
                return cls(algorithm, OKPKey.generate_key("Ed25519", parameters))
        raise ValueError(f"no signing algorithm named {algorithm!r}")

    @classmethod
    def from_private_jwk(cls, data: bytes) -> "SigningKey":
        """What `private_jwk` wrote. Raises KeyUnusable."""
        try:
            jwk = json.loads(data)
            return cls(jwk["alg"], _imported(jwk))
        except (ValueError, TypeError, KeyError, JoseError) as error:
            raise KeyUnusable("not a signing key of ours") from error

    def private_jwk(self) -> bytes:
        """To be sealed, and shown to nobody."""
        return json.dumps(self._key.as_dict(private=True)).encode()

    def public_jwk(self) -> dict[str, object]:
        """What the world may know: members are named here one by one, so no private one slips through (row 89)."""
        members = self._key.as_dict(private=False)
        public = {name: members[name] for name in PUBLIC_MEMBERS[self.algorithm]}
        return {**public, "use": "sig", "alg": self.algorithm, "kid": self.id}

    def sign(self, claims: Mapping[str, object], token_type: str) -> str:
        """A compact JWS (RFC 7515 §7.1)."""
        message = self._header(token_type) + b"." + _encoded(orjson.dumps(dict(claims)))
        return (message + b"." + _encoded(self._signature(message))).decode()

    def verifies(self, message: bytes, signature: bytes) -> bool:
        return self._method.verify(message, signature, self._key)

    def _header(self, token_type: str) -> bytes:
        header = self._headers.get(token_type)
        if header is None:
            header = _encoded(orjson.dumps({"alg": self.algorithm, "kid": self.id, "typ": token_type}))
            self._headers[token_type] = header
        return header


def _signature_by(algorithm: str, key: Key) -> Callable[[bytes], bytes]:
    """ES256 and RS256, which sign most, in fewer steps: what stays the same is made once (RFC 7518 §3.3, §3.4)."""
    if algorithm == RS256:
        rsa = cast(RSAPrivateKey, key.private_key)
        return partial(rsa.sign, padding=PKCS1v15(), algorithm=SHA256())
    if not isinstance(key, ECKey):
        return partial(JWSRegistry.algorithms[algorithm].sign, key=key)
    private, way = cast(EllipticCurvePrivateKey, key.private_key), ECDSA(SHA256())

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(private.sign(message, way))
        return r.to_bytes(COORDINATE_BYTES) + s.to_bytes(COORDINATE_BYTES)

    return sign


def _imported(jwk: dict[str, Any]) -> Key:
    match jwk["alg"]:
        case "RS256" | "PS256":
            return rsa_from_private_jwk(jwk)
        case "ES256":
            return ECKey.import_key(jwk)
        case "EdDSA":
            return OKPKey.import_key(jwk)
    raise KeyUnusable("not of an algorithm of ours")


def rsa_from_private_jwk(jwk: dict[str, Any], use: Literal["sig", "enc"] = "sig") -> RSAKey:
    """Without the test for primality, 140 ms a key: the seal around the key says that we made it."""
    n, e, d, p, q, dp, dq, qi = (_number(jwk[name]) for name in ("n", "e", "d", "p", "q", "dp", "dq", "qi"))
    numbers = RSAPrivateNumbers(p=p, q=q, d=d, dmp1=dp, dmq1=dq, iqmp=qi, public_numbers=RSAPublicNumbers(n=n, e=e))
    key = numbers.private_key(unsafe_skip_rsa_key_validation=True)
    return RSAKey.import_key(key, {"alg": jwk["alg"], "use": use})


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def _encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
