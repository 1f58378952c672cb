"""What the storage tests may ask for."""

from tests.postgresql import postgresql
from tests.stores import clock, database_url, open_another, postgresql_url, sqlite_template, sqlite_url, store

__all__ = [
    "clock",
    "database_url",
    "open_another",
    "postgresql",
    "postgresql_url",
    "sqlite_template",
    "sqlite_url",
    "store",
]
