"""Requests that are in order: one for each endpoint of the OpenID Provider and for each page, grant by grant."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes

import httpx2
from joserfc.jws import JWSRegistry

from tests.oidc.asking import CALLBACK, PKCE, SECRET, VERIFIER
from tests.oidc.redeeming import ASSERTION_TYPE, KEYS, encoded

FORM, JSON = "application/x-www-form-urlencoded", "application/json"

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`content` is a JSON object; without one `form` is sent, if there is any."""

    method: str
    path: str
    query: Pairs = ()
    form: Pairs = ()
    content: Mapping[str, Any] | None = None
    headers: Pairs = ()

    @property
    def url(self) -> httpx2.URL:
        raw = self.path + (f"?{written(self.query)}" if self.query else "")
        return httpx2.URL("http://localhost:3100", raw_path=raw.encode())

    @property
    def body(self) -> bytes:
        return written(self.form).encode() if self.content is None else as_json(self.content)

    @property
    def fields(self) -> list[tuple[bytes, bytes]]:
        kind = {"GET": (), "DELETE": ()}.get(self.method, (("content-type", FORM if self.content is None else JSON),))
        return [(name.encode(), value.encode("latin-1", "replace")) for name, value in (*kind, *self.headers)]


def written(pairs: Pairs) -> str:
    """As a form has them; half characters as bytes that no text has."""
    return "&".join("=".join(quote_from_bytes(part.encode("utf-8", "surrogatepass")) for part in one) for one in pairs)


def as_json(value: object) -> bytes:
    """`@deep-7` becomes a list in a list, and so on: more of them than could be written otherwise."""
    text = re.sub(r'"@deep-(\d+)"', lambda found: "[" * int(found[1]) + "]" * int(found[1]), json.dumps(value))
    return text.encode()


def signed(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """A JWS by the clients' key, whatever it says."""
    message = f"{encoded(as_json(header))}.{encoded(as_json(claims))}"
    return f"{message}.{encoded(JWSRegistry.algorithms['ES256'].sign(message.encode(), KEYS['ES256']))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a client and a person have in their hands."""

    cookie: str
    csrf: Callable[[str], str]
    interaction: str
    access_token: str
    registered: Mapping[str, Any]


AUTHORIZE: Pairs = [
    ("client_id", "keyed"),
    ("redirect_uri", CALLBACK),
    ("response_type", "code"),
    ("scope", "openid"),
    ("state", "state"),
    *PKCE.items(),
]
PROVED: Pairs = [("client_id", "app"), ("client_secret", SECRET)]
PAGES: Mapping[str, tuple[str, ...]] = {
    "/login": ("email", "password", "next", "cancel"),
    "/login-code": ("email", "code"),
    "/register": ("first_name", "last_name", "email", "password", "password_again"),
    "/forgot": ("email",),
    "/reset": ("password", "password_again"),
    "/device": ("user_code", "decision"),
    "/logout": ("decision",),
    "/account": ("first_name", "last_name", "phone_number", "date_of_birth", "language"),
    "/account/email": ("email",),
    "/account/phone": ("phone_number",),
    "/account/password": ("password_again",),
    "/confirm": (),
    "/account/factors": ("do", "method", "code"),
    "/account/sessions": ("session", "do"),
    "/account/apps": ("client",),
    "/account/delete": ("email",),
}
"""And what their forms have."""

SHOWN = ("/account/activity", "/account/data", "/account/export", "/done", "/goodbye", "/registered", "/assets/none")
OF_AN_APP: Mapping[str, tuple[str, ...]] = {
    "/login": PAGES["/login"],
    "/register": PAGES["/register"],
    "/consent": ("decision",),
    "/select-account": ("account", "cancel"),
    "/second-factor": ("code", "method", "send"),
}
ASSERTION = "@assertion"
"""Stands for one that nobody has seen yet."""


def requests(held: Held) -> dict[str, Request]:
    """By what they are."""
    cookie = ("cookie", held.cookie)
    bearer = ("authorization", f"Bearer {held.access_token}")
    own = ("authorization", f"Bearer {held.registered['registration_access_token']}")
    managed = f"/oauth2/register/{held.registered['client_id']}"
    metadata = {"redirect_uris": [CALLBACK], "client_name": "An app"}
    found = {
        "authorize": Request(method="GET", path="/oauth2/authorize", query=AUTHORIZE, headers=[cookie]),
        "authorize by post": Request(method="POST", path="/oauth2/authorize", form=AUTHORIZE),
        "resume": Request(method="GET", path=f"/oauth2/authorize/{held.interaction}", headers=[cookie]),
        "par": Request(method="POST", path="/oauth2/par", form=[*PROVED, *AUTHORIZE[1:]]),
        "device": Request(method="POST", path="/oauth2/device_authorization", form=PROVED),
        "introspect": Request(method="POST", path="/oauth2/introspect", form=[*PROVED, ("token", held.access_token)]),
        "revoke": Request(method="POST", path="/oauth2/revoke", form=[*PROVED, ("token", "none")]),
        "userinfo": Request(method="GET", path="/oauth2/userinfo", headers=[bearer]),
        "userinfo by post": Request(method="POST", path="/oauth2/userinfo", form=[("access_token", held.access_token)]),
        "flags": Request(method="POST", path="/ofrep/v1/evaluate/flags", content={"context": {}}, headers=[bearer]),
        "register": Request(method="POST", path="/oauth2/register", content=metadata),
        "flag": Request(method="POST", path="/ofrep/v1/evaluate/flags/mfa", content={"context": {}}, headers=[bearer]),
        "registered": Request(method="GET", path=managed, headers=[own]),
        "remove": Request(method="DELETE", path="/oauth2/register/nobody", headers=[own]),
        "change": Request(
            method="PUT",
            path=managed,
            content={"client_id": held.registered["client_id"], **metadata},
            headers=[own],
        ),
        "verify": Request(
            method="GET",
            path="/auth/verify",
            headers=[cookie, ("x-original-uri", "/a"), ("x-original-method", "GET")],
        ),
        "end session": Request(method="GET", path="/oauth2/end_session", query=[("client_id", "app")]),
        "end session by post": Request(method="POST", path="/oauth2/end_session", form=[("client_id", "app")]),
        "webfinger": Request(method="GET", path="/.well-known/webfinger", query=[("resource", "acct:jane@localhost")]),
    }
    return {**found, **_tokens(held), **_pages(held)}


def _tokens(held: Held) -> dict[str, Request]:
    """The token endpoint, by grant."""
    urn = "urn:ietf:params:oauth"
    grants: Mapping[str, Pairs] = {
        "authorization_code": [("code", "none"), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)],
        "refresh_token": [("refresh_token", "none")],
        "client_credentials": [("scope", "openid")],
        f"{urn}:grant-type:device_code": [("device_code", "none")],
        f"{urn}:grant-type:token-exchange": [
            ("subject_token", held.access_token),
            ("subject_token_type", f"{urn}:token-type:access_token"),
        ],
        f"{urn}:grant-type:jwt-bearer": [("assertion", ASSERTION)],
    }
    proof: Pairs = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", ASSERTION)]
    return {
        f"{grant} {number}": Request(
            method="POST", path="/oauth2/token", form=[("grant_type", grant), *proved, *parameters]
        )
        for grant, parameters in grants.items()
        for number, proved in enumerate((PROVED, proof))
    }


def _pages(held: Held) -> dict[str, Request]:
    headers: Pairs = [("cookie", held.cookie), ("sec-fetch-site", "same-origin")]
    sent = {**PAGES, **{f"{page}/{held.interaction}": names for page, names in OF_AN_APP.items()}}
    return {f"{path} shown": Request(method="GET", path=path, headers=headers) for path in (*sent, *SHOWN)} | {
        f"{path} sent": Request(
            method="POST",
            path=path,
            form=[("csrf", held.csrf(path)), *((name, "") for name in names)],
            headers=headers,
        )
        for path, names in sent.items()
    }
