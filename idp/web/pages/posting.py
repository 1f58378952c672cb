"""A page that posts an answer to the app: by a script of ours, or by its button (Form Post Response Mode §2)."""

from starlette.requests import Request
from starlette.responses import Response

from idp.oauth.authorize.steps import AuthorizationResponse
from idp.web.pages.render import Look, render


def posting_page(request: Request, answer: AuthorizationResponse, *, script: str) -> Response:
    """`script` is the address of the one that sends the form; without script the button does (rows 94, 103)."""
    return render(
        request,
        "posting.html",
        look=Look(leads_to=answer.redirect_uri, runs_script=True, has_forms=False),
        address=answer.redirect_uri,
        posted=answer.parameters,
        script=script,
    )
