"""Access tokens: JWTs that any resource server can verify, with a grant behind them that can end (RFC 9068)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from idp.core.claims import ACCESS_TOKEN_TYPE, LONGEST_TOKEN_LIFE
from idp.core.grant import Grant
from idp.oauth.own_api import USERINFO, names_us
from idp.oauth.rules import OAuthRules
from idp.oauth.session_ids import SessionIds
from idp.oauth.token.grant import Issue
from idp.ports.ambient import Entropy
from idp.ports.oauth import Signers


def userinfo_audience(issuer: str) -> str:
    """What a token is for that names no resource server: ours alone.

    Never the issuer itself, which cookies carry, nor an address with a fragment, which marks one of theirs
    (idp.core.claims.audience_of): no cookie is an OAuth token, and no OAuth token is a cookie (row 79).
    """
    return issuer + USERINFO


@dataclass(frozen=True, slots=True, kw_only=True)
class MintedToken:
    value: str
    expires_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTokens:
    entropy: Entropy
    signers: Signers
    rules: OAuthRules
    session_ids: SessionIds

    def life_of(self, issue: Issue) -> timedelta:
        return min(issue.client.terms.access_life or self.rules.access_life, LONGEST_TOKEN_LIFE)

    def expiry(self, issue: Issue, now: datetime) -> datetime:
        ends = now + self.life_of(issue)
        return min(ends, issue.expires_at) if issue.expires_at else ends

    def mint(self, issue: Issue, now: datetime) -> MintedToken:
        ends = self.expiry(issue, now)
        claims: dict[str, object] = {
            **issue.told,
            "iss": self.rules.issuer,
            "aud": self._audience(issue),
            "sub": issue.subject,
            "client_id": issue.client.id,
            "scope": " ".join(issue.scope if issue.token_scope is None else issue.token_scope),
            "jti": self.entropy.id(),
            "iat": int(now.timestamp()),
            "exp": int(ends.timestamp()),
        }
        if issue.grant is not None:
            claims |= self._of_grant(issue.grant, issue)
        if issue.confirmation:
            claims["cnf"] = dict(issue.confirmation)
        if issue.actor is not None:
            claims["act"] = dict(issue.actor)
        token = self.signers(self._algorithm(issue)).sign(claims, ACCESS_TOKEN_TYPE)
        return MintedToken(value=token, expires_in=int((ends - now).total_seconds()))

    def _audience(self, issue: Issue) -> str | list[str]:
        """Who names the issuer means userinfo, like who names nobody: the issuer itself is what cookies are for."""
        ours, issuer = userinfo_audience(self.rules.issuer), self.rules.issuer
        named = list(dict.fromkeys(ours if names_us(one, issuer) else one for one in issue.audience)) or [ours]
        return named[0] if len(named) == 1 else named

    def _of_grant(self, grant: Grant, issue: Issue) -> Mapping[str, object]:
        """`gid` is ours: by it we see that the grant is over. The rest is RFC 9068 §2.2.1."""
        about: dict[str, object] = {"gid": grant.id}
        if grant.methods:
            # somebody signed in for it
            about["auth_time"] = int(grant.authenticated_at.timestamp())
            about["amr"] = list(grant.methods)
        if grant.acr is not None:
            about["acr"] = grant.acr
        if grant.session_id is not None:
            about["sid"] = self.session_ids.of(issue.client.id, grant.session_id)
        return about

    def _algorithm(self, issue: Issue) -> str:
        registered = issue.client.metadata.access_token_signed_response_alg
        return self.rules.signs_with(issue.client, registered, self.rules.access_token_algorithm)
