"""What the storage tests may ask for."""

import pytest

from idp.ports.storage import Store
from tests.storage.crowd import Crowd
from tests.stores import (
    OpenAnother,
    clock,
    database_url,
    open_another,
    postgresql_url,
    sqlite_template,
    sqlite_url,
    store,
)

__all__ = [
    "clock",
    "database_url",
    "open_another",
    "postgresql_url",
    "sqlite_template",
    "sqlite_url",
    "store",
]


@pytest.fixture
async def crowd(store: Store, open_another: OpenAnother) -> Crowd:
    return Crowd(store, await open_another())
