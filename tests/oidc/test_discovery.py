"""The discovery documents: what is announced is on, and what is on is announced (OIDC Discovery §3, RFC 8414 §2)."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.discovery import OpenIDProviderMetadata

from idp.core.client import Profile
from idp.oauth.clients.discovery import Offer, provider_metadata, resource_metadata
from idp.oauth.clients.metadata import parse_metadata
from idp.oauth.rules import OAuthRules, Registration
from idp.testing.provider import ISSUER, provider_at

ISSUER_BY_TLS = "https://id.example.com"
ALL = ("ES256", "RS256", "PS256", "EdDSA")


def document(offer: Offer | None = None, **rules: Any) -> dict[str, Any]:
    return provider_metadata(OAuthRules(issuer=ISSUER_BY_TLS, **rules), offer or Offer(signing=ALL))


ROUNDS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "everything": {
        "registration": Registration.OPEN,
        "client_documents": True,
        "token_exchange": True,
        "certificate_header": "client-cert",
        "mtls_base": "https://mtls.example.com",
        "languages": ("en", "es"),
        "service_documentation": "https://example.com/developers",
        "policy_uri": "https://example.com/policy",
        "tos_uri": "https://example.com/terms",
    },
    "oauth21": {"profile": Profile.OAUTH21},
    "mcp": {"profile": Profile.MCP},
}


@pytest.mark.parametrize("rules", ROUNDS.values(), ids=ROUNDS)
def test_the_document_is_valid_by_authlibs_rules(rules: dict[str, Any]) -> None:
    """The module oidcc-discovery-endpoint-verification."""
    told = document(**rules)

    OpenIDProviderMetadata(told).validate()
    AuthorizationServerMetadata(told).validate()


def test_fapi_announces_no_weak_algorithm_and_no_shared_secret() -> None:
    """FAPI 2.0 Security Profile §5.3.2.1, §5.4.1; the module …-discovery-end-point-verification."""
    told = document(profile=Profile.FAPI2, certificate_header="client-cert")
    AuthorizationServerMetadata(told).validate()

    algorithms = {name: value for name, value in told.items() if "signing_alg_values" in name}
    assert all({"RS256", "HS256", "none"}.isdisjoint(value) and value for value in algorithms.values())
    assert told["token_endpoint_auth_methods_supported"] == [
        "private_key_jwt",
        "tls_client_auth",
        "self_signed_tls_client_auth",
    ]
    assert told["require_pushed_authorization_requests"] is True
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["authorization_response_iss_parameter_supported"] is True


def test_what_clients_need_is_there_by_default() -> None:
    told = document()

    assert told["issuer"] == ISSUER_BY_TLS
    assert told["response_types_supported"] == ["code"]
    assert {"query", "fragment", "form_post", "query.jwt"} <= set(told["response_modes_supported"])
    assert "RS256" in told["id_token_signing_alg_values_supported"]
    assert "openid" in told["scopes_supported"]
    assert {"sub", "email", "address", "phone_number_verified"} <= set(told["claims_supported"])
    assert told["subject_types_supported"] == ["public", "pairwise"]
    assert {"none", "login", "consent", "select_account", "create"} == set(told["prompt_values_supported"])
    for kind in ("backchannel", "frontchannel"):
        assert told[f"{kind}_logout_supported"] is told[f"{kind}_logout_session_supported"] is True


def test_every_endpoint_is_ours_and_by_https() -> None:
    told = document(registration=Registration.OPEN)
    endpoints = {name: value for name, value in told.items() if name.endswith(("_endpoint", "_uri", "_iframe"))}

    assert len(endpoints) == 11
    assert all(value.startswith(ISSUER_BY_TLS + "/") for value in endpoints.values())


def test_what_is_off_is_not_announced() -> None:
    told = document()

    assert "registration_endpoint" not in told
    assert "client_id_metadata_document_supported" not in told
    assert "mtls_endpoint_aliases" not in told
    assert told["tls_client_certificate_bound_access_tokens"] is False
    assert not [method for method in told["token_endpoint_auth_methods_supported"] if "tls" in method]
    assert not [grant for grant in told["grant_types_supported"] if "token-exchange" in grant]
    assert not {"implicit", "password"} & set(told["grant_types_supported"])
    assert not [name for name in told if name.startswith(("op_", "service_"))]


def test_what_is_on_is_announced() -> None:
    told = document(**ROUNDS["everything"])

    assert told["registration_endpoint"] == f"{ISSUER_BY_TLS}/oauth2/register"
    assert told["client_id_metadata_document_supported"] is True
    assert told["mtls_endpoint_aliases"]["token_endpoint"] == "https://mtls.example.com/oauth2/token"
    assert set(told["mtls_endpoint_aliases"]) <= set(told)
    assert "tls_client_auth" in told["token_endpoint_auth_methods_supported"]
    assert "urn:ietf:params:oauth:grant-type:token-exchange" in told["grant_types_supported"]
    assert told["ui_locales_supported"] == ["en", "es"]
    assert (told["op_policy_uri"], told["op_tos_uri"]) == ("https://example.com/policy", "https://example.com/terms")


def test_what_plugins_and_apis_bring_is_announced() -> None:
    told = document(Offer(signing=ALL, scopes=["read"], claims=["badge"], grant_types=["urn:example:grant"]))

    assert told["scopes_supported"][-1] == "read"
    assert told["claims_supported"][-1] == "badge"
    assert told["grant_types_supported"][-1] == "urn:example:grant"


def test_only_algorithms_that_we_have_keys_for_sign() -> None:
    told = document(Offer(signing=("RS256",)))

    assert told["id_token_signing_alg_values_supported"] == ["RS256"]
    assert "ES256" in told["dpop_signing_alg_values_supported"]


@pytest.mark.parametrize(
    ("announced", "member"),
    [
        ("id_token_signing_alg_values_supported", "id_token_signed_response_alg"),
        ("userinfo_signing_alg_values_supported", "userinfo_signed_response_alg"),
        ("authorization_signing_alg_values_supported", "authorization_signed_response_alg"),
        ("introspection_signing_alg_values_supported", "introspection_signed_response_alg"),
        ("id_token_encryption_alg_values_supported", "id_token_encrypted_response_alg"),
        ("userinfo_encryption_alg_values_supported", "userinfo_encrypted_response_alg"),
        ("introspection_encryption_alg_values_supported", "introspection_encrypted_response_alg"),
        ("authorization_encryption_alg_values_supported", "authorization_encrypted_response_alg"),
        ("subject_types_supported", "subject_type"),
        ("request_object_signing_alg_values_supported", "request_object_signing_alg"),
    ],
)
def test_a_client_may_register_whatever_is_announced(announced: str, member: str) -> None:
    for value in document()[announced]:
        parse_metadata(
            {
                "redirect_uris": ["https://app.example.com/callback"],
                "jwks_uri": "https://app.example.com/jwks",
                member: value,
            }
        )


def test_our_own_api_is_a_protected_resource() -> None:
    """RFC 9728 §2."""
    told = resource_metadata(OAuthRules(issuer=ISSUER_BY_TLS, policy_uri="https://example.com/policy"))

    assert (told["resource"], told["authorization_servers"]) == (ISSUER_BY_TLS, [ISSUER_BY_TLS])
    assert told["resource_policy_uri"] == "https://example.com/policy"
    assert told["bearer_methods_supported"] == ["header", "body"]


async def test_every_endpoint_that_is_announced_answers(tmp_path: Path, template: Path) -> None:
    """Whatever it answers: it is there."""
    async with provider_at(tmp_path, template=template, oidc={"registration": "open"}) as op, op.browser() as app:
        told = (await app.get("/.well-known/openid-configuration")).json()
        paths = {urlsplit(value).path for name, value in told.items() if name.endswith(("_endpoint", "_iframe"))}
        answers = {
            path: [(await app.request(method, path)).status_code for method in ("GET", "POST")] for path in paths
        }

    assert len(paths) == 10
    assert [path for path, statuses in answers.items() if all(status in {404, 405} for status in statuses)] == []


async def test_without_the_openid_provider_there_are_keys_alone(tmp_path: Path, template: Path) -> None:
    async with provider_at(tmp_path, template=template, oidc={"enabled": False}) as op, op.browser() as app:
        told = (await app.get("/.well-known/openid-configuration")).json()
        other = await app.get("/.well-known/oauth-protected-resource")

    assert set(told) == {"issuer", "jwks_uri"}
    assert other.status_code == 404


async def test_the_issuer_is_the_configurations_whatever_the_request_says(tmp_path: Path, template: Path) -> None:
    """Row 105."""
    async with provider_at(tmp_path, template=template) as op, op.browser() as app:
        headers = {"x-forwarded-host": "attacker.example", "x-forwarded-proto": "https", "forwarded": "host=a"}
        told = (await app.get("/.well-known/openid-configuration", headers=headers)).json()

    assert told["issuer"] == ISSUER
    assert "attacker" not in str(told)
