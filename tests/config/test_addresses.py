"""Issuer, origins, hosts, networks: compared byte by byte, so refused unless spelled in the one canonical way."""

import pytest

from idp.config.addresses import is_loopback
from tests.config.conftest import Loading, Refusing


@pytest.mark.parametrize(
    "issuer",
    [
        "https://id.example.com",
        "https://id.example.com:8443",
        "https://xn--bcher-kva.example",
        "https://192.0.2.7",
        "https://[2001:db8::1]",
        "http://localhost:3100",
        "http://localhost",
        "http://127.0.0.1:3100",
        "http://127.8.9.10",
        "http://[::1]:3100",
    ],
)
def test_an_issuer_is_https_or_loopback_and_kept_to_the_byte(loaded: Loading, issuer: str) -> None:
    """OIDC Discovery §4.3. Pydantic's own type for addresses would add a slash."""
    assert loaded(f"issuer = '{issuer}'").issuer == issuer


@pytest.mark.parametrize(
    ("issuer", "reason"),
    [
        ("http://id.example.com", "plain http"),
        ("http://localhost.example.com", "plain http"),
        ("http://10.0.0.1", "plain http"),
        ("http://0.0.0.0:3100", "plain http"),
        ("http://[::]:3100", "plain http"),
        ("https://id.example.com/", "ends in a slash"),
        ("https://id.example.com/a/", "ends in a slash"),
        ("https://id.example.com/tenant/a", "has a path"),
        ("https://id.example.com?x=1", "query or a fragment"),
        ("https://id.example.com?", "query or a fragment"),
        ("https://id.example.com#x", "query or a fragment"),
        ("https://user@id.example.com", "user name"),
        ("https://user:word@id.example.com", "user name"),
        ("https://@id.example.com", "user name"),
        ("https://ID.example.com", "canonical"),
        ("HTTPS://id.example.com", "canonical"),
        ("https://id.example.com:", "canonical"),
        ("https://id.example.com:0443", "canonical"),
        ("https://bücher.example", "canonical"),
        ("https://id.example.com.", "canonical"),
        ("https://id..example.com", "canonical"),
        ("https://127.1", "canonical"),
        ("https://0x7f000001", "canonical"),
        ("https://2130706433", "canonical"),
        ("https://[2001:DB8::1]", "canonical"),
        ("https://[2001:db8:0::1]", "canonical"),
        (" https://id.example.com", "not"),
        ("https:// id.example.com", "not"),
        ("https://id.example.com:443", "default port"),
        ("http://localhost:80", "default port"),
        ("https://id.example.com:99999", "not a web address"),
        ("https://", "not a web address"),
        ("id.example.com", "not a web address"),
        ("ftp://id.example.com", "not a web address"),
        ("javascript:alert(1)", "not a web address"),
        ("https://id.example.com/a//b", "has a path"),
        ("https://id.example.com/../b", "has a path"),
        ("https://id.example.com/%61", "has a path"),
        ("https://id.example.com/a b", "has a path"),
        ("https://id.example.com\\\\@evil.example", "user name"),
    ],
)
def test_any_other_issuer_is_refused(refused: Refusing, issuer: str, reason: str) -> None:
    """Row 2: plain http elsewhere than on loopback. Row 92: confusion of user name and host."""
    (problem,) = refused(f'issuer = "{issuer}"')

    assert problem.key == "issuer"
    assert reason in problem.reason
    assert problem.mend


@pytest.mark.parametrize("origin", ["https://app.example.com", "https://app.example.com:8443", "http://localhost:3000"])
def test_an_origin_is_scheme_host_and_port(loaded: Loading, origin: str) -> None:
    settings = loaded(f"[origins]\nallowed = ['{origin}']\n[apps]\nurls = ['{origin}']")

    assert settings.browser_origins == {"http://localhost:3100", origin}
    assert settings.app_urls == (origin,)


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "https://*.example.com",
        "https://app.example.com/",
        "https://app.example.com/path",
        "https://app.example.com?x",
        "https://APP.example.com",
        "https://app.example.com:443",
        "http://app.example.com",
        "app.example.com",
        "https://user@app.example.com",
    ],
)
def test_any_other_origin_is_refused(refused: Refusing, origin: str) -> None:
    """Row 11: compared whole, so no star, no `null`, no second spelling."""
    problems = refused(f"[origins]\nallowed = ['{origin}']\n[apps]\nurls = ['{origin}']")

    assert [problem.key for problem in problems] == ["origins.allowed[0]", "apps.urls[0]"]


def test_links_may_lead_to_the_public_addresses_of_jurisdictions_too(loaded: Loading) -> None:
    settings = loaded(
        """
        [apps]
        urls = ["https://b.example.com"]
        [jurisdictions.A]
        public_url = "https://a.example.com"
        [jurisdictions.B]
        public_url = "https://b.example.com"
        [jurisdictions.C]
        """
    )

    assert settings.app_urls == ("https://b.example.com", "https://a.example.com")


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.255.0.9", True),
        ("::1", True),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("0.0.0.0", False),  # noqa: S104 - not bound to
        ("::", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback_is_what_can_only_be_this_machine(host: str, answer: bool) -> None:
    assert is_loopback(host) is answer


def test_proxies_are_networks(loaded: Loading) -> None:
    settings = loaded("[server]\ntrusted_proxies = ['127.0.0.1', '10.0.0.0/8', 'fd00::/8']")

    assert list(map(str, settings.server.trusted_proxies)) == ["127.0.0.1/32", "10.0.0.0/8", "fd00::/8"]


@pytest.mark.parametrize(
    ("network", "reason"),
    [
        ("10.0.0.1/8", "host bits"),
        ("0.0.0.0/0", "every address"),
        ("::/0", "every address"),
        ("proxy.example.com", "not a network"),
        ("*", "not a network"),
    ],
)
def test_a_proxy_that_could_be_anyone_is_refused(refused: Refusing, network: str, reason: str) -> None:
    """Row 32: whoever is trusted may name any source address."""
    (problem,) = refused(f"[server]\ntrusted_proxies = ['{network}']")

    assert problem.key == "server.trusted_proxies[0]"
    assert reason in problem.reason


def test_the_server_answers_to_its_issuer_and_the_hosts_named(loaded: Loading) -> None:
    settings = loaded("issuer = 'https://id.example.com:8443'\n[server]\nallowed_hosts = ['internal.example', '[::1]']")

    assert settings.hosts == {"id.example.com", "internal.example", "::1"}


def test_a_loopback_issuer_answers_to_all_names_of_the_machine(loaded: Loading) -> None:
    assert loaded().hosts == {"localhost", "127.0.0.1", "::1"}


@pytest.mark.parametrize("host", ["*", "*.example.com", "id.example.com:3100", "https://id.example.com", "a/b", "-a"])
def test_a_host_is_a_name_or_an_address(refused: Refusing, host: str) -> None:
    (problem,) = refused(f"[server]\nallowed_hosts = ['{host}']")

    assert problem.reason == "is not a host name"


@pytest.mark.parametrize("contact", ["mailto:security@example.com", "https://example.com/report"])
def test_a_contact_is_a_mailbox_or_a_page(loaded: Loading, contact: str) -> None:
    """RFC 9116 §2.5.3."""
    assert loaded(f"[security]\ncontact = '{contact}'").security.contact == contact


@pytest.mark.parametrize("contact", ["security@example.com", "http://example.com", "tel:+1", "mailto:nobody"])
def test_any_other_contact_is_refused(refused: Refusing, contact: str) -> None:
    (problem,) = refused(f"[security]\ncontact = '{contact}'")

    assert problem.key == "security.contact"


@pytest.mark.parametrize("sender", ["a@example.com, b@example.com", "A <a@example.com>", "nobody", "a@b@example.com"])
def test_a_sender_is_one_bare_address(refused: Refusing, sender: str) -> None:
    """Row 107."""
    (problem,) = refused(f"[messages]\nfrom_address = '{sender}'")

    assert problem.reason == "is not an e-mail address"


@pytest.mark.parametrize("path", ["/", "/listings", "/listings/*", "/a/b/"])
def test_a_public_route_is_exact_or_all_below(loaded: Loading, path: str) -> None:
    settings = loaded(f"[[public_routes]]\npath = '{path}'\nmethods = ['GET']")

    assert settings.public_routes[0].path == path


def test_a_route_that_makes_everything_public_is_refused(refused: Refusing) -> None:
    """It would also cover whatever an app behind us adds tomorrow."""
    (problem,) = refused("[[public_routes]]\npath = '/*'\nmethods = ['GET']")

    assert problem.key == "public_routes[0].path"
    assert problem.reason == "makes everything public"
    assert "prefix" in problem.mend


@pytest.mark.parametrize(
    "path",
    [
        "listings",
        "",
        "/a//b",
        "/a/../b",
        "/./a",
        "/a?b",
        "/a#b",
        "/a;b",
        "/%61",
        "/a*",
        "/*/a",
        "/a/**",
        "/a\\b",
        "//a",
    ],
)
def test_a_route_that_a_proxy_might_read_otherwise_is_refused(refused: Refusing, path: str) -> None:
    """Row 111: Keycloak CVE-2026-0976."""
    (problem,) = refused(f"[[public_routes]]\npath = '{path}'\nmethods = ['GET']")

    assert problem.key == "public_routes[0].path"
