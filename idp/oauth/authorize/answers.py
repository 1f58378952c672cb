"""What the client is told, in the response mode that it asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from idp.core.authorization import AuthorizationRequest
from idp.core.client import Client
from idp.oauth.authorize.destination import Destination
from idp.oauth.authorize.steps import AuthorizationResponse
from idp.oauth.errors import OAuthRefusal
from idp.oauth.neighbours import KnownClients
from idp.oauth.packing import packed
from idp.oauth.rules import OAuthRules
from idp.ports.ambient import Clock
from idp.ports.oauth import Signers

JARM_LIFE = timedelta(minutes=10)
"""JARM §2.1: at most."""
JWT = "JWT"
"""`typ`: JARM names none of its own, and clients' JWT libraries know this one. The answer has no `sub`: it is no ID
token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Each carries `state` as it came and `iss` (RFC 9207; RFC 9700 §4.4), which under JARM are claims.

    Both raise InvalidRequest, for the error page, where the answer is to be encrypted and the client has no key for it.
    """

    rules: OAuthRules
    signers: Signers
    clock: Clock
    clients: KnownClients

    async def give(self, to: Destination, parameters: Mapping[str, str]) -> AuthorizationResponse:
        told = dict(parameters)
        if to.state is not None:
            told["state"] = to.state
        told["iss"] = self.rules.issuer
        if to.response_mode.endswith(".jwt"):
            told = {"response": await self._packed(to.client, self._sign(to.client, told))}
        return AuthorizationResponse(redirect_uri=to.redirect_uri, response_mode=to.response_mode, parameters=told)

    async def refuse(self, to: Destination, refusal: OAuthRefusal) -> AuthorizationResponse:
        """RFC 6749 §4.1.2.1."""
        told = {"error": refusal.code}
        if refusal.description:
            told["error_description"] = refusal.description
        return await self.give(to, told)

    def _sign(self, client: Client, told: Mapping[str, str]) -> str:
        """JARM §2.1."""
        algorithm = self.rules.signs_with(client, client.metadata.authorization_signed_response_alg)
        expires_at = self.clock.now() + JARM_LIFE
        claims = {**told, "aud": client.id, "exp": int(expires_at.timestamp())}
        return self.signers(algorithm).sign(claims, JWT)

    async def _packed(self, client: Client, signed: str) -> str:
        """JARM §2.2."""
        metadata = client.metadata
        alg, enc = metadata.authorization_encrypted_response_alg, metadata.authorization_encrypted_response_enc
        return await packed(signed, client, self.clients, alg=alg, enc=enc)


def destination_of(client: Client, request: AuthorizationRequest) -> Destination:
    """Where the answer to a judged request goes."""
    return Destination(
        client=client,
        redirect_uri=request.redirect_uri,
        named=request.named_redirect_uri,
        response_mode=request.response_mode,
        state=request.state,
    )
