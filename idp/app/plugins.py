"""The enabled plugins, loaded, started and behind their fences."""

from contextlib import AsyncExitStack

from idp.app.ground import Ground
from idp.config.problem import ConfigurationRefused
from idp.config.secret import literal_secrets
from idp.config.settings import Settings
from idp.registry.context import Contexts
from idp.registry.extensions import build_extensions
from idp.registry.fence import FenceRules, Fences
from idp.registry.life import start_plugins, stop_plugins
from idp.registry.load import load_plugins
from idp.registry.loaded import Loaded, Served
from idp.usecases.extensions import Extensions


async def open_plugins(stack: AsyncExitStack, ground: Ground) -> tuple[Loaded, Extensions]:
    """Raises PluginsRefused, and ConfigurationRefused for secrets that stand in the file itself."""
    settings, log = ground.settings, ground.logs.named("plugins")
    served = Served(needed_channels=settings.needed_channels, asks_for_codes=settings.asks_for_codes)
    loaded = load_plugins(settings.plugins, context_for=_contexts(ground).of, served=served)
    written_out = [
        problem
        for one in loaded.plugins
        for problem in literal_secrets(type(one.plugin).Settings, settings.plugins[one.name], key=("plugins", one.name))
    ]
    if written_out:
        raise ConfigurationRefused(written_out)
    await start_plugins(loaded, log=log)
    stack.push_async_callback(stop_plugins, loaded, log=log)
    extensions = build_extensions(
        loaded,
        Fences(clock=ground.ambient.clock, log=log, in_flight=ground.in_flight, rules=_fence(settings)),
        first_factors=settings.sign_in.first_factors,
    )
    ground.subscribers.extend(extensions.subscribers)
    return loaded, extensions


def _fence(settings: Settings) -> FenceRules:
    fence = settings.fence
    return FenceRules(time_out_seconds=fence.timeout.total_seconds(), failures=fence.failures, pause=fence.pause)


def _contexts(ground: Ground) -> Contexts:
    messages = ground.settings.messages
    data = {"from_address": messages.from_address, "from_name": messages.from_name, "folder": str(ground.settings.data)}
    return Contexts(
        issuer=ground.settings.issuer,
        store=ground.store,
        sealer=ground.sealer,
        hasher=ground.hasher,
        clock=ground.ambient.clock,
        entropy=ground.ambient.entropy,
        log_for=lambda plugin: ground.logs.named(f"plugin.{plugin}"),
        data=data,
    )
