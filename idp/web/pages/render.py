"""From a template's name and values to an answer with strict headers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from idp.core.client import Client
from idp.web.cookies import put_cookies
from idp.web.pages.desk import desk_of
from idp.web.pages.wording import wishes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Whose page, and for whom. `languages` come before what the browser asks for (`ui_locales`, the account's own).

    `leads_to` is where a form's answer may redirect: Chromium holds a form's redirects to the page's `form-action`.
    `frames` are addresses that the page shows frames of (front-channel logout). `runs_script`: it names one of ours.
    `has_forms`: something on it may be sent to us. Where nothing is, a browser without its cookie gets none: another
    site's form brings none of ours (SameSite=Lax), and a new one would end what is open in other tabs.
    """

    languages: tuple[str, ...] = ()
    jurisdiction: str | None = None
    client: Client | None = None
    leads_to: str | None = None
    frames: tuple[str, ...] = ()
    runs_script: bool = False
    has_forms: bool = True


USUAL = Look()
BAD_REQUEST = 400


class Problems(dict[str, str]):
    """What is wrong, by field: "" where nothing is."""

    def __missing__(self, field: str) -> str:
        return ""


def render(request: Request, template: str, *, status: int = 200, look: Look = USUAL, **values: object) -> Response:
    """The page, with the browser's cookie if it had none.

    Templates find their token as `csrf`, for this path, as `here` where its forms go, and as `told` what the page
    before has done.
    """
    desk = desk_of(request)
    browser = desk.binding.of(request)
    language = language_of(request, look)
    client = look.client.in_language(language) if look.client else None
    told = desk.notices.found(request, browser.digest)
    body = desk.templates.fill(
        template,
        language,
        {
            "language": language,
            "brand": desk.brands.of(look.jurisdiction or (client.terms.jurisdiction if client else None)),
            "sheet": desk.brands.style_sheet,
            "client": client,
            "csrf": desk.csrf.token(browser.digest, str(request.scope["path"])),
            "csrf_for": lambda path: desk.csrf.token(browser.digest, path),
            "here": here(request),
            "told": told,
            "failed": status >= BAD_REQUEST,
            **values,
            "problems": Problems(cast("Mapping[str, str]", values.get("problems", {}))),
        },
    )
    response = Response(body, status, headers=_headers(look, language), media_type="text/html")
    response = put_cookies(response, [browser.cookie] if browser.cookie and look.has_forms else [])
    return desk.notices.taken(response) if told else response


def here(request: Request) -> str:
    """The page's own address, which its forms are sent to.

    Written out, for a form without one takes along what a skip link left in the address: where a fragment stands, no
    browser sets the focus on what is wrong.
    """
    query = request.scope["query_string"].decode("latin-1")
    path = quote(str(request.scope["path"]))
    return f"{path}?{query}" if query else path


def _headers(look: Look, language: str) -> dict[str, str]:
    return {
        "content-security-policy": content_policy(look),
        "content-language": language,
        # a sign-in in a popup must be able to answer the window that opened it (display=popup)
        "cross-origin-opener-policy": "unsafe-none",
        "cache-control": "no-store",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "vary": "Accept-Language, Cookie",
    }


def language_of(request: Request, look: Look = USUAL) -> str:
    wishes = wishes_of(request.headers.get("accept-language", ""))
    return desk_of(request).wording.choose((*look.languages, *wishes))


def content_policy(look: Look) -> str:
    """No script but one file of ours at most, no inline style, no frame around us (rows 12, 94, 103)."""
    parts = {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self' https: data:",
        "form-action": " ".join(("'self'", *_targets(look.leads_to))),
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    if look.runs_script:
        parts["script-src"] = "'self'"
    if look.frames:
        parts["frame-src"] = " ".join(dict.fromkeys(source for url in look.frames if (source := _source(url))))
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _targets(leads_to: str | None) -> tuple[str, ...]:
    """The app's address, and any https one: apps send people on, from the host that takes the answer to another."""
    if leads_to is None:
        return ()
    source = _source(leads_to)
    return tuple(dict.fromkeys(("https:", *([source] if source else []))))


def _source(url: str) -> str | None:
    """A source expression (CSP §2.3.1): an origin, or the scheme alone of an app's own. None for what is neither."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme in {"http", "https"}:
        return f"{parts.scheme}://{parts.netloc}" if _is_plain(parts.netloc) else None
    return f"{parts.scheme}:" if parts.scheme and _is_plain(parts.scheme) else None


def _is_plain(text: str) -> bool:
    """Whether it can stand in a header without ending the expression."""
    return bool(text) and text.isascii() and text.isprintable() and not set(text) & set(" ;,'\"@")
