"""A real nginx asks GET /auth/verify before it forwards a request to an app (threat rows 31, 111)."""

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.outside.proxied import Site, site
from tests.running import Server, running

ROUTES = '[{"path": "/listings", "methods": ["GET"]}, {"path": "/public/*", "methods": ["GET"]}]'
LOGINS = {
    "nodeloom": ("/api/auth/login", {"email": "jane@example.com", "password": "securepassword123"}),
    "bloom": ("/auth/login", {"email": "user@example.com", "password": "yourpassword"}),
}
IDENTITY = ("remote-user", "remote-email", "remote-name", "remote-groups", "remote-amr")
FORGED = dict.fromkeys(IDENTITY, "somebody else")


@pytest.fixture(scope="module")
def idp(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[Server]:
    folder, environment = tmp_path_factory.mktemp("idp"), {"IDP_PUBLIC_ROUTES": ROUTES}
    with running(folder, prepared=prepared, environment=environment) as server:
        yield server


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory, idp: Server) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("nginx"), idp) as running_site:
        yield running_site


@pytest.fixture
def browser(idp: Server) -> Iterator[httpx2.Client]:
    with idp.browser() as client:
        yield client


def sign_in(browser: httpx2.Client, contract: str = "bloom") -> dict[str, str]:
    """The header that a browser then sends."""
    path, body = LOGINS[contract]
    browser.post(path, json=body).raise_for_status()
    return {"cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)}


def test_a_protected_page_is_401_without_a_cookie(nginx: Site) -> None:
    assert nginx.ask("/private") == 401
    assert nginx.app.arrived == []


@pytest.mark.parametrize("contract", LOGINS)
def test_the_cookie_of_either_contract_opens_it_and_tells_the_app_who_came(
    nginx: Site, browser: httpx2.Client, contract: str
) -> None:
    cookie = sign_in(browser, contract)

    assert nginx.ask("/private?page=2", headers=cookie) == 200

    (arrived,) = nginx.app.arrived
    assert arrived.path == "/private?page=2"
    assert arrived.headers["remote-email"] == LOGINS[contract][1]["email"]
    assert arrived.headers["remote-amr"] == "pwd"
    assert len(arrived.headers["remote-user"]) == 36


def test_a_request_with_a_body_is_judged_without_it_and_arrives_with_it(nginx: Site, browser: httpx2.Client) -> None:
    cookie = sign_in(browser)

    assert nginx.ask("/private", "POST", cookie, b"so it is") == 200

    assert [(arrived.method, arrived.body) for arrived in nginx.app.arrived] == [("POST", b"so it is")]


def test_what_a_client_says_of_itself_does_not_reach_the_app(nginx: Site, browser: httpx2.Client) -> None:
    cookie = sign_in(browser)

    assert nginx.ask("/private", headers={**cookie, **FORGED}) == 200

    (arrived,) = nginx.app.arrived
    assert "somebody else" not in arrived.headers.values()
    assert arrived.headers["remote-email"] == "user@example.com"


def test_a_public_route_passes_without_anybodys_name(nginx: Site) -> None:
    assert nginx.ask("/listings?page=2", headers=FORGED) == 200

    (arrived,) = nginx.app.arrived
    assert not set(IDENTITY) & set(arrived.headers)


def test_a_public_path_is_public_for_its_methods_alone(nginx: Site) -> None:
    assert nginx.ask("/listings", "POST") == 401
    assert nginx.app.arrived == []


@pytest.mark.parametrize(
    "path",
    [
        "//listings",
        "/listings/",
        "/listings/../private",
        "/listings;/../private",
        "/listings;x",
        "/LISTINGS",
        "/private/../listings",
        "/public//private",
        "/public/../private",
        "/public/..;/private",
        "/public/..%3b/private",
        "/public/;/../private",
        "/public/%2e%2e/private",
        "/public/%2e%2e%2fprivate",
        "/public/%252e%252e/private",
        "/public%2F..%2Fprivate",
        "/public/..\\private",
        "/public/.%00./private",
        "/private?/listings",
        "/private#/listings",
        "/private%3f/../listings",
        "http://127.0.0.1/private",
        "http://127.0.0.1/public/../private",
    ],
)
def test_no_disguise_of_a_path_makes_it_public(nginx: Site, path: str) -> None:
    """nginx decides by its reading of the path, the app by its own: what could differ is refused."""
    assert nginx.ask(path) in {400, 401}
    assert nginx.app.arrived == []


@pytest.mark.parametrize("name", ["x-original-uri", "x-forwarded-uri", "x_original_uri"])
def test_no_header_of_a_client_makes_a_path_public(nginx: Site, name: str) -> None:
    assert nginx.ask("/private", headers={name: "/listings"}) == 401


def test_signing_out_closes_the_page_at_once(nginx: Site, browser: httpx2.Client) -> None:
    cookie = sign_in(browser)
    assert nginx.ask("/private", headers=cookie) == 200

    browser.get("/auth/logout").raise_for_status()

    assert nginx.ask("/private", headers=cookie) == 401


@pytest.mark.parametrize("path", ["/private", "/listings"])
def test_while_the_provider_hangs_nobody_passes(nginx: Site, idp: Server, browser: httpx2.Client, path: str) -> None:
    cookie = sign_in(browser)
    assert idp.process is not None

    idp.process.send_signal(signal.SIGSTOP)
    try:
        assert nginx.ask(path, headers=cookie) >= 500
    finally:
        idp.process.send_signal(signal.SIGCONT)

    assert nginx.app.arrived == []


def test_while_the_provider_is_down_nobody_passes(nginx: Site, idp: Server, browser: httpx2.Client) -> None:
    cookie = sign_in(browser)

    idp.stop()
    try:
        assert nginx.ask("/private", headers=cookie) >= 500
        assert nginx.ask("/listings") >= 500
    finally:
        idp.start()

    assert nginx.ask("/private", headers=cookie) == 200
