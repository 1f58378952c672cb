"""What a database's errors mean to a caller."""

from sqlalchemy import exc

from idp.core.errors import NotFound, StorageUnavailable

_UNAVAILABLE = ("08", "25006", "28", "3D", "53", "55P03", "57", "58")
"""SQLSTATEs that begin so: no connection, read-only, not let in, no such database, out of space or connections, a lock
not had in time, shut down or timed out, I/O."""

_CUT_OFF = ("08", "57P01", "57P02")

_SQLITE_UNAVAILABLE = tuple(
    f"SQLITE_{name}"
    for name in (
        "BUSY",
        "CANTOPEN",
        "CORRUPT",
        "FULL",
        "INTERRUPT",
        "IOERR",
        "LOCKED",
        "NOMEM",
        "NOTADB",
        "PROTOCOL",
        "READONLY",
    )
)

_COLLIDED = ("40001", "40P01")
"""Serialisation failure and deadlock: the unit may be run again."""

_GONE = "23503"


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code for what happened; empty where there is none."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


def sqlite_name(error: BaseException) -> str:
    """SQLite's name for what happened, of the wrapped or the naked error; empty where there is none."""
    return getattr(getattr(error, "orig", error), "sqlite_errorname", None) or ""


def has_collided(error: exc.SQLAlchemyError) -> bool:
    return sqlstate(error) in _COLLIDED


def is_cut_off(error: exc.SQLAlchemyError) -> bool:
    """Whether the connection is gone; others may be as good as new."""
    return (isinstance(error, exc.DBAPIError) and error.connection_invalidated) or sqlstate(error).startswith(_CUT_OFF)


def as_told(error: exc.SQLAlchemyError) -> Exception:
    """What a caller of the store gets: StorageUnavailable, NotFound, or `error` itself, which is a mistake of ours.

    A row that refers to a row that has gone is NotFound: the account was deleted while somebody signed in.
    """
    name = sqlite_name(error)
    if name == "SQLITE_CONSTRAINT_FOREIGNKEY" or sqlstate(error) == _GONE:
        return NotFound("what this refers to has gone")
    if name.startswith(_SQLITE_UNAVAILABLE) or sqlstate(error).startswith(_UNAVAILABLE) or _gave_up(error):
        # the driver's text: no statement, no values
        return StorageUnavailable(f"{name or sqlstate(error) or type(error).__name__}: {getattr(error, 'orig', '')}")
    return error


def _gave_up(error: exc.SQLAlchemyError) -> bool:
    return isinstance(error, exc.TimeoutError) or is_cut_off(error) or has_collided(error)
