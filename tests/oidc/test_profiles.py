"""Profiles: what is lacking is told, with the paragraph that demands it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from idp.core.client import Client, ClientMetadata, ClientTerms, Profile
from idp.core.ids import ClientId
from idp.oauth.clients.profiles import lacks_around, lacks_of_client, lacks_of_rules
from idp.oauth.rules import OAuthRules, Registration

NOW = datetime(2026, 3, 2, tzinfo=UTC)
RULES = OAuthRules(issuer="https://id.example.com")
STRONG: dict[str, Any] = {
    "redirect_uris": ("https://app.example.com/callback",),
    "token_endpoint_auth_method": "private_key_jwt",
    "jwks_uri": "https://app.example.com/jwks",
    "id_token_signed_response_alg": "PS256",
}


def client(profile: Profile | None, **metadata: Any) -> Client:
    return Client(
        id=ClientId("app"),
        metadata=ClientMetadata(**{**STRONG, **metadata}),
        terms=ClientTerms(profile=profile),
        created_at=NOW,
        updated_at=NOW,
    )


def subjects(lacks: Any) -> list[str]:
    found = list(lacks)
    assert all(lack.source and lack.reason and lack.mend for lack in found)
    return [lack.subject for lack in found]


@pytest.mark.parametrize("profile", Profile)
def test_a_strong_client_of_a_public_issuer_lacks_nothing(profile: Profile) -> None:
    rules = replace(RULES, profile=profile, client_documents=True)

    assert subjects(lacks_of_rules(rules, profile)) == []
    assert subjects(lacks_of_client(client(None), rules, profile)) == []


@pytest.mark.parametrize(
    ("metadata", "lacking"),
    [
        ({"token_endpoint_auth_method": "client_secret_basic"}, "token_endpoint_auth_method"),
        ({"token_endpoint_auth_method": "none"}, "token_endpoint_auth_method"),
        ({"id_token_signed_response_alg": "RS256"}, "id_token_signed_response_alg"),
        ({"request_object_signing_alg": "none"}, "request_object_signing_alg"),
        ({"token_endpoint_auth_signing_alg": "RS256"}, "token_endpoint_auth_signing_alg"),
        ({"redirect_uris": ("http://localhost:3000/",)}, "redirect_uris"),
        ({"redirect_uris": ("com.example.app:/cb",), "application_type": "native"}, "redirect_uris"),
        ({"token_endpoint_auth_method": "tls_client_auth"}, "oidc.certificate_header"),
    ],
)
def test_each_weakness_is_told_for_fapi(metadata: dict[str, Any], lacking: str) -> None:
    """FAPI 2.0 Security Profile §5.3.2, §5.4.1."""
    assert subjects(lacks_of_client(client(Profile.FAPI2, **metadata), RULES, Profile.FAPI2)) == [lacking]


def test_a_native_application_may_listen_on_loopback_under_fapi() -> None:
    """FAPI 2.0 Security Profile §5.3.2.2."""
    native = client(Profile.FAPI2, redirect_uris=("http://127.0.0.1/cb",), application_type="native")

    assert subjects(lacks_of_client(native, RULES, Profile.FAPI2)) == []


def test_a_client_that_nobody_gave_the_profile_lacks_it() -> None:
    assert subjects(lacks_of_client(client(None), RULES, Profile.FAPI2)) == ["profile"]
    assert subjects(lacks_of_client(client(Profile.MCP), RULES, Profile.FAPI2)) == ["profile"]


@pytest.mark.parametrize("profile", Profile)
def test_an_issuer_without_tls_keeps_no_profile(profile: Profile) -> None:
    rules = replace(RULES, issuer="http://localhost:3100")

    assert subjects(lacks_around(rules, profile)) == ["issuer"]


def test_a_configuration_that_asks_nobody_for_the_profile_lacks_it() -> None:
    assert subjects(lacks_of_rules(RULES, Profile.FAPI2)) == ["oidc.profile"]


def test_an_open_door_is_no_door_of_a_bank() -> None:
    rules = replace(RULES, profile=Profile.FAPI2, registration=Registration.OPEN)

    assert subjects(lacks_of_rules(rules, Profile.FAPI2)) == ["oidc.registration"]


def test_mcp_wants_a_way_in_for_clients_that_nobody_met() -> None:
    rules = replace(RULES, profile=Profile.MCP)

    assert subjects(lacks_of_rules(rules, Profile.MCP)) == ["oidc.client_documents"]
    assert subjects(lacks_of_rules(replace(rules, registration=Registration.OPEN), Profile.MCP)) == []


def test_mcp_sends_nobody_to_a_scheme_of_an_app() -> None:
    app = client(Profile.MCP, redirect_uris=("com.example.app:/cb",), application_type="native")

    assert subjects(lacks_of_client(app, RULES, Profile.MCP)) == ["redirect_uris"]


def test_oauth_21_wants_exact_addresses() -> None:
    assert subjects(lacks_of_client(client(Profile.OAUTH21, redirect_uris=()), RULES, Profile.OAUTH21)) == [
        "redirect_uris"
    ]
