"""POST /oauth2/token."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.oauth.errors import OAuthRefusal
from idp.oauth.token.endpoint import TokenEndpoint
from idp.web.answers import json_answer
from idp.web.oidc.read import ReadForm
from idp.web.oidc.refuse import NO_STORE, refusing
from idp.web.routing import Route

TOKEN = "/oauth2/token"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDoor:
    """For clients of any origin, browsers among them: no cookie is read here, so none has to be guarded."""

    read: ReadForm
    endpoint: TokenEndpoint

    def routes(self) -> list[Route]:
        return [Route(method="POST", path=TOKEN, endpoint=refusing(self.answer))]

    async def answer(self, request: Request) -> Response:
        """Refused or not, the answer brings the nonce for the next proof (RFC 9449 §8.2)."""
        fresh = self.endpoint.proofs.headers()
        try:
            answer = await self.endpoint(await self.read(request))
        except OAuthRefusal as refusal:
            refusal.headers = {**fresh, **refusal.headers}
            raise
        return json_answer(answer, headers={**NO_STORE, **fresh})
