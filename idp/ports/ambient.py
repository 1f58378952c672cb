"""Time and chance."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, in UTC and aware of it."""
        ...


class Entropy(Protocol):
    def id(self) -> str:
        """A UUID, version 4."""
        ...

    def token(self) -> str:
        """256 random bits as canonical, unpadded base64url: 43 characters."""
        ...

    def digits(self, length: int) -> str:
        """`length` decimal digits, evenly distributed; may begin with 0."""
        ...
