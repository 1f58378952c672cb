"""Addresses that a client registers: those that every parser reads in one way (rows 91, 92, 94)."""

import pytest

from idp.oauth.errors import InvalidClientMetadata, InvalidRedirectUri
from tests.oidc.test_metadata import CALLBACK, flaw, parse


@pytest.mark.parametrize(
    "uri",
    [
        CALLBACK,
        "https://app.example.com",
        "https://app.example.com/callback?a=1&b=%20c",
        "https://app.example.com:8443/callback",
        "https://xn--exmple-cua.test/callback",
        "https://192.0.2.7/callback",
        "https://[2001:db8::7]/callback",
        "http://localhost/callback",
        "http://localhost:3000/callback",
        "http://127.0.0.1:49152/callback",
        "http://[::1]:3000/callback",
        "com.example.app:/callback",
        "com.example.app://host/callback",
    ],
)
def test_exact_https_addresses_loopback_and_schemes_of_an_app_are_redirect_uris(uri: str) -> None:
    """RFC 8252 §7, OIDC Registration §2."""
    assert parse(redirect_uris=[uri]).redirect_uris == (uri,)


BAD_REDIRECTS = {
    "fragment": "https://app.example.com/callback#x",
    "empty fragment": "https://app.example.com/callback#",
    "plain http": "http://app.example.com/callback",
    "http on a name that begins like loopback": "http://localhost.example.com/",
    "http on an address that begins like loopback": "http://127.0.0.1.example.com/",
    "user": "https://user@app.example.com/",
    "user that looks like the host": "https://app.example.com@attacker.example/",
    "port that ends in a user (Authlib 1.8.0)": "http://localhost:80@attacker.example/",
    "many @ (Keycloak CVE-2026-7504)": "https://a@b@c.example/",
    "backslash": "https://attacker.example\\@app.example.com/",
    "wildcard host": "https://*.example.com/callback",
    "wildcard path": "https://app.example.com/*",
    "script": "javascript:alert(1)",
    "script in another case (Keycloak CVE-2026-9086)": "JavaScript:alert(1)",
    "script behind a tab": "java\tscript:alert(1)",
    "data": "data:text/html,<script>",
    "file": "file:///etc/passwd",
    "blob": "blob:https://app.example.com/1",
    "a scheme without a dot": "myapp:/callback",
    "a scheme of an app alone": "com.example.app:",
    "control character": "https://app.example.com/\x00",
    "line break": "https://app.example.com/\r\nx",
    "blank": "https://app.example.com/a b",
    "blank at the end": "https://app.example.com/ ",
    "another script": "https://аpp.example.com/",
    "upper case host": "https://App.example.com/",
    "empty port": "https://app.example.com:/",
    "impossible port": "https://app.example.com:99999/",
    "no host": "https:///callback",
    "one slash": "https:/app.example.com/",
    "dots": "https://app.example.com/a/../b",
    "encoded dots": "https://app.example.com/a/%2e%2E/b",
    "broken escape": "https://app.example.com/%zz",
    "an address as a number": "http://2130706433/",
    "relative": "/callback",
    "empty": "",
    "too long": "https://app.example.com/" + "x" * 2048,
    "no text": 7,
}


@pytest.mark.parametrize("uri", BAD_REDIRECTS.values(), ids=BAD_REDIRECTS)
def test_no_other_address_is_a_redirect_uri(uri: object) -> None:
    """Rows 91, 92 and 94: what two parsers could read in two ways is refused, with a code of its own."""
    with pytest.raises(InvalidRedirectUri):
        parse(redirect_uris=[uri], application_type="native")


@pytest.mark.parametrize("uri", ["https://app.example.com/out#x", "http://app.example.com/", "javascript:alert(1)"])
def test_where_people_go_after_they_signed_out_is_as_strict(uri: str) -> None:
    """Row 100."""
    with pytest.raises(InvalidClientMetadata):
        parse(post_logout_redirect_uris=[uri])


def test_a_web_application_has_no_scheme_of_its_own() -> None:
    """OIDC Registration §2, application_type."""
    assert parse(redirect_uris=["com.example.app:/cb"]).application_type == "native"
    assert "web application" in flaw("redirect_uris", redirect_uris=["com.example.app:/cb"], application_type="web")
