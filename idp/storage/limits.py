"""How much may go on at once, and how long anybody waits."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`longest_queue`: units of work that may wait; one more is StorageUnavailable.

    `lock_timeout_seconds`: how long another process may hold what a unit needs. `connections` and
    `statement_timeout_seconds` are PostgreSQL's; SQLite has one writer.
    """

    longest_queue: int = 1000
    lock_timeout_seconds: float = 5.0
    connections: int = 10
    statement_timeout_seconds: float = 10.0
    connect_timeout_seconds: float = 5.0
