"""Authlib's verdict on token requests (RFC 6749 §4.1.3, §4.4.2, §6; RFC 7636 §4.6).

Authlib judges by `validate_token_request` alone. Its `create_token_response` saves the token and deletes the code
afterwards, so two who race would both be served: that half is not run. Its hooks are kept in a set, in whatever order:
none is registered, and PKCE is asked for by name. It does not authenticate the client either: that was done, by more
methods than it knows. It has no types, so mypy is told at each class that derives from its own.
"""

from collections.abc import Callable, Mapping
from typing import Any

from authlib.oauth2.rfc6749 import (
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    OAuth2Request,
    UnauthorizedClientError,
)
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, ClientCredentialsGrant, RefreshTokenGrant
from authlib.oauth2.rfc6749.requests import OAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge

from idp.core.client import Client
from idp.core.grant import AuthorizationCode
from idp.oauth.errors import InvalidGrant, InvalidRequest, InvalidScope, OAuthRefusal, UnauthorizedClient

REFUSALS: Mapping[type[OAuth2Error], tuple[type[OAuthRefusal], str]] = {
    InvalidRequestError: (InvalidRequest, "a parameter is missing or malformed"),
    InvalidGrantError: (InvalidGrant, "the grant is invalid, expired or used"),
    InvalidScopeError: (InvalidScope, "more scope than was granted"),
    UnauthorizedClientError: (UnauthorizedClient, "the client did not register this grant type"),
}
"""In our words: Authlib's may quote what was sent."""


class _Payload(OAuth2Payload):  # type: ignore[misc]
    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form

    @property
    def data(self) -> Mapping[str, str]:
        return self._form


class _Request(OAuth2Request):  # type: ignore[misc]
    """Without Authlib's own beginning, which demands https of an address: our server stands behind a proxy, or on
    loopback in development, and what it asks of addresses it asks elsewhere.
    """

    def __init__(self, client: Client, method: str, form: Mapping[str, str]) -> None:
        self.payload: _Payload = _Payload(form)
        self.client: _Client = _Client(client)
        self.auth_method = method
        self.authorization_code: Any = None
        self.refresh_token: Any = None

    @property
    def form(self) -> Mapping[str, str]:
        return self.payload.data


class _Client:
    def __init__(self, client: Client) -> None:
        self._client = client

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self._client.metadata.grant_types


class _Code:
    """An authorization code, as Authlib asks it."""

    def __init__(self, code: AuthorizationCode) -> None:
        self.code = code
        self.code_challenge = code.code_challenge

    def get_redirect_uri(self) -> str | None:
        return self.code.redirect_uri


class _Scoped:
    """A refresh token: its client was compared when it was looked up."""

    def __init__(self, scope: tuple[str, ...]) -> None:
        self._scope = scope

    def check_client(self, _client: object) -> bool:
        return True

    def get_scope(self) -> str:
        return " ".join(self._scope)


class _Authenticated:
    client: _Client
    """Authlib's own: that of the request."""

    def authenticate_token_endpoint_client(self) -> _Client:
        return self.client


class _CodeGrant(_Authenticated, AuthorizationCodeGrant):  # type: ignore[misc]
    find: Callable[[str], AuthorizationCode | None]

    def query_authorization_code(self, code: str, _client: Any) -> _Code | None:
        found = self.find(code)
        return _Code(found) if found is not None else None


class _RefreshGrant(_Authenticated, RefreshTokenGrant):  # type: ignore[misc]
    scope_of: Callable[[str], tuple[str, ...] | None]

    def authenticate_refresh_token(self, refresh_token: str) -> _Scoped | None:
        scope = self.scope_of(refresh_token)
        return _Scoped(scope) if scope is not None else None


class _ClientGrant(_Authenticated, ClientCredentialsGrant):  # type: ignore[misc]
    allowed: frozenset[str]

    def validate_requested_scope(self) -> None:
        if not self.allowed.issuperset((self.request.payload.scope or "").split()):
            raise InvalidScopeError


class _S256(CodeChallenge):  # type: ignore[misc]
    """`plain` is no method here: whoever saw the request could redeem the code (RFC 9700 §2.1.1).

    A verifier that is not sent is told as one that does not match is: `invalid_grant` (RFC 7636 §4.6).
    """

    def validate_code_verifier(self, grant: Any, result: Any) -> None:
        if grant.request.authorization_code.code_challenge and not grant.request.form.get("code_verifier"):
            raise InvalidGrantError
        super().validate_code_verifier(grant, result)

    def get_authorization_code_challenge_method(self, _code: Any) -> str:
        return "S256"


_PKCE = _S256(required=True)


def judge_code(
    client: Client, method: str, form: Mapping[str, str], find: Callable[[str], AuthorizationCode | None]
) -> AuthorizationCode:
    """The code that the request names, if `redirect_uri` and `code_verifier` are its own. Nothing is used up."""
    grant = _CodeGrant(_Request(client, method, form), None)
    grant.find = find
    try:
        grant.validate_token_request()
        _PKCE.validate_code_verifier(grant, None)
    except OAuth2Error as error:
        raise _refusal(error) from None
    found: AuthorizationCode = grant.request.authorization_code.code
    return found


def judge_refresh(
    client: Client, method: str, form: Mapping[str, str], scope_of: Callable[[str], tuple[str, ...] | None]
) -> tuple[str, ...]:
    """The scope that is asked for: the whole, or a part of it."""
    grant = _RefreshGrant(_Request(client, method, form), None)
    grant.scope_of = scope_of
    try:
        grant.validate_token_request()
    except OAuth2Error as error:
        raise _refusal(error) from None
    return tuple((form.get("scope") or grant.request.refresh_token.get_scope()).split())


def judge_client_credentials(
    client: Client, method: str, form: Mapping[str, str], allowed: frozenset[str]
) -> tuple[str, ...]:
    """The scope that is asked for, within what is `allowed`."""
    grant = _ClientGrant(_Request(client, method, form), None)
    grant.allowed = allowed
    try:
        grant.validate_token_request()
    except OAuth2Error as error:
        raise _refusal(error) from None
    return tuple(form.get("scope", "").split())


def _refusal(error: OAuth2Error) -> OAuthRefusal:
    kind, words = REFUSALS.get(type(error), (InvalidRequest, "the request is malformed"))
    return kind(words)
