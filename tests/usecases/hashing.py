"""A hasher during whose work something else happens."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from idp.ports.crypto import PasswordHasher


@dataclass(slots=True)
class Patient:
    """The real one; `meanwhile` happens while a new password is being hashed."""

    inner: PasswordHasher
    meanwhile: Callable[[], Awaitable[None]]

    async def hash(self, password: str) -> str:
        await self.meanwhile()
        return await self.inner.hash(password)

    async def verify(self, password: str, encoded: str | None) -> bool:
        return await self.inner.verify(password, encoded)

    def is_outdated(self, encoded: str) -> bool:
        return self.inner.is_outdated(encoded)

    def objection(self, encoded: str) -> str | None:
        return self.inner.objection(encoded)
