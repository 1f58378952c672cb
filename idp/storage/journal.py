"""Into the write-ahead log, patiently: SQLite's busy timeout does not cover the change of journal."""

import sqlite3
import time

PAUSE_SECONDS = 0.02


def enter_wal(raw: sqlite3.Connection, patience_seconds: float) -> None:
    """Blocks; call it on the connection's thread. Where the file is in this mode already, it costs nothing.

    Several processes that open a new file at once all want to change it, and the losers are told "locked" at once.
    Raises sqlite3.OperationalError when it stays locked.
    """
    gives_up = time.monotonic() + patience_seconds
    while True:
        try:
            raw.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            is_locked = error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
            if not is_locked or time.monotonic() > gives_up:
                raise
            time.sleep(PAUSE_SECONDS)
