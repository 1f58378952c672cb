"""The OpenID Provider over the same ground: its world, and the way out to what clients name."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from idp.app.ground import Ground
from idp.config.declared_clients import declared_clients, declared_resources
from idp.config.oauth_rules import oauth_rules_from
from idp.oauth.provider import OpenIDProvider
from idp.oauth.world import OAuthWorld
from idp.ports.oauth import Fetched
from idp.usecases.verbs import Verbs

if TYPE_CHECKING:
    from idp.fetch import GuardedFetcher


async def open_openid(stack: AsyncExitStack, ground: Ground, verbs: Verbs) -> OpenIDProvider:
    """With the clients and resource servers that the configuration names."""
    settings = ground.settings
    fetcher = LateFetcher(ground)
    stack.push_async_callback(fetcher.close)
    world = OAuthWorld(
        world=verbs.world,
        rules=oauth_rules_from(settings),
        signers=ground.keyring.signers,
        hints=ground.keyring.verifier(),
        fetcher=fetcher,
    )
    openid = OpenIDProvider(world, verbs)
    clients = declared_clients(settings.clients, settings.oidc.profile)
    await openid.declare_clients(clients, declared_resources(settings.resources))
    return openid


class LateFetcher:
    """The guarded fetcher, made when something is first fetched: its HTTP client takes a tenth of a start's time."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._fetcher: GuardedFetcher | None = None

    async def get(self, url: str, *, accept: str) -> Fetched:
        return await self._made().get(url, accept=accept)

    async def get_fresh(self, url: str, *, accept: str) -> Fetched:
        return await self._made().get_fresh(url, accept=accept)

    async def post_form(self, url: str, fields: Mapping[str, str]) -> int:
        return await self._made().post_form(url, fields)

    async def close(self) -> None:
        if self._fetcher is not None:
            await self._fetcher.close()

    def _made(self) -> "GuardedFetcher":
        if self._fetcher is None:
            self._fetcher = _fetcher(self._ground)
        return self._fetcher


def _fetcher(ground: Ground) -> "GuardedFetcher":
    from idp.fetch import GuardedFetcher
    from idp.fetch.exchange import Exchange
    from idp.fetch.target import Gate

    settings = ground.settings
    fetch = settings.fetch
    gate = Gate(networks=fetch.networks, plain_http=not settings.is_https)
    return GuardedFetcher(
        exchange=Exchange(gate=gate, ca_bundle=fetch.ca_bundle, timeout=fetch.timeout),
        clock=ground.ambient.clock,
        log=ground.logs.named("fetch"),
    )
