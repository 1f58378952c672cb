"""What operators do about resource servers (RFC 8707) and initial access tokens (RFC 7591 §3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from idp.core.client import ResourceServer
from idp.core.errors import MalformedRequest, NotFound
from idp.oauth.clients import members
from idp.oauth.clients.addresses import check_resource
from idp.oauth.clients.flaws import Misfit
from idp.oauth.clients.register import RegistrationTokens
from idp.ports.ambient import Clock
from idp.ports.oauth_storage import InitialToken
from idp.ports.storage import Store, UnitOfWork

SHOWN_DIGITS = 16
LONGEST_LIFE = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministerResources:
    store: Store
    clock: Clock

    async def create(self, identifier: str, scopes: Sequence[str], name: str | None) -> ResourceServer:
        """Of one that is there, scopes and name are replaced. Raises MalformedRequest."""
        try:
            resource = ResourceServer(
                identifier=check_resource(identifier),
                scopes=members.scope(list(scopes)),
                name=members.text(name) if name is not None else None,
                created_at=self.clock.now(),
            )
        except Misfit as misfit:
            raise MalformedRequest(f"the resource server {misfit.reason}: {misfit.mend}") from None
        await self.store.transact(lambda work: work.oauth.resources.put(resource))
        return resource

    async def all(self) -> Sequence[ResourceServer]:
        return await self.store.read(lambda work: work.oauth.resources.all())

    async def delete(self, identifier: str) -> None:
        """Raises NotFound."""
        if not await self.store.transact(lambda work: work.oauth.resources.remove(identifier)):
            raise NotFound("there is no such resource server")


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministerInitialTokens:
    store: Store
    clock: Clock
    tokens: RegistrationTokens

    async def create(self, *, note: str, uses: int | None, life: timedelta) -> tuple[str, InitialToken]:
        """The token itself is shown now and never again. Raises MalformedRequest."""
        if not timedelta(0) < life <= LONGEST_LIFE:
            raise MalformedRequest("an initial access token lives for 1 second to 400 days")
        token, now = self.tokens.make(), self.clock.now()
        kept = InitialToken(
            digest=self.tokens.initial(token), note=note, uses_left=uses, created_at=now, expires_at=now + life
        )
        await self.store.transact(lambda work: work.oauth.initial_tokens.add(kept))
        return token, kept

    async def all(self) -> Sequence[InitialToken]:
        return await self.store.read(lambda work: work.oauth.initial_tokens.all())

    async def delete(self, shown: str) -> None:
        """By the id that the list shows. Raises NotFound."""

        def remove(work: UnitOfWork) -> bool:
            found = [token for token in work.oauth.initial_tokens.all() if id_of(token) == shown]
            return any(work.oauth.initial_tokens.remove(token.digest) for token in found)

        if not await self.store.transact(remove):
            raise NotFound("there is no such initial access token")


def id_of(token: InitialToken) -> str:
    """What a list shows: the beginning of the digest, which nobody can make a token of."""
    return token.digest.hex()[:SHOWN_DIGITS]
