"""A new account: the same answer whether the address is free or taken (row 39)."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.core.address import EmailAddress
from idp.core.errors import NameRejected, PasswordRejected
from idp.oauth.authorize.steps import PageView
from idp.usecases.accounts.links import OWN_PAGES
from idp.usecases.accounts.register import Registration
from idp.usecases.accounts.sign_up import SignUp
from idp.web.pages.desk import desk_of
from idp.web.pages.face import PagesFace, look_of, see_other
from idp.web.pages.forms import Form, read_form
from idp.web.pages.onward import onward_of
from idp.web.pages.render import language_of, render
from idp.web.pages.sign_in import address_of
from idp.web.routing import Route

PATHS = ("/register", "/register/{interaction}")
FIELDS = ("first_name", "last_name", "email")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPages:
    face: PagesFace
    sign_up: SignUp

    def routes(self) -> list[Route]:
        return [
            *(self.face.route("GET", path, self.show) for path in PATHS),
            *(self.face.route("POST", path, self.submit) for path in PATHS),
            self.face.route("GET", "/registered", self.registered),
        ]

    async def show(self, request: Request) -> Response:
        view = await self.face.view(request, onward_of(request))
        return self._page(request, view, {"email": view.login_hint} if view else {})

    async def submit(self, request: Request) -> Response:
        onward = onward_of(request)
        form = await read_form(request)
        view = await self.face.view(request, onward)
        problems = _problems(form)
        email = address_of(form.get("email", ""))
        if problems or email is None:
            return self._page(request, view, form, problems=problems, status=400)
        try:
            made = await self.sign_up(self._wanted(request, view, form, email), self.face.source(request))
        except PasswordRejected as refusal:
            return self._page(
                request, view, form, problems={"password": refusal.code}, objections=refusal.objections, status=400
            )
        except NameRejected as refusal:
            wrong = {"first_name": refusal.code, "last_name": refusal.code}
            return self._page(request, view, form, problems=wrong, status=400)
        response = see_other("/registered" + onward.query)
        return desk_of(request).newcomers.remember(response, self.face.browser(request), onward.interaction, made)

    async def registered(self, request: Request) -> Response:
        """Names no address. Who followed a stranger's link here has registered nobody, and is not told so."""
        onward = onward_of(request)
        if desk_of(request).newcomers.asked(request, self.face.browser(request)) is None:
            return see_other(onward.page("/register"))
        view = await self.face.view(request, onward)
        return render(request, "registered.html", look=look_of(view), view=view, onward=onward)

    def _wanted(self, request: Request, view: PageView | None, form: Form, email: EmailAddress) -> Registration:
        return Registration(
            email=email,
            password=form["password"],
            first_name=form["first_name"].strip(),
            last_name=form["last_name"].strip(),
            language=language_of(request, look_of(view)),
            jurisdiction=view.client.terms.jurisdiction if view else None,
            app_url=OWN_PAGES,
        )

    def _page(
        self, request: Request, view: PageView | None, form: Form, *, status: int = 200, **values: object
    ) -> Response:
        policy = self.sign_up.register.demands(view.client.terms.jurisdiction if view else None)
        usual: dict[str, object] = {"problems": {}, "objections": (), "policy": policy}
        typed = {name: form.get(name, "") for name in FIELDS}
        shown = {**usual, **values, "view": view, "typed": typed, "onward": onward_of(request)}
        return render(request, "register.html", status=status, look=look_of(view), **shown)


def closed(face: PagesFace) -> list[Route]:
    """Where strangers make no accounts: an app that wants one made (`prompt=create`) gets whoever has one."""

    async def to_sign_in(request: Request) -> Response:
        return see_other(onward_of(request).page("/login"))

    return [face.route("GET", path, to_sign_in) for path in PATHS]


def _problems(form: Form) -> dict[str, str]:
    problems = {name: "needed" for name in (*FIELDS, "password") if not form.get(name, "").strip()}
    if "email" not in problems and address_of(form["email"]) is None:
        problems["email"] = "email_malformed"
    if "password" not in problems and form["password"] != form.get("password_again", ""):
        problems["password_again"] = "passwords_differ"
    return problems
