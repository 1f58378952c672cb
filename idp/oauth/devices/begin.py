"""POST /oauth2/device_authorization: a device asks for a pair of codes (RFC 8628 §3.1, §3.2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from idp.core.authorization import DeviceAuthorization
from idp.core.client import Client
from idp.core.session import Source
from idp.oauth.authorize.scope import judge_resources, judge_scope, reachable
from idp.oauth.devices.user_code import canonical, digest_of_device_code, digest_of_user_code, make_user_code
from idp.oauth.errors import TemporarilyUnavailable, UnauthorizedClient
from idp.oauth.neighbours import AuthenticatesClients, KnownClients
from idp.oauth.request import OAuthRequest
from idp.oauth.rules import OAuthRules
from idp.ports.ambient import Clock, Entropy
from idp.ports.crypto import Digester
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.signin.guesses import Guesses

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
PAGE = "/device"
ASKED = "device"
"""The counter of codes that were asked for, by network address."""
TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginDevice:
    store: Store
    clock: Clock
    entropy: Entropy
    digester: Digester
    guesses: Guesses
    authenticate: AuthenticatesClients
    clients: KnownClients
    rules: OAuthRules

    async def __call__(self, request: OAuthRequest) -> Mapping[str, object]:
        """The members of the response. Raises an OAuthRefusal, or TooManyRequests."""
        client = (await self.authenticate(request)).client
        if DEVICE_CODE not in client.metadata.grant_types:
            raise UnauthorizedClient("the client may not use the device flow")
        servers = reachable(client, await self.clients.resources())
        scope = judge_scope(client, tuple(dict.fromkeys(request.form.get("scope", "").split())), servers)
        resources = judge_resources(request.resources, self.rules.issuer, servers)
        code = self.entropy.token()
        user_code = await self.store.transact(
            lambda work: self._keep(work, code, client, (scope, resources), request.source)
        )
        return self._response(code, user_code)

    def _keep(
        self,
        work: UnitOfWork,
        code: str,
        client: Client,
        asked: tuple[tuple[str, ...], tuple[str, ...]],
        source: Source,
    ) -> str:
        """The user code. One that is out already is not given twice, and is not overwritten."""
        now = self.clock.now()
        if client.is_public:
            self.guesses.charge_source(work, source, now, scope=ASKED)  # anybody can ask in its name (row 140)
        else:
            self.guesses.take_turn(work, ASKED, client.id, now)
        scope, resources = asked
        for _ in range(TRIES):
            user_code = make_user_code(self.entropy)
            device = DeviceAuthorization(
                digest=digest_of_device_code(self.digester, code),
                user_code=digest_of_user_code(self.digester, canonical(user_code)),
                client_id=client.id,
                scope=scope,
                resources=resources,
                interval_seconds=int(self.rules.device_interval.total_seconds()),
                issued_at=now,
                expires_at=now + self.rules.device_life,
            )
            if work.oauth.devices.add(device):
                return user_code
        raise TemporarilyUnavailable("come back in a moment")

    def _response(self, code: str, user_code: str) -> Mapping[str, object]:
        page = self.rules.issuer + PAGE
        return {
            "device_code": code,
            "user_code": user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={user_code}",
            "expires_in": int(self.rules.device_life.total_seconds()),
            "interval": int(self.rules.device_interval.total_seconds()),
        }
