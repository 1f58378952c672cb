"""Encryption for a client, by a key of its own: nested JWTs (RFC 7516, RFC 7519 §11.2; OIDC Core §16.14)."""

from collections.abc import Mapping

from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry, encrypt_compact
from joserfc.jwk import JWKRegistry, Key

from idp.oauth.algorithms import CONTENT_ENCRYPTION, KEY_MANAGEMENT
from idp.oauth.referee.jose import TokenRefused

KEY_TYPES = {"RSA-OAEP-256": ("RSA",), "RSA-OAEP": ("RSA",)}
AGREEMENT_TYPES = ("EC", "OKP")


def encrypt(payload: str, keys: Mapping[str, object], alg: str, enc: str) -> str:
    """`payload` is a signed token of ours. Raises TokenRefused when the client has no key that fits."""
    if alg not in KEY_MANAGEMENT or enc not in CONTENT_ENCRYPTION:
        raise TokenRefused("the encryption is not supported")
    jwk, key = _recipient(keys, alg)
    header: dict[str, object] = {"alg": alg, "enc": enc, "cty": "JWT"}
    if isinstance(kid := jwk.get("kid"), str):
        header["kid"] = kid
    try:
        return encrypt_compact(header, payload, key, registry=JWERegistry(algorithms=[alg, enc]))
    except (JoseError, ValueError, TypeError) as error:
        raise TokenRefused("the client's key does not encrypt") from error


def _recipient(keys: Mapping[str, object], alg: str) -> tuple[Mapping[str, object], Key]:
    """The first key of the set that is for this: never one for signatures."""
    listed = keys.get("keys")
    wanted = KEY_TYPES.get(alg, AGREEMENT_TYPES)
    for jwk in listed if isinstance(listed, list) else ():
        fits = isinstance(jwk, dict) and jwk.get("kty") in wanted and jwk.get("use", "enc") == "enc"
        if not fits or jwk.get("alg", alg) != alg or jwk.get("crv") == "Ed25519":
            continue
        try:
            return jwk, JWKRegistry.import_key(jwk)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    raise TokenRefused("the client has no key to encrypt for")
