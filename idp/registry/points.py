"""The extension points, and what a class must declare to be at one."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from idp.sdk import (
    SDK_VERSION,
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
    PluginSettings,
    SecondFactor,
    Sender,
    TokenGrant,
)

POINTS: tuple[type[Plugin[Any]], ...] = (
    FirstFactor,
    CodeSignIn,
    CodeChannel,
    Enrollable,
    LookUpSecrets,
    SecondFactor,
    Sender,
    PasswordRule,
    FeatureSource,
    EventSubscriber,
    ClaimsSource,
    TokenGrant,
)

WORD = re.compile(r"[a-z][a-z0-9_-]{0,31}")
URI = re.compile(r"(https://|urn:)[!-~]{3,200}")
LONGEST_TIME_OUT_SECONDS = 60

Flaw = tuple[str, str]
"""What is wrong with a class, and what its author should do."""


def points_of(plugin: type[Plugin[Any]]) -> tuple[str, ...]:
    """The names of the extension points that a class implements; the special case stands for the general one."""
    names = [point.__name__ for point in POINTS if issubclass(plugin, point)]
    special = {"CodeChannel", "Enrollable", "LookUpSecrets"} & set(names)
    return tuple(name for name in names if not (special and name == "SecondFactor"))


def flaws_of(candidate: object) -> Iterator[Flaw]:
    """Why this is no plugin class that we can use; nothing when it is."""
    if not (isinstance(candidate, type) and issubclass(candidate, Plugin)) or not points_of(candidate):
        yield "implements no extension point", f"derive its class from one of {', '.join(p.__name__ for p in POINTS)}"
        return
    if candidate.sdk_version != SDK_VERSION:
        yield (
            f"was written for SDK version {candidate.sdk_version!r}, this is version {SDK_VERSION}",
            f"install a version of the package that says sdk_version = {SDK_VERSION}",
        )
        return
    if inspect.isabstract(candidate):
        missing = ", ".join(sorted(candidate.__abstractmethods__))
        yield f"does not implement {missing}", "implement every abstract method of its extension point"
    kinds = [kind.__name__ for kind in (CodeChannel, Enrollable, LookUpSecrets) if issubclass(candidate, kind)]
    if len(kinds) > 1:
        yield f"is {' and '.join(kinds)} at once", "choose one: whose codes are made, and who claims them, differs"
    yield from _declared_flaws(candidate)


def _declared_flaws(plugin: type[Plugin[Any]]) -> Iterator[Flaw]:
    if issubclass(plugin, SecondFactor) and not _is_word(getattr(plugin, "method", None)):
        yield "declares no method", 'write method = "name": a lower-case letter, then letters, digits, _ or -'
    if issubclass(plugin, CodeChannel | CodeSignIn) and not _is_word(getattr(plugin, "channel", None)):
        yield "declares no channel", 'write channel = "name": a lower-case letter, then letters, digits, _ or -'
    if issubclass(plugin, SecondFactor | FirstFactor | CodeSignIn) and not _is_amr(getattr(plugin, "amr", None)):
        yield "declares no amr", 'write amr = ("otp",) or other values of RFC 8176'
    if issubclass(plugin, TokenGrant):
        yield from _grant_flaws(plugin)
    settings: object = plugin.Settings
    if not (isinstance(settings, type) and issubclass(settings, PluginSettings)):
        yield "has Settings that are no PluginSettings", "derive its Settings from idp.sdk.PluginSettings"
    time_out: object = plugin.time_out_seconds
    if time_out is None:
        return
    if not isinstance(time_out, int | float) or not 0 < time_out <= LONGEST_TIME_OUT_SECONDS:
        yield "has a time-out out of bounds", f"write time_out_seconds between 0 and {LONGEST_TIME_OUT_SECONDS}"


def _grant_flaws(plugin: type[TokenGrant[Any]]) -> Iterator[Flaw]:
    if not _is_uri(getattr(plugin, "grant_type", None)):
        yield "declares no grant_type", 'write grant_type = "https://…" or "urn:…": a URI that you own (RFC 6749 §4.5)'
    parameters: object = getattr(plugin, "parameters", None)
    if not (isinstance(parameters, tuple) and all(isinstance(name, str) and name for name in parameters)):
        yield "declares no parameters", 'write parameters = ("name",): what it reads of the form'


def is_channel_list(answer: object) -> bool:
    return isinstance(answer, tuple) and answer != () and all(_is_word(channel) for channel in answer)


def _is_word(value: object) -> bool:
    return isinstance(value, str) and WORD.fullmatch(value) is not None


def _is_uri(value: object) -> bool:
    return isinstance(value, str) and URI.fullmatch(value) is not None


def _is_amr(value: object) -> bool:
    return isinstance(value, tuple) and value != () and all(_is_word(method) for method in value)
