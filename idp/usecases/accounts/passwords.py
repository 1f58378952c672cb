"""Setting passwords: judged by every rule, hashed outside of the transaction, and fatal to what the old one opened."""

from dataclasses import dataclass
from datetime import datetime

from idp.core.account import Account
from idp.core.errors import PasswordRejected
from idp.core.ids import SessionId
from idp.core.password import PASSWORD, PasswordPolicy
from idp.ports.crypto import PasswordHasher
from idp.ports.storage import UnitOfWork
from idp.usecases.extensions import Extensions
from idp.usecases.rules import Rules
from idp.usecases.sessions.ending import Endings
from idp.usecases.view import view_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasswords:
    """What every verb that sets a password shares."""

    hasher: PasswordHasher
    extensions: Extensions
    rules: Rules
    endings: Endings

    async def check(self, password: str, account: Account | None, jurisdictions: tuple[str, ...]) -> None:
        """Raises PasswordRejected with the objections of all policies in force and all plugins' rules."""
        personal = (account.email, account.first_name, account.last_name, account.full_name) if account else ()
        found: list[str] = []
        for policy in self._policies(jurisdictions):
            found.extend(policy.objections(password, personal, self.rules.common_passwords))
        for rule in self.extensions.password_rules:
            found.extend(await rule.objections(password, view_of(account) if account else None))
        if found:
            raise PasswordRejected(*dict.fromkeys(found))

    def demands(self, jurisdictions: tuple[str, ...]) -> PasswordPolicy:
        """What can be told before a password is chosen, of all policies in force: length and classes."""
        policies = self._policies(jurisdictions)
        return PasswordPolicy(
            minimum=max(policy.minimum for policy in policies),
            classes=frozenset().union(*(policy.classes for policy in policies)),
        )

    async def hash(self, password: str) -> bytes:
        return (await self.hasher.hash(password)).encode()

    def write(
        self, work: UnitOfWork, account: Account, encoded: bytes, now: datetime, *, keep: SessionId | None = None
    ) -> None:
        """In one transaction: the new hash, and the end of all that the old one opened (row 21)."""
        work.credentials.put(account.id, PASSWORD, encoded, now)
        work.accounts.record_password_change(account.id, now)
        self.endings.lock_out(work, account.id, now, keep=keep)
        work.challenges.drop(account.id)
        work.devices.drop(account.id)

    def _policies(self, jurisdictions: tuple[str, ...]) -> tuple[PasswordPolicy, ...]:
        own = self.rules.password_by_jurisdiction
        named = tuple(own[name] for name in jurisdictions if name in own)
        return named or (self.rules.password,)
