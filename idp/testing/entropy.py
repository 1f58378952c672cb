"""Chance that repeats itself."""

import base64
import hashlib
import itertools
import uuid


class PredictableEntropy:
    """Every value differs from the last; the same seed gives the same values in the same order."""

    def __init__(self, seed: str = "") -> None:
        self._seed = seed
        self._numbers = itertools.count(1)

    def id(self) -> str:
        return str(uuid.UUID(bytes=self._draw()[:16], version=4))

    def token(self) -> str:
        return base64.urlsafe_b64encode(self._draw()).rstrip(b"=").decode()

    def digits(self, length: int) -> str:
        return f"{int.from_bytes(self._draw()) % 10**length:0{length}}"

    def _draw(self) -> bytes:
        return hashlib.sha256(f"{self._seed}/{next(self._numbers)}".encode()).digest()
