"""One-time codes and links (threat rows 44 to 46, 61, 62, 68 to 71)."""

from idp.core.challenge import Challenge, Purpose
from idp.core.ids import AccountId
from idp.core.secret import Digest
from idp.ports.storage import Store
from tests.storage.samples import MINUTE, NOW, a_challenge, an_account, keep

ADA = an_account().id
RIGHT, WRONG = a_challenge().digest, Digest(b"digest of 000000")


async def _issued(store: Store, challenge: Challenge | None = None) -> Challenge:
    await keep(store, an_account(1), an_account(2))
    challenge = challenge or a_challenge()
    await store.transact(lambda work: work.challenges.issue(challenge))
    return challenge


async def _claim(store: Store, digest: Digest = RIGHT, purpose: Purpose = Purpose.SIGN_IN) -> Challenge | None:
    return await store.transact(lambda work: work.challenges.claim(ADA, purpose, digest, NOW))


async def test_a_code_is_claimed_once(store: Store) -> None:
    challenge = await _issued(store)
    assert await store.read(lambda work: work.challenges.pending(ADA, Purpose.SIGN_IN, NOW)) == challenge

    assert await _claim(store) == challenge

    assert await _claim(store) is None
    assert await store.read(lambda work: work.challenges.pending(ADA, Purpose.SIGN_IN, NOW)) is None


async def test_a_wrong_code_does_not_burn_the_right_one(store: Store) -> None:
    challenge = await _issued(store)

    assert await _claim(store, WRONG) is None

    assert await _claim(store) == challenge


async def test_a_code_for_one_purpose_is_nothing_to_another(store: Store) -> None:
    """Keycloak CVE-2026-4325."""
    await _issued(store)

    assert await _claim(store, purpose=Purpose.SECOND_FACTOR) is None
    assert await store.transact(lambda work: work.challenges.claim_link(Purpose.RESET_PASSWORD, RIGHT, NOW)) is None


async def test_a_code_of_one_account_is_nothing_to_another(store: Store) -> None:
    await _issued(store)
    other = AccountId("account-0002")

    assert await store.transact(lambda work: work.challenges.claim(other, Purpose.SIGN_IN, RIGHT, NOW)) is None


async def test_a_new_code_replaces_the_one_before(store: Store) -> None:
    await _issued(store)
    fresh = a_challenge(digest=Digest(b"fresh"), method="sms", target="+1", expires_at=NOW + 20 * MINUTE)

    await store.transact(lambda work: work.challenges.issue(fresh))

    assert await _claim(store) is None
    assert await _claim(store, fresh.digest) == fresh


async def test_a_code_dies_on_time(store: Store) -> None:
    challenge = await _issued(store)
    end = challenge.expires_at

    assert await store.transact(lambda work: work.challenges.claim(ADA, Purpose.SIGN_IN, RIGHT, end)) is None
    assert await store.read(lambda work: work.challenges.pending(ADA, Purpose.SIGN_IN, end)) is None


async def test_a_link_names_no_account_and_is_good_once(store: Store) -> None:
    link = await _issued(store, a_challenge(purpose=Purpose.RESET_PASSWORD))

    peeked = await store.read(lambda work: work.challenges.peek_link(Purpose.RESET_PASSWORD, RIGHT, NOW))
    claimed = await store.transact(lambda work: work.challenges.claim_link(Purpose.RESET_PASSWORD, RIGHT, NOW))
    again = await store.transact(lambda work: work.challenges.claim_link(Purpose.RESET_PASSWORD, RIGHT, NOW))

    assert (peeked, claimed, again) == (link, link, None)


async def test_a_link_dies_on_time(store: Store) -> None:
    link = await _issued(store, a_challenge(purpose=Purpose.RESET_PASSWORD))
    purpose, end = link.purpose, link.expires_at

    assert await store.read(lambda work: work.challenges.peek_link(purpose, RIGHT, end)) is None
    assert await store.transact(lambda work: work.challenges.claim_link(purpose, RIGHT, end)) is None


async def test_codes_are_dropped_by_purpose_or_all(store: Store) -> None:
    """Threat row 21: a change of password ends what was sent before it."""
    await _issued(store)
    reset, second = a_challenge(purpose=Purpose.RESET_PASSWORD), a_challenge(purpose=Purpose.SECOND_FACTOR)
    await store.transact(lambda work: work.challenges.issue(reset))
    await store.transact(lambda work: work.challenges.issue(second))

    async def left() -> list[Purpose]:
        pending = await store.read(lambda work: [work.challenges.pending(ADA, purpose, NOW) for purpose in Purpose])
        return [challenge.purpose for challenge in pending if challenge]

    await store.transact(lambda work: work.challenges.drop(ADA, Purpose.RESET_PASSWORD))
    assert await left() == [Purpose.SECOND_FACTOR, Purpose.SIGN_IN]

    await store.transact(lambda work: work.challenges.drop(ADA))
    assert await left() == []
