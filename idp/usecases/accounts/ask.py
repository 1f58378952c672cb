"""The requests of strangers: a code, a reset link, another confirmation. One answer, whoever asks."""

from dataclasses import dataclass
from datetime import datetime

from idp.core.address import EmailAddress
from idp.core.errors import FeatureOff
from idp.core.session import Source
from idp.core.tenant import Tenant
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.accounts.errands import CONFIRMATION, RESET_LINK, SIGN_IN_CODE
from idp.usecases.accounts.links import require_url
from idp.usecases.post import Post
from idp.usecases.signin.guesses import ASK, Guesses
from idp.usecases.signin.policy import Policy
from idp.usecases.tenants.jurisdictions import named_jurisdiction


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Writes one row, the same for every address, and answers (rows 37, 38, 42)."""

    store: Store
    clock: Clock
    policy: Policy
    guesses: Guesses
    post: Post

    async def for_sign_in_code(self, email: EmailAddress, jurisdiction: str | None, source: Source) -> None:
        """Raises UnknownTenant, and FeatureOff where the named jurisdiction has the feature off: both are public."""
        now = await self._begin(source)
        await self.store.transact(lambda work: self._ask_for_code(work, email, jurisdiction, source, now))

    async def offers_codes(self, jurisdiction: str | None) -> bool:
        """Whether a page should offer to sign in with a code: where nobody is named, if it is on for anybody at all.

        Raises UnknownTenant.
        """
        return await self.store.read(lambda work: self._offers_codes(work, jurisdiction))

    async def for_reset_link(self, email: EmailAddress, app_url: str | None, source: Source) -> None:
        """An `app_url` that is not configured is answered in the same way, and nothing is sent (row 67)."""
        require_url(app_url)
        now = await self._begin(source)
        await self.store.transact(
            lambda work: self._ask(work, RESET_LINK, email, traced({"app_url": app_url}, source), now)
        )

    async def for_confirmation(self, email: EmailAddress, app_url: str | None, kind: str, source: Source) -> None:
        """`kind` is `public` or `partner`: where the link leads within the app."""
        require_url(app_url)
        now = await self._begin(source)
        arguments = traced({"app_url": app_url, "kind": kind}, source)
        await self.store.transact(lambda work: self._ask(work, CONFIRMATION, email, arguments, now))

    async def _begin(self, source: Source) -> datetime:
        """Raises TooManyRequests, before anything is looked up: nobody fills the outbox from one place."""
        now = self.clock.now()
        await self.store.transact(lambda work: self.guesses.charge_source(work, source, now, scope=ASK))
        return now

    def _ask_for_code(
        self, work: UnitOfWork, email: EmailAddress, jurisdiction: str | None, source: Source, now: datetime
    ) -> None:
        named = named_jurisdiction(work, jurisdiction)
        if named is not None and not self._is_offered(work, named):
            raise FeatureOff(SIGN_IN_CODE)
        self._ask(work, SIGN_IN_CODE, email, traced({"jurisdiction": jurisdiction}, source), now)

    def _offers_codes(self, work: UnitOfWork, jurisdiction: str | None) -> bool:
        if not self.policy.extensions.code_sign_ins:
            return False
        named = named_jurisdiction(work, jurisdiction)
        if named is not None:
            return self._is_offered(work, named)
        book = self.policy.book
        return any(book.is_on_somewhere(work, book.find(name)) for name in self.policy.extensions.code_sign_ins)

    def _is_offered(self, work: UnitOfWork, named: Tenant) -> bool:
        table = self.policy.book.table_in(work, named)
        ways = self.policy.extensions.code_sign_ins
        return any(table.decide(self.policy.book.find(name), [named]).is_on for name in ways)

    def _ask(
        self, work: UnitOfWork, verb: str, email: EmailAddress, arguments: dict[str, str | None], now: datetime
    ) -> None:
        if self.guesses.may_send(work, ASK, email, now):
            self.post.errand(work, verb, {"email": email, **arguments}, now)


def traced(arguments: dict[str, str | None], source: Source) -> dict[str, str | None]:
    """The errand's arguments with where it came from, for the audit trail."""
    return {**arguments, "address": source.address, "request_id": source.request_id, "contract": source.contract}
