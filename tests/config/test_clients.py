"""Clients, resource servers and the OpenID Provider in the configuration."""

from datetime import timedelta
from pathlib import Path

import pytest
from joserfc.jwk import RSAKey

from idp.config.declared_clients import declared_clients, declared_resources
from idp.config.oauth_rules import oauth_rules_from
from idp.core.client import Profile
from idp.oauth.rules import Registration
from tests.config.conftest import Loading, Refusing

SHOP = """
[clients.shop]
client_name = "Shop"
secret = { env = "SHOP_SECRET" }
redirect_uris = ["https://shop.example.com/callback"]
scope = "openid email"
skip_consent = true
profile = "oauth21"
access_life = "5m"
metadata = { id_token_signed_response_alg = "ES256", "client_name#es" = "Tienda" }
[resources."https://api.example.com"]
scopes = ["read"]
name = "Reports"
"""
SECRET = {"SHOP_SECRET": "s" * 32}
SHORT = {"SHOP_SECRET": "s" * 15}
PAGE = 'redirect_uris = ["https://shop.example.com/"]'


def test_a_client_has_keys_of_its_own_and_all_other_metadata_beside_them(loaded: Loading) -> None:
    settings = loaded(SHOP, SECRET)

    (shop,) = declared_clients(settings.clients, settings.oidc)
    (api,) = declared_resources(settings.resources)

    assert (shop.id, shop.secret) == ("shop", "s" * 32)
    assert shop.metadata.token_endpoint_auth_method == "client_secret_basic"
    assert shop.metadata.id_token_signed_response_alg == "ES256"
    assert shop.metadata.texts == {"client_name#es": "Tienda"}
    assert shop.metadata.grant_types == ("authorization_code", "refresh_token")
    assert (shop.terms.skip_consent, shop.terms.profile) == (True, Profile.OAUTH21)
    assert shop.terms.access_life == timedelta(minutes=5)
    assert (api.identifier, api.scopes, api.name) == ("https://api.example.com", ("read",), "Reports")


def test_a_client_that_names_no_scope_has_the_default_one(loaded: Loading) -> None:
    """ASVS 10.4.11."""
    usual = loaded(f"[clients.shop]\n{PAGE}")
    small = loaded(f"[oidc]\ndefault_scope = ['openid', 'email']\n[clients.shop]\n{PAGE}")

    (wide,), (narrow,) = (declared_clients(settings.clients, settings.oidc) for settings in (usual, small))

    assert "roles" in wide.metadata.scope
    assert narrow.metadata.scope == ("openid", "email")


def test_a_declared_client_has_keys_as_large_as_is_demanded(refused: Refusing) -> None:
    """ASVS 11.2.3."""
    key = RSAKey.generate_key(2048, private=False).as_dict()
    jwks = f"{{ keys = [{{ kty = 'RSA', n = '{key['n']}', e = 'AQAB' }}] }}"

    problems = refused(f"[oidc]\nsmallest_rsa = 3072\n[clients.shop]\n{PAGE}\nmetadata = {{ jwks = {jwks} }}")

    assert [problem.key for problem in problems] == ["clients.shop.metadata.jwks"]


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("", "none"),
        ("jwks_uri = 'https://shop.example.com/jwks'", "private_key_jwt"),
        ("secret = { env = 'SHOP_SECRET' }", "client_secret_basic"),
        ("secret = { env = 'SHOP_SECRET' }\ntoken_endpoint_auth_method = 'client_secret_jwt'", "client_secret_jwt"),
    ],
)
def test_how_a_client_proves_itself_follows_from_what_it_has(loaded: Loading, text: str, method: str) -> None:
    settings = loaded(f"[clients.shop]\n{PAGE}\n{text}", SECRET)

    (shop,) = declared_clients(settings.clients, settings.oidc)

    assert shop.metadata.token_endpoint_auth_method == method


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("redirect_uris = ['http://shop.example.com/']", "clients.shop.redirect_uris", "is plain http"),
        ("redirect_uris = []", "clients.shop.redirect_uris", "is missing"),
        (f"{PAGE}\ngrant_types = ['implicit']", "clients.shop.grant_types", "do not support"),
        (f"{PAGE}\nmetadata = {{ subject_type = 'x' }}", "clients.shop.metadata.subject_type", "is nothing that we"),
        (f"{PAGE}\nmetadata = {{ scope = 'openid' }}", "clients.shop.metadata.scope", "has no place here"),
        (f"{PAGE}\nmetadata = {{ client_secret = 'x' }}", "clients.shop.metadata.client_secret", "has no place here"),
        (f"{PAGE}\nsecret = 'literal'", "clients.shop.secret", "holds a secret itself"),
        (f"{PAGE}\nsecret = {{ env = 'NOT_SET' }}", "clients.shop.secret", "is not set"),
        (f"{PAGE}\nsecret = {{ env = 'SHOP_SECRET' }}", "clients.shop.secret", "is shorter than 16"),
        (f"{PAGE}\ntoken_endpoint_auth_method = 'client_secret_post'", "clients.shop.secret", "is missing"),
        (
            f"{PAGE}\nsecret = {{ env = 'SHOP_SECRET' }}\ntoken_endpoint_auth_method = 'none'",
            "clients.shop.secret",
            "is of no use",
        ),
        (f"{PAGE}\nprofile = 'fapi3'", "clients.shop.profile", "is none of the values"),
        (f"{PAGE}\nprofile = 'fapi2'", "clients.shop.token_endpoint_auth_method", "§5.3.2.1"),
        (f"{PAGE}\nredirect_uri = 'x'", "clients.shop.redirect_uri", "is no setting"),
    ],
)
def test_a_mistake_is_told_under_its_key(refused: Refusing, text: str, key: str, reason: str) -> None:
    (problem,) = refused(f"[clients.shop]\n{text}", SHORT)

    assert problem.key == key
    assert reason in problem.reason
    assert problem.mend


@pytest.mark.parametrize("name", ["a b", "https://shop.example.com/", "ä", "-a", "x" * 129])
def test_an_id_is_a_plain_word(refused: Refusing, name: str) -> None:
    (problem,) = refused(f"[clients.'{name}']\n{PAGE}")

    assert problem.reason == "is no id for a client"


@pytest.mark.parametrize(
    "identifier", ["api", "https://api.example.com/#x", "javascript:alert(1)", "https://u@a.example"]
)
def test_a_resource_server_is_an_absolute_address(refused: Refusing, identifier: str) -> None:
    """RFC 8707 §2."""
    (problem,) = refused(f"[resources.'{identifier}']\nscopes = []")

    assert problem.key.startswith("resources.")


def test_all_mistakes_of_all_clients_are_told_at_once(refused: Refusing) -> None:
    text = "[clients.a]\nredirect_uris = ['ftp://a']\n[clients.b]\nscope = ' \"'\n" + PAGE + "\n[oidc]\nprofile = 'x'"

    assert [problem.key for problem in refused(text)] == [
        "oidc.profile",
        "clients.a.redirect_uris",
        "clients.b.scope",
    ]


def test_the_rules_are_the_settings(loaded: Loading, tmp_path: Path) -> None:
    settings = loaded(
        """
        [oidc]
        profile = "mcp"
        access_life = "7m"
        registration = "token"
        client_documents = true
        certificate_header = "Client-Cert"
        mtls_base = "https://mtls.example.com"
        policy = "https://example.com/privacy"
        """
    )
    rules = oauth_rules_from(settings)

    assert (rules.profile, rules.registration, rules.client_documents) == (Profile.MCP, Registration.TOKEN, True)
    assert rules.access_life == timedelta(minutes=7)
    assert (rules.certificate_header, rules.mtls_base) == ("client-cert", "https://mtls.example.com")
    assert (rules.policy_uri, rules.languages) == ("https://example.com/privacy", ("en", "es"))


def test_a_base_for_certificates_needs_somebody_who_hands_them_on(refused: Refusing) -> None:
    (problem,) = refused("[oidc]\nmtls_base = 'https://mtls.example.com'")

    assert problem.key == "oidc.mtls_base"


@pytest.mark.parametrize("name", ["Client_Cert", "a b", "a:b", "a\\r\\nb"])
def test_a_header_has_a_name_that_every_proxy_reads_as_one(refused: Refusing, name: str) -> None:
    """Row 111: `_` and `-` are one to some."""
    (problem,) = refused(f'[oidc]\ncertificate_header = "{name}"')

    assert problem.key == "oidc.certificate_header"


def test_the_authorities_are_a_file_beside_the_configuration(loaded: Loading, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()

    assert loaded("[fetch]\nca_bundle = 'ca.pem'").fetch.ca_bundle == tmp_path / "ca.pem"


def test_authorities_that_are_not_there_are_told(refused: Refusing) -> None:
    (problem,) = refused("[fetch]\nca_bundle = 'ca.pem'")

    assert problem.key == "fetch.ca_bundle"


def test_the_way_out_is_not_opened_to_everywhere(refused: Refusing) -> None:
    (problem,) = refused("[fetch]\nnetworks = ['0.0.0.0/0']")

    assert problem.key == "fetch.networks[0]"


def test_a_secret_may_come_from_the_environment_directly(loaded: Loading) -> None:
    settings = loaded(f"[clients.shop]\n{PAGE}", {"IDP_CLIENTS__SHOP__SECRET": "e" * 32})

    assert declared_clients(settings.clients, settings.oidc)[0].secret == "e" * 32
