"""A session: one row behind every cookie, ended in one place."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from idp.core.ids import AccountId, SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`methods` are RFC 8176 `amr` values, in the order they were proved. Refresh keeps them and never adds any."""

    id: SessionId
    account_id: AccountId
    contract: str
    methods: tuple[str, ...]
    authenticated_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ends_at: datetime
    revoked_at: datetime | None = None
    address: str = ""
    agent: str = ""

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """`access` for the signed cookie, `refresh` for the opaque one, `session` the longest a session can be prolonged.

    `refresh_grace`: how long a replaced refresh token still yields its successor (0: reuse ends the session).
    """

    access: timedelta
    refresh: timedelta
    session: timedelta
    refresh_grace: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a request came from, as far as trusted proxies tell.

    `session`: the one that the browser came with, as it was then, for a sign-in there to go on with.
    """

    address: str
    agent: str = ""
    request_id: str = ""
    contract: str = ""
    session: Session | None = None
