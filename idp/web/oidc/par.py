"""POST /oauth2/par: pushed authorization requests (RFC 9126)."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.oauth.authorize.push import Push
from idp.web.answers import json_answer
from idp.web.oidc.read import ReadForm
from idp.web.oidc.refuse import NO_STORE, refusing
from idp.web.routing import Route

PATH = "/oauth2/par"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushEndpoint:
    read: ReadForm
    push: Push

    def routes(self) -> list[Route]:
        return [Route(method="POST", path=PATH, endpoint=refusing(self.answer))]

    async def answer(self, request: Request) -> Response:
        """201 with the name of the request and its life in seconds (§2.2)."""
        accepted = await self.push(await self.read(request))
        told = {"request_uri": accepted.request_uri, "expires_in": int(accepted.life.total_seconds())}
        return json_answer(told, 201, headers=NO_STORE)
