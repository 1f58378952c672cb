"""Services that know nothing of us but the issuer's address: discovery leads them to the keys."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import httpx2
import jwt as pyjwt
from joserfc import jwt as joserfc_jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tests.outside.node_app import NodeApp, install, node_app

ALGORITHMS = ["ES256", "RS256"]
NAMES = ("pyjwt", "joserfc", "jose", "jwks-rsa and passport-jwt")

Verify = Callable[[str], str]
"""The account that a token names. Raises Refused."""


class Refused(Exception):
    """The token is not good."""


@contextmanager
def verifiers(issuer: str) -> Iterator[Mapping[str, Verify]]:
    """All of them, by name; each keeps the keys it has fetched."""
    install()
    address = jwks_address(issuer)
    with node_app(issuer) as app:
        made = (by_pyjwt(issuer, address), by_joserfc(issuer, address), by_node(app, "jose"), by_node(app, "passport"))
        yield dict(zip(NAMES, made, strict=True))


def jwks_address(issuer: str) -> str:
    """OIDC Discovery §4.3: the document must name the issuer that we asked."""
    found = httpx2.get(f"{issuer}/.well-known/openid-configuration", trust_env=False).json()
    assert found["issuer"] == issuer
    return str(found["jwks_uri"])


def by_pyjwt(issuer: str, address: str) -> Verify:
    client = pyjwt.PyJWKClient(address)

    def verify(token: str) -> str:
        try:
            key = client.get_signing_key_from_jwt(token)
            return str(pyjwt.decode(token, key, ALGORITHMS, issuer=issuer, audience=issuer)["sub"])
        except pyjwt.PyJWTError as error:
            raise Refused from error

    return verify


def by_joserfc(issuer: str, address: str) -> Verify:
    """joserfc fetches nothing: the keys are those of the first fetch."""
    keys = KeySet.import_key_set(httpx2.get(address, trust_env=False).json())
    rules = joserfc_jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": issuer}, aud={"essential": True, "value": issuer}
    )

    def verify(token: str) -> str:
        try:
            claims = joserfc_jwt.decode(token, keys, ALGORITHMS).claims
            rules.validate(claims)
        except (JoseError, ValueError) as error:
            raise Refused from error
        return str(claims["sub"])

    return verify


def by_node(app: NodeApp, package: str) -> Verify:
    def verify(token: str) -> str:
        seen = app.judge(token)[package]
        if "refused" in seen:
            raise Refused(seen["refused"])
        return str(seen["sub"])

    return verify
