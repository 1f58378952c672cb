"""The second proof, on a page of its own: the address holds a ticket, worth nothing without the browser's cookie."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import (
    AccountLocked,
    BadCredentials,
    CodeRejected,
    FactorUnavailable,
    LinkRejected,
    NotConfirmed,
    TooManyRequests,
)
from idp.usecases.signin.second_factor import Given
from idp.usecases.signin.stepwise import SecondStep, SignInStepwise
from idp.web.pages.errors import problem_page
from idp.web.pages.face import PagesFace, look_of, see_other
from idp.web.pages.forms import read_form
from idp.web.pages.onward import Onward, onward_of
from idp.web.pages.render import render
from idp.web.routing import Route

STEP_OVER = "step_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorPages:
    face: PagesFace
    stepwise: SignInStepwise

    def routes(self) -> list[Route]:
        return [
            self.face.route("GET", "/second-factor/{ticket}", self.show),
            self.face.route("POST", "/second-factor/{ticket}", self.submit),
        ]

    async def show(self, request: Request) -> Response:
        """`sent` tells of a code that was just asked for, `method` the way that the person chose."""
        try:
            step = await self.stepwise.look(_ticket(request), self.face.browser(request))
        except LinkRejected:
            return self._over(request, onward_of(request))
        return await self._page(request, step)

    async def submit(self, request: Request) -> Response:
        onward = onward_of(request)
        form = await read_form(request)
        await self.face.view(request, onward)  # one that is over is told before a code and the ticket are used up
        try:
            if "send" in form:
                return await self._send(request, form["send"], onward)
            return await self._finish(request, form.get("code", "").strip(), form.get("method") or None, onward)
        except (LinkRejected, BadCredentials, NotConfirmed):
            return self._over(request, onward)

    async def _finish(self, request: Request, code: str, method: str | None, onward: Onward) -> Response:
        ticket, browser = _ticket(request), self.face.browser(request)
        if not code:
            step = await self.stepwise.look(ticket, browser)
            return await self._page(request, step, problem="needed", status=400)
        given = Given(code=code.replace(" ", ""), method=method)
        try:
            outcome = await self.stepwise.finish(ticket, browser, given, await self.face.arrival(request))
        except (CodeRejected, AccountLocked) as refusal:
            step = await self.stepwise.look(ticket, browser)
            problem = "code_locked" if isinstance(refusal, AccountLocked) else refusal.code
            return await self._page(request, step, problem=problem, status=401)
        return await self.face.enter(request, outcome, onward)

    async def _send(self, request: Request, method: str, onward: Onward) -> Response:
        ticket, browser = _ticket(request), self.face.browser(request)
        try:
            await self.stepwise.send(ticket, browser, method, self.face.source(request))
        except (TooManyRequests, FactorUnavailable) as refusal:
            step = await self.stepwise.look(ticket, browser)
            status = 429 if isinstance(refusal, TooManyRequests) else 400
            return await self._page(request, step, problem=refusal.code, status=status)
        return see_other(f"/second-factor/{ticket}{onward.query}")

    async def _page(self, request: Request, step: SecondStep, *, problem: str = "", status: int = 200) -> Response:
        onward = onward_of(request)
        view = await self.face.view(request, onward)
        asked = request.query_params.get("method")
        chosen = next((way for way in step.ways if way.method == asked), None)
        chosen = chosen or next((way for way in step.ways if way.method == step.sent_by), None)
        if chosen is None and step.ways:
            chosen = next((way for way in step.ways if way.address is None), step.ways[0])
        return render(
            request,
            "second_factor.html",
            status=status,
            look=look_of(view),
            view=view,
            ways=step.ways,
            chosen=chosen,
            sent=chosen is not None and chosen.method == step.sent_by,
            masked=masked(chosen.address) if chosen and chosen.address else "",
            problem=problem,
            onward=onward,
        )

    def _over(self, request: Request, onward: Onward) -> Response:
        return problem_page(request, STEP_OVER, 401, back=onward.page("/login"))


def _ticket(request: Request) -> str:
    return str(request.path_params["ticket"])


def masked(address: str) -> str:
    """Enough to know it again, for somebody who has shown no more than a password: `j•••@example.com`, `•••0123`."""
    name, at, host = address.partition("@")
    return f"{name[:1]}•••@{host}" if at else f"•••{address[-4:]}"
