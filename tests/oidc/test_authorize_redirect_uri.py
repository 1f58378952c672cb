"""Client and redirect URI are proved first; until then there is an error page (threat rows 91 to 94)."""

import pytest

from idp.core.client import Client, ClientMetadata
from idp.core.ids import ClientId
from idp.oauth.authorize.destination import is_registered
from idp.testing.provider import MORNING, TestProvider
from tests.oidc.asking import CALLBACK, Person, add_client


def client_with(*uris: str, method: str = "client_secret_basic", application_type: str = "web") -> Client:
    metadata = ClientMetadata(redirect_uris=uris, token_endpoint_auth_method=method, application_type=application_type)
    return Client(id=ClientId("app"), metadata=metadata, created_at=MORNING, updated_at=MORNING)


@pytest.mark.parametrize(
    "asked",
    [
        "https://app.example.com/callback/",
        "https://app.example.com/Callback",
        "https://APP.example.com/callback",
        "https://app.example.com/callback?x=1",
        "https://app.example.com/callback#x",
        "https://app.example.com/callback/../evil",
        "https://app.example.com/callback/..;/evil",
        "https://app.example.com:443/callback",
        "https://app.example.com@evil.example/callback",
        "https://app.example.com.evil.example/callback",
        "https://evil.example\\@app.example.com/callback",
        "https://app.example.com/callbac%6B",
        " https://app.example.com/callback",
        "http://app.example.com/callback",
        "//app.example.com/callback",
        "javascript:alert(1)",
        "",
    ],
)
def test_a_redirect_uri_is_compared_byte_by_byte(asked: str) -> None:
    """authentik CVE-2024-52289; Keycloak CVE-2024-8883, CVE-2026-7504, CVE-2026-3872."""
    assert not is_registered(client_with(CALLBACK), asked)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_the_port_of_a_loopback_address_is_free_for_native_apps(host: str) -> None:
    """RFC 8252 §7.3."""
    native = client_with(f"http://{host}/cb?a=b", method="none", application_type="native")

    assert is_registered(native, f"http://{host}:49152/cb?a=b")
    assert is_registered(native, f"http://{host}/cb?a=b")


@pytest.mark.parametrize(
    "asked",
    [
        "http://localhost:80@evil.example/cb",
        "http://localhost:x/cb",
        "http://localhost:123456/cb",
        "http://localhost:65536/cb",
        "http://localhost:0/cb",
        "http://localhost:00080/cb",
        "http://localhost:8080/other",
        "http://localhost.evil.example:8080/cb",
        "http://127.0.0.1:8080/cb",
        "http://localhost:8080\\@evil.example/cb",
        "https://localhost:8080/cb",
        "http://LOCALHOST:8080/cb",
    ],
)
def test_nothing_but_the_port_is_free(asked: str) -> None:
    """Row 92; Pocket ID CVE-2026-28512, Authlib 1.8.0."""
    assert not is_registered(client_with("http://localhost/cb", method="none"), asked)


def test_the_port_of_a_web_application_is_not_free() -> None:
    """RFC 9700 §2.1: the exception is for native applications."""
    assert not is_registered(client_with("http://localhost/cb"), "http://localhost:8080/cb")


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_no_script_is_a_redirect_uri_even_where_one_was_registered(uri: str) -> None:
    """Row 94; authentik CVE-2024-21637, Keycloak CVE-2026-9086."""
    assert not is_registered(client_with(uri), uri)


@pytest.mark.parametrize(
    "sent",
    [
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": "https://evil.example/callback", "response_type": "token"},
        {"redirect_uri": "https://evil.example/callback", "scope": "nobody-knows", "prompt": "none"},
        {"redirect_uri": "https://evil.example/callback", "response_mode": "form_post"},
        {"client_id": "nobody", "redirect_uri": "https://evil.example/callback"},
        {"client_id": None},
        {"client_id": ""},
        {"client_id": "a\x00b"},
        {"client_id": "x" * 3000},
        {"redirect_uri": f"{CALLBACK}\r\nX-Injected: 1"},
        {"redirect_uri": None},
    ],
)
async def test_what_is_not_proved_gets_a_page_and_no_redirect(
    jane: Person, app: Client, sent: dict[str, str | None]
) -> None:
    """Row 93; Authlib 1.6.10 and 1.7.1 redirected errors before they had checked."""
    answer = await jane.ask(**sent)

    assert answer.status == 400
    assert not answer.location
    assert answer.error_page in {"invalid_request", "invalid_client"}
    assert "evil.example" not in answer.response.text


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
async def test_two_clients_or_addresses_in_one_request_get_a_page(jane: Person, app: Client, name: str) -> None:
    """Row 99; Keycloak CVE-2026-9689: which of the two would be checked, and which used?"""
    first = await jane.ask(f"&{name}=evil")
    same = await jane.ask(f"&{name}={'app' if name == 'client_id' else CALLBACK}")

    assert {first.error_page, same.error_page} == {"invalid_request"}


async def test_a_disabled_client_is_unknown(op: TestProvider, jane: Person, app: Client) -> None:
    from dataclasses import replace

    from tests.oidc.asking import change_client

    await change_client(op, replace(app, disabled_at=op.clock.now()))

    assert (await jane.ask()).error_page == "invalid_client"


async def test_with_two_registered_one_has_to_be_named(op: TestProvider, jane: Person) -> None:
    """RFC 6749 §3.1.2.3."""
    await add_client(op, redirect_uris=(CALLBACK, "https://app.example.com/other"))

    assert (await jane.ask(redirect_uri=None, scope="profile")).error_page == "invalid_request"
    assert (await jane.ask(redirect_uri="https://app.example.com/other")).location.startswith(
        "https://app.example.com/other?code="
    )


async def test_one_that_is_registered_need_not_be_named_by_oauth_alone(jane: Person, app: Client) -> None:
    """RFC 6749 §3.1.2.3 allows it, OIDC Core §3.1.2.1 does not."""
    assert (await jane.ask(redirect_uri=None, scope="profile")).location.startswith(f"{CALLBACK}?code=")
    assert (await jane.ask(redirect_uri=None, scope="openid")).error_page == "invalid_request"


async def test_a_client_without_redirect_uris_gets_a_page(op: TestProvider, jane: Person) -> None:
    await add_client(op, redirect_uris=())

    assert (await jane.ask(redirect_uri=None, scope="profile")).error_page == "invalid_request"


@pytest.mark.parametrize("query", ["client_id=%ff", "client_id=%C3%28", "&".join(["a=b"] * 101)])
async def test_what_cannot_be_read_gets_a_page(jane: Person, app: Client, query: str) -> None:
    answer = await jane.browser.get(f"/oauth2/authorize?{query}")

    assert answer.status_code == 400
    assert "invalid_request" in answer.text
