"""All that a database holds, to compare."""

from typing import Any

import sqlalchemy as sa

from idp.ports.storage import Store, UnitOfWork
from idp.storage.statements import Statement
from idp.storage.tables import metadata

_EVERYTHING = {table.name: Statement(sa.select(table)) for table in metadata.sorted_tables}


async def everything(store: Store) -> dict[str, list[Any]]:
    """The rows of each table, in an order that is always the same."""

    def read(work: UnitOfWork) -> dict[str, list[Any]]:
        driver = work._driver  # type: ignore[attr-defined]
        return {
            name: sorted((list(row) for row in driver.rows(statement, {})), key=repr)
            for name, statement in _EVERYTHING.items()
        }

    return await store.read(read)
