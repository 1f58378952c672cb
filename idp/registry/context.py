"""What a plugin is lent of ours: its own sealed values, and a question about passwords."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from idp.core.errors import Overloaded
from idp.core.ids import AccountId
from idp.core.secret import Sealed, credential_seal
from idp.ports.ambient import Clock, Entropy
from idp.ports.crypto import PasswordHasher, Sealer
from idp.ports.storage import Credential, Store
from idp.sdk import Log, OwnCredential, PluginContext

PASSWORD = "password"
"""The kind under which the core keeps PHC strings: no plugin writes there, not even the one of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contexts:
    """Makes the context of each plugin."""

    issuer: str
    store: Store
    sealer: Sealer
    hasher: PasswordHasher
    clock: Clock
    entropy: Entropy
    log_for: Callable[[str], Log]
    data: Mapping[str, str] = field(default_factory=dict)

    def of(self, plugin: str) -> PluginContext:
        return PluginContext(
            name=plugin,
            issuer=self.issuer,
            clock=self.clock,
            entropy=self.entropy,
            log=self.log_for(plugin),
            credentials=SealedCredentials(plugin=plugin, store=self.store, sealer=self.sealer, clock=self.clock),
            store=SealedValues(plugin=plugin, store=self.store, sealer=self.sealer, clock=self.clock),
            passwords=KeptPasswords(store=self.store, hasher=self.hasher, clock=self.clock),
            data=self.data,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedCredentials:
    """OwnCredentials."""

    plugin: str
    store: Store
    sealer: Sealer
    clock: Clock

    async def get(self, account_id: AccountId) -> OwnCredential | None:
        kind = self._kind()
        found = await self.store.read(lambda work: work.credentials.get(account_id, kind))
        if found is None:
            return None
        data = self.sealer.open(Sealed(found.data), self._seal(account_id))
        return OwnCredential(data=data, version=found.version)

    async def put(self, account_id: AccountId, data: bytes) -> None:
        kind, sealed, now = self._kind(), self.sealer.seal(data, self._seal(account_id)), self.clock.now()
        await self.store.transact(lambda work: work.credentials.put(account_id, kind, sealed, now))

    async def swap(self, account_id: AccountId, data: bytes, version: int) -> bool:
        kind, sealed, now = self._kind(), self.sealer.seal(data, self._seal(account_id)), self.clock.now()
        return await self.store.transact(lambda work: work.credentials.swap(account_id, kind, sealed, version, now))

    async def remove(self, account_id: AccountId) -> bool:
        kind = self._kind()
        return await self.store.transact(lambda work: work.credentials.remove(account_id, kind))

    def _kind(self) -> str:
        if self.plugin == PASSWORD:
            raise PermissionError("the core keeps this kind of credential itself")
        return self.plugin

    def _seal(self, account_id: AccountId) -> str:
        return credential_seal(self.plugin, account_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedValues:
    """OwnStore. A value is bound to its plugin and key."""

    plugin: str
    store: Store
    sealer: Sealer
    clock: Clock

    async def get(self, key: str) -> bytes | None:
        now = self.clock.now()
        found = await self.store.read(lambda work: work.plugin_store.get(self.plugin, key, now))
        return None if found is None else self.sealer.open(Sealed(found), self._seal(key))

    async def put(self, key: str, value: bytes, *, expires_at: datetime | None = None) -> None:
        sealed = self.sealer.seal(value, self._seal(key))
        await self.store.transact(lambda work: work.plugin_store.put(self.plugin, key, sealed, expires_at))

    async def add(self, key: str, value: bytes, *, expires_at: datetime | None = None) -> bool:
        sealed, now = self.sealer.seal(value, self._seal(key)), self.clock.now()
        return await self.store.transact(lambda work: work.plugin_store.add(self.plugin, key, sealed, expires_at, now))

    async def remove(self, key: str) -> None:
        await self.store.transact(lambda work: work.plugin_store.remove(self.plugin, key))

    def _seal(self, key: str) -> str:
        return f"store:{self.plugin}:{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPasswords:
    """Passwords. Hashing happens between transactions, never in one."""

    store: Store
    hasher: PasswordHasher
    clock: Clock

    async def match(self, account_id: AccountId | None, password: str) -> bool:
        kept = await self._kept(account_id)
        encoded = kept.data.decode() if kept else None
        matches = await self.hasher.verify(password, encoded)
        if matches and kept and encoded and self.hasher.is_outdated(encoded):
            await self._renew(kept, password)
        return matches

    async def _kept(self, account_id: AccountId | None) -> Credential | None:
        if account_id is None:
            # reads as well, so that a name that nobody has takes as long (threat row 36)
            nobody = AccountId("")
            return await self.store.read(lambda work: work.credentials.get(nobody, PASSWORD))
        return await self.store.read(lambda work: work.credentials.get(account_id, PASSWORD))

    async def _renew(self, kept: Credential, password: str) -> None:
        try:
            renewed = (await self.hasher.hash(password)).encode()
        except Overloaded:
            return  # the next sign-in renews it
        now = self.clock.now()
        await self.store.transact(
            lambda work: work.credentials.swap(kept.account_id, PASSWORD, renewed, kept.version, now)
        )
