"""Things that may be seen once."""

from dataclasses import dataclass
from datetime import datetime

from idp.core.secret import Digest
from idp.ports.storage import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """To be claimed in the unit of work that uses it. Kept until it would be refused for its age anyway."""

    purpose: str
    digest: Digest
    expires_at: datetime

    def claim(self, work: UnitOfWork, now: datetime) -> bool:
        """True for one of all who race."""
        return work.oauth.replays.remember(self.purpose, self.digest, self.expires_at, now)
