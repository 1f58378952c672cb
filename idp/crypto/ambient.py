"""Time and chance as the machine gives them: the only module that asks for either (architecture, decision 8)."""

import secrets  # noqa: TID251 - this is the Entropy port
import uuid
from datetime import UTC, datetime


class SystemClock:
    """The wall clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the Clock port


class SystemEntropy:
    """The operating system's generator (ASVS 11.5.1; threat row 64)."""

    def id(self) -> str:
        return str(uuid.uuid4())  # noqa: TID251 - this is the Entropy port

    def token(self) -> str:
        return secrets.token_urlsafe(32)

    def digits(self, length: int) -> str:
        return f"{secrets.randbelow(10**length):0{length}d}"
