"""Enabled plugins that cannot live together, or without one another."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from idp.registry.loaded import LoadedPlugin, Served
from idp.registry.problems import PluginProblem, key_of
from idp.sdk import CodeChannel, CodeSignIn, FeatureSource, LookUpSecrets, SecondFactor, TokenGrant


def conflicts_between(plugins: Sequence[LoadedPlugin], *, complete: bool, served: Served) -> Iterator[PluginProblem]:
    """Claims of two plugins to one thing, codes that nobody can ask for, and, when all were loaded (`complete`),
    channels that nobody carries."""
    channels = [(channel, one.name) for one in plugins for channel in one.channels]
    methods = [(one.plugin.method, one.name) for one in plugins if isinstance(one.plugin, SecondFactor)]
    spares = [("recovery codes", one.name) for one in plugins if isinstance(one.plugin, LookUpSecrets)]
    sources = [("run-time flags", one.name) for one in plugins if isinstance(one.plugin, FeatureSource)]
    grants = [(one.plugin.grant_type, one.name) for one in plugins if isinstance(one.plugin, TokenGrant)]
    yield from _claimed_twice("the channel", channels)
    yield from _claimed_twice("the second-factor method", methods)
    yield from _claimed_twice("the place of", spares)  # of two, one would never be forgotten with the last factor
    yield from _claimed_twice("the home of", sources)
    yield from _claimed_twice("the grant type", grants)
    if not served.asks_for_codes:
        yield from _unasked(plugins)
    if complete:
        carried = {channel for channel, _ in channels}
        yield from _uncarried(plugins, carried)
        yield from _needed(served.needed_channels - carried)


def _claimed_twice(what: str, claims: Iterable[tuple[str, str]]) -> Iterator[PluginProblem]:
    by_thing: defaultdict[str, list[str]] = defaultdict(list)
    for thing, plugin in claims:
        by_thing[thing].append(plugin)
    for thing, (first, *others) in by_thing.items():
        for other in others:
            yield PluginProblem(
                key=key_of(other),
                reason=f"claims {what} {thing}, as plugins.{first} does",
                mend=f"keep one of [plugins.{first}] and [plugins.{other}], or give them different settings",
            )


def _uncarried(plugins: Sequence[LoadedPlugin], carried: set[str]) -> Iterator[PluginProblem]:
    for one in plugins:
        if isinstance(one.plugin, CodeChannel | CodeSignIn) and one.plugin.channel not in carried:
            yield PluginProblem(
                key=key_of(one.name),
                reason=f"sends by the channel {one.plugin.channel}, which no enabled plugin carries",
                mend=f"enable a sender of {one.plugin.channel} (smtp, twilio, file, console or another package's)",
            )


def _unasked(plugins: Sequence[LoadedPlugin]) -> Iterator[PluginProblem]:
    for one in plugins:
        if isinstance(one.plugin, CodeChannel):
            yield PluginProblem(
                key=key_of(one.name),
                reason="sends codes, and nobody can ask for one: only POST /auth/request-mfa-code of Bloom's does",
                mend="set bloom.enabled = true, or leave only second factors that need no message (totp)",
            )


def _needed(channels: Iterable[str]) -> Iterator[PluginProblem]:
    for channel in sorted(channels):
        yield PluginProblem(
            key="plugins",
            reason=f"holds no sender of the channel {channel}, by which resets and confirmations go out",
            mend="enable [plugins.smtp], [plugins.file] or [plugins.console], or set bloom.enabled = false",
        )
