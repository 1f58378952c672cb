"""Who may open a page of the account: its owner, and for some pages only an owner who has just proved it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.core.password import PASSWORD
from idp.usecases.sessions.identify import Principal
from idp.usecases.signin.strength import Strength
from idp.web.pages.face import PagesFace, see_other
from idp.web.pages.render import Look, render
from idp.web.routing import Endpoint, Route

Handler = Callable[[Request, Principal], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    face: PagesFace
    strength: Strength

    def open(self, path: str, *, show: Handler, submit: Handler | None = None) -> list[Route]:
        """For whoever is signed in; else the sign-in page, and then back here."""
        routes = [self.face.route("GET", path, self._signed_in(path, show))]
        return routes if submit is None else [*routes, self.face.route("POST", path, self._signed_in(path, submit))]

    def guarded(self, path: str, *, show: Handler, submit: Handler | None = None) -> list[Route]:
        """For who signed in minutes ago (ASVS 7.5.1), by more than a mailbox where there is more.

        To change anything, with all that it takes now (row 56): a factor may have been added since, and who knows the
        password alone and came in before does not take it away again.
        """
        showing = self.face.route("GET", path, self._fresh(path, show))
        if submit is None:
            return [showing]
        return [showing, self.face.route("POST", path, self._fresh(path, submit, takes_all=True))]

    def page(
        self, request: Request, principal: Principal, template: str, status: int = 200, **values: object
    ) -> Response:
        """A page of the account, in its owner's language."""
        shown = {"principal": principal, "account": principal.account, "now": self.face.clock.now(), **values}
        return render(request, template, status=status, look=look_for(principal), **shown)

    def _signed_in(self, path: str, handler: Handler) -> Endpoint:
        async def answer(request: Request) -> Response:
            principal = await self.face.principal(request)
            if principal is None:
                return see_other("/login", next=path)
            return await handler(request, principal)

        return answer

    def _fresh(self, path: str, handler: Handler, *, takes_all: bool = False) -> Endpoint:
        async def answer(request: Request, principal: Principal) -> Response:
            if await self.strength.is_mailbox_alone(principal):
                return see_other("/login", again=PASSWORD, next=path)
            if not self.face.is_fresh(principal) or (takes_all and self.strength.is_one_of_two(principal)):
                return see_other("/login", again="1", next=path)
            return await handler(request, principal)

        return self._signed_in(path, answer)


def look_for(principal: Principal) -> Look:
    """A page in its reader's own language."""
    language = principal.account.language
    return Look(languages=(language,) if language else ())
