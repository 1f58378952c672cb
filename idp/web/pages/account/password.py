"""Another password."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import AccountLocked, PasswordNeeded, PasswordRejected, WrongPassword
from idp.usecases.accounts.profile import ChangeAccount, Changes
from idp.usecases.sessions.identify import Principal
from idp.web.pages.account.gate import Gate
from idp.web.pages.forms import Form, read_form
from idp.web.routing import Route

PATH = "/account/password"
FIELDS = ("current_password", "password", "password_again")


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPages:
    """Ends every other session (row 21)."""

    gate: Gate
    change: ChangeAccount

    def routes(self) -> list[Route]:
        return self.gate.open(PATH, show=self.show, submit=self.save)

    async def show(self, request: Request, principal: Principal) -> Response:
        return await self._page(request, principal)

    async def save(self, request: Request, principal: Principal) -> Response:
        form = await read_form(request)
        if problems := _problems(form):
            return await self._page(request, principal, problems=problems, status=400)
        changes = Changes(fields={}, password=form["password"], current_password=form["current_password"])
        try:
            await self.change(principal, principal.account.id, changes, self.gate.face.source(request))
        except PasswordRejected as refusal:
            wrong = {"password": refusal.code}
            return await self._page(request, principal, problems=wrong, objections=refusal.objections, status=400)
        except (WrongPassword, PasswordNeeded, AccountLocked):
            wrong = {"current_password": WrongPassword.code}
            return await self._page(request, principal, problems=wrong, status=401)
        return self.gate.face.told(request, PATH, "saved")

    async def _page(self, request: Request, principal: Principal, *, status: int = 200, **values: object) -> Response:
        policy = await self.change.demands(principal)
        usual: dict[str, object] = {"problems": {}, "objections": (), "policy": policy}
        return self.gate.page(request, principal, "account/password.html", status, **{**usual, **values})


def _problems(form: Form) -> dict[str, str]:
    problems = {name: "needed" for name in FIELDS if not form.get(name)}
    if not problems and form["password"] != form["password_again"]:
        problems["password_again"] = "passwords_differ"
    return problems
