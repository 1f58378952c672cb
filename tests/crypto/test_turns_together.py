"""All algorithms turn in one unit of work: nobody reads a key set between two of their turns."""

from collections import Counter
from collections.abc import Sequence

import pytest

from idp.crypto.keyring import Keyring
from idp.crypto.sealer import AesGcmSealer
from idp.crypto.signing_key import EDDSA, ES256
from idp.ports.storage import StoredKey
from tests.crypto.conftest import SCHEDULE
from tests.crypto.doubles import MovedClock, StoreInMemory
from tests.crypto.forger import ISSUER


@pytest.fixture
async def ring(store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer) -> Keyring:
    """Of two algorithms whose keys are made in no time."""
    ring = Keyring(issuer=ISSUER, clock=clock, sealer=sealer, schedule=SCHEDULE, algorithms=(ES256, EDDSA))
    await ring.load(store)
    return ring


def states_of(algorithm: str, rows: Sequence[StoredKey]) -> Counter[str]:
    return Counter(row.state for row in rows if row.algorithm == algorithm)


async def test_by_the_operator(ring: Keyring, store: StoreInMemory) -> None:
    store.committed.clear()

    await ring.rotate()

    assert store.committed
    assert all(states_of(ES256, rows) == states_of(EDDSA, rows) for rows in store.committed)


async def test_by_schedule(ring: Keyring, store: StoreInMemory, clock: MovedClock) -> None:
    clock.move(SCHEDULE.period)
    store.committed.clear()

    turns = await ring.tend()

    assert len(turns) == 2
    assert all(states_of(ES256, rows) == states_of(EDDSA, rows) for rows in store.committed)


async def test_what_another_process_did_to_one_algorithm_keeps_no_other_from_turning(
    ring: Keyring, store: StoreInMemory
) -> None:
    following = next(row.id for row in store.rows.values() if (row.algorithm, row.state) == (ES256, "next"))
    store.before_the_next_unit = lambda: store.rows.pop(following)

    made = await ring.rotate()

    assert [turn.algorithm for turn in made] == [EDDSA]
