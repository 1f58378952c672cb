"""Who may open a page of the account: its owner, and for some pages only an owner who has just proved it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.usecases.sessions.identify import Principal
from idp.web.pages.face import PagesFace, see_other
from idp.web.pages.render import Look, render
from idp.web.routing import Endpoint, Route

Handler = Callable[[Request, Principal], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    face: PagesFace

    def open(self, path: str, *, show: Handler, submit: Handler | None = None) -> list[Route]:
        """For whoever is signed in; else the sign-in page, and then back here."""
        return self._routes(path, show, submit, lambda handler: self._signed_in(path, handler))

    def guarded(self, path: str, *, show: Handler, submit: Handler | None = None) -> list[Route]:
        """For who signed in minutes ago, with all that takes (ASVS 7.5.1, row 56)."""
        return self._routes(path, show, submit, lambda handler: self._fresh(path, handler))

    def page(
        self, request: Request, principal: Principal, template: str, status: int = 200, **values: object
    ) -> Response:
        """A page of the account, in its owner's language."""
        account = principal.account
        look = Look(languages=(account.language,) if account.language else ())
        return render(request, template, status=status, look=look, principal=principal, account=account, **values)

    def _routes(
        self, path: str, show: Handler, submit: Handler | None, guard: Callable[[Handler], Endpoint]
    ) -> list[Route]:
        routes = [self.face.route("GET", path, guard(show))]
        return routes if submit is None else [*routes, self.face.route("POST", path, guard(submit))]

    def _signed_in(self, path: str, handler: Handler) -> Endpoint:
        async def answer(request: Request) -> Response:
            principal = await self.face.principal(request)
            if principal is None:
                return see_other("/login", next=path)
            return await handler(request, principal)

        return answer

    def _fresh(self, path: str, handler: Handler) -> Endpoint:
        async def answer(request: Request, principal: Principal) -> Response:
            if not self.face.is_fresh(principal):
                return see_other("/login", again="1", next=path)
            return await handler(request, principal)

        return self._signed_in(path, answer)
