"""Signing in with a code by mail in place of a password, where the tenants allow it."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import AccountLocked, CodeMissing, CodeRejected
from idp.oauth.authorize.steps import PageView
from idp.usecases.accounts.ask import Ask
from idp.usecases.signin.single_use_code import CodeClaim
from idp.usecases.signin.stepwise import SignInStepwise
from idp.web.pages.face import PagesFace, look_of, see_other
from idp.web.pages.forms import Form, read_form
from idp.web.pages.onward import onward_of
from idp.web.pages.render import render
from idp.web.pages.sign_in import SignInPages, address_of, is_enough
from idp.web.routing import Route

PATH = "/login-code"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSignInPages:
    """One page in two states: first the address, then the code that was sent there (or was not: row 38)."""

    face: PagesFace
    stepwise: SignInStepwise
    ask: Ask
    sign_in: SignInPages

    def routes(self) -> list[Route]:
        return [self.face.route("GET", PATH, self.show), self.face.route("POST", PATH, self.submit)]

    async def show(self, request: Request) -> Response:
        view = await self.face.view(request, onward_of(request))
        if not is_enough(view) or not await self.ask.offers_codes(_jurisdiction(view)):
            return see_other(onward_of(request).page("/login"))
        return self._page(request, view, email=view.login_hint if view else "")

    async def submit(self, request: Request) -> Response:
        onward = onward_of(request)
        form = await read_form(request)
        view = await self.face.view(request, onward)
        if not is_enough(view):
            return see_other(onward.page("/login"))
        typed = form.get("email", "").strip()
        email = address_of(typed)
        if email is None:
            problem = "email_malformed" if typed else "needed"
            return self._page(request, view, email=typed, problems={"email": problem}, status=400)
        source = self.face.source(request)
        if "code" not in form or "resend" in form:
            await self.ask.for_sign_in_code(email, _jurisdiction(view), source)
            return self._page(request, view, email=typed, sent=True)
        return await self._redeem(request, view, form)

    async def _redeem(self, request: Request, view: PageView | None, form: Form) -> Response:
        typed = form["email"].strip()
        code = form["code"].replace(" ", "")
        email = address_of(typed)
        if not code or email is None:
            return self._page(request, view, email=typed, sent=True, problems={"code": "needed"}, status=400)
        source = await self.face.arrival(request)
        claim = CodeClaim(email=email, code=code, jurisdiction=_jurisdiction(view), source=source)
        try:
            outcome = await self.stepwise.begin_by_code(claim, self.face.browser(request))
        except (CodeRejected, AccountLocked, CodeMissing):
            # one answer for a wrong code, a lock and an address that nobody has (row 38)
            wrong = {"code": CodeRejected.code}
            return self._page(request, view, email=typed, sent=True, problems=wrong, status=401)
        return await self.sign_in.after_first(request, outcome, onward_of(request))

    def _page(
        self, request: Request, view: PageView | None, *, email: str, status: int = 200, **values: object
    ) -> Response:
        usual: dict[str, object] = {"sent": False, "problems": {}}
        shown = {**usual, **values, "view": view, "email": email, "onward": onward_of(request)}
        return render(request, "login_code.html", status=status, look=look_of(view), **shown)


def _jurisdiction(view: PageView | None) -> str | None:
    return view.client.terms.jurisdiction if view else None
