"""Proof of possession at the application level (RFC 9449): a key of the client's behind codes and tokens."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from idp.oauth.algorithms import SIGNING
from idp.oauth.errors import InvalidDpopProof, UseDpopNonce
from idp.oauth.referee.jose import TokenRefused, Unverified, is_time, parse_jws, verify_embedded
from idp.oauth.request import OAuthRequest
from idp.oauth.rules import OAuthRules
from idp.oauth.token.once import Once
from idp.ports.ambient import Clock
from idp.ports.crypto import Digester
from idp.ports.storage import Store, UnitOfWork

TYPE = "dpop+jwt"
OLDEST = timedelta(seconds=60)
AHEAD = timedelta(seconds=30)
"""How far the client's clock may be from ours (FAPI 2.0 §5.3.2.1 wants 10 s to be taken, and 60 s refused)."""

LONGEST_ID = 256
NONCE_LIFE = timedelta(minutes=5)
NONCE_LENGTH = 16
PORTS = {"https": 443, "http": 80}
NONCE_HEADER = "dpop-nonce"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof that holds. `jkt` is its key's thumbprint; its `jti` is yet to be claimed."""

    jkt: str
    once: Once

    def claim(self, work: UnitOfWork, now: datetime) -> None:
        """Raises InvalidDpopProof for a proof seen before (§11.1)."""
        if not self.once.claim(work, now):
            raise InvalidDpopProof("the proof was used before")


@dataclass(frozen=True, slots=True, kw_only=True)
class DpopProofs:
    """Raises InvalidDpopProof, or UseDpopNonce with a nonce to be used."""

    store: Store
    clock: Clock
    digester: Digester
    rules: OAuthRules

    async def check(self, request: OAuthRequest, *, access_token: str | None) -> str | None:
        """The thumbprint of the key, its proof used up; None where there is no proof."""
        proof, now = self.examine(request, access_token=access_token), self.clock.now()
        if proof is None:
            return None
        await self.store.transact(lambda work: proof.claim(work, now))
        return proof.jkt

    def examine(self, request: OAuthRequest, *, access_token: str | None) -> Proof | None:
        """The same, for who claims the proof in a unit of work of its own. The checks of §4.3, in its order."""
        match request.dpop:
            case ():
                return None
            case (sent,):
                pass
            case _:
                raise InvalidDpopProof("more than one proof")
        try:
            parsed = parse_jws(sent)
            if parsed.token_type != TYPE:
                raise InvalidDpopProof("typ is not dpop+jwt")
            jkt = verify_embedded(parsed, SIGNING, self.rules.smallest_rsa)
        except TokenRefused:
            raise InvalidDpopProof("the proof is malformed, or its signature wrong") from None
        return self._judged(request, parsed, jkt, access_token)

    def nonce(self, *, ago: int = 0) -> str:
        """For the header `DPoP-Nonce` (§8). Made of the time alone: nothing is stored, and any process knows it."""
        window = int(self.clock.now().timestamp() // NONCE_LIFE.total_seconds()) - ago
        digest = self.digester.digest("dpop-nonce", str(window))[:NONCE_LENGTH]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def headers(self) -> dict[str, str]:
        """What an answer carries, so that the next proof has a nonce already."""
        return {NONCE_HEADER: self.nonce()} if self.rules.dpop_nonces else {}

    def _judged(self, asked: OAuthRequest, parsed: Unverified, jkt: str, access_token: str | None) -> Proof:
        now, claims = self.clock.now(), parsed.claims
        proof_id = claims.get("jti")
        if not isinstance(proof_id, str) or not 0 < len(proof_id) <= LONGEST_ID:
            raise InvalidDpopProof("jti is missing or too long")
        if claims.get("htm") != asked.method:
            raise InvalidDpopProof("htm is not the method")
        if not self._is_here(claims.get("htu"), asked.url):
            raise InvalidDpopProof("htu is not this address")
        if not _is_fresh(parsed, now):
            raise InvalidDpopProof("the proof is too old, or from the future")
        if access_token is not None and not _same(claims.get("ath"), _ath(access_token)):
            raise InvalidDpopProof("ath is not of this access token")
        self._check_nonce(claims.get("nonce"))
        digest = self.digester.digest("dpop", jkt, proof_id)
        return Proof(jkt=jkt, once=Once(purpose="dpop", digest=digest, expires_at=now + OLDEST + AHEAD))

    def _check_nonce(self, nonce: object) -> None:
        if self.rules.dpop_nonces and not any(_same(nonce, self.nonce(ago=ago)) for ago in (0, 1)):
            raise UseDpopNonce("the proof must carry our nonce", headers={NONCE_HEADER: self.nonce()})

    def _is_here(self, htu: object, url: str) -> bool:
        """Without query and fragment, and as RFC 3986 §6.2 equates them. Our proxy for mTLS is at home as well."""
        named = _address(htu) if isinstance(htu, str) else None
        base = self.rules.mtls_base
        alias = base + url.removeprefix(self.rules.issuer) if base is not None else url
        return named is not None and named in (_address(url), _address(alias))


def _is_fresh(parsed: Unverified, now: datetime) -> bool:
    moment, claims = now.timestamp(), parsed.claims
    issued, begins, ends = claims.get("iat"), claims.get("nbf", 0), claims.get("exp", moment + 1)
    if not (is_time(issued) and is_time(begins) and is_time(ends)):
        return False
    ahead = moment + AHEAD.total_seconds()
    return moment - OLDEST.total_seconds() <= issued <= ahead and begins <= ahead and moment < ends


def _address(url: str) -> tuple[str, str, int, str] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    return parts.scheme, parts.hostname or "", port, parts.path or "/"


def _ath(access_token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()).rstrip(b"=").decode()


def _same(given: object, expected: str) -> bool:
    return isinstance(given, str) and given.isascii() and hmac.compare_digest(given, expected)
