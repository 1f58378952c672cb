"""One unit of work: its shelves, and what it records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import orjson

from idp.core.events import Event
from idp.core.ids import MessageId
from idp.core.session import Source
from idp.ports.ambient import Entropy
from idp.ports.crypto import Sealer
from idp.ports.outbox import Parcel
from idp.storage.accounts import AccountShelf
from idp.storage.attempts import AttemptShelf
from idp.storage.audit import AuditShelf
from idp.storage.challenges import ChallengeShelf
from idp.storage.credentials import CredentialShelf
from idp.storage.devices import DeviceShelf
from idp.storage.flags import FlagShelf
from idp.storage.housekeeping import Broom
from idp.storage.keys import KeyShelf
from idp.storage.outbox import OutboxShelf
from idp.storage.plugin_store import PluginShelf
from idp.storage.refresh import RefreshShelf
from idp.storage.sessions import SessionShelf
from idp.storage.shelf import Driver
from idp.storage.tenants import TenantShelf

if TYPE_CHECKING:
    from idp.storage.oauth.shelves import OAuthShelfSet

SEAL_CONTEXT = "outbox"
"""What a parcel's body is sealed for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stationery:
    """What an event is put into parcels with, one for each subscriber."""

    entropy: Entropy
    sealer: Sealer
    subscribers: Sequence[str] = ()


class Work:
    """The shelves of one transaction, each made when it is first asked for.

    `writes`: what is read to be changed is held until the commit. `parcels` counts what was put into the outbox.
    """

    def __init__(self, driver: Driver, stationery: Stationery, *, writes: bool) -> None:
        self._driver = driver
        self._stationery = stationery
        self._writes = writes
        self.parcels = 0

    @cached_property
    def accounts(self) -> AccountShelf:
        return AccountShelf(self._driver, holds=self._writes)

    @cached_property
    def credentials(self) -> CredentialShelf:
        return CredentialShelf(self._driver)

    @cached_property
    def attempts(self) -> AttemptShelf:
        return AttemptShelf(self._driver)

    @cached_property
    def challenges(self) -> ChallengeShelf:
        return ChallengeShelf(self._driver)

    @cached_property
    def sessions(self) -> SessionShelf:
        return SessionShelf(self._driver)

    @cached_property
    def refresh(self) -> RefreshShelf:
        return RefreshShelf(self._driver)

    @cached_property
    def tenants(self) -> TenantShelf:
        return TenantShelf(self._driver)

    @cached_property
    def flags(self) -> FlagShelf:
        return FlagShelf(self._driver)

    @cached_property
    def outbox(self) -> OutboxShelf:
        return OutboxShelf(self._driver, self._count_parcel)

    @cached_property
    def audit(self) -> AuditShelf:
        return AuditShelf(self._driver)

    @cached_property
    def keys(self) -> KeyShelf:
        return KeyShelf(self._driver, holds=self._writes)

    @cached_property
    def plugin_store(self) -> PluginShelf:
        return PluginShelf(self._driver)

    @cached_property
    def devices(self) -> DeviceShelf:
        return DeviceShelf(self._driver)

    @cached_property
    def housekeeping(self) -> Broom:
        return Broom(self._driver)

    @cached_property
    def oauth(self) -> "OAuthShelfSet":
        from idp.storage.oauth.shelves import OAuthShelfSet  # a dozen shelves that many a process never opens

        return OAuthShelfSet(self._driver)

    def record(self, event: Event, *, source: Source, now: datetime) -> None:
        self.audit.write(event, source, now)
        if not self._stationery.subscribers:
            return
        told = orjson.dumps(event.to_json())
        for subscriber in self._stationery.subscribers:
            self.outbox.put(
                Parcel(
                    id=MessageId(self._stationery.entropy.id()),
                    kind="event",
                    target=subscriber,
                    body=self._stationery.sealer.seal(told, SEAL_CONTEXT),
                    created_at=now,
                    due_at=now,
                )
            )

    def _count_parcel(self) -> None:
        self.parcels += 1
