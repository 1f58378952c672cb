"""A plugin on paper, as the command line shows it."""

import pytest
from pydantic import Field

from idp.registry.describe import SettingDescription, describe
from idp.registry.discover import InstalledPlugin, installed_plugins
from idp.registry.documented import documented
from idp.registry.problems import PluginsRefused
from idp.sdk import PluginSettings


def find(name: str) -> InstalledPlugin:
    return next(plugin for plugin in installed_plugins() if plugin.name == name)


def test_a_plugin_is_described_with_its_settings() -> None:
    twilio = describe(find("twilio"))
    settings = {setting.key: setting for setting in twilio.settings}

    assert twilio.summary == "Sends text messages by Twilio."
    assert twilio.points == ("Sender",)
    assert twilio.claims == ("channel sms",)
    assert settings["auth_token"] == SettingDescription(
        key="auth_token",
        type="SecretStr",
        default=None,
        is_secret=True,
        description="The account's secret token.",
    )
    assert settings["sender"].default == "not set"
    assert settings["base_url"].default == '"https://api.twilio.com"'
    assert twilio.schema["additionalProperties"] is False


@pytest.mark.parametrize("name", [plugin.name for plugin in installed_plugins() if plugin.package == "idp"])
def test_every_built_in_plugin_says_all_there_is_to_say(name: str) -> None:
    described = describe(find(name))

    assert described.summary.endswith((".", ":"))
    assert described.points
    assert all(setting.description for setting in described.settings)


def test_what_cannot_be_imported_is_refused() -> None:
    with pytest.raises(PluginsRefused):
        describe(InstalledPlugin(name="x", package="idp-x", version="1", target="no_such_module:X"))


class Account(PluginSettings):
    number: int
    """Which one."""


class Nested(PluginSettings):
    accounts: tuple[Account, ...] = ()
    """All of them."""
    told: int = Field(1, description="As the author put it.")
    """Not this."""


def test_docstrings_below_fields_are_their_descriptions_in_tables_within_too() -> None:
    schema = documented(Nested).model_json_schema()

    assert schema["properties"]["accounts"]["description"] == "All of them."
    assert schema["properties"]["told"]["description"] == "As the author put it."
    assert schema["$defs"]["Account"]["properties"]["number"]["description"] == "Which one."


def test_a_start_reads_no_docstrings() -> None:
    """Pydantic's own way searches the source of every model that is declared."""
    assert not PluginSettings.model_config.get("use_attribute_docstrings")
