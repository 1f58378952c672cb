"""Many processes start, turn and retire at once; each thing happens once.

On a double that runs units one after another in threads, and on real SQLite with a lane for each process.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from idp.core.errors import NotFound
from idp.crypto.ambient import SystemEntropy
from idp.crypto.keyring import Keyring
from idp.crypto.rotation import TurnLost
from idp.crypto.sealer import AesGcmSealer
from idp.crypto.signing_key import EDDSA, ES256
from idp.ports.storage import Store, StoredKey
from idp.storage import open_store, upgrade
from tests.crypto.conftest import SCHEDULE
from tests.crypto.doubles import MovedClock, StoreInMemory
from tests.crypto.forger import ISSUER

PROCESSES = 6
ALGORITHMS = (ES256, EDDSA)


@pytest.fixture(params=["memory", "sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@asynccontextmanager
async def stores(database: str, folder: Path, sealer: AesGcmSealer) -> AsyncIterator[Sequence[Store]]:
    """One for each process."""
    if database == "memory":
        yield [StoreInMemory()] * PROCESSES
        return
    url = f"sqlite:///{folder / 'keys.sqlite3'}"
    await upgrade(url)
    async with AsyncExitStack() as stack:
        opened = [await open_store(url, entropy=SystemEntropy(), sealer=sealer) for _ in range(PROCESSES)]
        for store in opened:
            stack.push_async_callback(store.close)
        yield opened


@asynccontextmanager
async def processes(
    database: str, folder: Path, clock: MovedClock, sealer: AesGcmSealer
) -> AsyncIterator[Sequence[Keyring]]:
    """Started all at once on an empty database."""
    async with stores(database, folder, sealer) as opened:
        rings = [
            Keyring(issuer=ISSUER, clock=clock, sealer=sealer, schedule=SCHEDULE, algorithms=ALGORITHMS) for _ in opened
        ]
        await asyncio.gather(*(ring.load(store) for ring, store in zip(rings, opened, strict=True)))
        yield rings


def counted(rows: Sequence[StoredKey]) -> Counter[tuple[str, str]]:
    return Counter((row.algorithm, row.state) for row in rows)


async def test_many_first_starts_make_one_set_of_keys(
    database: str, tmp_path: Path, clock: MovedClock, sealer: AesGcmSealer
) -> None:
    async with processes(database, tmp_path, clock, sealer) as rings:
        assert counted(await rings[0].rows()) == {
            (algorithm, state): 1 for algorithm in ALGORITHMS for state in ("active", "next")
        }
        assert len({ring.document().etag for ring in rings}) == 1


async def test_many_scheduled_turns_are_one(
    database: str, tmp_path: Path, clock: MovedClock, sealer: AesGcmSealer
) -> None:
    async with processes(database, tmp_path, clock, sealer) as rings:
        clock.move(SCHEDULE.period)
        turns = await asyncio.gather(*(ring.tend() for ring in rings))

        assert Counter(turn.algorithm for made in turns for turn in made) == dict.fromkeys(ALGORITHMS, 1)
        assert set(counted(await rings[0].rows()).values()) == {1}

        await asyncio.gather(*(ring.refresh() for ring in rings))
        assert len({ring.document().etag for ring in rings}) == 1


async def test_many_manual_turns_at_once_never_leave_an_algorithm_without_its_keys(
    database: str, tmp_path: Path, clock: MovedClock, sealer: AesGcmSealer
) -> None:
    """Each turn that is told of was made, and from a key that no other turn was made from."""
    async with processes(database, tmp_path, clock, sealer) as rings:
        turns = [turn for made in await asyncio.gather(*(ring.rotate() for ring in rings)) for turn in made]

        assert turns
        assert len({turn.retired for turn in turns}) == len({turn.next for turn in turns}) == len(turns)
        rows = counted(await rings[0].rows())
        assert all(rows[algorithm, state] == 1 for algorithm in ALGORITHMS for state in ("active", "next"))
        assert rows[ES256, "retired"] + rows[EDDSA, "retired"] == len(turns)


async def test_a_compromised_key_is_retired_once_while_turns_are_made(
    database: str, tmp_path: Path, clock: MovedClock, sealer: AesGcmSealer
) -> None:
    async with processes(database, tmp_path, clock, sealer) as rings:
        compromised = rings[0].opened.signing[ES256].id
        retiring = [ring.retire(compromised) for ring in rings[1:]]
        _, *ends = await asyncio.gather(rings[0].rotate(), *retiring, return_exceptions=True)

        assert all(end is None or isinstance(end, NotFound | TurnLost) for end in ends)
        assert ends.count(None) == 1
        rows = await rings[0].rows()
        assert compromised not in {row.id for row in rows}
        assert all(counted(rows)[algorithm, state] == 1 for algorithm in ALGORITHMS for state in ("active", "next"))
