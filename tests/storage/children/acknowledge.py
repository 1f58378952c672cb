"""Adds accounts for ever and prints the number of each when the store says that it is kept. To be killed."""

import asyncio
import itertools
import os
import sys

from idp.storage import open_store
from idp.testing.entropy import PredictableEntropy
from tests.storage.samples import an_account, keep
from tests.stores import PlainSealer


async def main(url: str) -> None:
    store = await open_store(url, entropy=PredictableEntropy(), sealer=PlainSealer())
    numbers = itertools.count(1)

    async def work() -> None:
        for number in numbers:
            await keep(store, an_account(number))
            os.write(1, f"{number}\n".encode())

    await asyncio.gather(*(work() for _ in range(16)))


asyncio.run(main(sys.argv[1]))
