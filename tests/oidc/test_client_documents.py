"""Clients that are described by the document at their id (OAuth Client ID Metadata Document, as MCP clients use it)."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey

from idp.core.client import Origin
from idp.oauth.clients.book import ClientBook
from idp.oauth.clients.documents import is_document_address
from idp.testing.provider import TestProvider, provider_at
from tests.oidc.asking import CALLBACK, add_client
from tests.oidc.site import Page, Site, ca_bundle, site

KEYS = {"keys": [ECKey.generate_key("P-256", private=False).as_dict(private=False)]}


@pytest.fixture
async def there() -> AsyncIterator[Site]:
    async with site() as found:
        yield found


@pytest.fixture
async def op(anyio_backend: str, tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    settings: dict[str, Any] = {
        "oidc": {"client_documents": True},
        "fetch": {"networks": ["127.0.0.0/8"], "ca_bundle": ca_bundle()},
    }
    async with provider_at(tmp_path, template=template, **settings) as provider:
        yield provider


@pytest.fixture
def book(op: TestProvider) -> ClientBook:
    assert op.provider.openid is not None
    return op.provider.openid.clients


def publish(there: Site, path: str = "/client.json", **document: Any) -> str:
    """The id of a client whose document is there."""
    url = there.url(path)
    whole = {"client_id": url, "client_name": "A tool", "redirect_uris": [CALLBACK], **document}
    there.pages[path] = Page(json.dumps({name: value for name, value in whole.items() if value is not None}).encode())
    return url


async def test_a_client_is_known_by_its_document(book: ClientBook, there: Site) -> None:
    client = await book.find(publish(there, grant_types=["authorization_code", "refresh_token"]))

    assert client is not None
    assert (client.name, client.origin, client.is_public) == ("A tool", Origin.DOCUMENT, True)
    assert client.metadata.redirect_uris == (CALLBACK,)
    assert not client.terms.skip_consent
    assert not client.secrets


async def test_its_keys_are_in_the_document_too(book: ClientBook, there: Site) -> None:
    client = await book.find(publish(there, token_endpoint_auth_method="private_key_jwt", jwks=KEYS))

    assert client is not None
    assert await book.keys(client) == KEYS


@pytest.mark.parametrize(
    "document",
    [
        {"client_id": "https://other.example.com/client.json"},
        {"client_id": None},
        {"client_id": ["https://other.example.com/"]},
        {"redirect_uris": []},
        {"redirect_uris": ["http://app.example.com/"]},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": "client_secret_jwt"},
        {"client_secret": "geheim"},
        {"client_secret_expires_at": 0},
        {"grant_types": ["client_credentials"], "response_types": []},
        {"jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}},
        {"sector_identifier_uri": "https://localhost:1/nowhere", "subject_type": "pairwise"},
    ],
    ids=str,
)
async def test_a_document_that_is_not_right_describes_nobody(
    book: ClientBook, there: Site, document: dict[str, Any]
) -> None:
    """The id in it must be its address, byte by byte; a secret cannot be shared with a page that everybody reads."""
    assert await book.find(publish(there, **document)) is None


@pytest.mark.parametrize(
    "page",
    [
        Page(b"[]"),
        Page(b"no json"),
        Page(media_type="text/html"),
        Page(status="302 Found", headers=("location: /other",)),
        Page(b" " * 65537),
    ],
    ids=["a list", "no JSON", "a web page", "a redirect", "too large"],
)
async def test_what_is_no_document_describes_nobody(book: ClientBook, there: Site, page: Page) -> None:
    there.pages["/client.json"] = page

    assert await book.find(there.url("/client.json")) is None


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("https://app.example.com/client.json", True),
        ("https://app.example.com:8443/a/b", True),
        ("https://app.example.com", False),
        ("https://app.example.com/", False),
        ("http://localhost/client.json", False),
        ("https://app.example.com/client.json?a=1", False),
        ("https://app.example.com/client.json#a", False),
        ("https://user@app.example.com/client.json", False),
        ("https://app.example.com/../client.json", False),
        ("https://App.example.com/client.json", False),
        ("app", False),
    ],
)
def test_an_id_that_can_be_a_document_is_written_in_one_way(address: str, is_one: bool) -> None:
    assert is_document_address(address) is is_one


async def test_an_address_that_can_be_no_document_is_not_fetched(book: ClientBook, there: Site) -> None:
    assert await book.find(there.url("/client.json?a=1")) is None
    assert there.asked == []


async def test_documents_are_off_unless_the_operator_says_otherwise(
    there: Site, tmp_path: Path, template: Path
) -> None:
    """Whoever names an address would make us fetch it."""
    fetch = {"networks": ["127.0.0.0/8"], "ca_bundle": ca_bundle()}
    async with provider_at(tmp_path, template=template, fetch=fetch) as op:
        assert op.provider.openid is not None

        assert await op.provider.openid.clients.find(publish(there)) is None
        assert there.asked == []


async def test_a_document_is_kept_for_a_while(op: TestProvider, book: ClientBook, there: Site) -> None:
    client_id = publish(there)
    for _ in range(3):
        await book.find(client_id)
    asked = len(there.asked)

    op.clock.advance(timedelta(hours=1))
    await book.find(client_id)

    assert (asked, len(there.asked)) == (1, 2)


async def test_so_is_the_list_of_its_sector(book: ClientBook, there: Site) -> None:
    """Whoever names a client makes us look: not at every request (row 102)."""
    there.pages["/sector"] = Page(json.dumps([CALLBACK]).encode())
    client_id = publish(there, subject_type="pairwise", sector_identifier_uri=there.url("/sector"))

    found = [await book.find(client_id) for _ in range(3)]

    assert None not in found
    assert len(there.asked) == 2


async def test_an_operator_can_disable_one(op: TestProvider, book: ClientBook, there: Site) -> None:
    """A row of ours wins over the document."""
    client_id = publish(there)
    client = await add_client(op, client_id)
    await op.provider.store.transact(
        lambda work: work.oauth.clients.update(replace(client, disabled_at=op.clock.now()))
    )

    assert await book.find(client_id) is None
    assert there.asked == []
