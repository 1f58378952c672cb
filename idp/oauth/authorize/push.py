"""Pushed authorization requests (RFC 9126)."""

from dataclasses import dataclass, replace
from datetime import timedelta

from idp.core.authorization import AuthorizationRequest, PushedRequest
from idp.core.client import Client
from idp.oauth.authorize.destination import Answerable
from idp.oauth.authorize.parameters import RESOURCE, Parameters
from idp.oauth.authorize.reading import Reading
from idp.oauth.codes import REQUEST_URI, digest_of_pushed
from idp.oauth.errors import InvalidDpopProof, InvalidRequest
from idp.oauth.neighbours import AuthenticatesClients, ChecksProofs
from idp.oauth.request import OAuthRequest
from idp.oauth.rules import OAuthRules
from idp.ports.ambient import Clock, Entropy
from idp.ports.crypto import Digester
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.signin.guesses import Guesses, subscriber_of

PUSHED = "pushed"
"""The counter of requests that wait for a browser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedRequests:
    """Keeps requests that were judged, each under a name of 256 random bits, of which a digest is stored."""

    store: Store
    clock: Clock
    entropy: Entropy
    digester: Digester
    rules: OAuthRules
    guesses: Guesses

    async def keep(self, client: Client, request: AuthorizationRequest, whose: str) -> str:
        """The `request_uri`. It can be begun with for `pushed_life`, and finished as long as an interaction lives.

        `whose` turn it takes: the client that proved itself, or an address. Raises TooManyRequests.
        """
        token, now = self.entropy.token(), self.clock.now()
        pushed = PushedRequest(
            digest=digest_of_pushed(self.digester, token),
            client_id=client.id,
            request=request,
            issued_at=now,
            expires_at=now + self.rules.pushed_life + self.rules.interaction_life,
        )
        await self.store.transact(lambda work: self._keep(work, pushed, whose))
        return REQUEST_URI + token

    def _keep(self, work: UnitOfWork, pushed: PushedRequest, whose: str) -> None:
        self.guesses.take_turn(work, PUSHED, whose, pushed.issued_at)
        work.oauth.pushed.add(pushed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """RFC 9126 §2.2."""

    request_uri: str
    life: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """The pushed authorization request endpoint.

    Raises an OAuthRefusal, which the client is told in JSON, or TooManyRequests.
    """

    authenticate: AuthenticatesClients
    proofs: ChecksProofs
    reading: Reading
    pushed: PushedRequests
    rules: OAuthRules

    async def __call__(self, request: OAuthRequest) -> Accepted:
        known = await self.authenticate(request)
        client = known.client
        if request.form.get("client_id", client.id) != client.id:
            raise InvalidRequest("client_id is not the client that authenticates")
        pairs = (*request.form.items(), *((RESOURCE, resource) for resource in request.resources))
        try:
            judged = await self.reading.at_the_back(client, Parameters.of(pairs))
        except Answerable as error:
            raise error.refusal from None
        judged = await self._bound(request, judged)
        # anybody can ask in the name of a client that has nothing to prove itself with
        whose = subscriber_of(request.source.address) if client.is_public else client.id
        return Accepted(request_uri=await self.pushed.keep(client, judged, whose), life=self.rules.pushed_life)

    async def _bound(self, request: OAuthRequest, judged: AuthorizationRequest) -> AuthorizationRequest:
        """Binds the code to the key of the DPoP proof that came along (RFC 9449 §10.1)."""
        thumbprint = await self.proofs.check(request, access_token=None)
        if thumbprint is None:
            return judged
        if judged.dpop_jkt not in {None, thumbprint}:
            raise InvalidDpopProof("dpop_jkt is not the key of the proof")
        return replace(judged, dpop_jkt=thumbprint)
