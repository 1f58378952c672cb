"""A whole provider in a fixture: real SQLite in a folder of the test's own, time that is moved, an inbox to read.

```python
async with provider_at(tmp_path) as idp:
    await idp.add_account("jane@example.com", "correct horse battery")
    browser = idp.browser()
    answer = await browser.post("/auth/login", json={"email": …, "password": …})
```
"""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from idp.app import Ambient, Provider, open_provider
from idp.config.settings import Settings
from idp.core.account import Account
from idp.core.address import canonical_email
from idp.core.ids import AccountId, TenantId
from idp.core.message import Message
from idp.core.tenant import Tenant, TenantKind
from idp.crypto.ambient import SystemEntropy
from idp.ports.storage import UnitOfWork
from idp.storage import upgrade
from idp.testing.clock import MovableClock
from idp.testing.inbox import Inbox

ISSUER = "http://localhost:3100"
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

PLUGINS: Mapping[str, Mapping[str, object]] = {
    "password": {},
    "email_code": {},
    "sms_code": {},
    "totp": {},
    "recovery_codes": {},
    "single_use_code": {},
}


@dataclass(slots=True)
class TestProvider:
    """A running provider and the handles a test needs. `on_answer` sees every answer that a browser gets."""

    __test__ = False  # the name begins with Test, and is none

    provider: Provider
    clock: MovableClock
    inbox: Inbox
    on_answer: Callable[[httpx2.Response], Awaitable[None]] | None = None
    _passwords: dict[str, bytes] = field(default_factory=dict)

    def browser(self, address: str = "127.0.0.1", **headers: str) -> httpx2.AsyncClient:
        """A client with a cookie jar of its own, coming from `address`."""
        transport = httpx2.ASGITransport(
            app=self.provider.application, client=(address, 50000), raise_app_exceptions=False
        )
        hooks = {"response": [self.on_answer]} if self.on_answer else {}
        return httpx2.AsyncClient(
            transport=transport, base_url=self.provider.settings.issuer, headers=headers, event_hooks=hooks
        )

    async def deliver(self) -> None:
        """Lets the relay do all that is due."""
        while await self.provider.relay.deliver_due():
            pass

    async def mails(self, to: str | None = None) -> list[Message]:
        """Everything sent so far, oldest first."""
        await self.deliver()
        return self.inbox.messages(to)

    async def last_mail(self, to: str) -> Message:
        """Raises LookupError when there is none."""
        await self.deliver()
        return self.inbox.latest(to)

    async def add_account(
        self,
        email: str,
        password: str = "correct horse battery",
        *,
        jurisdictions: Sequence[str] = (),
        teams: Mapping[str, str] | None = None,
        confirmed: bool = True,
        **fields: Any,
    ) -> Account:
        """An account as an operator would make one; tenants that do not exist are made too."""
        now = self.clock.now()
        encoded = self._passwords.get(password) or await self.provider.verbs.passwords.hash(password)
        self._passwords[password] = encoded
        account = self._account(email, now if confirmed else None, fields)

        def add(work: UnitOfWork) -> None:
            work.accounts.add(account)
            work.credentials.put(account.id, "password", encoded, now)
            for name in jurisdictions:
                work.tenants.join(account.id, self._tenant(work, TenantKind.JURISDICTION, name).id, "user", now)
            for name, role in (teams or {}).items():
                work.tenants.join(account.id, self._tenant(work, TenantKind.TEAM, name).id, role, now)

        await self.provider.store.transact(add)
        return account

    def _account(self, email: str, confirmed_at: datetime | None, fields: Mapping[str, Any]) -> Account:
        now = self.clock.now()
        usual = {
            "id": AccountId(self.provider.ambient.entropy.id()),
            "email": canonical_email(email),
            "first_name": "Jane",
            "last_name": "Doe",
            "confirmed_at": confirmed_at,
            "password_changed_at": now,
            "created_at": now,
            "updated_at": now,
        }
        return Account(**{**usual, **fields})

    async def set_flag(
        self, feature: str, value: bool, *, jurisdiction: str | None = None, team: str | None = None
    ) -> None:
        """Sets a feature at run time, everywhere or in one tenant."""
        name = self.provider.verbs.world.book.find(feature).name
        now = self.clock.now()

        def put(work: UnitOfWork) -> None:
            tenant = None
            if jurisdiction is not None:
                tenant = self._tenant(work, TenantKind.JURISDICTION, jurisdiction)
            elif team is not None:
                tenant = self._tenant(work, TenantKind.TEAM, team)
            work.flags.put(name, tenant.id if tenant else None, value, now)

        await self.provider.store.transact(put)

    async def enrol(self, account: Account, *methods: str) -> None:
        """Gives the account second factors that need no set-up (codes)."""
        await self.provider.store.transact(
            lambda work: work.accounts.update(replace(account, mfa_methods=frozenset(methods)))
        )

    async def set_role(self, account: Account, jurisdiction: str, role: str) -> None:
        now = self.clock.now()

        def join(work: UnitOfWork) -> None:
            work.tenants.join(account.id, self._tenant(work, TenantKind.JURISDICTION, jurisdiction).id, role, now)

        await self.provider.store.transact(join)

    def _tenant(self, work: UnitOfWork, kind: TenantKind, name: str) -> Tenant:
        known = work.tenants.by_name(kind, name)
        if known is None:
            tenant_id = TenantId(self.provider.ambient.entropy.id())
            known = Tenant(id=tenant_id, kind=kind, name=name, created_at=self.clock.now())
            work.tenants.add(known)
        return known


async def prepare(folder: Path) -> Path:
    """Makes a database with keys once, to be copied by `provider_at(…, template=folder)`: an RSA key takes a while."""
    async with provider_at(folder):
        return folder


@asynccontextmanager
async def provider_at(
    folder: Path, *, database_url: str | None = None, template: Path | None = None, **settings: Any
) -> AsyncIterator[TestProvider]:
    """Opens a provider whose files lie in `folder`. `settings` are those of the config file, as nested dicts."""
    if template is not None:
        shutil.copytree(template, folder, dirs_exist_ok=True)
    url = database_url or f"sqlite:///{folder / 'idp.db'}"
    merged = _settings(folder, url, settings)
    clock = MovableClock(MORNING)
    await upgrade(url)
    ambient = Ambient(clock=clock, entropy=SystemEntropy())
    async with open_provider(Settings.model_validate(merged), ambient) as provider:
        yield TestProvider(provider=provider, clock=clock, inbox=Inbox(folder / "outbox"))


def _settings(folder: Path, url: str, settings: dict[str, Any]) -> dict[str, Any]:
    own = dict(settings)
    plugins = {
        **PLUGINS,
        "file": {"directory": str(folder / "outbox"), "channels": ["email", "sms"]},
        **own.pop("plugins", {}),
    }
    return {
        "issuer": ISSUER,
        "data": folder,
        "database": {"url": url, **own.pop("database", {})},
        "apps": {"urls": ["https://app.example.com"]},
        "keys": {"master_key_file": folder / "master.key"},
        "logging": {"level": "error"},
        **own,
        "plugins": {name: table for name, table in plugins.items() if table is not None},
    }
