"""Signing out of our own pages."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.usecases.sessions.end import EndSession
from idp.web.cookies import put_cookies
from idp.web.pages.face import SESSION_COOKIE, PagesFace, see_other
from idp.web.pages.forms import read_form
from idp.web.pages.onward import ACCOUNT
from idp.web.pages.render import render
from idp.web.routing import Route

PATH = "/logout"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOutPages:
    face: PagesFace
    end: EndSession

    def routes(self) -> list[Route]:
        return [
            self.face.route("GET", PATH, self.show),
            self.face.route("POST", PATH, self.submit),
            self.face.route("GET", "/signed-out", self.signed_out),
        ]

    async def show(self, request: Request) -> Response:
        """A question, for a link alone must not sign anybody out (rows 8, 101)."""
        principal = await self.face.principal(request)
        if principal is None:
            return see_other("/signed-out")
        return render(request, "logout.html", account=principal.account, fields={})

    async def submit(self, request: Request) -> Response:
        form = await read_form(request)
        if form.get("decision") == "no":
            return see_other(ACCOUNT)
        principal = await self.face.principal(request)
        if principal is not None:
            await self.end(principal, self.face.source(request))
        return put_cookies(see_other("/signed-out"), [self.face.cookies.expire(SESSION_COOKIE)])

    async def signed_out(self, request: Request) -> Response:
        return render(request, "signed_out.html", frames=(), continue_to="", seconds=0)
