"""How an answer of the authorization endpoint travels through the browser, by its response mode."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.oauth.authorize.steps import AuthorizationResponse, ShowPage, Step
from idp.web.routing import Route

SUBMIT = "/oauth2/form_post.js"
SCRIPT = b'document.getElementById("answer").submit();\n'

HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    # a sign-in in a popup must be able to answer the window that opened it, so no answer on its way may cut them apart
    "cross-origin-opener-policy": "unsafe-none",
}

AnswerPage = Callable[[Request, AuthorizationResponse], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond:
    """A redirect by 303, so that nothing that was posted is posted again (RFC 9700 §4.12), or a page that carries on.

    `posting_page` posts the answer, `aside_page` leads nobody on but by a click.
    """

    posting_page: AnswerPage
    aside_page: AnswerPage

    def __call__(self, request: Request, step: Step) -> Response:
        if isinstance(step, ShowPage):
            return see_other(f"/{step.need}/{step.interaction}")
        if step.by_click:
            return self.aside_page(request, step)
        return self.posting_page(request, step) if step.is_form else see_other(step.location)


def see_other(location: str) -> Response:
    """`location` goes out as it is: what a client registered is not spelt anew (row 91)."""
    return Response(status_code=303, headers={**HEADERS, "location": location})


def script_route() -> Route:
    """The script that a page which posts names: none stands in the page itself, so none is allowed there."""
    return Route(method="GET", path=SUBMIT, endpoint=_script)


async def _script(_: Request) -> Response:
    return Response(SCRIPT, media_type="text/javascript", headers={"cache-control": "public, max-age=86400"})
