"""What a profile demands, and what a client or the configuration lacks for it: each with its paragraph.

What a profile only demands of single requests (pushed, PKCE, `aud` of assertions) is enforced there while the profile
is on; here stands what must be decided beforehand.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from idp.core.client import ClientMetadata, Profile
from idp.oauth.algorithms import FAPI_SIGNING
from idp.oauth.clients.addresses import is_private_scheme
from idp.oauth.clients.vocabulary import AUTHORIZATION_CODE, DEVICE_CODE, TLS_METHODS
from idp.oauth.rules import OAuthRules, Registration

LONGEST_CODE_LIFE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """`subject` is a member of the metadata or a key of the configuration; `source` the paragraph that demands it."""

    subject: str
    reason: str
    mend: str
    source: str


def lacks_of_metadata(metadata: ClientMetadata, profile: Profile) -> Iterator[Lack]:
    return _CLIENT_DEMANDS[profile](metadata)


def lacks_of_rules(rules: OAuthRules, profile: Profile) -> Iterator[Lack]:
    """What the configuration lacks if the profile is to hold for everybody."""
    if rules.profile is not profile:
        yield Lack(
            subject="oidc.profile",
            reason=f'is not "{profile}"',
            mend=f'Set it to "{profile}", or give single clients the profile.',
            source="docs/settings.md",
        )
    yield from _RULE_DEMANDS[profile](rules)


def _oauth21_client(metadata: ClientMetadata) -> Iterator[Lack]:
    if AUTHORIZATION_CODE in metadata.grant_types and not metadata.redirect_uris:
        yield Lack(
            subject="redirect_uris",
            reason="is missing",
            mend="Name each address exactly.",
            source="OAuth 2.1 §2.3.1",
        )


def _fapi2_client(metadata: ClientMetadata) -> Iterator[Lack]:
    if metadata.token_endpoint_auth_method not in {"private_key_jwt", *TLS_METHODS}:
        yield Lack(
            subject="token_endpoint_auth_method",
            reason="is neither private_key_jwt nor mTLS",
            mend="Choose private_key_jwt, tls_client_auth or self_signed_tls_client_auth.",
            source="FAPI 2.0 Security Profile §5.3.2.1",
        )
    if not (metadata.dpop_bound_access_tokens or metadata.tls_client_certificate_bound_access_tokens):
        yield Lack(
            subject="dpop_bound_access_tokens",
            reason="is not set, nor is tls_client_certificate_bound_access_tokens",
            mend="Set one of the two: access tokens are bound to a key of the client.",
            source="FAPI 2.0 Security Profile §5.3.2.1",
        )
    yield from _fapi2_algorithms(metadata)
    yield from _fapi2_redirects(metadata)


def _fapi2_algorithms(metadata: ClientMetadata) -> Iterator[Lack]:
    for member in (
        "id_token_signed_response_alg",
        "token_endpoint_auth_signing_alg",
        "userinfo_signed_response_alg",
        "introspection_signed_response_alg",
        "authorization_signed_response_alg",
        "access_token_signed_response_alg",
        "request_object_signing_alg",
    ):
        if getattr(metadata, member) not in {None, *FAPI_SIGNING}:
            yield Lack(
                subject=member,
                reason="is not one of PS256, ES256 and EdDSA",
                mend="Choose one of them.",
                source="FAPI 2.0 Security Profile §5.4.1",
            )


def _fapi2_redirects(metadata: ClientMetadata) -> Iterator[Lack]:
    native = metadata.application_type == "native"
    for uri in metadata.redirect_uris:
        if not uri.startswith("https://") and not (native and uri.startswith("http://")):
            yield Lack(
                subject="redirect_uris",
                reason="holds an address that is not https",
                mend="Use https; http on loopback is for native applications.",
                source="FAPI 2.0 Security Profile §5.3.2.2",
            )
            return


def _mcp_client(metadata: ClientMetadata) -> Iterator[Lack]:
    yield from _oauth21_client(metadata)
    if not {AUTHORIZATION_CODE, DEVICE_CODE}.intersection(metadata.grant_types):
        return
    if any(map(is_private_scheme, metadata.redirect_uris)):
        yield Lack(
            subject="redirect_uris",
            reason="holds an address that is neither https nor loopback",
            mend="Use https, or http on localhost.",
            source="MCP Authorization, Communication Security",
        )


def _oauth21_rules(rules: OAuthRules) -> Iterator[Lack]:
    yield from _https(rules, "OAuth 2.1 §1.5")


def _fapi2_rules(rules: OAuthRules) -> Iterator[Lack]:
    yield from _https(rules, "FAPI 2.0 Security Profile §5.2.1")
    if not rules.require_pushed:
        yield Lack(
            subject="oidc.require_pushed",
            reason="is false",
            mend="Set it to true: requests are pushed.",
            source="FAPI 2.0 Security Profile §5.3.2.2",
        )
    if rules.code_life > LONGEST_CODE_LIFE:
        yield Lack(
            subject="oidc.code_life",
            reason="is longer than 60 seconds",
            mend='At most "60s".',
            source="FAPI 2.0 Security Profile §5.3.2.2",
        )
    if rules.access_token_algorithm not in FAPI_SIGNING:
        yield Lack(
            subject="keys.access_token_algorithm",
            reason="is not one of PS256, ES256 and EdDSA",
            mend='Set it to "ES256".',
            source="FAPI 2.0 Security Profile §5.4.1",
        )
    if rules.registration is Registration.OPEN:
        yield Lack(
            subject="oidc.registration",
            reason="is open to everybody",
            mend='Set it to "token" or "closed".',
            source="FAPI 2.0 Security Profile §5.3.2.1",
        )


def _mcp_rules(rules: OAuthRules) -> Iterator[Lack]:
    yield from _https(rules, "MCP Authorization, Communication Security")
    if rules.registration is not Registration.OPEN and not rules.client_documents:
        yield Lack(
            subject="oidc.client_documents",
            reason="is false, and registration is not open: clients that you never met find no way in",
            mend='Set it to true, or oidc.registration to "open".',
            source="MCP Authorization, Client Registration Approaches",
        )


def _https(rules: OAuthRules, source: str) -> Iterator[Lack]:
    if not rules.issuer.startswith("https://"):
        yield Lack(subject="issuer", reason="is not https", mend="Use an https issuer.", source=source)


_CLIENT_DEMANDS: Mapping[Profile, Callable[[ClientMetadata], Iterator[Lack]]] = {
    Profile.OAUTH21: _oauth21_client,
    Profile.FAPI2: _fapi2_client,
    Profile.MCP: _mcp_client,
}
_RULE_DEMANDS: Mapping[Profile, Callable[[OAuthRules], Iterator[Lack]]] = {
    Profile.OAUTH21: _oauth21_rules,
    Profile.FAPI2: _fapi2_rules,
    Profile.MCP: _mcp_rules,
}
