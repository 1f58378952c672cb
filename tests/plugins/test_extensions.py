"""What the verbs see of the enabled plugins."""

# ruff: noqa: ARG002 - these plugins look at nothing they are given

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from idp.core.errors import PluginFailed
from idp.core.events import EventName
from idp.core.feature import Feature, FeatureKind
from idp.core.ids import MessageId
from idp.registry.extensions import build_extensions
from idp.registry.fence import Fences
from idp.registry.life import stop_plugins
from idp.registry.load import load_plugins
from idp.registry.loaded import Loaded
from idp.registry.problems import PluginsRefused
from idp.registry.watchdog import InFlight
from idp.sdk import (
    AccountView,
    CodeChannel,
    Enrollable,
    Event,
    EventSubscriber,
    FeatureSource,
    FirstFactor,
    Message,
    PasswordRule,
    Plugin,
    PluginSettings,
    Sender,
)
from idp.testing.clock import MovableClock
from idp.testing.context import message, plugin_context
from idp.testing.memory import MemoryLog
from idp.usecases.extensions import Extensions
from tests.plugins.bad import loaded_as


def built(loaded: Loaded, first_factors: Sequence[str] = ()) -> Extensions:
    fences = Fences(clock=MovableClock(), log=MemoryLog(), in_flight=InFlight())
    return build_extensions(loaded, fences, first_factors=first_factors)


def classes(**plugins: type[Plugin[Any]]) -> Loaded:
    return Loaded(plugins=tuple(loaded_as(name, plugin) for name, plugin in plugins.items()))


@pytest.fixture
def built_in(tmp_path: Any) -> Extensions:
    tables: dict[str, dict[str, object]] = {
        "password": {},
        "email_code": {},
        "sms_code": {},
        "totp": {},
        "single_use_code": {},
        "file": {"directory": str(tmp_path)},
    }
    return built(load_plugins(tables, context_for=plugin_context))


def test_factors_by_method_senders_by_channel_the_rest_by_name(built_in: Extensions) -> None:
    assert list(built_in.first_factors) == ["password"]
    assert list(built_in.second_factors) == ["email", "sms", "totp"]
    assert list(built_in.code_sign_ins) == ["single_use_code"]
    assert list(built_in.senders) == ["email", "sms"]


def test_the_verbs_can_tell_kinds_and_names_apart(built_in: Extensions) -> None:
    email, totp = built_in.second_factors["email"], built_in.second_factors["totp"]

    assert isinstance(email, CodeChannel)
    assert isinstance(totp, Enrollable)
    assert not isinstance(totp, CodeChannel)
    assert (email.context.name, email.channel, email.amr) == ("email_code", "email", ("otp",))
    assert built_in.second_factors["sms"].amr == ("otp", "sms")
    assert built_in.first_factors["password"].amr == ("pwd",)


def test_every_plugin_adds_a_permission_of_its_name(built_in: Extensions) -> None:
    """On by default, but for the way in by a code alone (architecture, section 4)."""
    features = {feature.name: feature for feature in built_in.features}

    assert set(features) == {"password", "email_code", "sms_code", "totp", "single_use_code", "file"}
    assert {feature.kind for feature in features.values()} == {FeatureKind.PERMISSION}
    assert {name for name, feature in features.items() if feature.default is not True} == {"single_use_code"}
    assert features["single_use_code"] == Feature(
        name="single_use_code",
        kind=FeatureKind.PERMISSION,
        default=False,
        description="Signs in by a code sent to the account's e-mail address, where a tenant allows it.",
        alias="enableSingleUseCode",
    )


class Knows(FirstFactor[PluginSettings]):
    """Knows everybody."""

    amr = ("pwd",)

    async def prove(self, account: AccountView | None, secret: str) -> bool:
        return account is not None


def test_first_factors_are_asked_in_the_given_order_and_then_the_rest() -> None:
    loaded = classes(ldap=Knows, password=Knows, legacy=Knows)

    assert list(built(loaded, ["legacy", "password"]).first_factors) == ["legacy", "password", "ldap"]


def test_an_order_that_names_nobody_is_refused() -> None:
    with pytest.raises(PluginsRefused) as refusal:
        built(classes(password=Knows), ["pasword", "ldap"])

    pasword, ldap = refusal.value.problems
    assert (pasword.key, pasword.mend) == ("sign_in.first_factors", "did you mean password?")
    assert ldap.mend == "enabled: password"


class Everything(
    CodeChannel[PluginSettings],
    Sender[PluginSettings],
    PasswordRule[PluginSettings],
    FeatureSource[PluginSettings],
    EventSubscriber[PluginSettings],
):
    """Does everything, and counts it."""

    sdk_version = 1
    method = channel = "push"

    def __init__(self, settings: PluginSettings, context: Any) -> None:
        super().__init__(settings, context)
        self.done: list[str] = []

    def address(self, account: AccountView) -> str | None:
        return "jane"

    async def send(self, message: Message) -> None:
        self.done.append("sent")

    async def objections(self, password: str, account: AccountView | None) -> Sequence[str]:
        return [password] if password.startswith("leak") else ["tooCommon"]

    async def value(self, feature: str, tenant_kind: str, tenant_name: str) -> Any:
        return {"mfa": True, "limit": 5, "odd": 1.5}.get(feature)

    async def notice(self, event: Event, *, at: datetime, delivery: MessageId) -> None:
        self.done.append(event.name)


async def test_one_plugin_may_be_at_every_extension_point() -> None:
    loaded = classes(all=Everything)
    extensions = built(loaded)
    source = extensions.feature_source
    assert source is not None

    await extensions.senders["push"].send(message())
    now = datetime(2026, 1, 1, tzinfo=UTC)
    await extensions.subscribers["all"].notice(Event(name=EventName.LOGIN_OK), at=now, delivery=MessageId("1"))
    objections = await extensions.password_rules[0].objections("password1", None)
    values = [await source.value(feature, "team", "x") for feature in ("mfa", "limit", "unset")]
    await stop_plugins(loaded, log=MemoryLog())

    plugin = loaded.plugins[0].plugin
    assert isinstance(plugin, Everything)
    assert plugin.done == ["sent", "login.ok"]
    assert objections == ("tooCommon",)
    assert values == [True, 5, None]


async def test_answers_of_rules_and_sources_are_looked_at_too() -> None:
    loaded = classes(all=Everything)
    extensions = built(loaded)
    source = extensions.feature_source
    assert source is not None

    with pytest.raises(PluginFailed, match="nonsense"):
        await extensions.password_rules[0].objections("leakThisPassword", None)
    with pytest.raises(PluginFailed, match="nonsense of type float"):
        await source.value("odd", "team", "x")
    await stop_plugins(loaded, log=MemoryLog())
