"""A page in place of a redirect: the same answer, for who wants to go there."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from idp.oauth.authorize.steps import AuthorizationResponse
from idp.web.pages.render import Look, render


def aside_page(request: Request, answer: AuthorizationResponse) -> Response:
    """A link to us leads nobody on to a stranger's address (RFC 9700 §4.11.2)."""
    parts = urlsplit(answer.redirect_uri)
    return render(
        request,
        "aside.html",
        status=400,
        look=Look(leads_to=answer.redirect_uri, has_forms=False),
        stranger=parts.netloc or f"{parts.scheme}:",
        address=answer.redirect_uri if answer.is_form else answer.location,
        posted=answer.parameters if answer.is_form else {},
    )
