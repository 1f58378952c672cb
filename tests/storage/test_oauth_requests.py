"""Authorization requests on their way: interactions move forwards only (threat row 55), pushed ones are used once."""

from dataclasses import replace
from datetime import datetime

import pytest

from idp.core.authorization import Interaction
from idp.core.secret import Digest
from idp.ports.storage import Store
from tests.storage.oauth_samples import BROWSER, a_full_request, a_pushed_request, an_interaction
from tests.storage.samples import HOUR, MINUTE, NOW, a_session


async def _begin(store: Store, interaction: Interaction) -> None:
    await store.transact(lambda work: work.oauth.interactions.begin(interaction))


async def _find(store: Store, browser: Digest = BROWSER, now: datetime = NOW) -> Interaction | None:
    return await store.read(lambda work: work.oauth.interactions.find(an_interaction().digest, browser, now))


@pytest.mark.parametrize("interaction", [an_interaction(), an_interaction(request=a_full_request())])
async def test_an_interaction_comes_back_as_it_was_begun(store: Store, interaction: Interaction) -> None:
    await _begin(store, interaction)

    assert await _find(store) == interaction


async def test_an_interaction_is_found_by_its_own_browser_while_it_lives(store: Store) -> None:
    await _begin(store, an_interaction())

    assert await _find(store, browser=Digest(b"another")) is None
    assert await _find(store, now=NOW + HOUR) is None


async def test_an_interaction_learns_who_signed_in_and_consented(store: Store) -> None:
    await _begin(store, an_interaction())

    await store.transact(lambda work: work.oauth.interactions.sign_in(an_interaction().digest, a_session().id))
    await store.transact(lambda work: work.oauth.interactions.consent(an_interaction().digest))

    assert await _find(store) == an_interaction(signed_in_with=a_session().id, consented=True)


async def test_an_interaction_is_answered_once(store: Store) -> None:
    await _begin(store, an_interaction())

    assert await store.transact(lambda work: work.oauth.interactions.end(an_interaction().digest, NOW))

    assert not await store.transact(lambda work: work.oauth.interactions.end(an_interaction().digest, NOW))
    assert await _find(store) is None


async def test_an_expired_interaction_is_not_answered(store: Store) -> None:
    await _begin(store, an_interaction())

    assert not await store.transact(lambda work: work.oauth.interactions.end(an_interaction().digest, NOW + HOUR))


async def test_a_pushed_request_can_be_looked_at_until_it_is_used(store: Store) -> None:
    """RFC 9126 §4: a second visit before the answer must work."""
    pushed = replace(a_pushed_request(), request=a_full_request())
    await store.transact(lambda work: work.oauth.pushed.add(pushed))

    assert await store.read(lambda work: work.oauth.pushed.find(pushed.digest, NOW)) == pushed
    assert await store.read(lambda work: work.oauth.pushed.find(pushed.digest, NOW)) == pushed

    assert await store.transact(lambda work: work.oauth.pushed.claim(pushed.digest, NOW))
    assert not await store.transact(lambda work: work.oauth.pushed.claim(pushed.digest, NOW))
    assert await store.read(lambda work: work.oauth.pushed.find(pushed.digest, NOW)) is None


async def test_an_expired_pushed_request_is_neither_found_nor_used(store: Store) -> None:
    pushed = a_pushed_request()
    await store.transact(lambda work: work.oauth.pushed.add(pushed))

    assert await store.read(lambda work: work.oauth.pushed.find(pushed.digest, NOW + MINUTE)) is None
    assert not await store.transact(lambda work: work.oauth.pushed.claim(pushed.digest, NOW + MINUTE))
