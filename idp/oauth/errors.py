"""OAuth's refusals. They carry code and status, because here the specification is the domain.

```
OAuthRefusal
├── InvalidRequest            invalid_request             RFC 6749 §4.1.2.1, §5.2
├── UnauthorizedClient        unauthorized_client
├── TemporarilyUnavailable    temporarily_unavailable
├── AccessDenied              access_denied
├── UnsupportedResponseType   unsupported_response_type
├── UnsupportedGrantType      unsupported_grant_type
├── InvalidScope              invalid_scope
├── InvalidClient             invalid_client              RFC 6749 §5.2
├── InvalidGrant              invalid_grant
├── InvalidTarget             invalid_target              RFC 8707 §2
├── InvalidToken              invalid_token               RFC 6750 §3.1
├── InsufficientScope         insufficient_scope
├── LoginRequired             login_required              OIDC Core §3.1.2.6
├── InteractionRequired       interaction_required
├── ConsentRequired           consent_required
├── AccountSelectionRequired  account_selection_required
├── UnmetRequirements         unmet_authentication_requirements
├── InvalidRequestUri         invalid_request_uri
├── InvalidRequestObject      invalid_request_object
├── RequestNotSupported       request_not_supported
├── RequestUriNotSupported    request_uri_not_supported
├── InvalidDpopProof          invalid_dpop_proof          RFC 9449 §5
├── UseDpopNonce              use_dpop_nonce              RFC 9449 §8
├── AuthorizationPending      authorization_pending       RFC 8628 §3.5
├── SlowDown                  slow_down
├── ExpiredToken              expired_token
├── InvalidRedirectUri        invalid_redirect_uri        RFC 7591 §3.2.2
├── InvalidClientMetadata     invalid_client_metadata
└── InvalidSoftwareStatement  invalid_software_statement
```

`description` is told to the client's developer: fixed words, never a value from the request. The exception's text is
for our log.
"""

from collections.abc import Mapping
from typing import ClassVar

from idp.core.errors import Refusal


class OAuthRefusal(Refusal):
    """`headers` are demanded by a specification, such as WWW-Authenticate."""

    code: ClassVar[str] = "server_error"
    status: ClassVar[int] = 400

    def __init__(self, description: str = "", *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{self.code}: {description}" if description else self.code)
        self.description = description
        self.headers = headers or {}


class InvalidRequest(OAuthRefusal):
    code = "invalid_request"


class UnauthorizedClient(OAuthRefusal):
    code = "unauthorized_client"


class TemporarilyUnavailable(OAuthRefusal):
    code = "temporarily_unavailable"
    status = 503


class AccessDenied(OAuthRefusal):
    code = "access_denied"


class UnsupportedResponseType(OAuthRefusal):
    code = "unsupported_response_type"


class UnsupportedGrantType(OAuthRefusal):
    code = "unsupported_grant_type"


class InvalidScope(OAuthRefusal):
    code = "invalid_scope"


class InvalidClient(OAuthRefusal):
    """401 with `WWW-Authenticate: Basic` where the client tried Basic, and 401 without it elsewhere (RFC 6749 §5.2)."""

    code = "invalid_client"
    status = 401


class InvalidGrant(OAuthRefusal):
    code = "invalid_grant"


class InvalidTarget(OAuthRefusal):
    code = "invalid_target"


class InvalidToken(OAuthRefusal):
    code = "invalid_token"
    status = 401


class InsufficientScope(OAuthRefusal):
    code = "insufficient_scope"
    status = 403


class LoginRequired(OAuthRefusal):
    code = "login_required"


class InteractionRequired(OAuthRefusal):
    code = "interaction_required"


class ConsentRequired(OAuthRefusal):
    code = "consent_required"


class AccountSelectionRequired(OAuthRefusal):
    code = "account_selection_required"


class UnmetRequirements(OAuthRefusal):
    """OpenID Connect Core Unmet Authentication Requirements 1.0."""

    code = "unmet_authentication_requirements"


class InvalidRequestUri(OAuthRefusal):
    code = "invalid_request_uri"


class InvalidRequestObject(OAuthRefusal):
    code = "invalid_request_object"


class RequestNotSupported(OAuthRefusal):
    code = "request_not_supported"


class RequestUriNotSupported(OAuthRefusal):
    code = "request_uri_not_supported"


class InvalidDpopProof(OAuthRefusal):
    code = "invalid_dpop_proof"


class UseDpopNonce(OAuthRefusal):
    """The answer carries a fresh nonce in the header `DPoP-Nonce`."""

    code = "use_dpop_nonce"


class AuthorizationPending(OAuthRefusal):
    code = "authorization_pending"


class SlowDown(OAuthRefusal):
    code = "slow_down"


class ExpiredToken(OAuthRefusal):
    code = "expired_token"


class InvalidRedirectUri(OAuthRefusal):
    code = "invalid_redirect_uri"


class InvalidClientMetadata(OAuthRefusal):
    code = "invalid_client_metadata"


class InvalidSoftwareStatement(OAuthRefusal):
    code = "invalid_software_statement"
