"""What is installed is known without importing any of it."""

import sys
from importlib.metadata import version

from idp.registry.discover import InstalledPlugin, installed_plugins
from tests.plugins.packages import Site

BUILT_IN = {
    "password": "idp.plugins.password:Password",
    "email_code": "idp.plugins.email_code:EmailCode",
    "sms_code": "idp.plugins.sms_code:SmsCode",
    "totp": "idp.plugins.totp:Totp",
    "recovery_codes": "idp.plugins.recovery_codes:RecoveryCodes",
    "single_use_code": "idp.plugins.single_use_code:SingleUseCode",
    "smtp": "idp.plugins.smtp:SmtpSender",
    "twilio": "idp.plugins.twilio:TwilioSender",
    "file": "idp.plugins.file:FileSender",
    "console": "idp.plugins.console:ConsoleSender",
}


def test_built_in_plugins_arrive_like_anyone_elses() -> None:
    found = {plugin.name: plugin for plugin in installed_plugins() if plugin.package == "idp"}

    assert {name: plugin.target for name, plugin in found.items()} == BUILT_IN
    assert {plugin.version for plugin in found.values()} == {version("idp")}


def test_a_strangers_plugin_is_listed_and_not_imported(site: Site) -> None:
    """Installed is not trusted: a dependency of a dependency must not run in the way in."""
    site.install("idp-stranger", "raise SystemExit(1)", plugins={"stranger": "idp_stranger:Stranger"}, version="3.1")

    found = installed_plugins()

    wanted = InstalledPlugin(name="stranger", package="idp-stranger", version="3.1", target="idp_stranger:Stranger")
    assert wanted in found
    assert "idp_stranger" not in sys.modules


def test_two_packages_of_one_name_are_both_listed(site: Site) -> None:
    site.install("idp-first", plugins={"push": "idp_first:Push"})
    site.install("idp-second", plugins={"push": "idp_second:Push"})

    assert [plugin.package for plugin in installed_plugins() if plugin.name == "push"] == ["idp-first", "idp-second"]


def test_packages_without_plugins_are_not_listed(site: Site) -> None:
    site.install("idp-nothing")

    assert "idp-nothing" not in {plugin.package for plugin in installed_plugins()}
