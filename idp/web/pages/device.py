"""Where people type the code that a device shows them, and allow it or not (RFC 8628 §3.3)."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import CodeRejected, TooManyRequests
from idp.oauth.devices.decide import DecideDevice, DeviceView
from idp.usecases.sessions.identify import Principal
from idp.web.pages.face import PagesFace, see_other
from idp.web.pages.forms import read_form
from idp.web.pages.render import Look, render
from idp.web.routing import Route

PATH = "/device"
LONGEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePages:
    """A code in the address is filled in and no more: the person compares it with the device and sends it (§5.4)."""

    face: PagesFace
    decide: DecideDevice

    def routes(self) -> list[Route]:
        return [
            self.face.route("GET", PATH, self.show),
            self.face.route("POST", PATH, self.submit),
        ]

    async def show(self, request: Request) -> Response:
        return self._question(request, request.query_params.get("user_code", "")[:LONGEST])

    async def submit(self, request: Request) -> Response:
        """The code, then signing in where nobody is, then the question, then the answer: four visits, one address."""
        form = await read_form(request)
        typed, decision = form.get("user_code", ""), form.get("decision")
        principal, source = await self.face.principal(request), self.face.source(request)
        try:
            view = await self.decide.look(typed, principal, source)
            if principal is None:
                return see_other("/login", next=f"{PATH}?{urlencode({'user_code': view.user_code})}")
            if decision == "allow":
                await self.decide.allow(typed, principal, source)
            elif decision is not None:
                await self.decide.deny(typed, principal, source)
        except CodeRejected as refusal:
            return self._question(request, typed[:LONGEST], problem=refusal.code, status=400)
        except TooManyRequests as refusal:
            page = self._question(request, typed[:LONGEST], problem=refusal.code, status=429)
            page.headers["retry-after"] = str(refusal.retry_after_seconds)
            return page
        if decision is None:
            return self._confirmation(request, view, principal)
        return render(request, "device_done.html", look=Look(client=view.client), allowed=decision == "allow")

    def _question(self, request: Request, user_code: str, *, problem: str = "", status: int = 200) -> Response:
        return render(request, "device.html", status=status, user_code=user_code, problem=problem)

    def _confirmation(self, request: Request, view: DeviceView, principal: Principal) -> Response:
        return render(
            request,
            "device_confirm.html",
            look=Look(client=view.client),
            account=principal.account,
            scope=view.scope,
            resources=view.resources,
            user_code=view.user_code,
        )
