"""Plugins of other people, in their several moods."""

# ruff: noqa: ARG002 - these plugins look at nothing they are given

from dataclasses import replace
from typing import Any

from idp.core.errors import PluginFailed
from idp.sdk import AccountView, Enrollable, Enrolment, FeatureSource, FeatureValue, PluginSettings
from idp.testing.context import plugin_context
from idp.testing.provider import TestProvider
from idp.usecases.administration import Administration
from idp.usecases.verbs import Verbs

ENROLMENT = Enrolment(secret="JBSWY3DPEHPK3PXP", uri="otpauth://totp/x?secret=JBSWY3DPEHPK3PXP")


class Doubting(Enrollable[PluginSettings]):
    """Takes nobody's word: the person must prove it."""

    method = "totp"
    amr = ("otp",)

    async def is_ready(self, account: AccountView) -> bool:
        return False

    async def verify(self, account: AccountView, code: str) -> bool:
        return False

    async def enrol(self, account: AccountView) -> Enrolment:
        return ENROLMENT

    async def confirm(self, account: AccountView, code: str) -> bool:
        return code == "123456"

    async def remove(self, account: AccountView) -> None: ...


class Broken(Doubting):
    """Fails, as the fence tells it."""

    async def enrol_proved(self, account: AccountView) -> Enrolment | None:
        raise PluginFailed("totp", "enrol_proved raised")


class Elsewhere(FeatureSource[PluginSettings]):
    """Keeps all flags, and has them all on."""

    async def value(self, feature: str, tenant_kind: str, tenant_name: str) -> FeatureValue | None:
        return True


def with_factor(idp: TestProvider, factor: type[Enrollable[Any]]) -> Administration:
    """The same world, with this factor in the place of our own."""
    world = idp.provider.verbs.world
    made = factor(PluginSettings(), plugin_context("totp"))
    factors = {**world.extensions.second_factors, made.method: made}
    return Administration(Verbs(replace(world, extensions=replace(world.extensions, second_factors=factors))))


def with_flags_elsewhere(idp: TestProvider, source: FeatureSource[Any] | None = None) -> Administration:
    world = idp.provider.verbs.world
    source = source or Elsewhere(PluginSettings(), plugin_context("elsewhere"))
    extensions = replace(world.extensions, feature_source=source)
    book = replace(world.book, extensions=extensions)
    return Administration(Verbs(replace(world, extensions=extensions, book=book)))
