"""The sign-in page: a name and a password, then wherever the policy or the app wants the person next."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.core.address import EmailAddress, canonical_email
from idp.core.errors import (
    AccountLocked,
    BadCredentials,
    CodeMissing,
    FactorUnavailable,
    MalformedRequest,
    NotConfirmed,
    PasswordOutdated,
    TooManyRequests,
    UnknownTenant,
)
from idp.core.password import LONGEST_PASSWORD, PASSWORD
from idp.oauth.authorize.steps import PageView
from idp.usecases.accounts.ask import Ask
from idp.usecases.accounts.links import OWN_PAGES
from idp.usecases.signin.first_factor import PasswordClaim
from idp.usecases.signin.outcome import SignedIn
from idp.usecases.signin.stepwise import SignInStepwise, Ticket
from idp.web.pages.face import PagesFace, look_of, see_other
from idp.web.pages.forms import Form, read_form
from idp.web.pages.onward import Onward, onward_of
from idp.web.pages.render import render
from idp.web.routing import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPages:
    face: PagesFace
    stepwise: SignInStepwise
    ask: Ask
    sign_up: bool

    def routes(self) -> list[Route]:
        return [
            self.face.route("GET", "/login", self.show),
            self.face.route("POST", "/login", self.submit),
            self.face.route("GET", "/login/{interaction}", self.show),
            self.face.route("POST", "/login/{interaction}", self.submit),
        ]

    async def show(self, request: Request) -> Response:
        """Whoever has nothing left to do here goes on; `again` asks for a fresh sign-in."""
        onward = onward_of(request)
        view = await self.face.view(request, onward)
        principal = await self.face.principal(request)
        again = "again" in request.query_params or (view is not None and view.must_sign_in_again)
        is_done = principal is not None and not again if view is None else view.need is None
        if is_done:
            return see_other(onward.address)
        return await self._page(request, view, email=_suggested(view, principal.account.email if principal else ""))

    async def submit(self, request: Request) -> Response:
        onward = onward_of(request)
        form = await read_form(request)
        if "cancel" in form:
            return await self.face.deny(request, onward)
        view = await self.face.view(request, onward)
        typed = form.get("email", "").strip()
        problems = _missing(form)
        if problems:
            return await self._page(request, view, email=typed, problems=problems, status=400)
        try:
            outcome = await self.stepwise.begin(
                await self._claim(request, form),
                self.face.browser(request),
                twice=view is not None and view.second_factor,
            )
        except (BadCredentials, AccountLocked):
            # the same page for a wrong name, a wrong password and a lock (rows 35, 41)
            wrong = {"form": BadCredentials.code}
            return await self._page(request, view, email=typed, problems=wrong, status=401)
        except (NotConfirmed, PasswordOutdated, CodeMissing) as refusal:
            if isinstance(refusal, NotConfirmed):
                await self._send_confirmation(request, form)
            return await self._page(request, view, email=typed, problems={"form": refusal.code}, status=401)
        return await self.after_first(request, outcome, onward)

    async def after_first(self, request: Request, outcome: SignedIn | Ticket, onward: Onward) -> Response:
        """Done, or on to the second proof."""
        if isinstance(outcome, SignedIn):
            return await self.face.enter(request, outcome, onward)
        await self._send_only_code(request, outcome)
        return see_other(f"/second-factor/{outcome.value}{onward.query}")

    async def _send_only_code(self, request: Request, ticket: Ticket) -> None:
        """Where nothing is to be chosen, the code is on its way before the page that asks for it."""
        browser = self.face.browser(request)
        step = await self.stepwise.look(ticket.value, browser)
        if len(step.ways) == 1 and step.ways[0].address is not None:
            try:
                await self.stepwise.send(ticket.value, browser, step.ways[0].method, self.face.source(request))
            except (TooManyRequests, FactorUnavailable):
                return  # the page has a button for it, and says why not

    async def _send_confirmation(self, request: Request, form: Form) -> None:
        """The mail may be long lost. Told only after the right password (row 40), under the mailbox's budget."""
        email = canonical_email(form["email"].strip())
        await self.ask.for_confirmation(email, OWN_PAGES, "public", self.face.source(request))

    async def _claim(self, request: Request, form: Form) -> PasswordClaim:
        return PasswordClaim(
            email=address_of(form["email"]) or EmailAddress(""),
            password=form["password"],
            source=await self.face.arrival(request),
            device_token=self.face.device.read(request),
        )

    async def _page(
        self,
        request: Request,
        view: PageView | None,
        *,
        email: str = "",
        problems: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        onward = onward_of(request)
        jurisdiction = view.client.terms.jurisdiction if view else None
        return render(
            request,
            "login.html",
            status=status,
            look=look_of(view),
            view=view,
            email=email,
            problems=problems or {},
            onward=onward,
            again="again" in request.query_params or (view is not None and view.must_sign_in_again),
            offers_codes=is_enough(view) and not _takes_password(request) and await self._offers_codes(jurisdiction),
            offers_sign_up=self.sign_up,
        )

    async def _offers_codes(self, jurisdiction: str | None) -> bool:
        """An app whose jurisdiction is not there has no looks of its own; its people sign in all the same."""
        try:
            return await self.ask.offers_codes(jurisdiction)
        except UnknownTenant:
            return False


def _takes_password(request: Request) -> bool:
    """Whether the account page sent the person here because a code by mail was not enough (`Gate`)."""
    return request.query_params.get("again") == PASSWORD


def _suggested(view: PageView | None, own: str) -> str:
    return (view.login_hint if view else "") or own


def is_enough(view: PageView | None) -> bool:
    """Whether a code by mail may be the first proof: with a second one it is no two factors, where an app insists."""
    return view is None or not view.second_factor


def address_of(typed: str) -> EmailAddress | None:
    try:
        return canonical_email(typed.strip())
    except MalformedRequest:
        return None


def _missing(form: Form) -> dict[str, str]:
    """What is wrong with the form itself, by field: told before anything is looked up."""
    problems = {name: "needed" for name in ("email", "password") if not form.get(name, "").strip()}
    if "email" not in problems and address_of(form["email"]) is None:
        problems["email"] = "email_malformed"
    if len(form.get("password", "")) > LONGEST_PASSWORD:
        problems["password"] = "password_long"
    return problems
