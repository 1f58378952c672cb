"""What holds for every plugin, whatever its extension points."""

import re
from collections.abc import AsyncIterator
from typing import Any, NoReturn

import pytest

from idp.registry.documented import documented
from idp.registry.extensions import summary_of
from idp.registry.masking import is_secret
from idp.registry.points import flaws_of
from idp.sdk import AccountView, Plugin
from idp.testing.clock import MovableClock
from idp.testing.context import account_view

SOUNDS_SECRET = re.compile(r"(^|_)(password|passphrase|secret|token|api_?key)$")


def missing(fixture: str, meaning: str) -> NoReturn:
    pytest.fail(f"override the fixture `{fixture}` of the suite: {meaning}", pytrace=False)


class PluginConformance:
    """Override `plugin`."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def anyio_backend(self) -> str:
        return "asyncio"

    @pytest.fixture
    def clock(self) -> MovableClock:
        """Give it to `plugin_context`, so that the suite can move the plugin's time."""
        return MovableClock()

    @pytest.fixture
    def plugin(self) -> Plugin[Any]:
        """The plugin, not started."""
        missing("plugin", "an instance of your plugin")

    @pytest.fixture
    def account(self) -> AccountView:
        """An account that can use the plugin."""
        return account_view()

    @pytest.fixture
    async def running(self, plugin: Plugin[Any]) -> AsyncIterator[Any]:
        """The plugin, started."""
        await plugin.start()
        yield plugin
        await plugin.stop()

    def test_its_class_can_be_loaded(self, plugin: Plugin[Any]) -> None:
        assert list(flaws_of(type(plugin))) == []

    def test_it_says_what_it_does(self, plugin: Plugin[Any]) -> None:
        assert summary_of(type(plugin)), "the first line of the class's docstring is what operators read"

    def test_it_says_which_sdk_it_was_written_for(self, plugin: Plugin[Any]) -> None:
        assert "sdk_version" in type(plugin).__dict__, "write sdk_version = 1 into the class"

    def test_its_settings_are_documented(self, plugin: Plugin[Any]) -> None:
        fields = documented(type(plugin).Settings).model_fields
        undocumented = [name for name, field in fields.items() if not field.description]
        assert undocumented == [], "write a docstring below each field"

    def test_its_secrets_are_masked(self, plugin: Plugin[Any]) -> None:
        fields = type(plugin).Settings.model_fields
        open_secrets = [
            name for name, field in fields.items() if SOUNDS_SECRET.search(name) and not is_secret(field.annotation)
        ]
        assert open_secrets == [], "a secret is a pydantic.SecretStr"

    async def test_it_starts_and_stops(self, running: Plugin[Any]) -> None:
        assert running.context.name
