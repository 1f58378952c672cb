"""Clients and resource servers."""

from dataclasses import replace

import pytest

from idp.core.client import Client, ClientTerms, Origin, ResourceServer
from idp.core.ids import ClientId
from idp.ports.storage import Store, UnitOfWork
from tests.storage.oauth_samples import (
    a_client,
    a_code,
    a_consent,
    a_device,
    a_full_client,
    a_grant,
    a_pushed_request,
    a_request,
    a_token,
    an_interaction,
    begin,
)
from tests.storage.samples import MINUTE, NOW, a_session, an_account

API = ResourceServer(identifier="https://api.example", scopes=("read", "write"), name="API", created_at=NOW)


async def _add(store: Store, client: Client) -> bool:
    return await store.transact(lambda work: work.oauth.clients.add(client))


async def _find(store: Store, client_id: ClientId) -> Client | None:
    return await store.read(lambda work: work.oauth.clients.by_id(client_id))


async def _generation(store: Store) -> int:
    return await store.read(lambda work: work.oauth.clients.generation())


@pytest.mark.parametrize("client", [a_client(), a_full_client()], ids=["plain", "full"])
async def test_a_client_comes_back_as_it_was_added(store: Store, client: Client) -> None:
    assert await _add(store, client)

    assert await _find(store, client.id) == client
    assert await _find(store, ClientId("stranger")) is None


async def test_clients_are_found_by_where_they_came_from(store: Store) -> None:
    await _add(store, replace(a_client(), origin=Origin.CONFIG))
    await _add(store, replace(a_client(), id=ClientId("other"), origin=Origin.OPERATOR))

    found = await store.read(lambda work: work.oauth.clients.of_origin(Origin.CONFIG))

    assert [client.id for client in found] == [a_client().id]


async def test_an_id_is_given_once(store: Store) -> None:
    await _add(store, a_client())

    assert not await _add(store, a_full_client())

    assert await _find(store, a_client().id) == a_client()


async def test_an_update_replaces_all_but_id_and_creation(store: Store) -> None:
    await _add(store, a_client())
    changed = a_full_client()

    assert await store.transact(lambda work: work.oauth.clients.update(replace(changed, created_at=NOW + MINUTE)))

    assert await _find(store, changed.id) == changed


async def test_what_is_gone_is_not_updated(store: Store) -> None:
    assert not await store.transact(lambda work: work.oauth.clients.update(a_client()))


async def test_clients_come_by_the_page_in_the_order_of_their_ids(store: Store) -> None:
    for number in (3, 1, 2):
        await _add(store, a_client(number))

    first = await store.read(lambda work: work.oauth.clients.page(after=None, limit=2))
    rest = await store.read(lambda work: work.oauth.clients.page(after=first[-1].id, limit=2))

    assert [client.id for client in (*first, *rest)] == ["client-1", "client-2", "client-3"]


async def test_all_that_a_client_has_under_way_goes_with_it(store: Store) -> None:
    gone, stays = a_client(1), a_client(2)
    await begin(store, a_grant(1, client_id=gone.id), a_grant(2, client_id=stays.id))

    def fill(work: UnitOfWork) -> None:
        for number, client in ((1, gone), (2, stays)):
            work.oauth.clients.add(client)
            work.oauth.codes.add(a_code(number, grant=number, client_id=client.id))
            work.oauth.tokens.add(a_token(number, grant=number))
            work.oauth.consents.put(a_consent(client_id=client.id))
            work.oauth.interactions.begin(an_interaction(number, request=a_request(client_id=client.id)))
            work.oauth.pushed.add(a_pushed_request(number, client_id=client.id))
            work.oauth.devices.add(a_device(number, client_id=client.id))

    await store.transact(fill)

    assert await store.transact(lambda work: work.oauth.clients.remove(gone.id))

    def left(work: UnitOfWork) -> list[list[bool]]:
        shelves = work.oauth
        return [
            [
                shelves.clients.by_id(a_client(number).id) is not None,
                shelves.grants.by_id(a_grant(number).id) is not None,
                shelves.codes.find(a_code(number).digest) is not None,
                shelves.tokens.find(a_token(number).digest) is not None,
                shelves.consents.get(an_account().id, a_client(number).id) is not None,
                shelves.interactions.find(an_interaction(number).digest, an_interaction().browser, NOW) is not None,
                shelves.pushed.find(a_pushed_request(number).digest, NOW) is not None,
                shelves.devices.by_device_code(a_device(number).digest) is not None,
                a_client(number).id in [client for client, _ in shelves.grants.clients_of(a_session().id)],
            ]
            for number in (1, 2)
        ]

    assert await store.read(left) == [[False] * 9, [True] * 9]


async def test_a_client_that_is_known_by_its_document_leaves_nothing_behind_either(store: Store) -> None:
    await begin(store)

    assert not await store.transact(lambda work: work.oauth.clients.remove(a_grant().client_id))

    assert await store.read(lambda work: work.oauth.grants.by_id(a_grant().id)) is None


async def test_a_resource_server_comes_back_as_it_was_put(store: Store) -> None:
    await store.transact(lambda work: work.oauth.resources.put(API))
    other = ResourceServer(identifier="https://a.example", created_at=NOW)
    await store.transact(lambda work: work.oauth.resources.put(other))

    assert await store.read(lambda work: work.oauth.resources.all()) == [other, API]

    changed = replace(API, scopes=("read",), name=None)
    await store.transact(lambda work: work.oauth.resources.put(replace(changed, created_at=NOW + MINUTE)))
    assert await store.transact(lambda work: work.oauth.resources.remove(other.identifier))
    assert not await store.transact(lambda work: work.oauth.resources.remove(other.identifier))
    assert await store.read(lambda work: work.oauth.resources.all()) == [changed]


async def test_every_change_raises_the_generation(store: Store) -> None:
    client = a_client()
    changes = [
        lambda work: work.oauth.clients.add(client),
        lambda work: work.oauth.clients.update(replace(client, terms=ClientTerms(skip_consent=True))),
        lambda work: work.oauth.clients.remove(client.id),
        lambda work: work.oauth.resources.put(API),
        lambda work: work.oauth.resources.remove(API.identifier),
    ]
    assert await _generation(store) == 0

    for number, change in enumerate(changes, start=1):
        await store.transact(change)
        assert await _generation(store) == number


async def test_what_changed_nothing_raises_nothing(store: Store) -> None:
    await _add(store, a_client())

    await _add(store, a_client())
    await store.transact(lambda work: work.oauth.clients.update(a_client(2)))
    await store.transact(lambda work: work.oauth.clients.remove(a_client(2).id))
    await store.transact(lambda work: work.oauth.resources.remove("https://nothing.example"))

    assert await _generation(store) == 1


async def test_a_change_that_is_undone_leaves_the_generation_alone(store: Store) -> None:
    def fail(work: UnitOfWork) -> None:
        work.oauth.clients.add(a_client())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await store.transact(fail)

    assert await _generation(store) == 0
