"""What a plugin is lent, kept in memory."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from idp.core.ids import AccountId
from idp.ports.ambient import Clock
from idp.sdk import OwnCredential


class MemoryCredentials:
    """OwnCredentials of one plugin."""

    def __init__(self) -> None:
        self._kept: dict[AccountId, OwnCredential] = {}

    async def get(self, account_id: AccountId) -> OwnCredential | None:
        return self._kept.get(account_id)

    async def put(self, account_id: AccountId, data: bytes) -> None:
        last = self._kept.get(account_id)
        self._kept[account_id] = OwnCredential(data=data, version=last.version + 1 if last else 1)

    async def swap(self, account_id: AccountId, data: bytes, version: int) -> bool:
        last = self._kept.get(account_id)
        if last is None or last.version != version:
            return False
        self._kept[account_id] = OwnCredential(data=data, version=version + 1)
        return True

    async def remove(self, account_id: AccountId) -> bool:
        return self._kept.pop(account_id, None) is not None


class MemoryStore:
    """OwnStore of one plugin; values expire by the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[bytes, datetime | None]] = {}

    async def get(self, key: str) -> bytes | None:
        value, expires_at = self._kept.get(key, (None, None))
        return None if expires_at is not None and expires_at <= self._clock.now() else value

    async def put(self, key: str, value: bytes, *, expires_at: datetime | None = None) -> None:
        self._kept[key] = (value, expires_at)

    async def add(self, key: str, value: bytes, *, expires_at: datetime | None = None) -> bool:
        if await self.get(key) is not None:
            return False
        self._kept[key] = (value, expires_at)
        return True

    async def remove(self, key: str) -> None:
        self._kept.pop(key, None)


class MemoryPasswords:
    """Passwords by account, in the clear: for tests."""

    def __init__(self) -> None:
        self.of: dict[AccountId, str] = {}

    async def match(self, account_id: AccountId | None, password: str) -> bool:
        return account_id is not None and self.of.get(account_id) == password


@dataclass(frozen=True, slots=True)
class LogLine:
    level: str
    event: str
    fields: dict[str, Any]


@dataclass(slots=True)
class MemoryLog:
    """A Log that keeps its lines."""

    lines: list[LogLine] = field(default_factory=list)

    def info(self, event: str, **fields: Any) -> None:
        self.lines.append(LogLine("info", event, fields))

    def warning(self, event: str, **fields: Any) -> None:
        self.lines.append(LogLine("warning", event, fields))

    def error(self, event: str, **fields: Any) -> None:
        self.lines.append(LogLine("error", event, fields))

    def events(self) -> list[str]:
        return [line.event for line in self.lines]

    def written(self) -> str:
        """All that was logged, to search it for what must not be there."""
        return "\n".join(f"{line.level} {line.event} {line.fields!r}" for line in self.lines)
