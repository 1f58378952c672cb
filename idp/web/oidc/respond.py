"""How an answer of the authorization endpoint travels through the browser, by its response mode."""

import html
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from idp.oauth.authorize.steps import AuthorizationResponse, ShowPage, Step
from idp.web.routing import Route

SUBMIT = "/oauth2/form_post.js"
SCRIPT = b"document.forms[0].submit();\n"

HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    # a sign-in in a popup must be able to answer the window that opened it, so no answer on its way may cut them apart
    "cross-origin-opener-policy": "unsafe-none",
}
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Signing in</title>
</head>
<body>
<main>
<h1>Signing in</h1>
<form method="post" action="{action}">
{fields}
<button type="submit">Continue</button>
</form>
</main>
<script src="{script}" defer></script>
</body>
</html>
"""
FIELD = '<input type="hidden" name="{name}" value="{value}">'


def respond(step: Step) -> Response:
    """A redirect by 303, so that nothing that was posted is posted again (RFC 9700 §4.12), or a form that posts."""
    if isinstance(step, ShowPage):
        return see_other(f"/{step.need}/{step.interaction}")
    return _form(step) if step.is_form else see_other(step.location)


def see_other(location: str) -> Response:
    """`location` goes out as it is: what a client registered is not spelt anew (row 91)."""
    return Response(status_code=303, headers={**HEADERS, "location": location})


def script_route() -> Route:
    """The script that the form names: none stands in the page itself, so none is allowed there."""
    return Route(method="GET", path=SUBMIT, endpoint=_script)


def _fields(answer: AuthorizationResponse) -> str:
    return "\n".join(
        FIELD.format(name=html.escape(name), value=html.escape(value)) for name, value in answer.parameters.items()
    )


def _form(answer: AuthorizationResponse) -> Response:
    """OAuth 2.0 Form Post Response Mode §2. The button is for browsers without script (rows 94, 103)."""
    body = PAGE.format(action=html.escape(answer.redirect_uri), fields=_fields(answer), script=SUBMIT)
    headers = {**HEADERS, "content-security-policy": _policy(answer.redirect_uri)}
    return Response(body, headers=headers, media_type="text/html")


def _policy(redirect_uri: str) -> str:
    """The form may go to the client, and where https leads from there: browsers hold its redirects to this list."""
    parts = urlsplit(redirect_uri)
    target = f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"
    return (
        f"default-src 'none'; script-src 'self'; form-action {target} https:; frame-ancestors 'none'; base-uri 'none'"
    )


async def _script(_: Request) -> Response:
    headers = {"cache-control": "public, max-age=86400"}
    return Response(SCRIPT, headers=headers, media_type="text/javascript")
