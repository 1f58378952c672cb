"""Apps that the person signs in to with us."""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import NotFound
from idp.core.ids import ClientId
from idp.usecases.accounts.apps import ConnectedApps
from idp.usecases.sessions.identify import Principal
from idp.web.pages.account.gate import Gate, look_for
from idp.web.pages.face import see_other
from idp.web.pages.forms import read_form
from idp.web.pages.render import language_of
from idp.web.routing import Route

PATH = "/account/apps"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppPages:
    gate: Gate
    apps: ConnectedApps

    def routes(self) -> list[Route]:
        return self.gate.open(PATH, show=self.show, submit=self.submit)

    async def show(self, request: Request, principal: Principal) -> Response:
        apps = await self.apps.of(principal.account.id)
        language = language_of(request, look_for(principal))
        spoken = [replace(app, client=app.client.in_language(language)) for app in apps]
        return self.gate.page(request, principal, "account/apps.html", apps=spoken)

    async def submit(self, request: Request, principal: Principal) -> Response:
        form = await read_form(request)
        client_id = ClientId(form.get("client", ""))
        try:
            await self.apps.revoke(principal.account.id, client_id, self.gate.face.source(request))
        except NotFound:
            return see_other(PATH)  # gone already: what was wanted is so
        return self.gate.face.told(request, PATH, "revoked")
