"""Makes tokens by hand, with our own key or without: whatever a signer of ours would never write."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime

from joserfc.jwk import import_key
from joserfc.jws import JWSRegistry

from idp.core.claims import ACCESS_TOKEN_TYPE, audience_of
from idp.crypto.signing_key import SigningKey

ISSUER = "https://id.example.com"
AUDIENCE = audience_of(ISSUER, "bloom")


def part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims_at(now: datetime) -> dict[str, object]:
    """What an access token of ours says, for an hour from `now`."""
    seconds = int(now.timestamp())
    return {
        "iss": ISSUER,
        "aud": [ISSUER, AUDIENCE],
        "sub": "4f0c0b6e-6a0e-4f7e-9a65-0d2f1f0c7a11",
        "client_id": "bloom",
        "sid": "0b9d3a5e-7a6b-4c1d-8f67-25d4f5b7b001",
        "jti": "b3f1c1f4-3f86-4c2e-9f0d-9b1b6f4f2a22",
        "amr": ["pwd"],
        "auth_time": seconds,
        "iat": seconds,
        "exp": seconds + 3600,
    }


class Forger:
    """Knows one signing key and signs anything with it."""

    def __init__(self, key: SigningKey) -> None:
        self.key = key
        self.jose = import_key(json.loads(key.private_jwk()))
        self._method = JWSRegistry.algorithms[key.algorithm]

    def header(self, **members: object) -> dict[str, object]:
        return {"alg": self.key.algorithm, "kid": self.key.id, "typ": ACCESS_TOKEN_TYPE, **members}

    def token(self, header: Mapping[str, object], claims: Mapping[str, object]) -> str:
        return self.sealed(json.dumps(header).encode(), json.dumps(claims).encode())

    def sealed(self, header: bytes, payload: bytes) -> str:
        """A good signature over these very bytes."""
        message = f"{part(header)}.{part(payload)}"
        return f"{message}.{part(self._method.sign(message.encode(), self.jose))}"
