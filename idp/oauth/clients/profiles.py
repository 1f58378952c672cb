"""What a profile demands, and what a client or the configuration lacks for it: each with its paragraph.

What a profile demands of single requests (pushed, PKCE, a bound token, a code of 60 seconds, the `aud` of assertions)
is enforced there while the profile is on; here stands what must be decided beforehand.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from idp.core.client import Client, ClientMetadata, Profile
from idp.oauth.algorithms import FAPI_SIGNING
from idp.oauth.clients.addresses import is_private_scheme
from idp.oauth.clients.vocabulary import AUTHORIZATION_CODE, DEVICE_CODE, TLS_METHODS
from idp.oauth.rules import OAuthRules, Registration


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
    yield from lacks_around(rules, profile)
    yield from _RULE_DEMANDS[profile](rules)


def lacks_around(rules: OAuthRules, profile: Profile) -> Iterator[Lack]:
    """What the configuration lacks even if the profile is to hold for one client only."""
    if not rules.issuer.startswith("https://"):
        yield Lack(subject="issuer", reason="is not https", mend="Use an https issuer.", source=_ON_HTTPS[profile])


def lacks_of_client(client: Client, rules: OAuthRules, profile: Profile) -> Iterator[Lack]:
    """Of a client that exists: its metadata, its terms, and what it needs of us."""
    if rules.profile_of(client) is not profile:
        yield Lack(
            subject="profile",
            reason=f'is not "{profile}"',
            mend=f"idp client update {client.id} --profile {profile}, or in its table of the configuration.",
            source="docs/settings.md",
        )
    yield from lacks_of_metadata(client.metadata, profile)
    if client.metadata.token_endpoint_auth_method in TLS_METHODS and rules.certificate_header is None:
        yield Lack(
            subject="oidc.certificate_header",
            reason="is unset: the client proves itself by a certificate that nobody hands on to us",
            mend="Name the header in which your proxy hands it on.",
            source="RFC 8705 §2",
        )


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


def _no_more(_: OAuthRules) -> Iterator[Lack]:
    return iter(())


def _fapi2_rules(rules: OAuthRules) -> Iterator[Lack]:
    if rules.registration is Registration.OPEN:
        yield Lack(
            subject="oidc.registration",
            reason="is open to everybody",
            mend='Set it to "token" or "closed".',
            source="FAPI 2.0 Security Profile §5.3.2.1",
        )


def _mcp_rules(rules: OAuthRules) -> Iterator[Lack]:
    if rules.registration is not Registration.OPEN and not rules.client_documents:
        yield Lack(
            subject="oidc.client_documents",
            reason="is false, and registration is not open: clients that you never met find no way in",
            mend='Set it to true, or oidc.registration to "open".',
            source="MCP Authorization, Client Registration Approaches",
        )


_ON_HTTPS: Mapping[Profile, str] = {
    Profile.OAUTH21: "OAuth 2.1 §1.5",
    Profile.FAPI2: "FAPI 2.0 Security Profile §5.2.1",
    Profile.MCP: "MCP Authorization, Communication Security",
}
_CLIENT_DEMANDS: Mapping[Profile, Callable[[ClientMetadata], Iterator[Lack]]] = {
    Profile.OAUTH21: _oauth21_client,
    Profile.FAPI2: _fapi2_client,
    Profile.MCP: _mcp_client,
}
_RULE_DEMANDS: Mapping[Profile, Callable[[OAuthRules], Iterator[Lack]]] = {
    Profile.OAUTH21: _no_more,
    Profile.FAPI2: _fapi2_rules,
    Profile.MCP: _mcp_rules,
}
