"""Pages that say what went wrong."""

from starlette.requests import Request
from starlette.responses import Response

from idp.oauth.authorize.dispatch import AlreadyAnswered
from idp.oauth.errors import OAuthRefusal
from idp.web.pages.render import USUAL, Look, render
from idp.web.pages.wording import MOST_WISHES


def error_page(request: Request, refusal: OAuthRefusal, status: int = 400) -> Response:
    """Where nothing proves that a redirect would lead to the client (row 93). `id="error"` holds the code.

    `over`: nothing is wrong with the app's request, the person came back to a sign-in that is done.
    """
    look = Look(languages=_asked_for(request), has_forms=False)
    shown = {"code": refusal.code, "description": refusal.description, "over": isinstance(refusal, AlreadyAnswered)}
    return render(request, "error.html", status=status, look=look, **shown)


def problem_page(request: Request, code: str, status: int, *, look: Look = USUAL, back: str = "") -> Response:
    """Ours to say in plain words: `code` is a refusal's. `back` is a path of ours to begin again at."""
    return render(request, "problem.html", status=status, look=look, code=code, back=back)


def _asked_for(request: Request) -> tuple[str, ...]:
    """The app's words on its person's language, whatever else is wrong with them (OIDC Core §3.1.2.1)."""
    return tuple(request.query_params.get("ui_locales", "").split()[:MOST_WISHES])
