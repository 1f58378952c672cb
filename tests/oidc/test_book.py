"""The book of clients: who is found, by which keys, and as whom people are known to them."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from idp.core.client import Client, ClientMetadata, ClientTerms, Origin
from idp.core.ids import AccountId, ClientId
from idp.oauth.clients.book import ClientBook
from idp.oauth.clients.declare import DeclaredClient, DeclaredResource
from idp.oauth.clients.secrets import ClientSecrets, knows_secret
from idp.oauth.clients.subjects import Subjects
from idp.oauth.provider import OpenIDProvider
from idp.testing.provider import TestProvider, provider_at
from tests.oidc.asking import CALLBACK, add_client
from tests.oidc.site import Page, Site, ca_bundle, site

JANE, JOHN = AccountId("jane"), AccountId("john")
KEY = ECKey.generate_key("P-256", {"kid": "one"}, private=False).as_dict(private=False)


@pytest.fixture
async def there() -> AsyncIterator[Site]:
    async with site() as found:
        yield found


@pytest.fixture
async def op(anyio_backend: str, tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    """One whose way out leads to the sites of the tests."""
    fetch = {"networks": ["127.0.0.0/8"], "ca_bundle": ca_bundle()}
    async with provider_at(tmp_path, template=template, fetch=fetch) as provider:
        yield provider


def openid_of(op: TestProvider) -> OpenIDProvider:
    assert op.provider.openid is not None
    return op.provider.openid


@pytest.fixture
def book(op: TestProvider) -> ClientBook:
    return openid_of(op).clients


async def change(op: TestProvider, client: Client, **fields: Any) -> None:
    await op.provider.store.transact(lambda work: work.oauth.clients.update(replace(client, **fields)))


async def test_a_change_is_in_effect_at_once(op: TestProvider, book: ClientBook) -> None:
    client = await add_client(op)
    before = await book.find("app")

    await change(op, client, metadata=ClientMetadata(redirect_uris=("https://new.example.com/",)))
    after = await book.find("app")

    assert before is not None
    assert after is not None
    assert (before.metadata.redirect_uris, after.metadata.redirect_uris) == ((CALLBACK,), ("https://new.example.com/",))


async def test_a_disabled_client_and_one_that_is_gone_are_not_found(op: TestProvider, book: ClientBook) -> None:
    client = await add_client(op)

    await change(op, client, disabled_at=op.clock.now())

    assert await book.find("app") is None
    assert await book.find("nobody") is None


@pytest.mark.parametrize("client_id", ["", "a\x00b", "a\nb", "x" * 2049, "\ud800"])
async def test_what_can_be_no_id_is_not_even_looked_for(book: ClientBook, client_id: str) -> None:
    assert await book.find(client_id) is None


async def test_keys_come_by_value(op: TestProvider, book: ClientBook) -> None:
    client = await add_client(op, jwks={"keys": [KEY]})

    assert (await book.keys(client))["keys"] == [KEY]


async def test_keys_come_by_reference_and_anew_when_one_is_missing(
    op: TestProvider, book: ClientBook, there: Site
) -> None:
    """OIDC Core §10.1.1; the module oidcc-refresh-token-rp-key-rotation."""
    there.pages["/jwks"] = Page(json.dumps({"keys": [KEY]}).encode())
    client = await add_client(op, jwks_uri=there.url("/jwks"))
    first = await book.keys(client)
    there.pages["/jwks"] = Page(json.dumps({"keys": [{**KEY, "kid": "two"}]}).encode())

    kept, fresh = await book.keys(client), await book.keys(client, fresh=True)

    assert [found["keys"][0]["kid"] for found in (first, kept, fresh)] == ["one", "one", "two"]  # type: ignore[index]


@pytest.mark.parametrize(
    "page",
    [Page(b"no json"), Page(b"[]"), Page(b'{"keys": 1}'), Page(b"[" * 60000), Page(media_type="text/html")],
    ids=["no JSON", "a list", "no list of keys", "deep", "a web page"],
)
async def test_what_gives_no_keys_is_a_client_without_keys(
    op: TestProvider, book: ClientBook, there: Site, page: Page
) -> None:
    there.pages["/jwks"] = page
    client = await add_client(op, jwks_uri=there.url("/jwks"))

    assert (await book.keys(client))["keys"] == []
    assert (await book.keys(await add_client(op, "bare")))["keys"] == []


async def test_a_fetched_secret_is_no_key_and_what_we_do_not_know_is_others(
    op: TestProvider, book: ClientBook, there: Site
) -> None:
    """Row 79: a symmetric key in a public place would let anybody sign as the client."""
    listed = [{"kty": "oct", "k": "c2VjcmV0"}, {"kty": "new"}, KEY]
    there.pages["/jwks"] = Page(json.dumps({"keys": listed}).encode())
    client = await add_client(op, jwks_uri=there.url("/jwks"))

    assert (await book.keys(client))["keys"] == [KEY]


async def test_keys_that_are_too_small_count_no_more(op: TestProvider, book: ClientBook, there: Site) -> None:
    """ASVS 11.2.3: whether they were registered before the operator said so, or are fetched."""
    small, large = (RSAKey.generate_key(bits, private=False).as_dict() for bits in (2048, 3072))
    there.pages["/jwks"] = Page(json.dumps({"keys": [small, KEY, large]}).encode())
    clients = [await add_client(op, jwks={"keys": [small, KEY, large]})]
    clients.append(await add_client(op, "other", jwks_uri=there.url("/jwks")))
    strict = replace(book, smallest_rsa=3072)

    for client in clients:
        assert (await book.keys(client))["keys"] == [small, KEY, large]
        assert (await strict.keys(client))["keys"] == [KEY, large]


async def test_resource_servers_are_found_by_identifier(op: TestProvider, book: ClientBook) -> None:
    await openid_of(op).administer_resources.create("https://api.example.com", ["read"], "Reports")

    assert (await book.resources())["https://api.example.com"].scopes == ("read",)


async def test_a_public_subject_is_the_account_and_a_pairwise_one_tells_nothing(op: TestProvider) -> None:
    """OIDC Core §8.1."""
    subjects = openid_of(op).subjects
    public = await add_client(op, "public")
    a = await add_client(op, "a", subject_type="pairwise")
    same_host = await add_client(op, "b", subject_type="pairwise", redirect_uris=("https://app.example.com/other",))
    elsewhere = await add_client(op, "c", subject_type="pairwise", redirect_uris=("https://other.example.com/",))

    assert subjects.of(public, JANE) == JANE
    assert subjects.of(a, JANE) == subjects.of(a, JANE) == subjects.of(same_host, JANE)
    assert len({subjects.of(a, JANE), subjects.of(a, JOHN), subjects.of(elsewhere, JANE), str(JANE)}) == 4


@pytest.mark.parametrize("uri", ["com.evil.app://app.example.com/callback", "http://localhost/callback"])
async def test_what_any_app_on_a_device_can_have_is_no_sector(op: TestProvider, uri: str) -> None:
    """OIDC Core §8.1: else an app would learn by what names another client knows people."""
    subjects = openid_of(op).subjects
    known = await add_client(op, "a", subject_type="pairwise")
    one, two = [
        await add_client(op, name, subject_type="pairwise", application_type="native", redirect_uris=(uri,))
        for name in ("one", "two")
    ]

    assert len({subjects.of(client, JANE) for client in (known, one, two)}) == 3


async def test_a_sector_is_what_its_list_is_served_by(op: TestProvider) -> None:
    """OIDC Core §8.1: clients of several hosts that one of them vouches for."""
    subjects, sector = openid_of(op).subjects, "https://sector.example.com/list"
    one = await add_client(op, "one", subject_type="pairwise", sector_identifier_uri=sector)
    two = await add_client(
        op, "two", subject_type="pairwise", sector_identifier_uri=sector, redirect_uris=("https://b.example.com/",)
    )

    assert subjects.of(one, JANE) == subjects.of(two, JANE)


async def test_another_servers_subjects_are_others(op: TestProvider, tmp_path: Path, template: Path) -> None:
    """The digest is keyed: who knows accounts and sectors cannot compute it."""
    client = await add_client(op, subject_type="pairwise")
    (folder := tmp_path / "other").mkdir()
    async with provider_at(folder) as other:
        theirs = Subjects(digester=other.provider.verbs.world.digester)

        assert theirs.of(client, JANE) != openid_of(op).subjects.of(client, JANE)


def secrets_of(op: TestProvider) -> ClientSecrets:
    return openid_of(op).client_secrets


async def test_a_secret_is_kept_as_a_digest_and_sealed_for_an_hmac_alone(op: TestProvider) -> None:
    secrets, client_id = secrets_of(op), ClientId("app")
    basic = secrets.keep(client_id, ClientMetadata(), "geheim")
    jwt = secrets.keep(client_id, ClientMetadata(token_endpoint_auth_method="client_secret_jwt"), "geheim")

    assert basic.sealed is None
    assert jwt.sealed is not None
    assert b"geheim" not in bytes(basic.digest) + bytes(jwt.sealed)


async def test_a_secret_that_is_over_is_known_no_more(op: TestProvider) -> None:
    now = op.clock.now()
    old = secrets_of(op).keep(ClientId("app"), ClientMetadata(), "old", expires_at=now + timedelta(hours=1))
    client = replace(await add_client(op), secrets=(old,))

    assert knows_secret(client, "old", now)
    assert not knows_secret(client, "old", now + timedelta(hours=1))
    assert not knows_secret(client, "new", now)


def declared(client_id: str = "shop", secret: str | None = None, **terms: Any) -> DeclaredClient:
    metadata = ClientMetadata(redirect_uris=(CALLBACK,))
    return DeclaredClient(id=ClientId(client_id), metadata=metadata, terms=ClientTerms(**terms), secret=secret)


async def test_clients_of_the_configuration_are_there_from_the_start(tmp_path: Path, template: Path) -> None:
    clients = {"shop": {"redirect_uris": [CALLBACK], "skip_consent": True, "metadata": {"require_pkce": True}}}
    resources = {"https://api.example.com": {"scopes": ["read"]}}
    async with provider_at(tmp_path, template=template, clients=clients, resources=resources) as op:
        book = openid_of(op).clients
        client = await book.find("shop")

        assert client is not None
        assert (client.origin, client.terms.skip_consent, client.metadata.require_pkce) == (Origin.CONFIG, True, True)
        assert list(await book.resources()) == ["https://api.example.com"]


async def test_a_client_that_the_configuration_drops_is_gone_until_it_is_back(
    op: TestProvider, book: ClientBook
) -> None:
    declare = openid_of(op).declare_clients
    await declare([declared()])

    await declare([])
    gone = await book.find("shop")
    await declare([declared()])

    assert gone is None
    assert await book.find("shop") is not None


async def test_what_the_configuration_names_is_the_configurations(op: TestProvider, book: ClientBook) -> None:
    await add_client(op, "shop", origin=Origin.REGISTRATION)
    other = await add_client(op, "other")

    await openid_of(op).declare_clients([declared(skip_consent=False)])
    client = await book.find("shop")

    assert client is not None
    assert (client.origin, client.secrets) == (Origin.CONFIG, ())
    assert await book.find("other") == other


async def test_a_change_in_the_file_is_a_change_here(op: TestProvider, book: ClientBook) -> None:
    declare = openid_of(op).declare_clients
    await declare([declared()])

    await declare([declared(skip_consent=True)])
    client = await book.find("shop")

    assert client is not None
    assert client.terms.skip_consent


async def test_a_start_that_changes_nothing_writes_nothing(op: TestProvider) -> None:
    declare, store = openid_of(op).declare_clients, op.provider.store
    resources = [DeclaredResource(identifier="https://api.example.com", scopes=("read",))]
    await declare([declared(secret="s" * 32)], resources)
    before = await store.read(lambda work: work.oauth.clients.generation())

    await declare([declared(secret="s" * 32)], resources)
    same = await store.read(lambda work: work.oauth.clients.generation())
    await declare([declared(secret="t" * 32)], resources)
    other = await store.read(lambda work: work.oauth.clients.generation())

    assert (same, other > before) == (before, True)
