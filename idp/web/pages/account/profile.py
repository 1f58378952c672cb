"""Name, language, birthday, and the address that mails go to."""

from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from idp.core.account import Account
from idp.core.errors import (
    AccountLocked,
    NameRejected,
    PasswordNeeded,
    WrongPassword,
)
from idp.usecases.accounts.links import OWN_PAGES
from idp.usecases.accounts.profile import ChangeAccount, Changes, Fields, ShowAccount
from idp.usecases.phone import readable_number
from idp.usecases.sessions.identify import Principal
from idp.usecases.signin.policy import Policy
from idp.web.pages.account.gate import Gate
from idp.web.pages.desk import desk_of
from idp.web.pages.forms import Form, read_form
from idp.web.pages.sign_in import address_of
from idp.web.routing import Route

TEXTS = ("first_name", "middle_name", "last_name", "date_of_birth", "language")
PROFILE = "/account"
EMAIL = "/account/email"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePages:
    gate: Gate
    change: ChangeAccount
    show: ShowAccount
    policy: Policy

    def routes(self) -> list[Route]:
        return [
            *self.gate.open(PROFILE, show=self.show_profile, submit=self.save),
            *self.gate.guarded(EMAIL, show=self.show_email, submit=self.move),
        ]

    async def show_profile(self, request: Request, principal: Principal) -> Response:
        return self._profile(request, principal, _typed(principal.account))

    async def save(self, request: Request, principal: Principal) -> Response:
        form = await read_form(request)
        fields, problems = _read(form, desk_of(request).wording.languages)
        if problems:
            return self._profile(request, principal, form, problems=problems, status=400)
        try:
            await self._change(request, principal, Changes(fields=fields))
        except NameRejected as refusal:
            wrong = dict.fromkeys(("first_name", "last_name"), refusal.code)
            return self._profile(request, principal, form, problems=wrong, status=400)
        return self.gate.face.told(request, PROFILE, "saved")

    async def show_email(self, request: Request, principal: Principal) -> Response:
        return await self._email(request, principal)

    async def move(self, request: Request, principal: Principal) -> Response:
        """The old address stays until the link in the mail to the new one was used (row 60)."""
        form = await read_form(request)
        typed = form.get("email", "").strip()
        email = address_of(typed)
        if email is None:
            wrong = {"email": "email_malformed" if typed else "needed"}
            return await self._email(request, principal, typed=typed, problems=wrong, status=400)
        password = form.get("current_password") or None
        changes = Changes(fields={}, new_email=email, app_url=OWN_PAGES, current_password=password)
        try:
            await self._change(request, principal, changes)
        except (PasswordNeeded, WrongPassword, AccountLocked) as refusal:
            wrong = {"current_password": refusal.code}
            return await self._email(request, principal, typed=typed, problems=wrong, status=401)
        return self.gate.face.told(request, EMAIL, "sent")

    async def _change(self, request: Request, principal: Principal, changes: Changes) -> None:
        await self.change(principal, principal.account.id, changes, self.gate.face.source(request))

    def _profile(
        self, request: Request, principal: Principal, typed: Form, *, status: int = 200, **values: object
    ) -> Response:
        usual: dict[str, object] = {
            "problems": {},
            "phone": readable_number(principal.account.phone_number or ""),
            "languages": desk_of(request).wording.languages,
            "typed": {name: typed.get(name, "") for name in TEXTS},
        }
        return self.gate.page(request, principal, "account/profile.html", status, **{**usual, **values})

    async def _email(self, request: Request, principal: Principal, *, status: int = 200, **values: object) -> Response:
        standing = await self.show(principal, principal.account.id)
        usual: dict[str, object] = {
            "problems": {},
            "typed": "",
            "asks_password": self.policy.needs_second_factor(standing),
        }
        return self.gate.page(request, principal, "account/email.html", status, **{**usual, **values})


def _typed(account: Account) -> Form:
    return {
        "first_name": account.first_name,
        "middle_name": account.middle_name or "",
        "last_name": account.last_name,
        "date_of_birth": account.date_of_birth.isoformat() if account.date_of_birth else "",
        "language": account.language or "",
    }


def _read(form: Form, languages: tuple[str, ...]) -> tuple[Fields, dict[str, str]]:
    """What was typed, and what is wrong with it, by field. Explicit fields, no others (row 122)."""
    typed = {name: form.get(name, "").strip() for name in TEXTS}
    problems = {name: "needed" for name in ("first_name", "last_name") if not typed[name]}
    fields = Fields(
        first_name=typed["first_name"],
        middle_name=typed["middle_name"] or None,
        last_name=typed["last_name"],
        language=typed["language"] if typed["language"] in languages else None,
    )
    try:
        fields["date_of_birth"] = date.fromisoformat(typed["date_of_birth"]) if typed["date_of_birth"] else None
    except ValueError:
        problems["date_of_birth"] = "date_malformed"
    return fields, problems
