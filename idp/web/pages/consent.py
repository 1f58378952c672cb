"""An app asks: which account, and may it? Pages of an interaction, which the dispatcher sends people to."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.oauth.authorize.steps import Need
from idp.web.pages.face import PagesFace, look_of, see_other
from idp.web.pages.forms import read_form
from idp.web.pages.onward import onward_of
from idp.web.pages.render import render
from idp.web.routing import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPages:
    face: PagesFace

    def routes(self) -> list[Route]:
        return [
            self.face.route("GET", "/consent/{interaction}", self.show_consent),
            self.face.route("POST", "/consent/{interaction}", self.submit_consent),
            self.face.route("GET", "/select-account/{interaction}", self.show_accounts),
            self.face.route("POST", "/select-account/{interaction}", self.submit_account),
        ]

    async def show_consent(self, request: Request) -> Response:
        onward = onward_of(request)
        view = await self.face.view(request, onward)
        if view is None or view.account is None or view.need is not Need.CONSENT:
            return see_other(onward.address)
        return render(request, "consent.html", look=look_of(view), view=view, account=view.account, onward=onward)

    async def submit_consent(self, request: Request) -> Response:
        """Whatever is no clear yes is a no."""
        onward = onward_of(request)
        form = await read_form(request)
        if form.get("decision") != "allow":
            return await self.face.deny(request, onward)
        principal = await self.face.principal(request)
        if principal is not None:
            await self.face.interactions.consented(onward.interaction, self.face.browser(request), principal)
        return see_other(onward.address)

    async def show_accounts(self, request: Request) -> Response:
        onward = onward_of(request)
        view = await self.face.view(request, onward)
        principal = await self.face.principal(request)
        if view is None or view.need is not Need.SELECT_ACCOUNT or principal is None:
            return see_other(onward.address)
        account = principal.account
        return render(request, "select_account.html", look=look_of(view), view=view, account=account, onward=onward)

    async def submit_account(self, request: Request) -> Response:
        onward = onward_of(request)
        form = await read_form(request)
        if "cancel" in form:
            return await self.face.deny(request, onward)
        principal = await self.face.principal(request)
        if principal is None or form.get("account") != principal.account.id:
            return see_other(onward.page("/login"))
        session_id = principal.session.id
        await self.face.interactions.signed_in(onward.interaction, self.face.browser(request), session_id)
        return see_other(onward.address)
