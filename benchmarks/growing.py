"""Fills a SQLite database with people, tenants and sessions that nobody asks for, as a large installation has them.

Straight into the tables, by SQL alone: a million sign-ups by way of the server would take a day. Each row is a copy of
one that the server wrote itself, under an id of its own; ids are spread evenly, as random ones are.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

BATCH = 1_000_000
PRAGMAS = ("synchronous = OFF", "cache_size = -4000000", "temp_store = MEMORY", "foreign_keys = OFF")
"""For the filling alone: the server sets its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    accounts: int
    tenants: int
    sessions: int


def grow(database: Path, size: Size) -> None:
    """Each account gets a password, and joins one tenant; each tenant has a flag. Raises sqlite3.Error."""
    with closing(sqlite3.connect(database, isolation_level=None)) as raw:
        for pragma in PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")
        later = _drop_indexes(raw)
        _tenants(raw, size.tenants)
        _accounts(raw, size)
        _copies(
            raw,
            "sessions",
            size.sessions,
            {"id": _uuid("i", size.sessions), "account_id": _uuid(f"i % {size.accounts}", size.accounts)},
        )
        for statement in later:
            raw.execute(statement)
        raw.execute("ANALYZE")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _tenants(raw: sqlite3.Connection, count: int) -> None:
    _copies(raw, "tenants", count, {"id": _uuid("i", count), "name": "'Grown ' || i"})
    raw.execute(
        "INSERT INTO flags (feature, tenant_id, value, changed_at)"
        " SELECT 'single_use_code', id, 'false', created_at FROM tenants WHERE name LIKE 'Grown %'"
    )


def _accounts(raw: sqlite3.Connection, size: Size) -> None:
    ours = _uuid("i", size.accounts)
    _copies(raw, "accounts", size.accounts, {"id": ours, "email": "'grown' || i || '@example.com'"})
    _copies(raw, "credentials", size.accounts, {"account_id": ours})
    joined = {"account_id": ours, "tenant_id": _uuid(f"i % {size.tenants}", size.tenants)}
    _copies(raw, "memberships", size.accounts, joined)


def _copies(raw: sqlite3.Connection, table: str, count: int, own: Mapping[str, str]) -> None:
    """`count` copies of the table's first row; `own` columns by an expression over `i`, from 0."""
    names = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(own.get(name, f"first.{name}") for name in names)
    for begin in range(0, count, BATCH):
        end = min(begin + BATCH, count) - 1
        raw.execute("BEGIN")
        raw.execute(
            f"WITH RECURSIVE n (i) AS (SELECT {begin} UNION ALL SELECT i + 1 FROM n WHERE i < {end})"  # noqa: S608 - ours
            f" INSERT INTO {table} ({', '.join(names)})"
            f" SELECT {values} FROM n, (SELECT * FROM {table} LIMIT 1) AS first"
        )
        raw.execute("COMMIT")


def _uuid(number: str, of: int) -> str:
    """A version 4 in shape, the same for the same number; in order, so that filling is quick."""
    return f"printf('%08x-0000-4000-8000-%012x', ({number}) * {2**32 // of}, {number})"


def _drop_indexes(raw: sqlite3.Connection) -> list[str]:
    """They are made again at the end, at once. Answers how."""
    found = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    for name, _ in found:
        raw.execute(f'DROP INDEX "{name}"')
    return [sql for _, sql in found]
