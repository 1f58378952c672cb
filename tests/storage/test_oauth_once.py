"""Consents, and what may be used once or so many times."""

from dataclasses import replace
from datetime import datetime

from idp.core.ids import ClientId
from idp.core.secret import Digest
from idp.ports.storage import Store
from tests.storage.oauth_samples import APP, a_consent, an_initial_token
from tests.storage.samples import DAY, MINUTE, NOW, an_account, keep

PROOF = Digest(b"digest of a jti")


async def _remember(store: Store, purpose: str = "dpop", now: datetime = NOW) -> bool:
    return await store.transact(lambda work: work.oauth.replays.remember(purpose, PROOF, now + MINUTE, now))


async def _spend(store: Store, now: datetime = NOW) -> bool:
    return await store.transact(lambda work: work.oauth.initial_tokens.spend(an_initial_token().digest, now))


async def test_a_consent_comes_back_as_it_was_last_given(store: Store) -> None:
    await keep(store)
    await store.transact(lambda work: work.oauth.consents.put(a_consent()))
    wider = replace(a_consent(), scope=("openid", "email", "phone"), claims=(), given_at=NOW + MINUTE)

    await store.transact(lambda work: work.oauth.consents.put(wider))

    assert await store.read(lambda work: work.oauth.consents.get(an_account().id, APP)) == wider
    assert await store.read(lambda work: work.oauth.consents.get(an_account().id, ClientId("other"))) is None


async def test_a_consent_is_taken_back_for_one_client(store: Store) -> None:
    await keep(store)
    other = a_consent(client_id=ClientId("other"))
    await store.transact(lambda work: work.oauth.consents.put(other))
    await store.transact(lambda work: work.oauth.consents.put(a_consent()))
    assert await store.read(lambda work: work.oauth.consents.of(an_account().id)) == [a_consent(), other]

    assert await store.transact(lambda work: work.oauth.consents.remove(an_account().id, APP))
    assert not await store.transact(lambda work: work.oauth.consents.remove(an_account().id, APP))

    assert await store.read(lambda work: work.oauth.consents.of(an_account().id)) == [other]


async def test_a_proof_is_new_once_for_its_purpose_until_it_expires(store: Store) -> None:
    """RFC 9449 §11.1, RFC 7523 §3."""
    assert await _remember(store)

    assert not await _remember(store)
    assert await _remember(store, purpose="assertion")
    assert await _remember(store, now=NOW + MINUTE)
    assert not await _remember(store, now=NOW + MINUTE)


async def test_what_was_remembered_is_known_until_it_expires(store: Store) -> None:
    await _remember(store)

    async def knows(purpose: str, now: datetime) -> bool:
        return await store.read(lambda work: work.oauth.replays.knows(purpose, PROOF, now))

    assert await knows("dpop", NOW)
    assert not await knows("dpop", NOW + MINUTE)
    assert not await knows("assertion", NOW)


async def test_an_initial_token_is_spent_as_often_as_it_says(store: Store) -> None:
    await store.transact(lambda work: work.oauth.initial_tokens.add(an_initial_token(uses_left=2)))

    assert [await _spend(store) for _ in range(3)] == [True, True, False]


async def test_an_initial_token_without_a_number_is_spent_until_it_expires(store: Store) -> None:
    await store.transact(lambda work: work.oauth.initial_tokens.add(an_initial_token(uses_left=None)))

    assert [await _spend(store) for _ in range(3)] == [True] * 3
    assert not await _spend(store, NOW + DAY)


async def test_an_initial_token_is_live_as_long_as_it_can_be_spent(store: Store) -> None:
    await store.transact(lambda work: work.oauth.initial_tokens.add(an_initial_token(uses_left=1)))

    async def is_live(now: datetime = NOW) -> bool:
        return await store.read(lambda work: work.oauth.initial_tokens.is_live(an_initial_token().digest, now))

    before = (await is_live(), await is_live(NOW + DAY))
    await _spend(store)

    assert (*before, await is_live()) == (True, False, False)


async def test_initial_tokens_are_listed_and_taken_back(store: Store) -> None:
    await store.transact(lambda work: work.oauth.initial_tokens.add(an_initial_token(2, created_at=NOW + MINUTE)))
    await store.transact(lambda work: work.oauth.initial_tokens.add(an_initial_token(1)))

    listed = await store.read(lambda work: work.oauth.initial_tokens.all())
    assert [token.digest for token in listed] == [an_initial_token(1).digest, an_initial_token(2).digest]

    assert await store.transact(lambda work: work.oauth.initial_tokens.remove(an_initial_token(1).digest))
    assert not await store.transact(lambda work: work.oauth.initial_tokens.remove(an_initial_token(1).digest))
    assert not await _spend(store)
