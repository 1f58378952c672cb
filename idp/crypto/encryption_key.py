"""One key that others encrypt to, and we alone read with (RFC 7516; OIDC Core §10.2)."""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidKey, InvalidTag, UnsupportedAlgorithm
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey

from idp.core.ids import KeyId
from idp.crypto.signing_key import RSA_BITS, KeyUnusable, rsa_from_private_jwk
from idp.ports.crypto import Undecryptable

RSA_OAEP_256 = "RSA-OAEP-256"
ECDH_ES = "ECDH-ES"
ENCRYPTION = (RSA_OAEP_256, ECDH_ES)
"""A key of each: a name in the database, and in the command line."""

TAKES: Mapping[str, tuple[str, ...]] = {
    RSA_OAEP_256: (RSA_OAEP_256,),
    ECDH_ES: (ECDH_ES, "ECDH-ES+A128KW", "ECDH-ES+A256KW"),
}
"""What may be done with a key. No RSA1_5, no PBES2 (row 86)."""
CONTENT = ("A128CBC-HS256", "A128GCM", "A256GCM")
PUBLIC_MEMBERS = {RSA_OAEP_256: ("kty", "n", "e"), ECDH_ES: ("kty", "crv", "x", "y")}


class EncryptionKey:
    """A private key with what it is for: it signs nothing, and no verifier of ours has it.

    `id` is the public key's thumbprint (RFC 7638).
    """

    def __init__(self, algorithm: str, key: Key) -> None:
        self.algorithm = algorithm
        self.id = KeyId(key.thumbprint())
        self._key = key

    @classmethod
    def generate(cls, algorithm: str, rsa_bits: int = RSA_BITS) -> "EncryptionKey":
        """A fresh one. RSA takes a fifth of a second or more: not on the event loop."""
        if algorithm == RSA_OAEP_256:
            return cls(algorithm, RSAKey.generate_key(rsa_bits, {"alg": algorithm, "use": "enc"}))
        if algorithm == ECDH_ES:
            return cls(algorithm, ECKey.generate_key("P-256", {"use": "enc"}))
        raise ValueError(f"no keys for {algorithm!r}")

    @classmethod
    def from_private_jwk(cls, data: bytes) -> "EncryptionKey":
        """What `private_jwk` wrote. Raises KeyUnusable."""
        try:
            jwk: dict[str, Any] = json.loads(data)
            if jwk["kty"] == "RSA":
                return cls(RSA_OAEP_256, rsa_from_private_jwk(jwk, use="enc"))
            return cls(ECDH_ES, ECKey.import_key(jwk))
        except (ValueError, TypeError, KeyError, JoseError) as error:
            raise KeyUnusable("not an encryption key of ours") from error

    def private_jwk(self) -> bytes:
        """To be sealed, and shown to nobody."""
        return json.dumps(self._key.as_dict(private=True)).encode()

    def public_jwk(self) -> dict[str, object]:
        """Members by name, so that no private one slips through (row 89). `use` keeps verifiers off it; `alg` stands
        there only where the key is for one.
        """
        members = self._key.as_dict(private=False)
        public = {name: members[name] for name in PUBLIC_MEMBERS[self.algorithm]}
        alone = {"alg": self.algorithm} if len(TAKES[self.algorithm]) == 1 else {}
        return {**public, "use": "enc", **alone, "kid": self.id}

    def decrypt(self, token: str, alg: str, enc: str) -> bytes:
        """Raises Undecryptable. `alg` and `enc` are the token's own words, of those that are allowed."""
        from joserfc.jwe import JWERegistry, decrypt_compact  # noqa: PLC0415 - a start has no use for it

        if alg not in TAKES[self.algorithm] or enc not in CONTENT:
            raise Undecryptable
        try:
            found = decrypt_compact(token, self._key, registry=JWERegistry(algorithms=[alg, enc])).plaintext
        except (JoseError, InvalidTag, InvalidKey, UnsupportedAlgorithm, ValueError, TypeError, KeyError):
            raise Undecryptable from None
        if found is None:
            raise Undecryptable
        return found
