"""Redeeming an authorization code (RFC 6749 §4.1.3, RFC 7636 §4.5, RFC 9449 §10)."""

import hmac
from dataclasses import dataclass
from typing import NoReturn

from idp.core.events import EventName
from idp.core.grant import AuthorizationCode
from idp.oauth.codes import digest_of_code
from idp.oauth.errors import InvalidGrant
from idp.oauth.referee.grants import judge_code
from idp.oauth.token.families import OVER, Families
from idp.oauth.token.grant import GrantRule, Issue, TokenRequest
from idp.ports.storage import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RedeemCode(GrantRule):
    """Judged first, claimed after: a request with a wrong client, address or verifier burns nobody's code.

    A code that is claimed already, by a request that is right in all else, ends what it bought (RFC 6749 §4.1.2).
    """

    grant_type = "authorization_code"
    parameters = frozenset({"code", "redirect_uri", "code_verifier"})

    families: Families

    def decide(self, asked: TokenRequest, work: UnitOfWork) -> Issue:
        code = judge_code(
            asked.client, asked.known.method, asked.parameters, lambda sent: self._find(asked, work, sent)
        )
        _check_key(code, asked)
        if code.used_at is not None:
            self._refuse(asked, work, code)
        grant = self.families.live(work, code.grant_id, asked.now)
        issue = self.families.judge(work, asked, grant, grant.scope, nonce=grant.nonce)
        if not work.oauth.codes.claim(code.digest, asked.now):
            self._refuse(asked, work, code)
        return self.families.open(work, asked, issue)

    def _find(self, asked: TokenRequest, work: UnitOfWork, sent: str) -> AuthorizationCode | None:
        """This client's own: to others it tells nothing, not even that it is there (Pocket ID CVE-2026-28513)."""
        code = work.oauth.codes.find(digest_of_code(self.families.digester, sent))
        return code if code is not None and code.client_id == asked.client.id else None

    def _refuse(self, asked: TokenRequest, work: UnitOfWork, code: AuthorizationCode) -> NoReturn:
        """Expired, or its grant is over, or somebody was here before: in that case, all that he got ends."""
        seen = work.oauth.codes.find(code.digest)
        if seen is not None and seen.used_at is not None:
            self.families.revoke(work, asked, code.grant_id, EventName.CODE_REPLAYED)
        raise InvalidGrant(OVER)


def _check_key(code: AuthorizationCode, asked: TokenRequest) -> None:
    """RFC 9449 §10: the key that the authorization request named, or pushed, and no other."""
    if code.dpop_jkt is not None and not hmac.compare_digest(code.dpop_jkt, asked.jkt or ""):
        raise InvalidGrant("the code is bound to another key")
