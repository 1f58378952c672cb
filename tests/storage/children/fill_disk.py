"""Lives on a disk that is full for a while: no file may grow beyond a limit. Prints what happened as JSON."""

import asyncio
import json
import resource
import sys
from pathlib import Path

from idp.core.errors import StorageUnavailable
from idp.ports.storage import Store, UnitOfWork
from idp.storage import open_store
from idp.testing.clock import START
from idp.testing.entropy import PredictableEntropy
from tests.stores import PlainSealer


async def put(store: Store, number: int) -> int | None:
    """The number, or None when it was not kept."""

    def fn(work: UnitOfWork) -> int:
        work.plugin_store.put("test", str(number), bytes(5000), None)
        return number

    try:
        return await store.transact(fn)
    except StorageUnavailable:
        return None


async def kept(store: Store) -> list[int]:
    def fn(work: UnitOfWork) -> list[int]:
        return [number for number in range(301) if work.plugin_store.get("test", str(number), START)]

    return await store.read(fn)


async def main(path: Path) -> None:
    store = await open_store(f"sqlite:///{path}", entropy=PredictableEntropy(), sealer=PlainSealer())
    await put(store, 0)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
    full = await asyncio.gather(*(put(store, number) for number in range(1, 300)))
    seen_while_full = await kept(store)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    after = await put(store, 300)
    seen = await kept(store)
    await store.close()
    acknowledged = [number for number in full if number is not None]
    json.dump({"acknowledged": [0, *acknowledged, after], "seen_while_full": seen_while_full, "seen": seen}, sys.stdout)


asyncio.run(main(Path(sys.argv[1])))
