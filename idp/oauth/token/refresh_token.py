"""Refreshing (RFC 6749 §6, RFC 9700 §4.14)."""

from dataclasses import dataclass, replace
from datetime import datetime

from idp.core.client import Client
from idp.core.events import EventName
from idp.core.grant import Grant, GrantToken
from idp.oauth.codes import digest_of_refresh
from idp.oauth.errors import InvalidGrant
from idp.oauth.referee.grants import judge_refresh
from idp.oauth.token.families import OVER, Families
from idp.oauth.token.grant import GrantRule, Issue, TokenRequest
from idp.ports.crypto import Sealer
from idp.ports.storage import UnitOfWork

SEAL = "oauth-refresh-successor"


@dataclass(frozen=True, kw_only=True)
class RedeemRefreshToken(GrantRule):
    """Each is good for one use, and using one twice ends the family: one of the two users is a thief.

    Within `refresh_grace` a used one yields the same successor again, for an answer that was lost on its way. Where a
    key of the client's stands behind the grant, nothing is rotated: FAPI 2.0 §5.3.2.1 forbids it, and a stolen token is
    worth nothing without the key. What was found at sign-in (`acr`, `auth_time`) stays as it was.
    """

    grant_type = "refresh_token"
    parameters = frozenset({"refresh_token", "scope"})

    families: Families
    sealer: Sealer

    def decide(self, asked: TokenRequest, work: UnitOfWork) -> Issue:
        sent = asked.parameters.get("refresh_token", "")
        link = work.oauth.tokens.find(digest_of_refresh(self.families.digester, sent)) if sent else None
        found = work.oauth.grants.live(link.grant_id, asked.now) if link else None
        own = found.grant if found is not None and found.grant.client_id == asked.client.id else None
        scope = judge_refresh(
            asked.client, asked.known.method, asked.parameters, lambda _: own.scope if own is not None else None
        )
        if link is None or found is None or own is None:
            raise InvalidGrant(OVER)
        _check_key(own, asked)
        again = self._again(asked, work, link) if link.used_at is not None else None
        if not found.is_live(asked.now) or (again is None and asked.now >= link.expires_at):
            raise InvalidGrant(OVER)
        issue = self.families.judge(work, asked, own, scope)
        return replace(issue, refresh_token=again or self._next(asked, work, link, own) or sent)

    def _next(self, asked: TokenRequest, work: UnitOfWork, link: GrantToken, grant: Grant) -> str | None:
        """The token's successor; None where it stays."""
        if not self._rotates(asked.client, grant):
            return None
        token, successor = self.families.link(asked.client, grant, asked.now)
        sealed = self.sealer.seal(token.encode(), SEAL) if self.families.rules.refresh_grace else None
        if not work.oauth.tokens.rotate(link.digest, successor, sealed, asked.now):
            return self._again(asked, work, work.oauth.tokens.find(link.digest))
        self.families.prolong(work, grant, successor)
        return token

    def _again(self, asked: TokenRequest, work: UnitOfWork, link: GrantToken | None) -> str:
        """The same successor within the grace; else the end of the family, committed although we raise (row 18)."""
        if link is None or link.used_at is None:
            raise InvalidGrant(OVER)  # expired, or its grant is over: nobody used it
        if link.successor is not None and self._is_in_grace(link.used_at, asked.now):
            return self.sealer.open(link.successor, SEAL).decode()
        self.families.revoke(work, asked, link.grant_id, EventName.REFRESH_REUSE)
        raise InvalidGrant(OVER)

    def _rotates(self, client: Client, grant: Grant) -> bool:
        return not (grant.confirmation or self.families.rules.is_fapi2(client))

    def _is_in_grace(self, used_at: datetime, now: datetime) -> bool:
        return now < used_at + self.families.rules.refresh_grace


def _check_key(grant: Grant, asked: TokenRequest) -> None:
    """A public client's refresh tokens take a proof of the key that they were issued to (RFC 9449 §5)."""
    wanted, shown = grant.confirmation or {}, asked.confirmation or {}
    if any(shown.get(name) != value for name, value in wanted.items()):
        raise InvalidGrant("the refresh token is bound to another key")
