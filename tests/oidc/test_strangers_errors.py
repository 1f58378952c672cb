"""A link to us leads nobody on to a stranger's address (RFC 9700 §4.11.2; threat rows 93, 100)."""

import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from idp.core.account import Account
from idp.core.client import Origin
from idp.testing.provider import TestProvider
from tests.oidc.asking import CALLBACK, Person, add_client
from tests.oidc.site import Site, site
from tests.oidc.test_client_documents import op, publish

__all__ = ["op"]

FLAWED = {"response_type": "token"}
SILENT = {"prompt": "none"}
WRONG = [FLAWED, SILENT]


@pytest.fixture
async def there() -> AsyncIterator[Site]:
    async with site() as found:
        yield found


@pytest.mark.parametrize("wrong", WRONG, ids=["flawed", "silent"])
async def test_who_is_not_signed_in_gets_a_page_with_a_link(
    there: Site, stranger: Person, wrong: dict[str, str]
) -> None:
    client_id = publish(there)

    answer = await stranger.ask(client_id=client_id, **wrong)

    assert (answer.status, answer.location) == (400, "")
    (address,) = re.findall(r'id="go-on" rel="noreferrer" href="([^"]+)"', answer.response.text)
    assert html.unescape(address).startswith(f"{CALLBACK}?error=")
    assert "state=af0ifjsldkj" in address
    assert "<script" not in answer.response.text


async def test_the_page_speaks_the_persons_language(there: Site, stranger: Person) -> None:
    stranger.browser.headers["accept-language"] = "es-MX,es;q=0.9"

    answer = await stranger.ask(client_id=publish(there), **SILENT)

    assert '<html lang="es">' in answer.response.text
    assert "<h1>Sesión no iniciada</h1>" in answer.response.text
    assert answer.response.headers["content-language"] == "es"


async def test_the_page_loads_nothing_from_the_stranger_and_tells_it_nothing(there: Site, stranger: Person) -> None:
    """Rows 94, 103: its button may post there, and where https leads from there."""
    answer = await stranger.ask(client_id=publish(there), response_mode="form_post", **SILENT)

    policy = answer.response.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} < set(policy)
    assert "form-action 'self' https: https://app.example.com" in policy
    assert answer.response.headers["referrer-policy"] == "no-referrer"
    assert 'name="csrf"' not in answer.response.text


async def test_so_does_who_posts(there: Site, stranger: Person) -> None:
    answer = await stranger.post(client_id=publish(there), **FLAWED)

    assert (answer.status, answer.location) == (400, "")


async def test_a_form_waits_for_its_button(there: Site, stranger: Person) -> None:
    answer = await stranger.ask(client_id=publish(there), response_mode="form_post", **SILENT)

    assert answer.status == 400
    assert answer.told["error"] == "login_required"
    assert "<script" not in answer.response.text


async def test_who_is_signed_in_is_led_on(there: Site, op: TestProvider, stranger: Person, account: Account) -> None:
    await stranger.sign_in(account, ago=timedelta(minutes=1))

    answer = await stranger.ask(client_id=publish(there), **SILENT)

    assert answer.error == "consent_required"
    assert answer.location.startswith(CALLBACK)


@pytest.mark.parametrize("origin", [Origin.OPERATOR, Origin.REGISTRATION])
@pytest.mark.parametrize("wrong", WRONG, ids=["flawed", "silent"])
async def test_clients_with_a_row_of_ours_are_answered_at_once(
    op: TestProvider, stranger: Person, origin: Origin, wrong: dict[str, str]
) -> None:
    """OIDC Core §3.1.2.6; the conformance suite registers its clients and waits for the redirect."""
    await add_client(op, "known", origin=origin)

    answer = await stranger.ask(client_id="known", **wrong)

    assert answer.error in {"unsupported_response_type", "login_required"}
    assert answer.location.startswith(CALLBACK)
