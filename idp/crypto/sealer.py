"""Values that a copy of the database does not give away.

```
┌─────────┬──────────┬──────────────────────────────────┐
│ version │  nonce   │  ciphertext and 128-bit tag      │   AES-256-GCM (NIST SP 800-38D), the version and the
│  1 byte │ 12 bytes │                                  │   context authenticated with it
└─────────┴──────────┴──────────────────────────────────┘
```

Random nonces are safe for 2³² values under one key (SP 800-38D §8.3).
"""

import base64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from idp.core.secret import Sealed
from idp.crypto.master_key import MasterKey
from idp.ports.ambient import Entropy
from idp.ports.crypto import SealBroken

VERSION = b"\x01"
NONCE_LENGTH = 12
TAG_LENGTH = 16


class AesGcmSealer:
    """Seals under a key that is derived from the master key for nothing else."""

    def __init__(self, master: MasterKey, entropy: Entropy) -> None:
        self._cipher = AESGCM(master.derive("sealing"))
        self._entropy = entropy

    def seal(self, data: bytes, context: str) -> Sealed:
        nonce = base64.urlsafe_b64decode(self._entropy.token() + "=")[:NONCE_LENGTH]
        return Sealed(VERSION + nonce + self._cipher.encrypt(nonce, data, _bound(context)))

    def open(self, sealed: Sealed, context: str) -> bytes:
        if sealed[:1] != VERSION or len(sealed) < len(VERSION) + NONCE_LENGTH + TAG_LENGTH:
            raise SealBroken("not a sealed value of a known version")
        nonce, ciphertext = sealed[1 : 1 + NONCE_LENGTH], sealed[1 + NONCE_LENGTH :]
        try:
            return self._cipher.decrypt(nonce, ciphertext, _bound(context))
        except InvalidTag:
            raise SealBroken("altered, moved, or sealed under another master key") from None


def _bound(context: str) -> bytes:
    return VERSION + context.encode()
