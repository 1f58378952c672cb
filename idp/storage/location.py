"""Where the database is, as the operator writes it: `sqlite:///var/idp.db` or `postgresql://user@host/name`."""

from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A database in one file. Three slashes begin a relative path, four an absolute one."""

    path: Path


@dataclass(frozen=True, slots=True)
class PostgresqlServer:
    """A database on a server. `address` is what libpq would take; it may hold a password, so it is not shown."""

    address: str = field(repr=False)


class UnsupportedUrl(ValueError):
    """The URL names no database that we can use. The text does not quote it: it may hold a password."""


def locate(url: str) -> SqliteFile | PostgresqlServer:
    """Raises UnsupportedUrl."""
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise UnsupportedUrl("a database URL begins with sqlite:/// or postgresql://") from None
    match parsed.drivername:
        case "sqlite":
            if not parsed.database or parsed.database == ":memory:" or parsed.host:
                raise UnsupportedUrl("a SQLite URL names a file: sqlite:///var/idp.db")
            return SqliteFile(Path(parsed.database))
        case "postgresql" | "postgres":
            return PostgresqlServer(url)
    raise UnsupportedUrl("a database URL begins with sqlite:/// or postgresql://")
