"""GET /auth/verify: what nginx `auth_request`, Traefik and Caddy ask before they forward a request."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import Accident, Refusal
from idp.usecases.sessions.admit import Admit
from idp.usecases.sessions.identify import Principal
from idp.web.answers import Plain
from idp.web.cookies import read_cookies
from idp.web.routing import Route

METHOD_HEADERS = frozenset({b"x-original-method", b"x-forwarded-method"})
PATH_HEADERS = frozenset({b"x-original-uri", b"x-forwarded-uri"})
IDENTITY_HEADERS = (b"remote-user", b"remote-email", b"remote-name", b"remote-groups", b"remote-amr")
NEEDS_NO_QUOTES = re.compile("[A-Za-z0-9 ]*")
NOBODY = tuple((name, b"") for name in IDENTITY_HEADERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardAuth:
    """200 with the identity, 200 without one for a public route, 401 else; 503 when we cannot tell: never a pass.

    `cookies` pairs each contract with its cookie, by its whole name. The identity headers are those that Authelia's
    users know; a proxy must take them from our answer and drop the client's own. Where nobody is signed in they
    are there and empty: some proxies replace only what an answer names (GHSA-7r4p-vjf4-gxv4).
    """

    admit: Admit
    cookies: Sequence[tuple[str, str]]

    def routes(self) -> list[Route]:
        return [Route(method="GET", path="/auth/verify", endpoint=self.verify)]

    async def verify(self, request: Request) -> Response:
        held = read_cookies(request.headers.get("cookie"))
        tokens = [(contract, held[name]) for contract, name in self.cookies if name in held]
        try:
            principal = await self.admit(tokens, _agreed(request, METHOD_HEADERS), _agreed(request, PATH_HEADERS))
        except Refusal:
            return Response(status_code=401)
        except Accident:
            return Response(status_code=503)
        return Plain(b"", 200, _identity(principal) if principal else NOBODY)


def _agreed(request: Request, names: Collection[bytes]) -> str:
    """What all headers of these names say; nothing, which is never public, where they differ.

    A proxy sets its own pair, and may pass on a client's header of the other one's name (threat row 111).
    """
    said = {value for name, value in request.scope["headers"] if name in names}
    return said.pop().decode("latin-1") if len(said) == 1 else ""


def _identity(principal: Principal) -> Sequence[tuple[bytes, bytes]]:
    """Header values are ASCII: names are percent-encoded as UTF-8."""
    account = principal.account
    name = account.full_name
    values = (
        account.id,
        account.email,
        name if NEEDS_NO_QUOTES.fullmatch(name) else quote(name, safe=" "),
        ",".join(sorted(account.roles)),
        ",".join(principal.session.methods),
    )
    return [*zip(IDENTITY_HEADERS, [value.encode("latin-1") for value in values], strict=True)]
