"""Rules of the kind "this is done in one place": one door can be guarded, ten cannot."""

import ast
from collections.abc import Iterator

from tests.house.project import Finding, Module, dotted

COOKIES = "idp/web/cookies.py"
MIDDLEWARE = "idp/web/middleware/"
CRYPTO = "idp/crypto/"
SIGN_IN = "idp/usecases/signin/door.py"
ENDINGS = "idp/usecases/sessions/ending.py"

REQUESTS = {"request", "req", "connection", "conn", "websocket"}
FROM_THE_CALLER = {"url", "base_url", "url_for", "client"}
HEADERS_OF_PROXIES = {"host", "forwarded"}
JOSE = {"jwt", "jws", "jwe", "jose"}
READING = ("decode", "deserialize", "decrypt", "extract", "get_unverified")


def literal(node: ast.expr | None) -> str:
    """The lower-case text of a string or bytes literal."""
    match node:
        case ast.Constant(value=str() as value):
            return value.lower()
        case ast.Constant(value=bytes() as value):
            return value.decode("latin-1").lower()
        case _:
            return ""


def cookies_are_set_in_one_place(module: Module) -> Iterator[Finding]:
    """Name, Path, Secure, SameSite and HttpOnly are decided once (threat rows 1 to 5)."""
    if module.is_in(COOKIES):
        return
    for node in ast.walk(module.tree):
        match node:
            case ast.Attribute(attr="set_cookie" | "delete_cookie"):
                yield module.at(node, f"cookies are written in {COOKIES}")
            case ast.Constant() if literal(node) == "set-cookie":
                yield module.at(node, f"cookies are written in {COOKIES}")


def the_request_tells_no_address(module: Module) -> Iterator[Finding]:
    """Host, scheme and peer are the caller's claims (threat rows 32, 66, 105, 110, Starlette CVE-2026-48710).

    The issuer is configured; where a request came from is worked out in the middleware, once, from trusted proxies.
    """
    if module.is_in(MIDDLEWARE):
        return
    for node in ast.walk(module.tree):
        match node:
            case ast.Attribute(value=value, attr=attr) if attr in FROM_THE_CALLER and is_request(value):
                yield module.at(node, f"request.{attr} is the caller's claim")
            case ast.Subscript(value=value, slice=key) if is_claim(value, literal(key)):
                yield module.at(node, f"[{literal(key)!r}] is the caller's claim")
            case ast.Call(func=ast.Attribute(value=value, attr="get" | "getlist"), args=[key, *_]) if is_claim(
                value, literal(key)
            ):
                yield module.at(node, f"{literal(key)!r} is the caller's claim")


def is_request(node: ast.expr) -> bool:
    return dotted(node).rpartition(".")[2] in REQUESTS


def is_claim(holder: ast.expr, key: str) -> bool:
    """Whether `holder[key]` reads a header about the address, or the peer out of an ASGI scope."""
    name = dotted(holder).rpartition(".")[2]
    if name == "scope":
        return key in {"client", "server", "scheme"}
    return name.endswith("headers") and (key in HEADERS_OF_PROXIES or key.startswith(("x-forwarded-", "x-real-")))


def tokens_are_read_in_one_place(module: Module) -> Iterator[Finding]:
    """One verifier per kind of token, in idp.crypto: no other call may decode (threat rows 72, 77)."""
    if module.is_in(CRYPTO):
        return
    for call in module.calls():
        *holder, method = dotted(call.func).lower().split(".")
        if JOSE & set(holder) and method.startswith(READING):
            yield module.at(call, f"tokens are read in {CRYPTO}")


def sessions_are_opened_in_one_place(module: Module) -> Iterator[Finding]:
    """Whoever gets a session has passed `may_sign_in` (threat rows 22, 51)."""
    if module.is_in(SIGN_IN):
        return
    for call in module.calls():
        if dotted(call.func).endswith(".sessions.open"):
            yield module.at(call, f"sessions are opened in {SIGN_IN}")


def sessions_are_ended_in_one_place(module: Module) -> Iterator[Finding]:
    """A session that ends unannounced lives on in every app it signed in to (OIDC Back-Channel Logout)."""
    if module.is_in(ENDINGS):
        return
    for call in module.calls():
        holder, _, method = dotted(call.func).rpartition(".")
        if holder.endswith("work.sessions") and method.startswith("revoke"):
            yield module.at(call, f"sessions are ended in {ENDINGS}")


def prints_nothing(module: Module) -> Iterator[Finding]:
    """A server speaks through its log; the command line is the one that prints."""
    if module.is_in("idp/cli/"):
        return
    for call in module.calls():
        if dotted(call.func) in {"print", "pprint", "pprint.pprint"}:
            yield module.at(call, "only idp.cli prints")
