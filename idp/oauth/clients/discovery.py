"""What we tell of ourselves: the discovery documents, made from what is really on.

OIDC Discovery §3, RFC 8414 §2 and what the other specifications register with it; one document serves both addresses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from idp.core.claims import JWKS_PATH
from idp.core.client import Profile
from idp.core.standard_claims import CLAIMS
from idp.oauth import algorithms
from idp.oauth.clients import vocabulary
from idp.oauth.own_api import FLAGS, USERINFO
from idp.oauth.rules import ACR_VALUES, SCOPES, OAuthRules, Registration

AUTHORIZE = "/oauth2/authorize"
PUSH = "/oauth2/par"
TOKEN = "/oauth2/token"
INTROSPECT = "/oauth2/introspect"
REVOKE = "/oauth2/revoke"
REGISTER = "/oauth2/register"
DEVICE = "/oauth2/device_authorization"
END_SESSION = "/oauth2/end_session"
CHECK_SESSION = "/oauth2/check_session"

PROMPTS = ("none", "login", "consent", "select_account", "create")
_PROTOCOL_CLAIMS = ("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "sid", "at_hash")

_BY_CERTIFICATE = {
    "token_endpoint": TOKEN,
    "pushed_authorization_request_endpoint": PUSH,
    "device_authorization_endpoint": DEVICE,
    "userinfo_endpoint": USERINFO,
    "introspection_endpoint": INTROSPECT,
    "revocation_endpoint": REVOKE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the rules do not know: our keys' algorithms, the default first, and what others bring."""

    signing: Sequence[str]
    scopes: Sequence[str] = ()
    claims: Sequence[str] = ()
    grant_types: Sequence[str] = ()


def provider_metadata(rules: OAuthRules, offer: Offer) -> dict[str, object]:
    """Nothing is announced that is off, and nothing that a client could get is kept back."""
    issuer = rules.issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": issuer + AUTHORIZE,
        "token_endpoint": issuer + TOKEN,
        "userinfo_endpoint": issuer + USERINFO,
        "jwks_uri": issuer + JWKS_PATH,
        **dict(_endpoints(rules)),
        "scopes_supported": list(dict.fromkeys((*SCOPES, *offer.scopes))),
        "claims_supported": list(dict.fromkeys((*_PROTOCOL_CLAIMS, *CLAIMS, *offer.claims))),
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": True,
        "grant_types_supported": _grant_types(rules, offer),
        "subject_types_supported": list(vocabulary.SUBJECT_TYPES),
        "acr_values_supported": list(ACR_VALUES),
        "ui_locales_supported": list(rules.languages),
        **_of_requests(rules),
        **_of_clients(rules),
        **_of_tokens(rules, offer),
        **_of_logout(),
        **_pages(rules, ("service_documentation", "op_policy_uri", "op_tos_uri")),
    }


def resource_metadata(rules: OAuthRules, part: str = "") -> dict[str, object]:
    """RFC 9728 §2: our own API (userinfo, feature values) or a part of it, as a protected resource like any other."""
    return {
        "resource": rules.issuer + part,
        "authorization_servers": [rules.issuer],
        "jwks_uri": rules.issuer + JWKS_PATH,
        "scopes_supported": list(SCOPES),
        "bearer_methods_supported": ["header"] if part == FLAGS else ["header", "body"],
        "dpop_signing_alg_values_supported": list(_accepted(rules)),
        "tls_client_certificate_bound_access_tokens": rules.certificate_header is not None,
        **_pages(rules, ("resource_documentation", "resource_policy_uri", "resource_tos_uri")),
    }


def _endpoints(rules: OAuthRules) -> Iterator[tuple[str, object]]:
    issuer = rules.issuer
    yield "introspection_endpoint", issuer + INTROSPECT
    yield "revocation_endpoint", issuer + REVOKE
    yield "end_session_endpoint", issuer + END_SESSION
    yield "check_session_iframe", issuer + CHECK_SESSION
    yield "device_authorization_endpoint", issuer + DEVICE
    yield "pushed_authorization_request_endpoint", issuer + PUSH
    if rules.registration is not Registration.CLOSED:
        yield "registration_endpoint", issuer + REGISTER
    if rules.certificate_header is not None and rules.mtls_base is not None:
        yield "mtls_endpoint_aliases", {name: rules.mtls_base + path for name, path in _BY_CERTIFICATE.items()}


def _grant_types(rules: OAuthRules, offer: Offer) -> list[str]:
    ours = (grant for grant in vocabulary.GRANT_TYPES if grant != vocabulary.TOKEN_EXCHANGE or rules.token_exchange)
    return list(dict.fromkeys((*ours, *offer.grant_types)))


def _of_requests(rules: OAuthRules) -> dict[str, object]:
    return {
        "response_types_supported": list(vocabulary.RESPONSE_TYPES),
        "response_modes_supported": list(vocabulary.RESPONSE_MODES),
        "prompt_values_supported": list(PROMPTS),
        "display_values_supported": ["page", "popup"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "require_pushed_authorization_requests": rules.require_pushed or rules.profile is Profile.FAPI2,
        "request_parameter_supported": True,
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
        # not `none`: whoever finds it here sends unsigned ones without having registered it, and is refused
        "request_object_signing_alg_values_supported": list(_accepted(rules)),
        **(_ENCRYPTED_REQUESTS if rules.encrypted_requests else {}),
    }


_ENCRYPTED_REQUESTS = {
    "request_object_encryption_alg_values_supported": list(algorithms.KEY_MANAGEMENT),
    "request_object_encryption_enc_values_supported": list(algorithms.CONTENT_ENCRYPTION),
}


def _of_clients(rules: OAuthRules) -> dict[str, object]:
    """RFC 6749 §2.3, RFC 8705 §2, RFC 9449 §5.1."""
    methods, accepted = auth_methods(rules), list(_accepted(rules))
    shared = list(algorithms.SHARED_SECRET) if "client_secret_jwt" in methods else []
    proved = [method for method in methods if method != "none"]
    found: dict[str, object] = {"dpop_signing_alg_values_supported": accepted}
    for endpoint, known in (("token", methods), ("revocation", methods), ("introspection", proved)):
        found[f"{endpoint}_endpoint_auth_methods_supported"] = known
        found[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] = [*accepted, *shared]
    if rules.client_documents:
        found["client_id_metadata_document_supported"] = True
    return {**found, "tls_client_certificate_bound_access_tokens": rules.certificate_header is not None}


def auth_methods(rules: OAuthRules) -> list[str]:
    """Those that a client can use here: mTLS where a proxy hands certificates on, no secrets under FAPI 2.0."""
    known = [method for method in vocabulary.AUTH_METHODS if rules.certificate_header or method not in _TLS]
    if rules.profile is Profile.FAPI2:
        return [method for method in known if method == "private_key_jwt" or method in _TLS]
    return known


_TLS = frozenset(vocabulary.TLS_METHODS)


def _of_tokens(rules: OAuthRules, offer: Offer) -> dict[str, object]:
    allowed = _accepted(rules)
    signed = [algorithm for algorithm in algorithms.SIGNING if algorithm in offer.signing and algorithm in allowed]
    return {
        "id_token_signing_alg_values_supported": signed,
        "userinfo_signing_alg_values_supported": signed,
        "introspection_signing_alg_values_supported": signed,
        "authorization_signing_alg_values_supported": signed,
        **{
            f"{kind}_encryption_{part}_values_supported": list(known)
            for kind in vocabulary.ENCRYPTED_ANSWERS
            for part, known in (("alg", algorithms.KEY_MANAGEMENT), ("enc", algorithms.CONTENT_ENCRYPTION))
        },
    }


def _of_logout() -> dict[str, object]:
    return {
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
    }


def _pages(rules: OAuthRules, members: tuple[str, str, str]) -> dict[str, object]:
    pages = (rules.service_documentation, rules.policy_uri, rules.tos_uri)
    return {member: page for member, page in zip(members, pages, strict=True) if page is not None}


def _accepted(rules: OAuthRules) -> Sequence[str]:
    return algorithms.FAPI_SIGNING if rules.profile is Profile.FAPI2 else algorithms.SIGNING
