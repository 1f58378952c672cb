"""POST /oauth2/device_authorization (RFC 8628 §3.1). The page that people open is in `idp.web.pages`."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.oauth.devices.begin import BeginDevice
from idp.web.answers import json_answer
from idp.web.oidc.read import ReadForm
from idp.web.oidc.refuse import NO_STORE, refusing
from idp.web.routing import Route

PATH = "/oauth2/device_authorization"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDoor:
    read: ReadForm
    begin: BeginDevice

    def routes(self) -> list[Route]:
        return [Route(method="POST", path=PATH, endpoint=refusing(self.answer))]

    async def answer(self, request: Request) -> Response:
        return json_answer(await self.begin(await self.read(request)), headers=NO_STORE)
