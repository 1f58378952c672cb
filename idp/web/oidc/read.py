"""What a client sent to an endpoint of the protocol, as the verbs take it."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import Scope

from idp.oauth.errors import InvalidRequest
from idp.oauth.request import OAuthRequest
from idp.web.middleware.client import ClientAddress, source_of
from idp.web.oidc.fields import fields_of

FORM = "application/x-www-form-urlencoded"
LARGEST_FORM = 64 * 1024
MOST_FIELDS = 100
REPEATABLE = frozenset({"resource"})
"""RFC 8707 §2. `audience` of RFC 8693 §2.1 may repeat too; we take one, and more as resources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadForm:
    """Reads a form, or no body at all. `await read_form(request)`; raises InvalidRequest.

    `certificate_header` is believed of a trusted proxy alone: anybody can send one (RFC 9440 §2.4).
    """

    issuer: str
    addresses: ClientAddress
    certificate_header: str | None = None

    async def __call__(self, request: Request) -> OAuthRequest:
        body = await request.body()
        headers, dpop = _headers(request.scope)
        fields = _fields(body, headers.get("content-type", ""))
        return self._request(request, headers, dpop, fields)

    def head(self, request: Request) -> OAuthRequest:
        """All but the body, which is no form."""
        return self._request(request, *_headers(request.scope), [])

    def _request(
        self, request: Request, headers: dict[str, str], dpop: tuple[str, ...], fields: list[tuple[str, str]]
    ) -> OAuthRequest:
        return OAuthRequest(
            method=request.method,
            url=self.issuer + str(request.scope["path"]),
            headers=headers,
            form=_once(fields),
            resources=tuple([value for name, value in fields if name in REPEATABLE]),
            dpop=dpop,
            certificate=self._certificate(request.scope),
            source=source_of(request.scope, "oidc"),
        )

    def _certificate(self, scope: Scope) -> str | None:
        if self.certificate_header is None or not self.addresses.trusts_peer_of(scope):
            return None
        wanted = self.certificate_header.lower().encode()
        shown = [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]
        return shown[0] if len(shown) == 1 else None


def _headers(scope: Scope) -> tuple[dict[str, str], tuple[str, ...]]:
    """By name, and every DPoP header by itself."""
    told = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    headers = dict(told)
    if len(headers) == len(told):
        return headers, (headers["dpop"],) if "dpop" in headers else ()
    if sum(name == "authorization" for name, _ in told) > 1:
        raise InvalidRequest("more than one Authorization header")
    return headers, tuple(value for name, value in told if name == "dpop")


def _fields(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """Those with a value: one without is one that was not sent (RFC 6749 §3.2)."""
    if not body:
        return []
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise InvalidRequest(f"Content-Type must be {FORM}")
    if len(body) > LARGEST_FORM:
        raise InvalidRequest("the form is too large")
    try:
        fields = [field for field in fields_of(body.decode("ascii"), most=MOST_FIELDS) if field[1]]
    except ValueError:
        raise InvalidRequest("the form is malformed") from None
    if any("\x00" in name or "\x00" in value for name, value in fields):
        raise InvalidRequest("a parameter holds NUL")
    return fields


def _once(fields: list[tuple[str, str]]) -> dict[str, str]:
    """Each parameter at most once (RFC 6749 §3.2; row 99, Keycloak CVE-2026-9689)."""
    single = [(name, value) for name, value in fields if name not in REPEATABLE]
    form = dict(single)
    if len(form) != len(single):
        raise InvalidRequest("a parameter is given more than once")
    return form
