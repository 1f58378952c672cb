"""POST /oauth2/introspect and /oauth2/revoke: clients ask about a token, or end it (RFC 7662, RFC 7009)."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.oauth.access.introspect import MEDIA_TYPE, Introspect, wants_a_token
from idp.oauth.access.revoke import Revoke
from idp.oauth.token.client_auth import ClientAuthentication
from idp.web.answers import json_answer
from idp.web.oidc.read import ReadForm
from idp.web.oidc.refuse import NO_STORE, refusing
from idp.web.routing import Route

INTROSPECT = "/oauth2/introspect"
REVOKE = "/oauth2/revoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDesk:
    """Both take client authentication, as the token endpoint does."""

    read: ReadForm
    authenticate: ClientAuthentication
    introspect: Introspect
    revoke: Revoke

    def routes(self) -> list[Route]:
        return [
            Route(method="POST", path=INTROSPECT, endpoint=refusing(self.answer_introspection)),
            Route(method="POST", path=REVOKE, endpoint=refusing(self.answer_revocation)),
        ]

    async def answer_introspection(self, request: Request) -> Response:
        """A token where the caller asks for one, or registered an algorithm (RFC 9701 §4)."""
        asked = await self.read(request)
        client = (await self.authenticate(asked)).client
        told = await self.introspect(client, asked.form.get("token"))
        if wants_a_token(client, asked.headers.get("accept", "")):
            return Response(await self.introspect.packed(client, told), headers=NO_STORE, media_type=MEDIA_TYPE)
        return json_answer(told, headers=NO_STORE)

    async def answer_revocation(self, request: Request) -> Response:
        """200 and nothing to read, whether there was anything to revoke or not (RFC 7009 §2.2)."""
        asked = await self.read(request)
        client = (await self.authenticate(asked)).client
        await self.revoke(client, asked.form.get("token"), asked.source)
        return Response(headers=NO_STORE)
