"""Client assertions: a JWT in place of a secret (RFC 7523 §2.2, §3; OIDC Core §9)."""

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from idp.core.client import Client, ClientSecret
from idp.oauth.algorithms import FAPI_SIGNING, SHARED_SECRET, SIGNING
from idp.oauth.errors import InvalidClient
from idp.oauth.neighbours import KnownClients
from idp.oauth.referee.jose import KeyUnknown, TokenRefused, Unverified, is_time, parse_jws, verify_parsed
from idp.oauth.request import OAuthRequest
from idp.oauth.rules import OAuthRules
from idp.oauth.token.once import Once
from idp.ports.crypto import Digester, Sealer

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFE = timedelta(hours=1)
SKEW = timedelta(seconds=30)
"""For `nbf` and `iat`, never for `exp` (FAPI 2.0 §5.3.2.1: 10 s are to be taken, 60 s refused)."""

LONGEST_ID = 256
SECRET_JWT, PRIVATE_KEY_JWT = "client_secret_jwt", "private_key_jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAssertions:
    """Raises InvalidClient, with words that tell the client's developer which rule was broken."""

    clients: KnownClients
    sealer: Sealer
    digester: Digester
    rules: OAuthRules

    def parse(self, assertion: str) -> Unverified:
        try:
            return parse_jws(assertion)
        except TokenRefused:
            raise InvalidClient("the client assertion is malformed") from None

    async def verify(self, parsed: Unverified, client: Client, request: OAuthRequest, now: datetime) -> Once:
        """What is to be claimed of an assertion that holds."""
        await self._check_signature(parsed, client, now)
        claims = parsed.claims
        if claims.get("iss") != client.id or claims.get("sub") != client.id:
            raise InvalidClient("iss and sub of the client assertion must be the client")
        self._check_audience(claims.get("aud"), client, request)
        ends = _check_times(claims, now)
        assertion_id = claims.get("jti")
        if not isinstance(assertion_id, str) or not 0 < len(assertion_id) <= LONGEST_ID:
            raise InvalidClient("jti of the client assertion is missing or too long")
        return Once(
            purpose="client_assertion",
            digest=self.digester.digest("client-assertion", client.id, assertion_id),
            expires_at=ends,
        )

    async def _check_signature(self, parsed: Unverified, client: Client, now: datetime) -> None:
        allowed = self._algorithms(client)
        try:
            if client.metadata.token_endpoint_auth_method == SECRET_JWT:
                verify_parsed(parsed, self._secrets_of(client, now), allowed)
                return
            try:
                verify_parsed(parsed, await self.clients.keys(client), allowed)
            except KeyUnknown:
                # the client may have turned its keys since we looked (OIDC Core §10.1.1)
                verify_parsed(parsed, await self.clients.keys(client, fresh=True), allowed)
        except TokenRefused:
            raise InvalidClient("the client assertion is not signed as the client registered") from None

    def _algorithms(self, client: Client) -> Collection[str]:
        registered = client.metadata.token_endpoint_auth_signing_alg
        if client.metadata.token_endpoint_auth_method == SECRET_JWT:
            known: Collection[str] = SHARED_SECRET
        else:
            known = FAPI_SIGNING if self.rules.is_fapi2(client) else SIGNING
        return known if registered is None else [name for name in known if name == registered]

    def _secrets_of(self, client: Client, now: datetime) -> Mapping[str, object]:
        context = ClientSecret.context_of(client.id)
        sealed = [one.sealed for one in client.secrets if one.sealed is not None and one.is_live(now)]
        encoded = (base64.urlsafe_b64encode(self.sealer.open(one, context)) for one in sealed)
        return {"keys": [{"kty": "oct", "k": key.rstrip(b"=").decode()} for key in encoded]}

    def _check_audience(self, audience: object, client: Client, asked: OAuthRequest) -> None:
        """FAPI 2.0 §5.3.2.1: the issuer, as a string. Others name the endpoint too (RFC 7523 §3, OIDC Core §9)."""
        issuer = self.rules.issuer
        if self.rules.is_fapi2(client):
            is_right = audience == issuer
        else:
            named = audience if isinstance(audience, list) else [audience]
            ours = {issuer, issuer + "/", f"{issuer}/oauth2/token", asked.url}
            if self.rules.mtls_base is not None:
                ours.add(self.rules.mtls_base + asked.url.removeprefix(issuer))
            is_right = any(isinstance(one, str) and one in ours for one in named)
        if not is_right:
            raise InvalidClient("aud of the client assertion is not us")


def _check_times(claims: Mapping[str, object], now: datetime) -> datetime:
    """When the assertion ends. One without an end, or with a far one, could be replayed for as long."""
    moment, ends = now.timestamp(), claims.get("exp")
    issued, begins = claims.get("iat", 0), claims.get("nbf", 0)
    if not (is_time(ends) and is_time(issued) and is_time(begins)):
        raise InvalidClient("exp of the client assertion is missing, or a time is no number")
    ahead = moment + SKEW.total_seconds()
    if not moment < ends <= ahead + LONGEST_LIFE.total_seconds():
        raise InvalidClient("the client assertion has expired, or lives for too long")
    if issued > ahead or begins > ahead:
        raise InvalidClient("the client assertion is from the future")
    return now + timedelta(seconds=ends - moment)
