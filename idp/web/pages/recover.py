"""Forgotten passwords, and the links in mails. A link's token leaves the address before a page is shown (row 24)."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import LinkRejected, PasswordRejected
from idp.oauth.authorize.steps import PageView
from idp.oauth.errors import OAuthRefusal
from idp.usecases.accounts.ask import Ask
from idp.usecases.accounts.confirm import ConfirmAddress
from idp.usecases.accounts.links import OWN_PAGES
from idp.usecases.accounts.reset import ResetPassword
from idp.usecases.signin.outcome import DoneWithoutSession, SignedIn
from idp.web.cookies import put_cookies, read_cookies
from idp.web.pages.desk import desk_of
from idp.web.pages.errors import problem_page
from idp.web.pages.face import PagesFace, look_of, see_other
from idp.web.pages.forms import read_form
from idp.web.pages.onward import Onward, is_plain_id, onward_of
from idp.web.pages.render import USUAL, render
from idp.web.pages.sign_in import address_of
from idp.web.routing import Route

DONE = "/done"
LINK_COOKIE = "idp-link"
LINK_LIFE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverPages:
    face: PagesFace
    ask: Ask
    reset: ResetPassword
    confirm: ConfirmAddress

    def routes(self) -> list[Route]:
        return [
            self.face.route("GET", "/forgot", self.show_forgot),
            self.face.route("POST", "/forgot", self.submit_forgot),
            self.face.route("GET", "/reset", self.show_reset),
            self.face.route("POST", "/reset", self.submit_reset),
            self.face.route("GET", "/confirm", self.show_confirm),
            self.face.route("POST", "/confirm", self.submit_confirm),
            self.face.route("GET", DONE, self.show_done),
        ]

    async def show_forgot(self, request: Request) -> Response:
        return await self._forgot_page(request)

    async def submit_forgot(self, request: Request) -> Response:
        """One answer for every address (row 37)."""
        form = await read_form(request)
        typed = form.get("email", "").strip()
        email = address_of(typed)
        if email is None:
            problem = "email_malformed" if typed else "needed"
            return await self._forgot_page(request, status=400, email=typed, problem=problem)
        await self.ask.for_reset_link(email, OWN_PAGES, self.face.source(request))
        return await self._forgot_page(request, email=typed, sent=True)

    async def show_reset(self, request: Request) -> Response:
        if "token" in request.query_params:
            return self._taken_from_address(request, "/reset")
        return await self._reset_page(request)

    async def submit_reset(self, request: Request) -> Response:
        form = await read_form(request)
        password = form.get("password", "")
        if not password:
            return await self._reset_page(request, problems={"password": "needed"}, status=400)
        if password != form.get("password_again", ""):
            return await self._reset_page(request, problems={"password_again": "passwords_differ"}, status=400)
        try:
            outcome = await self.reset(self._link(request), password, self.face.source(request))
        except PasswordRejected as refusal:
            wrong = {"password": refusal.code}
            return await self._reset_page(request, problems=wrong, objections=refusal.objections, status=400)
        except LinkRejected as refusal:
            return problem_page(request, refusal.code, 400, back="/forgot")
        return await self._after(request, outcome, Onward())

    async def show_confirm(self, request: Request) -> Response:
        """Asks for a click: programs that look into mails follow links, and push no buttons.

        And says for whom: a link that somebody else had sent signs in to somebody else's account (row 9).
        """
        if "token" in request.query_params:
            return self._taken_from_address(request, "/confirm")
        email = await self.confirm.address(self._link(request))
        if email is None:
            return problem_page(request, LinkRejected.code, 400, back="/login")
        # the button may lead on to an app, and the page's policy must let it
        asked = desk_of(request).newcomers.asked(request, self.face.browser(request)) or ""
        view = await self._open_view(request, asked)
        return render(request, "confirm.html", look=look_of(view), email=email)

    async def submit_confirm(self, request: Request) -> Response:
        await read_form(request)
        try:
            outcome = await self.confirm(self._link(request), await self.face.arrival(request))
        except LinkRejected as refusal:
            return problem_page(request, refusal.code, 400, back="/login")
        desk, account = desk_of(request), outcome.account.id
        asked = desk.newcomers.interaction_of(request, self.face.browser(request), account)
        view = await self._open_view(request, asked)
        # where the app insists on a second proof, the sign-in page asks for both
        onward = Onward(interaction=asked) if view is not None and not view.second_factor else Onward()
        return put_cookies(await self._after(request, outcome, onward), [desk.newcomers.forgotten()])

    async def _open_view(self, request: Request, interaction: str) -> PageView | None:
        """What an app asked for, if it waits for the answer still."""
        try:
            return await self.face.view(request, Onward(interaction=interaction))
        except OAuthRefusal:
            return None

    async def show_done(self, request: Request) -> Response:
        """After a link that signs nobody in: a second factor is wanted (rows 52, 54)."""
        return render(request, "done.html") if self.face.was_told(request) else see_other("/login")

    async def _after(self, request: Request, outcome: SignedIn | DoneWithoutSession, onward: Onward) -> Response:
        if isinstance(outcome, DoneWithoutSession):
            response = self.face.told(request, DONE, "done")
        else:
            response = await self.face.enter(request, outcome, onward)
        return put_cookies(response, [self.face.cookies.expire(LINK_COOKIE)])

    def _taken_from_address(self, request: Request, path: str) -> Response:
        """Into a cookie for this browser alone, so that no address, history or log holds it."""
        token = request.query_params.get("token", "")
        held = token if is_plain_id(token) else ""
        cookie = self.face.cookies.set(LINK_COOKIE, held, LINK_LIFE) if held else self.face.cookies.expire(LINK_COOKIE)
        return put_cookies(see_other(path), [cookie])

    def _link(self, request: Request) -> str:
        return read_cookies(request.headers.get("cookie")).get(self.face.cookies.named(LINK_COOKIE), "")

    async def _forgot_page(self, request: Request, *, status: int = 200, **values: object) -> Response:
        onward = onward_of(request)
        look = look_of(await self.face.view(request, onward))
        usual: dict[str, object] = {"sent": False, "problem": "", "email": ""}
        shown = {**usual, **values, "onward": onward}
        return render(request, "forgot.html", status=status, look=look, **shown)

    async def _reset_page(self, request: Request, *, status: int = 200, **values: object) -> Response:
        """Says whose password it is, as `show_confirm` does. A link that is over is told before anything is typed."""
        judged = await self.reset.judge(self._link(request))
        if judged is None:
            return problem_page(request, LinkRejected.code, 400, back="/forgot")
        email, policy = judged
        usual: dict[str, object] = {"problems": {}, "objections": ()}
        shown = {**usual, **values, "email": email, "policy": policy}
        return render(request, "reset.html", status=status, look=USUAL, **shown)
