"""What the drivers' errors mean to a caller of the store. SQLite names errors, PostgreSQL numbers them (SQLSTATE)."""

import sqlite3

from idp.core.errors import MalformedRequest, NotFound, StorageUnavailable

_UNAVAILABLE = ("08", "25006", "28", "3D", "53", "55P03", "57", "58")
"""SQLSTATEs that begin so: no connection, read-only, not let in, no such database, out of space or connections, a lock
not had in time, shut down or timed out, I/O."""

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
_GONE = ("SQLITE_CONSTRAINT_FOREIGNKEY", "23503")
_UNWRITABLE = "22021"
_TAKEN = ("SQLITE_CONSTRAINT_UNIQUE", "23505")


def code_of(error: BaseException) -> str:
    """SQLite's name or PostgreSQL's number for what happened; empty where there is neither."""
    return getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or ""


def has_collided(error: BaseException) -> bool:
    """A deadlock, or two that would have to be one after the other: the unit may be run again."""
    return code_of(error) in _COLLIDED


def is_missing_table(error: BaseException) -> bool:
    return code_of(error) == "42P01" or (isinstance(error, sqlite3.Error) and "no such table" in str(error))


def is_taken(error: BaseException) -> bool:
    """Whether a unique index said no."""
    return code_of(error) in _TAKEN


def as_told(error: Exception) -> Exception:
    """StorageUnavailable, NotFound, MalformedRequest, or `error` itself: no driver's, or a mistake of ours.

    OSError: no connection, and, being a TimeoutError, no answer in time.
    A row that refers to one that has gone is NotFound: the account was deleted while somebody signed in.
    Text that no database of ours can hold is MalformedRequest: the edge refuses it, and should it forget to, this is
    still no fault of ours (threat row 121).
    """
    code = code_of(error)
    if getattr(error, "detail", None):
        error.detail = None  # type: ignore[attr-defined]  # PostgreSQL quotes the row: nothing for a log (threat row 133)
    if code in _GONE:
        told: Exception = NotFound("what this refers to has gone")
    elif code == _UNWRITABLE or isinstance(error.__cause__ or error, UnicodeEncodeError):
        told = MalformedRequest("text holds a character that cannot be stored")
    elif _is_unavailable(error, code):
        told = StorageUnavailable(f"{code or type(error).__name__}: {error}")
    else:
        return error
    told.__cause__ = error
    return told


def _is_unavailable(error: Exception, code: str) -> bool:
    if isinstance(error, OSError) or has_collided(error):
        return True
    return code.startswith(_SQLITE_UNAVAILABLE if isinstance(error, sqlite3.Error) else _UNAVAILABLE)
