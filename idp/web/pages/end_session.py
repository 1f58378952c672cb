"""Signing out because an app asks (OIDC RP-Initiated Logout 1.0), and at our own pages: one question, one end."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import MalformedRequest
from idp.oauth.errors import InvalidRequest
from idp.oauth.session.logout import JudgeLogout, Logout, asked_again, known_of
from idp.oauth.session.sign_out import SignOut
from idp.usecases.sessions.identify import Principal
from idp.web.cookies import put_cookies
from idp.web.pages.face import PagesFace, see_other
from idp.web.pages.forms import MEDIA_TYPE, Form, parsed, read_form
from idp.web.pages.onward import ACCOUNT
from idp.web.pages.render import Look, render
from idp.web.routing import Route
from idp.web.watched import unwatched

PATH = "/oauth2/end_session"
QUESTION = "/logout"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSessionPages:
    face: PagesFace
    judge: JudgeLogout
    sign_out: SignOut

    def routes(self) -> list[Route]:
        return [
            self.face.route("GET", PATH, self.begin),
            self.face.route("POST", PATH, self.begin_by_post),
            self.face.route("GET", QUESTION, self.ask),
            self.face.route("POST", QUESTION, self.answer),
        ]

    async def begin(self, request: Request) -> Response:
        asked = _asked(request)
        logout = await self.judge(asked, self.face.source(request))
        here = await self.face.sessions.all(request)
        if self.sign_out.must_ask(logout, self.sign_out.meant(logout, here)):
            return see_other(QUESTION, **asked_again(logout, asked))
        return await self._finish(request, logout, here)

    async def begin_by_post(self, request: Request) -> Response:
        """An app's form brings no cookie of ours (SameSite=Lax): the browser comes back by GET, and with them."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
            raise InvalidRequest(f"Content-Type must be {MEDIA_TYPE}")
        return see_other(PATH, **_known(await request.body()))

    async def ask(self, request: Request) -> Response:
        """A link alone signs nobody out (rows 8, 101)."""
        logout = await self.judge(_asked(request), self.face.source(request))
        here = await self.face.sessions.all(request)
        if not here:
            return await self._finish(request, logout, here)
        account = max(
            self.sign_out.meant(logout, here), key=lambda principal: principal.session.authenticated_at
        ).account
        return render(request, "logout.html", look=_look(logout), account=account, fields={})

    async def answer(self, request: Request) -> Response:
        """What was asked for stands in the address still, and is judged anew. Only a clear yes is one."""
        form = await read_form(request)
        logout = await self.judge(_asked(request), self.face.source(request))
        if form.get("decision") != "yes":
            return see_other(ACCOUNT)
        return await self._finish(request, logout, await self.face.sessions.all(request))

    async def _finish(self, request: Request, logout: Logout, here: Sequence[Principal]) -> Response:
        leaving = self.sign_out.meant(logout, here)
        frames = await self.sign_out(logout, leaving, self.face.source(request))
        staying = {principal.session.contract for principal in here if principal not in leaving}
        continue_to = logout.continue_to or ""
        if continue_to and not frames:
            return self._forgotten(request, see_other(continue_to), staying)
        page = render(
            request,
            "signed_out.html",
            look=replace(_look(logout), frames=frames),
            frames=frames,
            continue_to=continue_to,
        )
        return self._forgotten(request, page, staying)

    def _forgotten(self, request: Request, response: Response, staying: Collection[str]) -> Response:
        """Without the cookies of any contract whose session does not go on: what they name is over."""
        plain = replace(self.face.cookies, prefix="")
        names = [name for contract, name in self.face.sessions.cookies if contract not in staying]
        return put_cookies(response, [*map(plain.expire, names), *unwatched(request, plain)])


def _look(logout: Logout) -> Look:
    return Look(languages=logout.languages, client=logout.client, leads_to=logout.continue_to)


def _asked(request: Request) -> Form:
    return _known(request.scope["query_string"])


def _known(sent: bytes) -> Form:
    """Raises InvalidRequest."""
    try:
        return known_of(parsed(sent))
    except MalformedRequest as malformed:
        raise InvalidRequest(str(malformed)) from None
