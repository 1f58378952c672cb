"""GET and POST /oauth2/userinfo (OIDC Core §5.3)."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.oauth.access.userinfo import UserInfo
from idp.oauth.errors import OAuthRefusal
from idp.oauth.own_api import USERINFO, described_at
from idp.oauth.token.access_tokens import userinfo_audience
from idp.oauth.token.verify import AccessTokenVerifier
from idp.web.answers import json_answer
from idp.web.oidc.read import ReadForm
from idp.web.oidc.refuse import NO_STORE, naming, refusing
from idp.web.routing import Route

SIGNED = "application/jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInfoDoor:
    """A token for another audience is refused: it was given to somebody else's API (RFC 8707 §2)."""

    read: ReadForm
    verify: AccessTokenVerifier
    userinfo: UserInfo

    def routes(self) -> list[Route]:
        endpoint = refusing(naming(described_at(USERINFO, self.read.issuer), self.answer))
        return [Route(method=method, path=USERINFO, endpoint=endpoint) for method in ("GET", "POST")]

    async def answer(self, request: Request) -> Response:
        fresh = self.verify.proofs.headers()
        try:
            asked = await self.read(request)
            audience = userinfo_audience(self.read.issuer)
            parties = await self.verify.verify_and(asked, self.userinfo.parties, audience=audience)
            told = await self.userinfo(parties)
        except OAuthRefusal as refusal:
            refusal.headers = {**fresh, **refusal.headers}
            raise
        headers = {**NO_STORE, **fresh}
        if isinstance(told, str):
            return Response(told, headers=headers, media_type=SIGNED)
        return json_answer(told, headers=headers)
