"""The settings in the protocol's own terms."""

from dataclasses import replace

from idp.config.settings import Settings
from idp.core.client import Profile
from idp.oauth.rules import OAuthRules, Registration


def oauth_rules_from(settings: Settings) -> OAuthRules:
    oidc = settings.oidc
    return replace(
        _lives(settings),
        profile=Profile(oidc.profile) if oidc.profile else None,
        require_pushed=oidc.require_pushed,
        require_pkce=oidc.require_pkce,
        default_scope=oidc.default_scope,
        smallest_rsa=oidc.smallest_rsa,
        encrypted_requests=oidc.encrypted_requests,
        registration=Registration(oidc.registration),
        client_documents=oidc.client_documents,
        webfinger_domains=oidc.webfinger_domains if oidc.webfinger else None,
        token_exchange=oidc.token_exchange,
        dpop_nonces=oidc.dpop_nonces,
        certificate_header=oidc.certificate_header.lower() if oidc.certificate_header else None,
        mtls_base=oidc.mtls_base,
        certificate_authorities=oidc.certificate_authorities.read_bytes() if oidc.certificate_authorities else None,
        access_token_algorithm=settings.keys.access_token_algorithm,
        languages=settings.messages.languages,
        service_documentation=oidc.service_documentation,
        policy_uri=oidc.policy,
        tos_uri=oidc.terms,
    )


def _lives(settings: Settings) -> OAuthRules:
    """How long everything holds, and the rest as it usually is."""
    oidc = settings.oidc
    return OAuthRules(
        issuer=settings.issuer,
        code_life=oidc.code_life,
        access_life=oidc.access_life,
        id_token_life=oidc.id_token_life,
        refresh_life=oidc.refresh_life,
        refresh_longest=oidc.refresh_longest,
        refresh_grace=oidc.refresh_grace,
        interaction_life=oidc.interaction_life,
        pushed_life=oidc.pushed_life,
        device_life=oidc.device_life,
        device_interval=oidc.device_interval,
    )
