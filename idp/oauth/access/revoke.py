"""The end of a token, at its client's wish (RFC 7009)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from idp.core.client import Client
from idp.core.events import Event, EventName
from idp.core.session import Source
from idp.oauth.access.tokens import AccessToken, LookUpTokens, client_of
from idp.oauth.codes import REVOKED, digest_of_token_id
from idp.oauth.errors import InvalidGrant, InvalidRequest
from idp.ports.ambient import Clock
from idp.ports.crypto import Digester
from idp.ports.storage import Store, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoke:
    """A refresh token ends its grant, and with it every access token it bought (§2.1); an access token ends alone."""

    store: Store
    clock: Clock
    digester: Digester
    look_up: LookUpTokens

    async def __call__(self, client: Client, token: str | None, source: Source) -> None:
        """What is no token, or is over, is nothing to be told of (§2.2). Raises InvalidGrant for another client's."""
        if not token:
            raise InvalidRequest("token is missing")
        now = self.clock.now()
        await self.store.transact(lambda work: self._revoke(work, client, token, source, now))

    def _revoke(self, work: UnitOfWork, client: Client, token: str, source: Source, now: datetime) -> None:
        shown = self.look_up(work, token, now)
        if shown is None:
            return
        if client_of(shown) != client.id:
            raise InvalidGrant("the token was issued to another client")
        if isinstance(shown, AccessToken):
            ends_at = datetime.fromtimestamp(cast(int, shown.claims["exp"]), UTC)
            digest = digest_of_token_id(self.digester, str(shown.claims["jti"]))
            work.oauth.replays.remember(REVOKED, digest, ends_at, now)
            return
        if work.oauth.grants.revoke(shown.found.grant.id, now):
            grant = shown.found.grant
            detail: dict[str, str | int | bool] = {"client": grant.client_id}
            event = Event(name=EventName.GRANT_REVOKED, account_id=grant.account_id, detail=detail)
            work.record(event, source=source, now=now)
