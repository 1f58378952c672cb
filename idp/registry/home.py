"""The services of a context, called from a plugin's lane, carried out on the server's own loop."""

from dataclasses import dataclass, replace
from datetime import datetime

from idp.core.ids import AccountId
from idp.registry.lane import Lane
from idp.sdk import OwnCredential, OwnCredentials, OwnStore, Passwords, PluginContext


def at_home(context: PluginContext, lane: Lane) -> PluginContext:
    """The same context, usable from the plugin's lane."""
    return replace(
        context,
        credentials=HomeCredentials(lane, context.credentials),
        store=HomeStore(lane, context.store),
        passwords=HomePasswords(lane, context.passwords),
    )


@dataclass(frozen=True, slots=True)
class HomeCredentials:
    lane: Lane
    inner: OwnCredentials

    async def get(self, account_id: AccountId) -> OwnCredential | None:
        return await self.lane.at_home(lambda: self.inner.get(account_id))

    async def put(self, account_id: AccountId, data: bytes) -> None:
        await self.lane.at_home(lambda: self.inner.put(account_id, data))

    async def swap(self, account_id: AccountId, data: bytes, version: int) -> bool:
        return await self.lane.at_home(lambda: self.inner.swap(account_id, data, version))

    async def remove(self, account_id: AccountId) -> bool:
        return await self.lane.at_home(lambda: self.inner.remove(account_id))


@dataclass(frozen=True, slots=True)
class HomeStore:
    lane: Lane
    inner: OwnStore

    async def get(self, key: str) -> bytes | None:
        return await self.lane.at_home(lambda: self.inner.get(key))

    async def put(self, key: str, value: bytes, *, expires_at: datetime | None = None) -> None:
        await self.lane.at_home(lambda: self.inner.put(key, value, expires_at=expires_at))

    async def add(self, key: str, value: bytes, *, expires_at: datetime | None = None) -> bool:
        return await self.lane.at_home(lambda: self.inner.add(key, value, expires_at=expires_at))

    async def remove(self, key: str) -> None:
        await self.lane.at_home(lambda: self.inner.remove(key))


@dataclass(frozen=True, slots=True)
class HomePasswords:
    lane: Lane
    inner: Passwords

    async def match(self, account_id: AccountId | None, password: str) -> bool:
        return await self.lane.at_home(lambda: self.inner.match(account_id, password))
