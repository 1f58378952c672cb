"""The published key set (RFC 7517 §5), made once per change."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from idp.crypto.encryption_key import EncryptionKey
from idp.crypto.signing_key import SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The answer to GET /.well-known/jwks.json. `etag` is quoted and strong; `max_age` is in seconds."""

    body: bytes
    etag: str
    max_age: int


def publish(keys: Iterable[SigningKey | EncryptionKey], max_age: int) -> Published:
    """Public members only, in the order given."""
    body = orjson.dumps({"keys": [key.public_jwk() for key in keys]})
    return Published(body=body, etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"', max_age=max_age)
