"""Many at once, over two stores on one database: two processes, as far as the database can tell."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from itertools import cycle
from typing import TypeVar

from idp.ports.storage import Store, UnitOfWork

R = TypeVar("R")
V = TypeVar("V")


class Crowd:
    """Runs units at the same time, every other one in another process."""

    def __init__(self, *stores: Store) -> None:
        self._stores = stores

    async def all_do(self, times: int, unit: Callable[[UnitOfWork], R]) -> list[R | BaseException]:
        return await self.each(range(times), lambda work, _: unit(work))

    async def each(self, values: Iterable[V], unit: Callable[[UnitOfWork, V], R]) -> list[R | BaseException]:
        """One unit for each value; what came of it, in the values' order."""
        turns = zip(cycle(self._stores), values)
        begun = [store.transact(partial(_swapped, unit, value)) for store, value in turns]
        return await asyncio.gather(*begun, return_exceptions=True)


def _swapped(unit: Callable[[UnitOfWork, V], R], value: V, work: UnitOfWork) -> R:
    return unit(work, value)
