"""Where the person is signed in."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import NotFound
from idp.core.ids import SessionId
from idp.usecases.sessions.identify import Principal
from idp.usecases.sessions.own import OwnSessions
from idp.web.pages.account.agents import described
from idp.web.pages.account.gate import Gate
from idp.web.pages.face import see_other
from idp.web.pages.forms import read_form
from idp.web.routing import Route

PATH = "/account/sessions"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPages:
    gate: Gate
    own: OwnSessions

    def routes(self) -> list[Route]:
        return self.gate.open(PATH, show=self.show, submit=self.submit)

    async def show(self, request: Request, principal: Principal) -> Response:
        """This browser first: whoever looks for a stranger knows it by what is not in that place."""
        own = sorted(await self.own.of(principal), key=lambda session: session.id != principal.session.id)
        sessions = [(session, described(session.agent)) for session in own]
        return self.gate.page(request, principal, "account/sessions.html", sessions=sessions)

    async def submit(self, request: Request, principal: Principal) -> Response:
        form = await read_form(request)
        source = self.gate.face.source(request)
        if "others" in form:
            await self.own.end_others(principal, source)
            return self.gate.face.told(request, PATH, "ended")
        try:
            await self.own.end(principal, SessionId(form.get("session", "")), source)
        except NotFound:
            return see_other(PATH)  # over already: what was wanted is so
        return self.gate.face.told(request, PATH, "ended")
