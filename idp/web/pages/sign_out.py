"""Signing out of our own pages."""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from idp.usecases.sessions.end import EndSession
from idp.web.cookies import put_cookies
from idp.web.pages.face import PagesFace, see_other
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
        """Ends every session of this browser, the cookie contracts' too: one that was left would sign in here again.

        Only a clear yes is one.
        """
        form = await read_form(request)
        if form.get("decision") != "yes":
            return see_other(ACCOUNT)
        for principal in await self.face.sessions.all(request):
            await self.end(principal, self.face.source(request))
        plain = replace(self.face.cookies, prefix="")
        return put_cookies(see_other("/signed-out"), [plain.expire(name) for _, name in self.face.sessions.cookies])

    async def signed_out(self, request: Request) -> Response:
        """Whoever is signed in all the same is not told otherwise."""
        if await self.face.principal(request) is not None:
            return see_other(PATH)
        return render(request, "signed_out.html", frames=(), continue_to="")
