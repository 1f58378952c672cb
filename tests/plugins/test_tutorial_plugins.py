"""The tutorial's plugins do what plugins of their kind must: the suites that it praises, on its own code."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from idp.core.events import EventName
from idp.sdk import AccountView, Event, FirstFactor, Plugin, PluginSettings, SecondFactor
from idp.testing.clock import MovableClock
from idp.testing.conformance import (
    ClaimsSourceConformance,
    CodeChannelConformance,
    EventSubscriberConformance,
    FeatureSourceConformance,
    FirstFactorConformance,
    SecondFactorConformance,
    TokenGrantConformance,
)
from idp.testing.conformance.factors import FreshCode
from idp.testing.conformance.features import Known
from idp.testing.context import plugin_context
from idp.testing.memory import MemoryLog
from tests.plugins.test_tutorial import plugins_in, snippets


def made(name: str, clock: MovableClock) -> Any:
    classes = {plugin.__name__: plugin for code in snippets() for plugin in plugins_in(code)}
    return classes[name](PluginSettings(), plugin_context(name.lower(), clock=clock))


class TestPager(CodeChannelConformance):
    @pytest.fixture
    def plugin(self, clock: MovableClock) -> Any:
        return made("Pager", clock)


class TestPaperCodes(SecondFactorConformance):
    @pytest.fixture
    def plugin(self, clock: MovableClock) -> Any:
        return made("PaperCodes", clock)

    @pytest.fixture
    def fresh_code(self, plugin: SecondFactor[Any], account: AccountView) -> FreshCode:
        async def code() -> str:
            digests = [hashlib.sha256(code.encode()).hexdigest() for code in ("483920", "571204")]
            await plugin.context.credentials.put(account.id, " ".join(digests).encode())
            return "483920"

        return code


class TestLegacy(FirstFactorConformance):
    @pytest.fixture
    def plugin(self, clock: MovableClock) -> FirstFactor[Any]:
        legacy: FirstFactor[Any] = made("Legacy", clock)
        return legacy

    @pytest.fixture
    def secret(self) -> str:
        return "old password"


class TestAlarm(EventSubscriberConformance):
    @pytest.fixture
    def plugin(self, clock: MovableClock) -> Any:
        return made("Alarm", clock)

    @pytest.fixture
    def event(self) -> Event:
        return Event(name=EventName.LOGIN_LOCKED, jurisdiction="Bay Area")

    @pytest.fixture
    def effects(self, plugin: Plugin[Any]) -> Callable[[], int]:
        log = plugin.context.log
        assert isinstance(log, MemoryLog)
        return lambda: log.events().count("alarm.locked")


class TestFixed(FeatureSourceConformance):
    @pytest.fixture
    def plugin(self, clock: MovableClock) -> Any:
        return made("Fixed", clock)

    @pytest.fixture
    def known(self) -> Known:
        return "mfa", "team", "Admins", True


class TestDesk(ClaimsSourceConformance):
    @pytest.fixture
    def plugin(self, clock: MovableClock) -> Any:
        return made("Desk", clock)


class TestVoucher(TokenGrantConformance):
    @pytest.fixture
    def plugin(self, clock: MovableClock) -> Any:
        return made("Voucher", clock)

    @pytest.fixture
    def right(self) -> Mapping[str, str]:
        return {"voucher": "V-1234"}


def test_every_plugin_of_the_page_is_looked_at() -> None:
    """A plugin that the page gains wants a suite here."""
    shown: Sequence[str] = [plugin.__name__ for code in snippets() for plugin in plugins_in(code)]
    suites = {name.removeprefix("Test") for name in globals() if name.startswith("Test")}

    assert set(shown) <= suites
