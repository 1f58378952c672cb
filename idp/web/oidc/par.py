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
OTHERS = ("GET", "HEAD", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True, kw_only=True)
class PushEndpoint:
    read: ReadForm
    push: Push

    def routes(self) -> list[Route]:
        refused = [Route(method=method, path=PATH, endpoint=post_only) for method in OTHERS]
        return [Route(method="POST", path=PATH, endpoint=refusing(self.answer)), *refused]

    async def answer(self, request: Request) -> Response:
        """201 with the name of the request and its life in seconds (§2.2)."""
        accepted = await self.push(await self.read(request))
        told = {"request_uri": accepted.request_uri, "expires_in": int(accepted.life.total_seconds())}
        return json_answer(told, 201, headers=NO_STORE)


async def post_only(_request: Request) -> Response:
    """405 (§2.3), where a wrong method of any other path of ours is 404."""
    told = {"error": "invalid_request", "error_description": "requests are pushed by POST"}
    return json_answer(told, 405, headers={**NO_STORE, "allow": "POST"})
