"""What plugins are lent where there is no database: enough to make them, and nothing that outlives it."""

from collections.abc import Callable
from typing import Any, TypeVar

from idp.config.settings import Settings
from idp.core.errors import StorageUnavailable
from idp.crypto.ambient import SystemClock, SystemEntropy
from idp.crypto.master_key import KEY_LENGTH, MasterKey
from idp.crypto.passwords import HashingPool
from idp.crypto.sealer import AesGcmSealer
from idp.ports.storage import UnitOfWork
from idp.registry.context import Contexts
from idp.registry.fence import Fences
from idp.registry.watchdog import InFlight
from idp.sdk import PluginContext

R = TypeVar("R")


def contexts_on_paper(settings: Settings) -> Callable[[str], PluginContext]:
    """Contexts in which a plugin can be made and looked at, not used."""
    clock, entropy, messages = SystemClock(), SystemEntropy(), settings.messages
    return Contexts(
        issuer=settings.issuer,
        store=_ClosedStore(),
        sealer=AesGcmSealer(MasterKey(secret=bytes(KEY_LENGTH)), entropy),
        hasher=HashingPool(entropy),
        clock=clock,
        entropy=entropy,
        log_for=lambda _: _Silence(),
        data={"from_address": messages.from_address, "from_name": messages.from_name, "folder": str(settings.data)},
    ).of


def fences_on_paper() -> Fences:
    return Fences(clock=SystemClock(), log=_Silence(), in_flight=InFlight())


class _ClosedStore:
    async def transact(self, fn: Callable[[UnitOfWork], R]) -> R:
        raise StorageUnavailable(f"{fn} was not run: `idp check` opens no database")

    async def read(self, fn: Callable[[UnitOfWork], R]) -> R:
        raise StorageUnavailable(f"{fn} was not run: `idp check` opens no database")


class _Silence:
    """A log that nobody reads: what a plugin says while it is made is no problem of the configuration."""

    def info(self, event: str, **fields: Any) -> None: ...

    def warning(self, event: str, **fields: Any) -> None: ...

    def error(self, event: str, **fields: Any) -> None: ...
