"""What a client sent to an endpoint of the protocol, as the verbs take it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import Scope

from idp.oauth.errors import InvalidRequest
from idp.oauth.request import OAuthRequest
from idp.web.middleware.client import ClientAddress, source_of

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
        fields = _fields(await request.body(), request.headers.get("content-type", ""))
        resources = tuple(value for name, value in fields if name in REPEATABLE)
        return replace(self.head(request), form=_once(fields), resources=resources)

    def head(self, request: Request) -> OAuthRequest:
        """All but the body, which is no form."""
        return OAuthRequest(
            method=request.method,
            url=self.issuer + str(request.scope["path"]),
            headers=_headers(request.scope),
            form={},
            dpop=tuple(_all(request.scope, b"dpop")),
            certificate=self._certificate(request.scope),
            source=source_of(request.scope, "oidc"),
        )

    def _certificate(self, scope: Scope) -> str | None:
        if self.certificate_header is None or not self.addresses.trusts_peer_of(scope):
            return None
        shown = list(_all(scope, self.certificate_header.lower().encode()))
        return shown[0] if len(shown) == 1 else None


def _headers(scope: Scope) -> dict[str, str]:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if len(list(_all(scope, b"authorization"))) > 1:
        raise InvalidRequest("more than one Authorization header")
    return headers


def _all(scope: Scope, wanted: bytes) -> Iterable[str]:
    return (value.decode("latin-1") for name, value in scope["headers"] if name == wanted)


def _fields(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """Those with a value: one without is one that was not sent (RFC 6749 §3.2)."""
    if not body:
        return []
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise InvalidRequest(f"Content-Type must be {FORM}")
    if len(body) > LARGEST_FORM:
        raise InvalidRequest("the form is too large")
    try:
        fields = parse_qsl(body.decode("ascii"), max_num_fields=MOST_FIELDS, errors="strict")
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
