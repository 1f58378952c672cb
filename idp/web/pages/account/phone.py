"""The telephone number: codes may go to it, so it is changed as the address is (ASVS 7.5.1)."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import AccountLocked, MalformedRequest, PasswordNeeded, WrongPassword
from idp.usecases.accounts.profile import ChangeAccount, Changes, Fields, ShowAccount
from idp.usecases.phone import canonical_number, readable_number
from idp.usecases.sessions.identify import Principal
from idp.usecases.signin.policy import Policy
from idp.web.pages.account.gate import Gate
from idp.web.pages.forms import Form, read_form
from idp.web.routing import Route

PATH, PROFILE = "/account/phone", "/account"
REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonePages:
    gate: Gate
    change: ChangeAccount
    show: ShowAccount
    policy: Policy

    def routes(self) -> list[Route]:
        return self.gate.guarded(PATH, show=self.show_number, submit=self.save)

    async def show_number(self, request: Request, principal: Principal) -> Response:
        return await self._page(request, principal, typed=readable_number(principal.account.phone_number or ""))

    async def save(self, request: Request, principal: Principal) -> Response:
        form = await read_form(request)
        typed = form.get("phone_number", "").strip()
        try:
            number = _number(form, typed)
        except MalformedRequest:
            wrong = {"phone_number": "phone_malformed" if typed else "needed"}
            return await self._page(request, principal, typed=typed, problems=wrong, status=400)
        fields = Fields(phone_number=number)
        changes = Changes(fields=fields, current_password=form.get("current_password") or None)
        try:
            await self.change(principal, principal.account.id, changes, self.gate.face.source(request))
        except (PasswordNeeded, WrongPassword, AccountLocked) as refusal:
            wrong = {"current_password": refusal.code}
            return await self._page(request, principal, typed=typed, problems=wrong, status=401)
        return self.gate.face.told(request, PROFILE, "saved")

    async def _page(self, request: Request, principal: Principal, *, status: int = 200, **values: object) -> Response:
        """The password is asked for where the number that is there may get codes (row 59)."""
        standing = await self.show(principal, principal.account.id)
        is_proved = principal.account.phone_verified_at is not None
        asks_password = is_proved and self.policy.needs_second_factor(standing)
        usual: dict[str, object] = {"problems": {}, "asks_password": asks_password}
        return self.gate.page(request, principal, "account/phone.html", status, **{**usual, **values})


def _number(form: Form, typed: str) -> str | None:
    """None takes it away, and takes a button of its own. Raises MalformedRequest."""
    return None if form.get("do") == REMOVE else canonical_number(typed)
