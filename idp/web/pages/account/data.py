"""What happened lately, everything that we keep, and the end of it."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.usecases.accounts.administer import AdministerAccounts
from idp.usecases.accounts.export import ExportAccount
from idp.usecases.housekeeping.trail import ReadTrail, Which
from idp.usecases.sessions.identify import Principal
from idp.web.answers import json_answer
from idp.web.browser import SESSION_COOKIE
from idp.web.cookies import put_cookies
from idp.web.pages.account.agents import described
from idp.web.pages.account.gate import Gate
from idp.web.pages.face import see_other
from idp.web.pages.forms import read_form
from idp.web.pages.onward import ACCOUNT
from idp.web.pages.render import render
from idp.web.pages.sign_in import address_of
from idp.web.routing import Route
from idp.web.watched import unwatched

ACTIVITY = "/account/activity"
DATA = "/account/data"
EXPORT = "/account/export"
DELETE = "/account/delete"
GOODBYE = "/goodbye"
LATEST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPages:
    gate: Gate
    trail: ReadTrail
    export: ExportAccount
    accounts: AdministerAccounts

    def routes(self) -> list[Route]:
        return [
            *self.gate.open(ACTIVITY, show=self.show_activity),
            *self.gate.open(DATA, show=self.show_data),
            *self.gate.guarded(EXPORT, show=self.download),
            *self.gate.guarded(DELETE, show=self.show_delete, submit=self.delete),
            self.gate.face.route("GET", GOODBYE, self.show_goodbye),
        ]

    async def show_activity(self, request: Request, principal: Principal) -> Response:
        entries = await self.trail.latest(Which(account=principal.account.id), LATEST)
        shown = [(entry, described(entry.source.agent)) for entry in reversed(entries)]
        return self.gate.page(request, principal, "account/activity.html", entries=shown)

    async def show_data(self, request: Request, principal: Principal) -> Response:
        return self.gate.page(request, principal, "account/data.html")

    async def download(self, _: Request, principal: Principal) -> Response:
        headers = {"content-disposition": 'attachment; filename="account.json"', "cache-control": "no-store"}
        return json_answer(await self.export(principal), headers=headers)

    async def show_delete(self, request: Request, principal: Principal) -> Response:
        return self.gate.page(request, principal, "account/delete.html", typed="", problem="")

    async def delete(self, request: Request, principal: Principal) -> Response:
        """The address typed once more is what tells a decision from a slip."""
        form = await read_form(request)
        typed = form.get("email", "")
        if address_of(typed) != principal.account.email:
            return self.gate.page(request, principal, "account/delete.html", 400, typed=typed, problem="email_differs")
        await self.accounts.delete(principal.account.id, self.gate.face.source(request))
        goodbye = self.gate.face.told(request, GOODBYE, "deleted")
        cookies = self.gate.face.cookies
        return put_cookies(goodbye, [cookies.expire(SESSION_COOKIE), *unwatched(request, cookies)])

    async def show_goodbye(self, request: Request) -> Response:
        """Says it to nobody else: who only followed a link here still has an account."""
        return render(request, "goodbye.html") if self.gate.face.was_told(request) else see_other(ACCOUNT)
