"""Second factors: set up, proved once before they count, removed; and recovery codes, shown once (row 57)."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.core.account import Account
from idp.core.errors import AccountLocked, CodeRejected, FactorUnavailable, PluginFailed, TooManyRequests
from idp.sdk import Enrollable
from idp.usecases.accounts.profile import ShowAccount
from idp.usecases.factors.manage import ManageFactors
from idp.usecases.sessions.identify import Principal
from idp.usecases.signin.policy import Policy
from idp.web.pages.account.gate import Gate
from idp.web.pages.face import see_other
from idp.web.pages.forms import Form, read_form
from idp.web.routing import Route

PATH = "/account/factors"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorPages:
    """Offers what the account's tenants allow: a factor that they bar would lock its owner out."""

    gate: Gate
    factors: ManageFactors
    show_account: ShowAccount
    policy: Policy

    def routes(self) -> list[Route]:
        return self.gate.guarded(PATH, show=self.show, submit=self.submit)

    async def show(self, request: Request, principal: Principal) -> Response:
        return await self._page(request, principal)

    async def submit(self, request: Request, principal: Principal) -> Response:
        form = await read_form(request)
        account, source = principal.account, self.gate.face.source(request)
        match form.get("do"):
            case "begin":
                await self._require_allowed(principal, form.get("method", ""))
                enrolment = await self.factors.begin(account, form.get("method", ""))
                return self._set_up(request, principal, form, enrolment=enrolment, drawing=drawn(enrolment.uri))
            case "confirm":
                await self._require_allowed(principal, form.get("method", ""))
                return await self._confirm(request, principal, form)
            case "remove":
                await self.factors.remove(account, form.get("method", ""), source)
                return self.gate.face.told(request, PATH, "removed")
            case "recovery":
                await self._require_spare(principal)
                return await self._recovery_codes(request, principal, account)
            case _:
                return see_other(PATH)

    async def _confirm(self, request: Request, principal: Principal, form: Form) -> Response:
        """After a wrong code the secret stays as it was begun: the app that scanned it shows the next code."""
        code = form.get("code", "").replace(" ", "")
        if not code:
            return self._set_up(request, principal, form, problem="needed", status=400)
        try:
            account = await self.factors.confirm(
                principal.account, form.get("method", ""), code, self.gate.face.source(request)
            )
        except CodeRejected as refusal:
            return self._set_up(request, principal, form, problem=refusal.code, status=401)
        except AccountLocked:
            return self._set_up(request, principal, form, problem="code_locked", status=401)
        if await self._offers_spare(principal) and not await self.factors.spare.left(account):
            try:
                return await self._recovery_codes(request, principal, account, is_added=True)
            except (PluginFailed, TooManyRequests):
                pass  # the factor counts all the same, and the page that follows offers a list
        return self.gate.face.told(request, PATH, "added")

    async def _allowed(self, principal: Principal) -> list[str]:
        standing = await self.show_account(principal, principal.account.id)
        known = self.factors.extensions.second_factors
        return [
            method
            for method, factor in known.items()
            if isinstance(factor, Enrollable) and self.policy.allows(standing, factor.context.name)
        ]

    async def _require_allowed(self, principal: Principal, method: str) -> None:
        """Raises FactorUnavailable."""
        if method not in await self._allowed(principal):
            raise FactorUnavailable(method)

    async def _offers_spare(self, principal: Principal) -> bool:
        spare = self.factors.spare.factor
        standing = await self.show_account(principal, principal.account.id)
        return spare is not None and self.policy.allows(standing, spare.context.name)

    async def _require_spare(self, principal: Principal) -> None:
        """Raises FactorUnavailable."""
        if not await self._offers_spare(principal):
            raise FactorUnavailable("recovery codes")

    async def _recovery_codes(
        self, request: Request, principal: Principal, account: Account, *, is_added: bool = False
    ) -> Response:
        """The one answer that shows them: nobody can call it up again, but by making new ones."""
        codes = await self.factors.spare.issue(account, self.gate.face.source(request))
        return self.gate.page(request, principal, "account/recovery_codes.html", codes=codes, is_added=is_added)

    async def _page(self, request: Request, principal: Principal) -> Response:
        held = principal.account.mfa_methods
        return self.gate.page(
            request,
            principal,
            "account/factors.html",
            held=sorted(held),
            spare=await self._offers_spare(principal),
            spare_left=await self.factors.spare.left(principal.account),
            offered=[method for method in await self._allowed(principal) if method not in held],
        )

    def _set_up(
        self, request: Request, principal: Principal, form: Form, *, status: int = 200, **values: object
    ) -> Response:
        usual: dict[str, object] = {"enrolment": None, "drawing": "", "problem": ""}
        shown = {**usual, **values, "method": form.get("method", "")}
        return self.gate.page(request, principal, "account/factor_set_up.html", status, **shown)


def drawn(uri: str) -> str:
    """A QR code as the address of an image that is its own content: no script, no other request, nothing stored."""
    import segno  # noqa: PLC0415 - a start does not pay for it

    return str(segno.make(uri, micro=False).svg_data_uri(scale=5, border=3, light="#fff", dark="#000"))
