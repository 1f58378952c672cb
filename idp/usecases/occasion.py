"""The occasion of a change: what the audit trail writes beside it."""

from dataclasses import dataclass
from datetime import datetime

from idp.core.session import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When something is asked for, and from where."""

    source: Source
    now: datetime
