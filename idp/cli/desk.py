"""The operator's desk: the provider opened on its database, without a network in front."""

import os
import pwd
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.app import Provider, open_provider
from idp.cli.voice import Voice
from idp.config.problem import ConfigurationRefused, Problem
from idp.config.settings import Settings
from idp.core.session import Source
from idp.storage import current, upgrade
from idp.usecases.administration import Administration

if TYPE_CHECKING:
    from idp.oauth.provider import OpenIDProvider

CONTRACT = "cli"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a verb works with. `source` is what the audit trail says of it."""

    provider: Provider
    administration: Administration
    source: Source
    voice: Voice

    @property
    def openid(self) -> "OpenIDProvider":
        """Raises ConfigurationRefused where it is switched off."""
        if self.provider.openid is None:
            raise ConfigurationRefused([Problem(key="oidc.enabled", reason="is false", mend="Set it to true.")])
        return self.provider.openid


@asynccontextmanager
async def open_desk(settings: Settings, voice: Voice) -> AsyncIterator[Desk]:
    """Works beside running servers: the database is theirs too. One that is not there yet is made.

    Raises what `open_provider` raises; SchemaOutdated for a database that waits for `idp db upgrade`.
    """
    url = settings.database.url.get_secret_value()
    if await current(url) is None:
        await upgrade(url)
    async with open_provider(_quiet(settings)) as provider:
        yield Desk(
            provider=provider,
            administration=Administration(provider.verbs),
            source=Source(address=CONTRACT, agent=_operator(), contract=CONTRACT),
            voice=voice,
        )


def _quiet(settings: Settings) -> Settings:
    """The server's log is no part of a verb's answer."""
    return settings.model_copy(update={"logging": settings.logging.model_copy(update={"level": "error"})})


def _operator() -> str:
    """Who types, by the operating system's word."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
