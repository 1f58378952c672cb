"""Client metadata: what holds for whoever registers, as the operator has it (RFC 7591 §2)."""

from joserfc.jwk import RSAKey

from idp.oauth.clients.metadata import MetadataTerms, parse_metadata
from tests.oidc.test_metadata import CALLBACK, KEYS, flaw, parse


def test_a_scope_that_is_left_out_is_the_operators_default_where_there_is_one() -> None:
    """RFC 6749 §3.3, ASVS 10.4.11."""
    terms = MetadataTerms(default_scope=("openid", "email"))

    assert parse_metadata({"redirect_uris": [CALLBACK]}, terms).scope == ("openid", "email")
    assert parse_metadata({"redirect_uris": [CALLBACK], "scope": "openid roles"}, terms).scope == ("openid", "roles")


def test_a_registered_rsa_key_has_the_bits_that_the_operator_demands() -> None:
    """ASVS 11.2.3."""
    strict = MetadataTerms(smallest_rsa=3072)
    small, large = ({"keys": [RSAKey.generate_key(bits, private=False).as_dict()]} for bits in (2048, 3072))

    assert "too small" in flaw("jwks", strict, jwks=small)
    assert parse(jwks=small).jwks == small
    assert parse_metadata({"redirect_uris": [CALLBACK], "jwks": large}, strict).jwks == large
    assert parse_metadata({"redirect_uris": [CALLBACK], "jwks": KEYS}, strict).jwks == KEYS


def test_a_strangers_scope_is_cut_to_what_there_is() -> None:
    """RFC 7591 §2: what the server does not grant it may leave out, and tells so."""
    terms = MetadataTerms(scopes=frozenset({"openid", "email"}), default_scope=("openid",))
    document = {"redirect_uris": [CALLBACK]}

    assert parse_metadata({**document, "scope": "openid email admin"}, terms).scope == ("openid", "email")
    assert parse_metadata({**document, "scope": "admin"}, terms).scope == ("openid",)
