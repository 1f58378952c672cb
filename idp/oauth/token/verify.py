"""Who shows this access token, and is it his? (RFC 6750, RFC 9449 §7, RFC 8705 §3)"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from idp.core.claims import ACCESS_TOKEN_TYPE
from idp.core.errors import SessionExpired
from idp.core.ids import GrantId
from idp.oauth.algorithms import SIGNING
from idp.oauth.codes import REVOKED, digest_of_token_id
from idp.oauth.errors import (
    InsufficientScope,
    InvalidDpopProof,
    InvalidRequest,
    InvalidToken,
    OAuthRefusal,
    UseDpopNonce,
)
from idp.oauth.referee.certificates import read_certificate
from idp.oauth.request import OAuthRequest
from idp.oauth.token.binding import JKT, THUMBPRINT
from idp.oauth.token.dpop import DpopProofs, Proof
from idp.ports.ambient import Clock
from idp.ports.crypto import Digester, TokenVerifier
from idp.ports.oauth_storage import LiveGrant
from idp.ports.storage import Store, UnitOfWork

R = TypeVar("R")

BEARER, DPOP = "Bearer", "DPoP"
BODY_PARAMETER = "access_token"


class ProofRefused(InvalidDpopProof):
    """At a resource it is the token that does not open: 401 (RFC 9449 §7.1)."""

    status = 401


class NonceWanted(UseDpopNonce):
    """RFC 9449 §9."""

    status = 401


AT_RESOURCES: Mapping[type[OAuthRefusal], type[OAuthRefusal]] = {
    InvalidDpopProof: ProofRefused,
    UseDpopNonce: NonceWanted,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedAccess:
    """`found` is None for a client's own token, which stands on no grant."""

    claims: Mapping[str, object]
    found: LiveGrant | None

    @property
    def scope(self) -> tuple[str, ...]:
        return tuple(str(self.claims.get("scope", "")).split())

    def granted(self, word: str) -> LiveGrant:
        """Of whom the token speaks, if it was issued for this scope.

        Raises InsufficientScope, whose challenge names the scope to ask for (RFC 6750 §3.1).
        """
        if self.found is None or word not in self.scope:
            bound = self.claims.get("cnf")
            scheme = DPOP if isinstance(bound, Mapping) and JKT in bound else BEARER
            refusal = InsufficientScope(f"the access token was not issued for {word}")
            raise _challenged(refusal, scheme, f'scope="{word}"')
        return self.found


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTokenVerifier:
    """Raises InvalidToken, InvalidRequest or InvalidDpopProof, each with the WWW-Authenticate of its scheme.

    The signature's verdict is remembered, the state behind it never: a revocation is seen at once.
    """

    store: Store
    clock: Clock
    verifier: TokenVerifier
    digester: Digester
    proofs: DpopProofs

    async def verify(self, request: OAuthRequest, *, audience: str) -> VerifiedAccess:
        return await self.verify_and(request, lambda _, access: access, audience=audience)

    async def verify_and(
        self, request: OAuthRequest, look: Callable[[UnitOfWork, VerifiedAccess], R], *, audience: str
    ) -> R:
        """What `look` sees in the same unit of work, if the token is good: one look at the database, not two."""
        scheme, token = _shown(request)
        try:
            claims = self._claims(token, audience)
            proof = self._bound(request, scheme, token, claims)
        except (InvalidDpopProof, UseDpopNonce) as refusal:
            raise _challenged(refusal, DPOP) from None
        except OAuthRefusal as refusal:
            raise _challenged(refusal, scheme) from None
        now = self.clock.now()
        if proof is None:
            return await self.store.read(lambda work: look(work, self._judge(work, claims, scheme, now)))
        return await self.store.transact(lambda work: look(work, self._claim(work, proof, claims, now)))

    def _claims(self, token: str, audience: str) -> Mapping[str, object]:
        try:
            claims = self.verifier.verify(token, ACCESS_TOKEN_TYPE, audience)
        except SessionExpired:
            raise InvalidToken("the access token is invalid, expired or for somebody else") from None
        if "scope" not in claims:
            # a cookie's token: it serves where cookies do (row 77)
            raise InvalidToken("the access token is invalid, expired or for somebody else")
        return claims

    def _bound(self, request: OAuthRequest, scheme: str, token: str, claims: Mapping[str, object]) -> Proof | None:
        """A bound token takes its proof, and the scheme of its kind: none passes for a bearer token (RFC 9449 §7.2)."""
        bound = claims.get("cnf")
        wanted: Mapping[str, object] = bound if isinstance(bound, Mapping) else {}
        if THUMBPRINT in wanted:
            certificate = read_certificate(request.certificate) if request.certificate else None
            if certificate is None or not _same(certificate.thumbprint, wanted[THUMBPRINT]):
                raise InvalidToken("the access token is bound to another certificate")
        if JKT not in wanted:
            if scheme == DPOP:
                raise InvalidToken("the access token is not bound by DPoP")
            return None
        if scheme != DPOP:
            raise InvalidToken("the access token is bound by DPoP")
        proof = self.proofs.examine(request, access_token=token)
        if proof is None:
            raise InvalidDpopProof("the proof is missing")
        if not _same(proof.jkt, wanted[JKT]):
            raise InvalidToken("the access token is bound to another key")
        return proof

    def _claim(self, work: UnitOfWork, proof: Proof, claims: Mapping[str, object], now: datetime) -> VerifiedAccess:
        try:
            proof.claim(work, now)
        except InvalidDpopProof as refusal:
            raise _challenged(refusal, DPOP) from None
        return self._judge(work, claims, DPOP, now)

    def _judge(self, work: UnitOfWork, claims: Mapping[str, object], scheme: str, now: datetime) -> VerifiedAccess:
        digest = digest_of_token_id(self.digester, str(claims.get("jti")))
        is_revoked = work.oauth.replays.knows(REVOKED, digest, now)
        grant_id = claims.get("gid")
        found = work.oauth.grants.live(cast(GrantId, grant_id), now) if grant_id is not None else None
        is_over = grant_id is not None and (found is None or not found.is_live(now))
        if is_revoked or is_over:
            raise _challenged(InvalidToken("the access token was revoked, or what it stands on is over"), scheme)
        return VerifiedAccess(claims=claims, found=found)


def _shown(request: OAuthRequest) -> tuple[str, str]:
    """Scheme, as we write it, and token. By header, or by the form of a POST (RFC 6750 §2.1, §2.2); never by query."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token, posted = token.strip(), request.form.get(BODY_PARAMETER)
    known = {BEARER.lower(): BEARER, DPOP.lower(): DPOP}.get(scheme.lower())
    if known and posted is not None:
        raise _challenged(InvalidRequest("the access token was sent in two ways"), BEARER)
    if posted is not None:
        return BEARER, posted
    if known is None or not token:
        # no error code for who did not try (RFC 6750 §3.1)
        raise InvalidToken(headers={"www-authenticate": f'Bearer realm="oauth2", {_dpop_challenge()}'})
    return known, token


def _challenged(refusal: OAuthRefusal, scheme: str, *more: str) -> OAuthRefusal:
    """The refusal, with the challenge that RFC 6750 §3 and RFC 9449 §7.1 want beside it."""
    parts = [f'error="{refusal.code}"']
    if refusal.description:
        parts.append(f'error_description="{refusal.description}"')
    parts.extend(more)
    if scheme == DPOP:
        parts.append(f'algs="{" ".join(SIGNING)}"')
    challenge = f"{scheme} " + ", ".join(parts)
    kind = AT_RESOURCES.get(type(refusal), type(refusal))
    return kind(refusal.description, headers={**refusal.headers, "www-authenticate": challenge})


def _dpop_challenge() -> str:
    return f'DPoP algs="{" ".join(SIGNING)}"'


def _same(one: str, other: object) -> bool:
    return isinstance(other, str) and hmac.compare_digest(one.encode(), other.encode())
