"""From what a browser or a client brought to a judged request."""

from dataclasses import dataclass, replace

from idp.core.authorization import AuthorizationRequest
from idp.core.client import Client, Profile
from idp.core.session import Source
from idp.oauth.authorize.destination import Answerable, Destination, is_registered, prove
from idp.oauth.authorize.judge import Judge
from idp.oauth.authorize.parameters import Parameters
from idp.oauth.authorize.request_object import RequestObjects
from idp.oauth.codes import REQUEST_URI, digest_of_pushed
from idp.oauth.errors import InvalidClient, InvalidRequest, InvalidRequestUri, OAuthRefusal
from idp.oauth.neighbours import KnownClients
from idp.oauth.rules import OAuthRules
from idp.ports.ambient import Clock
from idp.ports.crypto import Digester
from idp.ports.storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Each method raises an OAuthRefusal for the error page, and Answerable once the destination is proved."""

    store: Store
    clock: Clock
    digester: Digester
    rules: OAuthRules
    clients: KnownClients
    objects: RequestObjects
    judge: Judge

    async def client(self, parameters: Parameters, source: Source) -> Client:
        """Raises TooManyRequests too, before anything is fetched."""
        parameters.require_sound("client_id")
        client_id = parameters.get("client_id")
        if client_id is None:
            raise InvalidRequest("client_id is missing")
        client = await self.clients.find(client_id, source)
        if client is None:
            raise InvalidClient("the client is not known here")
        return client

    async def at_the_front(self, client: Client, parameters: Parameters) -> AuthorizationRequest:
        """A request that a browser brought, whole or as the name of a pushed one."""
        if (parameters.get("request_uri") or "").startswith(REQUEST_URI):
            return await self._pushed(client, parameters.values["request_uri"])
        destination, parameters = await self._proved(client, parameters)
        if self.must_be_pushed(client):
            raise Answerable(destination, InvalidRequest("requests of this client have to be pushed"))
        return await self._judged(destination, parameters)

    async def at_the_back(self, client: Client, parameters: Parameters) -> AuthorizationRequest:
        """A request that the client pushed itself (RFC 9126 §2.1)."""
        if parameters.get("request_uri") is not None or "request_uri" in parameters.flawed:
            raise InvalidRequest("request_uri cannot be pushed")
        destination, parameters = await self._proved(client, parameters)
        return await self._judged(destination, parameters)

    def must_be_pushed(self, client: Client) -> bool:
        """RFC 9126 §5, §6; FAPI 2.0 Security Profile §5.3.2.2."""
        is_demanded = self.rules.require_pushed or client.metadata.require_pushed_authorization_requests
        return is_demanded or self._is_fapi(client)

    async def _pushed(self, client: Client, name: str) -> AuthorizationRequest:
        """Judged when it was pushed; parameters beside it count for nothing (RFC 9126 §4)."""
        digest, now = digest_of_pushed(self.digester, name.removeprefix(REQUEST_URI)), self.clock.now()
        pushed = await self.store.read(lambda work: work.oauth.pushed.find(digest, now))
        # its row lives on, for those who began with it in time and have not finished
        if pushed is None or pushed.client_id != client.id or now >= pushed.issued_at + self.rules.pushed_life:
            raise InvalidRequestUri("request_uri is unknown, used up, expired or another client's")
        if not is_registered(client, pushed.request.redirect_uri):
            raise InvalidRequest("redirect_uri is not registered for this client")
        return replace(pushed.request, pushed_as=digest.hex())

    async def _proved(self, client: Client, outer: Parameters) -> tuple[Destination, Parameters]:
        """The parameters that count, and where they may be answered."""
        must_be_named = self._is_fapi(client)
        try:
            parameters = await self.objects.open(client, outer)
        except OAuthRefusal as refusal:
            raise _answerable(client, outer, refusal) from None
        must_be_named |= "openid" in parameters.words("scope")
        return prove(client, parameters, must_be_named=must_be_named), parameters

    async def _judged(self, destination: Destination, parameters: Parameters) -> AuthorizationRequest:
        try:
            return await self.judge(destination, parameters)
        except OAuthRefusal as refusal:
            raise Answerable(destination, refusal) from None

    def _is_fapi(self, client: Client) -> bool:
        return self.rules.profile_of(client) is Profile.FAPI2


def _answerable(client: Client, outer: Parameters, refusal: OAuthRefusal) -> Exception:
    """What stands outside an object is good enough to say that the object is not, if the address is the client's."""
    try:
        return Answerable(prove(client, outer, must_be_named=True), refusal)
    except OAuthRefusal:
        return refusal
