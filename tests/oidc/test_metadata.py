"""Client metadata: what every door takes, and what none does (RFC 7591 §2, OIDC Registration §2)."""

from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from idp.core.client import ClientMetadata, Profile
from idp.oauth.clients.metadata import MetadataTerms, examine_metadata, metadata_to_json, parse_metadata
from idp.oauth.errors import InvalidClientMetadata

CALLBACK = "https://app.example.com/callback"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
KEYS = {"keys": [ECKey.generate_key("P-256", private=False).as_dict(private=False)]}


def parse(**document: Any) -> ClientMetadata:
    return parse_metadata({"redirect_uris": [CALLBACK], **document})


def flaw(member: str, terms: MetadataTerms | None = None, /, **document: Any) -> str:
    """The reason that is told about a member; every test wants exactly one."""
    _, flaws = examine_metadata({"redirect_uris": [CALLBACK], **document}, terms or MetadataTerms())
    assert [one.member for one in flaws] == [member]
    return flaws[0].reason


def test_what_is_left_out_has_the_specifications_defaults() -> None:
    """RFC 7591 §2, OIDC Registration §2."""
    metadata = parse()

    assert metadata.grant_types == ("authorization_code",)
    assert metadata.response_types == ("code",)
    assert metadata.token_endpoint_auth_method == "client_secret_basic"
    assert (metadata.application_type, metadata.subject_type) == ("web", "public")
    assert metadata.id_token_signed_response_alg == "RS256"


def test_what_is_not_known_is_ignored() -> None:
    """RFC 7591 §2."""
    assert parse(x_new=1, client_id="mine", texts={"a": "b"}) == parse()


def test_null_is_as_if_left_out() -> None:
    """RFC 7592 §2.2."""
    assert parse(client_name=None, grant_types=None) == parse()


def test_the_same_address_twice_is_one() -> None:
    assert parse(redirect_uris=[CALLBACK, CALLBACK]).redirect_uris == (CALLBACK,)


@pytest.mark.parametrize("grant", ["implicit", "password", "", "urn:", 7])
def test_no_grant_is_given_that_we_do_not_have(grant: object) -> None:
    """Row 104, RFC 9700 §2.1.2 and §2.4."""
    flaw("grant_types", grant_types=["authorization_code", grant])


@pytest.mark.parametrize("response", ["token", "id_token", "code id_token", "none"])
def test_nothing_but_a_code_is_answered(response: str) -> None:
    flaw("response_types", response_types=[response])


COMBINATIONS = {
    "code without its grant": ("grant_types", {"grant_types": ["client_credentials"], "response_types": ["code"]}),
    "a grant without code": ("grant_types", {"response_types": []}),
    "nothing to refresh": (
        "grant_types",
        {"grant_types": ["refresh_token"], "response_types": [], "redirect_uris": []},
    ),
    "no grant": ("grant_types", {"grant_types": [], "response_types": [], "redirect_uris": []}),
    "no redirect URI": ("redirect_uris", {"redirect_uris": []}),
    "a public client that asks for itself": (
        "grant_types",
        {"token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "client_credentials"]},
    ),
    "keys twice": ("jwks", {"jwks": KEYS, "jwks_uri": "https://app.example.com/jwks"}),
    "no keys for private_key_jwt": (
        "token_endpoint_auth_method",
        {"token_endpoint_auth_method": "private_key_jwt"},
    ),
    "no keys for a self-signed certificate": (
        "token_endpoint_auth_method",
        {"token_endpoint_auth_method": "self_signed_tls_client_auth"},
    ),
    "no keys for signed requests": ("request_object_signing_alg", {"request_object_signing_alg": "ES256"}),
    "no keys for demanded signed requests": (
        "require_signed_request_object",
        {"require_signed_request_object": True},
    ),
    "signed requests that are unsigned": (
        "require_signed_request_object",
        {"require_signed_request_object": True, "request_object_signing_alg": "none", "jwks": KEYS},
    ),
    **{
        f"no keys to encrypt the {kind} to": (
            f"{kind}_encrypted_response_alg",
            {f"{kind}_encrypted_response_alg": "ECDH-ES"},
        )
        for kind in ("userinfo", "introspection", "authorization")
    },
    **{
        f"how without what for the {kind}": (
            f"{kind}_encrypted_response_enc",
            {f"{kind}_encrypted_response_enc": "A128GCM", "jwks": KEYS},
        )
        for kind in ("id_token", "introspection", "authorization")
    },
    "no keys to encrypt to": ("id_token_encrypted_response_alg", {"id_token_encrypted_response_alg": "ECDH-ES"}),
    "how without what": ("userinfo_encrypted_response_enc", {"userinfo_encrypted_response_enc": "A128GCM"}),
    "an HMAC for a key": (
        "token_endpoint_auth_signing_alg",
        {
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": KEYS,
            "token_endpoint_auth_signing_alg": "HS256",
        },
    ),
    "a signature for a secret": (
        "token_endpoint_auth_signing_alg",
        {"token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "ES256"},
    ),
    "no subject of the certificate": (
        "token_endpoint_auth_method",
        {"token_endpoint_auth_method": "tls_client_auth"},
    ),
    "two subjects of the certificate": (
        "token_endpoint_auth_method",
        {
            "token_endpoint_auth_method": "tls_client_auth",
            "tls_client_auth_subject_dn": "CN=app",
            "tls_client_auth_san_dns": "app.example.com",
        },
    ),
    "pairwise over several hosts": (
        "sector_identifier_uri",
        {"subject_type": "pairwise", "redirect_uris": [CALLBACK, "https://other.example.com/"]},
    ),
    "pairwise over a host and a scheme that any app may have": (
        "sector_identifier_uri",
        {
            "subject_type": "pairwise",
            "application_type": "native",
            "redirect_uris": [CALLBACK, "com.evil.app://app.example.com/callback"],
        },
    ),
}


@pytest.mark.parametrize(("member", "document"), COMBINATIONS.values(), ids=COMBINATIONS)
def test_what_is_right_alone_may_be_wrong_together(member: str, document: dict[str, Any]) -> None:
    flaw(member, **document)


def test_a_client_that_sends_nobody_anywhere_needs_no_address() -> None:
    """RFC 7591 §2: redirect_uris are for flows with redirection."""
    metadata = parse_metadata({"grant_types": ["client_credentials"]})

    assert (metadata.redirect_uris, metadata.response_types, metadata.scope) == ((), (), ())


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id_token_signed_response_alg", "none"),
        ("id_token_signed_response_alg", "HS256"),
        ("id_token_encrypted_response_alg", "RSA1_5"),
        ("id_token_encrypted_response_alg", "PBES2-HS256+A128KW"),
        ("userinfo_signed_response_alg", "none"),
        ("authorization_signed_response_alg", "none"),
        ("token_endpoint_auth_signing_alg", "none"),
        ("token_endpoint_auth_method", "client_secret_magic"),
        ("subject_type", "private"),
        ("request_object_encryption_alg", "RSA-OAEP"),
        ("authorization_encrypted_response_alg", "RSA-OAEP"),
        ("authorization_encrypted_response_alg", "dir"),
        ("introspection_encrypted_response_alg", "RSA1_5"),
    ],
)
def test_what_we_do_not_do_is_refused_and_not_ignored(member: str, value: str) -> None:
    """A client that is told yes counts on it."""
    _, flaws = examine_metadata({"redirect_uris": [CALLBACK], "jwks": KEYS, member: value})

    assert [one.member for one in flaws] == [member]


def test_an_unsigned_request_object_is_for_who_registers_it() -> None:
    """OIDC Core §6.1."""
    assert parse(request_object_signing_alg="none").request_object_signing_alg == "none"


def private(kind: Any, *made: Any) -> dict[str, Any]:
    key: dict[str, Any] = kind.generate_key(*made).as_dict(private=True)
    return key


BAD_KEYS = {
    "a private key": private(ECKey, "P-256"),
    "a private RSA key": private(RSAKey, 2048),
    "a private OKP key": private(OKPKey, "Ed25519"),
    "a symmetric key": private(OctKey, 256),
    "a symmetric key without its value": {"kty": "oct"},
    "a short RSA key": {"kty": "RSA", "e": "AQAB", "n": "w" * 171},
    "an RSA key without a modulus": {"kty": "RSA", "e": "AQAB"},
    "an RSA key with an even exponent": {"kty": "RSA", "e": "BA", "n": "w" * 342},
    "an unknown curve": {"kty": "EC", "crv": "P-192", "x": "AA", "y": "AA"},
    "a short coordinate": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    "no base64url": {"kty": "OKP", "crv": "Ed25519", "x": "!" * 43},
    "an unknown kind": {"kty": "new"},
    "a kid that is no text": {**KEYS["keys"][0], "kid": 7},
    "a certificate that is no text": {**KEYS["keys"][0], "x5c": [["MIIB"]]},
    "no list of what it is for": {**KEYS["keys"][0], "key_ops": {"verify": []}},
    "a fingerprint that is no text": {**KEYS["keys"][0], "x5t#S256": ["x"]},
    "no key": "key",
}


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS)
def test_only_public_asymmetric_keys_of_some_size_are_registered(key: object) -> None:
    """Rows 79 and 89: whoever reads the set could sign as the client."""
    flaw("jwks", jwks={"keys": [key]})


@pytest.mark.parametrize("jwks", [{}, [], {"keys": {}}, {"keys": [KEYS["keys"][0]] * 33}, "x"])
def test_a_key_set_is_a_set_of_some_keys(jwks: object) -> None:
    flaw("jwks", jwks=jwks)


def test_addresses_in_a_key_are_forgotten() -> None:
    """Row 81: nothing is fetched because a key says so."""
    metadata = parse(jwks={"keys": [{**KEYS["keys"][0], "x5u": "https://x.example", "jku": "https://x.example"}]})

    assert metadata.jwks is not None
    assert "https" not in str(metadata.jwks)


@pytest.mark.parametrize("member", ["initiate_login_uri", "sector_identifier_uri"])
@pytest.mark.parametrize("uri", ["http://app.example.com/", "http://localhost/", "com.example.app:/", "https://a.b/#c"])
def test_what_the_specification_wants_by_https_is_by_https_everywhere(member: str, uri: str) -> None:
    """OIDC Core §4 and §8.1; the module oidcc-3rd_party-init-login-nohttps."""
    flaw(member, **{member: uri})


@pytest.mark.parametrize(
    "member", ["client_uri", "logo_uri", "policy_uri", "tos_uri", "jwks_uri", "backchannel_logout_uri"]
)
@pytest.mark.parametrize("uri", ["javascript:alert(1)", "http://app.example.com/", "ftp://a.example/", "//a.example/"])
def test_links_and_addresses_lead_by_https(member: str, uri: str) -> None:
    """Row 103: people click on some of them, and we call others."""
    flaw(member, **{member: uri})


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x1b[31m", "\u202eelgooG", "x" * 513, 7, ["a"]])
def test_a_name_is_one_line_that_reads_as_it_is_written(name: object) -> None:
    flaw("client_name", client_name=name)


def test_names_in_other_languages_are_kept_by_their_tags() -> None:
    """OIDC Registration §2.1."""
    metadata = parse(**{"client_name": "My app", "client_name#es": "Mi aplicación", "logo_uri#fr-CA": CALLBACK})

    assert metadata.texts == {"client_name#es": "Mi aplicación", "logo_uri#fr-CA": CALLBACK}


@pytest.mark.parametrize("member", ["client_name#", "client_name#no tag", "logo_uri#<script>"])
def test_what_is_no_language_is_no_translation(member: str) -> None:
    flaw(member.partition("#")[0], **{member: "https://a.example/"})


def test_translations_are_bounded() -> None:
    """Row 116."""
    _, flaws = examine_metadata(
        {"redirect_uris": [CALLBACK], **{f"client_name#en-x{number:02}": "A" for number in range(65)}}
    )

    assert [one.member for one in flaws] == ["client_name"]


def test_a_scope_may_be_a_list() -> None:
    assert parse(scope=["openid", "email"]).scope == ("openid", "email")
    flaw("scope", scope=["openid", 7])


def test_a_translated_address_is_checked_like_the_other() -> None:
    flaw("logo_uri", **{"logo_uri#es": "javascript:alert(1)"})


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("redirect_uris", [f"https://app.example.com/{number}" for number in range(65)]),
        ("contacts", [f"a{number}@example.com" for number in range(17)]),
        ("scope", "s" * 4097),
        ("default_max_age", -1),
        ("default_max_age", True),
        ("default_max_age", "60"),
        ("require_auth_time", "true"),
        ("contacts", ["nobody"]),
        ("redirect_uris", CALLBACK),
        ("scope", 'openid "profile"'),
        ("scope", "openid\tprofile"),
        ("default_acr_values", ["a b"]),
    ],
)
def test_every_member_has_its_type_and_its_bounds(member: str, value: object) -> None:
    """Row 116."""
    flaw(member, **{member: value})


def test_all_mistakes_are_told_at_once_without_a_value() -> None:
    with pytest.raises(InvalidClientMetadata) as caught:
        parse(client_name="\x07geheim", jwks_uri="ftp://geheim.example", subject_type="geheim")

    told = caught.value.description
    assert all(member in told for member in ("client_name", "jwks_uri", "subject_type"))
    assert "geheim" not in told


def test_a_scope_that_is_left_out_is_all_of_ours() -> None:
    assert "roles" in parse().scope
    assert "offline_access" not in parse().scope
    assert "offline_access" in parse(grant_types=["authorization_code", "refresh_token"]).scope
    assert parse(scope="openid  email openid").scope == ("openid", "email")


def test_a_stranger_gets_no_grant_that_is_an_operators_to_give() -> None:
    terms = MetadataTerms(grant_types=frozenset({"authorization_code"}))

    assert "operator" in flaw("grant_types", terms, grant_types=["authorization_code", "client_credentials"])


def test_a_plugins_grant_is_named_by_its_address() -> None:
    """RFC 6749 §4.5."""
    grant = "urn:example:grant"

    assert parse(grant_types=["authorization_code", grant]).grant_types == ("authorization_code", grant)


@pytest.mark.parametrize("kind", ["id_token", "userinfo", "introspection", "authorization"])
def test_encryption_without_a_method_is_the_specifications(kind: str) -> None:
    """OIDC Registration §2, RFC 9701 §6, JARM §3: A128CBC-HS256."""
    metadata = parse(**{"jwks": KEYS, f"{kind}_encrypted_response_alg": "ECDH-ES"})

    assert getattr(metadata, f"{kind}_encrypted_response_enc") == "A128CBC-HS256"


def test_what_is_told_back_reads_back_as_the_same() -> None:
    """RFC 7592 §2.2: a client sends what it was told, changed."""
    metadata = parse(
        **{"client_name#es": "Hola", "jwks": KEYS, "default_max_age": 0, "grant_types": ["authorization_code"]},
        id_token_signed_response_alg="ES256",
        contacts=["a@example.com"],
        tls_client_certificate_bound_access_tokens=True,
    )

    assert parse_metadata(metadata_to_json(metadata)) == metadata


def test_fapi_refuses_weak_clients_and_gives_strong_defaults() -> None:
    """FAPI 2.0 Security Profile §5.3.2.1, §5.4.1."""
    terms = MetadataTerms(profile=Profile.FAPI2)
    strong = {"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "private_key_jwt", "jwks": KEYS}

    assert parse_metadata(strong, terms).id_token_signed_response_alg == "ES256"
    for document, member in (
        ({"token_endpoint_auth_method": "client_secret_basic"}, "token_endpoint_auth_method"),
        ({"id_token_signed_response_alg": "RS256"}, "id_token_signed_response_alg"),
        ({"redirect_uris": ["http://localhost:3000/"]}, "redirect_uris"),
    ):
        _, flaws = examine_metadata({**strong, **document}, terms)
        assert [one.member for one in flaws] == [member]


@pytest.mark.parametrize(
    "named", [{"redirect_uris": [CALLBACK]}, {"sector_identifier_uri": "https://app.example.com/"}]
)
def test_a_strangers_device_is_in_nobodys_sector(named: dict[str, Any]) -> None:
    """OIDC Core §8.1: no code goes to the address it names, so nothing proves that it belongs there."""
    terms = MetadataTerms(grant_types=frozenset({"authorization_code", DEVICE}))
    asks = {"subject_type": "pairwise", "grant_types": ["authorization_code", DEVICE], "redirect_uris": [CALLBACK]}

    assert "device" in flaw("subject_type", terms, **{**asks, **named})
    assert parse_metadata({**asks, **named}).subject_type == "pairwise"
    alone = {"subject_type": "pairwise", "grant_types": [DEVICE]}
    assert parse_metadata(alone, terms).subject_type == "pairwise"
