"""The lock of the file, asked for often.

SQLite's own busy handler sleeps longer each time, in the end a tenth of a second. A lane of another process that has
work gives the lock back and takes it again within a millisecond, so who sleeps long finds it taken again and again:
with two processes that write without a pause, one request in a hundred took half a second.
"""

import sqlite3
import time

PAUSE_SECONDS = 0.001
LONG_PAUSE_SECONDS = 0.01
OFTEN = 100
"""After so many tries somebody holds it for longer: a backup, a migration."""


def begin(raw: sqlite3.Connection, patience_seconds: float) -> None:
    """Begins a transaction that may write; blocks, on the lane's thread. Raises sqlite3.OperationalError.

    `raw` has no busy timeout of its own. Not deferred: a transaction that begins by reading fails at once when it
    cannot write, and never waits.
    """
    gives_up = time.monotonic() + patience_seconds
    tries = 0
    while True:
        try:
            raw.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > gives_up:
                raise
        tries += 1
        time.sleep(PAUSE_SECONDS if tries < OFTEN else LONG_PAUSE_SECONDS)
