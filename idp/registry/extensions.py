"""From loaded plugins to what the verbs see: by method, channel and name, each behind its fence."""

import inspect
from collections.abc import Sequence
from typing import Any

from idp.core.feature import Feature, FeatureKind
from idp.registry.fence import Fence, Fences
from idp.registry.fenced import (
    FencedClaimsSource,
    FencedCodeChannel,
    FencedCodeSignIn,
    FencedEnrollable,
    FencedFeatureSource,
    FencedFirstFactor,
    FencedLookUpSecrets,
    FencedPasswordRule,
    FencedSecondFactor,
    FencedSender,
    FencedSubscriber,
    FencedTokenGrant,
)
from idp.registry.loaded import Loaded, LoadedPlugin
from idp.registry.problems import PluginProblem, PluginsRefused, nearest
from idp.sdk import (
    ClaimsSource,
    CodeChannel,
    CodeSignIn,
    Enrollable,
    EventSubscriber,
    FeatureSource,
    FirstFactor,
    LookUpSecrets,
    PasswordRule,
    Plugin,
    SecondFactor,
    Sender,
    TokenGrant,
)
from idp.usecases.extensions import Extensions

Fenced = list[tuple[LoadedPlugin, Fence]]


def build_extensions(loaded: Loaded, fences: Fences, *, first_factors: Sequence[str] = ()) -> Extensions:
    """`first_factors` are asked in this order, those not named after them. Raises PluginsRefused for a name unknown."""
    fenced = [(one, fences.around(one)) for one in loaded.plugins]
    sources = [FencedFeatureSource(p, f) for one, f in fenced if isinstance(p := one.plugin, FeatureSource)]
    return Extensions(
        first_factors=_first_factors(fenced, first_factors),
        code_sign_ins={
            one.name: FencedCodeSignIn(p, f) for one, f in fenced if isinstance(p := one.plugin, CodeSignIn)
        },
        second_factors={
            p.method: _second_factor(p, f) for one, f in fenced if isinstance(p := one.plugin, SecondFactor)
        },
        senders=_senders(fenced),
        password_rules=tuple(
            FencedPasswordRule(p, f) for one, f in fenced if isinstance(p := one.plugin, PasswordRule)
        ),
        feature_source=sources[0] if sources else None,
        subscribers={
            one.name: FencedSubscriber(p, f) for one, f in fenced if isinstance(p := one.plugin, EventSubscriber)
        },
        claims_sources={
            one.name: FencedClaimsSource(p, f) for one, f in fenced if isinstance(p := one.plugin, ClaimsSource)
        },
        token_grants={
            p.grant_type: FencedTokenGrant(p, f) for one, f in fenced if isinstance(p := one.plugin, TokenGrant)
        },
        features=tuple(permission_of(one.name, type(one.plugin)) for one in loaded.plugins),
    )


def permission_of(name: str, plugin: type[Plugin[Any]]) -> Feature:
    """The plugin's own switch, per tenant: on by default, but for a way in by code alone (architecture, section 4)."""
    return Feature(
        name=name,
        kind=FeatureKind.PERMISSION,
        default=not issubclass(plugin, CodeSignIn),
        description=summary_of(plugin),
        alias=plugin.feature_alias,
    )


def summary_of(plugin: type[Plugin[Any]]) -> str:
    """The first line of the class's own docstring."""
    return next(iter(inspect.cleandoc(plugin.__dict__.get("__doc__") or "").splitlines()), "")


def _second_factor(plugin: SecondFactor[Any], fence: Fence) -> SecondFactor[Any]:
    match plugin:
        case CodeChannel():
            return FencedCodeChannel(plugin, fence)
        case Enrollable():
            return FencedEnrollable(plugin, fence)
        case LookUpSecrets():
            return FencedLookUpSecrets(plugin, fence)
        case _:
            return FencedSecondFactor(plugin, fence)


def _senders(fenced: Fenced) -> dict[str, Sender[Any]]:
    return {
        channel: FencedSender(one.plugin, fence, one.channels)
        for one, fence in fenced
        if isinstance(one.plugin, Sender)
        for channel in one.channels
    }


def _first_factors(fenced: Fenced, order: Sequence[str]) -> dict[str, FirstFactor[Any]]:
    found: dict[str, FirstFactor[Any]] = {
        one.name: FencedFirstFactor(p, f) for one, f in fenced if isinstance(p := one.plugin, FirstFactor)
    }
    unknown = [name for name in order if name not in found]
    if unknown:
        raise PluginsRefused(_unknown_first_factor(name, list(found)) for name in unknown)
    return {name: found[name] for name in dict.fromkeys((*order, *found))}


def _unknown_first_factor(name: str, known: list[str]) -> PluginProblem:
    meant = nearest(name, known)
    return PluginProblem(
        key="sign_in.first_factors",
        reason=f"names {name}, which is no enabled first factor",
        mend=f"did you mean {meant}?" if meant else f"enabled: {', '.join(known) or 'none'}",
    )
