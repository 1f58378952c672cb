"""The OpenID Provider over the same ground: its world, and the way out to what clients name.

Its modules and the pages' take a third of the time that a start has. So nothing here is imported before it is asked
for: by a request, by the command line, or by the warm-up that follows the start.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from idp.app.ground import Ground
from idp.ports.oauth import Fetched
from idp.usecases.verbs import Verbs
from idp.web.inside import FaceSettings
from idp.web.routing import Route

if TYPE_CHECKING:
    from idp.fetch import GuardedFetcher
    from idp.oauth.provider import OpenIDProvider

LATE = ("idp.storage.oauth.shelves", "idp.web.late_faces")


@dataclass(slots=True, kw_only=True)
class LateOpenID:
    """Joined once, when it is first asked for."""

    ground: Ground
    verbs: Verbs
    own: "LateFetcher"
    strangers: "LateFetcher"
    _provider: "OpenIDProvider | None" = None
    _is_declared: bool = False

    def provider(self) -> "OpenIDProvider":
        if self._provider is None:
            self._provider = _joined(self)
        return self._provider

    async def declare(self) -> None:
        """Lets the clients and resource servers of the configuration exist, and those it no longer names be off."""
        if self._is_declared:
            return
        # by itself: what declaring takes is a small part of what the whole provider takes
        from idp.config.declared_clients import declared_clients, declared_resources
        from idp.oauth.clients.declare import DeclareClients
        from idp.oauth.clients.secrets import ClientSecrets

        ground, settings = self.ground, self.ground.settings
        secrets = ClientSecrets(entropy=ground.ambient.entropy, sealer=ground.sealer)
        declare = DeclareClients(store=ground.store, clock=ground.ambient.clock, secrets=secrets)
        clients = declared_clients(settings.clients, settings.oidc)
        await declare(clients, declared_resources(settings.resources))
        self._is_declared = True

    async def carry_logout(self, notice: Mapping[str, str]) -> None:
        """Tells a client that a session is over (a parcel of the outbox)."""
        await self.provider().session.back_channel(notice)


def _joined(late: LateOpenID) -> "OpenIDProvider":
    from idp.config.oauth_rules import oauth_rules_from
    from idp.oauth.provider import OpenIDProvider
    from idp.oauth.ways_out import WaysOut
    from idp.oauth.world import OAuthWorld

    keyring = late.ground.keyring
    world = OAuthWorld(
        world=late.verbs.world,
        rules=oauth_rules_from(late.ground.settings),
        signers=keyring.signers,
        hints=keyring.verifier(),
        ways_out=WaysOut(own=late.own, strangers=late.strangers),
        decrypter=keyring.decrypter() if late.ground.settings.oidc.encrypted_requests else None,
    )
    return OpenIDProvider(world, late.verbs)


async def late_routes(late: LateOpenID | None, ground: Ground, verbs: Verbs, settings: FaceSettings) -> Sequence[Route]:
    """The routes of the pages and, unless it is switched off, of the OpenID Provider.

    The modules are read in a thread: meanwhile the loop goes on answering.
    """
    for module in LATE:
        await asyncio.to_thread(import_module, module)
    from idp.app.pages import page_settings
    from idp.web.late_faces import LateFaces

    if late is not None:
        await late.declare()
    openid = late.provider() if late is not None else None
    return LateFaces(verbs=verbs, openid=openid, settings=settings, pages=page_settings(ground.settings)).routes()


@dataclass(slots=True)
class LateFetcher:
    """The guarded fetcher, made when something is first fetched: its HTTP client takes a tenth of a start's time."""

    ground: Ground
    for_strangers: bool = False
    _fetcher: "GuardedFetcher | None" = field(default=None)

    async def get(self, url: str, *, accept: str) -> Fetched:
        return await self._made().get(url, accept=accept)

    def keeps(self, url: str, *, accept: str) -> bool:
        return self._fetcher is not None and self._fetcher.keeps(url, accept=accept)

    async def get_fresh(self, url: str, *, accept: str) -> Fetched:
        return await self._made().get_fresh(url, accept=accept)

    async def get_now(self, url: str, *, accept: str) -> Fetched:
        return await self._made().get_now(url, accept=accept)

    async def post_form(self, url: str, fields: Mapping[str, str]) -> int:
        return await self._made().post_form(url, fields)

    async def close(self) -> None:
        if self._fetcher is not None:
            await self._fetcher.close()

    def _made(self) -> "GuardedFetcher":
        if self._fetcher is None:
            self._fetcher = _fetcher(self.ground, for_strangers=self.for_strangers)
        return self._fetcher


def _fetcher(ground: Ground, *, for_strangers: bool) -> "GuardedFetcher":
    from idp.fetch import GuardedFetcher
    from idp.fetch.exchange import Exchange
    from idp.fetch.places import Places, places_of_strangers
    from idp.fetch.target import Gate, resolve_by_system, resolve_for_strangers

    settings = ground.settings
    fetch = settings.fetch
    gate = Gate(networks=fetch.networks, plain_http=not settings.is_https)
    return GuardedFetcher(
        exchange=Exchange(
            gate=gate,
            ca_bundle=fetch.ca_bundle,
            timeout=fetch.timeout,
            resolve=resolve_for_strangers if for_strangers else resolve_by_system,
            places=places_of_strangers() if for_strangers else Places(),
        ),
        clock=ground.ambient.clock,
        log=ground.logs.named("fetch"),
    )
