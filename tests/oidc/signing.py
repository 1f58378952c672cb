"""What clients sign: request objects, with keys of the test's own."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from idp.testing.provider import ISSUER, TestProvider
from tests.oidc.asking import usual

EC = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed", "use": "sig"})
FOREIGN = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})
KEYS: Mapping[str, Key] = {"ES256": EC, "RS256": RSA, "PS256": RSA, "EdDSA": ED}
JWKS: dict[str, object] = {"keys": [key.as_dict(private=False) for key in (EC, RSA, ED)]}
JAR = "oauth-authz-req+jwt"


def object_of(op: TestProvider, parameters: Mapping[str, Any] | None = None, /, **claims: Any) -> dict[str, Any]:
    """The claims of a request object that is in order, with changes; None leaves one out."""
    now = int(op.clock.now().timestamp())
    usually = {**usual(), "iss": "app", "aud": ISSUER, "exp": now + 300, "nbf": now, "iat": now}
    return {name: value for name, value in {**usually, **(parameters or {}), **claims}.items() if value is not None}


def sign(
    claims: Mapping[str, Any], algorithm: str = "ES256", *, key: Key | None = None, typ: str | None = JAR, **header: Any
) -> str:
    key = key or KEYS[algorithm]
    named = {"alg": algorithm, "kid": key.kid, "typ": typ, **header}
    protected = {name: value for name, value in named.items() if value is not None}
    message = f"{_part(protected)}.{_part(claims)}"
    signature = JWSRegistry.algorithms[algorithm].sign(message.encode(), key)
    return f"{message}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def unsigned(claims: Mapping[str, Any], signature: str = "") -> str:
    """`alg` none."""
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}.{signature}"


def _part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
