"""Time and chance as the machine gives them: the only module that asks for either (architecture, decision 8)."""

import secrets  # noqa: TID251 - this is the Entropy port
from datetime import UTC, datetime

VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
"""Two of the digit's bits are fixed, two are left to chance."""


class SystemClock:
    """The wall clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the Clock port


class SystemEntropy:
    """The operating system's generator (ASVS 11.5.1; threat row 64)."""

    def id(self) -> str:
        """A UUID of version 4 (RFC 9562 §5.4): as `uuid.uuid4` makes it, in a third of the time."""
        digits = secrets.token_hex(16)
        head, variant, tail = digits[:8], VARIANT[digits[16]], digits[20:]
        return f"{head}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{tail}"

    def token(self) -> str:
        return secrets.token_urlsafe(32)

    def digits(self, length: int) -> str:
        return f"{secrets.randbelow(10**length):0{length}d}"
