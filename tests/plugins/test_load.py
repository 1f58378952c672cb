"""Loading: what the config names is made, or refused with every reason at once (threat row 131, issue line 18)."""

import sys
import time
from collections.abc import Mapping

import pytest
from pydantic import SecretStr

from idp.registry.load import load_plugins
from idp.registry.loaded import Loaded
from idp.registry.problems import PluginProblem, PluginsRefused
from idp.testing.context import plugin_context
from tests.plugins.packages import Site

PUSH = """
    from pydantic import Field, SecretStr
    from idp.sdk import *

    class PushSettings(PluginSettings):
        url: str
        '''Where to push to.'''
        token: SecretStr = SecretStr("")
        '''What proves us.'''
        retries: int = Field(default=1, ge=0)
        '''How often.'''

    class Push(Sender[PushSettings]):
        '''Pushes.'''
        sdk_version = 1
        channel = "push"
        async def send(self, message): ...
"""

Tables = Mapping[str, Mapping[str, object]]


def load(tables: Tables, *, seconds: float = 10) -> Loaded:
    return load_plugins(tables, context_for=plugin_context, seconds=seconds)


def refused(tables: Tables, *, seconds: float = 10) -> tuple[PluginProblem, ...]:
    with pytest.raises(PluginsRefused) as refusal:
        load(tables, seconds=seconds)
    return refusal.value.problems


def only(problems: tuple[PluginProblem, ...]) -> PluginProblem:
    (problem,) = problems
    return problem


def test_what_the_config_names_is_made_in_its_order(site: Site) -> None:
    site.install("idp-push", PUSH, plugins={"push": "idp_push:Push"})

    loaded = load({"push": {"url": "https://push.example.com"}, "password": {}})

    assert loaded.names == ("push", "password")
    assert [plugin.points for plugin in loaded.plugins] == [("Sender",), ("FirstFactor",)]
    assert loaded.plugins[0].channels == ("push",)
    assert loaded.plugins[0].plugin.settings.url == "https://push.example.com"
    assert loaded.plugins[0].plugin.context.name == "push"


def test_what_the_config_does_not_name_is_not_imported(site: Site) -> None:
    site.install("idp-evil", "raise SystemExit('evil')", plugins={"evil": "idp_evil:Evil"})

    load({"password": {}})

    assert "idp_evil" not in sys.modules


def test_no_tables_no_plugins() -> None:
    assert load({}).names == ()


def test_a_name_that_no_package_provides_is_refused_with_the_nearest_and_all_installed() -> None:
    problem = only(refused({"pasword": {}}))

    assert problem.key == "plugins.pasword"
    assert problem.reason == "is provided by no installed package"
    assert problem.mend.startswith("did you mean password? installed: console, email_code, file,")


def test_a_name_that_two_packages_claim_is_refused_naming_both(site: Site) -> None:
    site.install("idp-push", PUSH, plugins={"push": "idp_push:Push"})
    site.install("idp-shove", PUSH, plugins={"push": "idp_shove:Push"}, version="0.2")

    problem = only(refused({"push": {"url": "u"}}))

    assert problem.key == "plugins.push"
    assert problem.reason == "is claimed by idp-push 1.0, idp-shove 0.2"


def test_no_package_takes_the_name_of_a_built_in_plugin(site: Site) -> None:
    site.install("idp-impostor", PUSH, plugins={"password": "idp_impostor:Push"})

    assert "is claimed by idp 0" in only(refused({"password": {}})).reason


def test_the_name_of_a_feature_of_our_own_is_refused(site: Site) -> None:
    site.install("idp-mfa", PUSH, plugins={"mfa": "idp_mfa:Push"})

    assert only(refused({"mfa": {"url": "u"}})).reason == "is the name of a feature of our own"


def test_every_setting_that_does_not_fit_is_named_with_its_mend(site: Site) -> None:
    site.install("idp-push", PUSH, plugins={"push": "idp_push:Push"})

    problems = refused({"push": {"tokn": "s3cr3t-value", "retries": -1}})

    told = {problem.key: problem for problem in problems}
    assert set(told) == {"plugins.push.url", "plugins.push.tokn", "plugins.push.retries"}
    assert told["plugins.push.url"].mend == "set it: Where to push to."
    assert told["plugins.push.tokn"].mend == "did you mean token?"
    assert told["plugins.push.retries"].mend == "How often."
    assert "s3cr3t-value" not in "".join(map(str, problems))


def test_a_setting_unlike_any_other_is_refused_with_the_known_ones(site: Site) -> None:
    site.install("idp-push", PUSH, plugins={"push": "idp_push:Push"})

    assert only(refused({"push": {"url": "u", "zzz": 1}})).mend == "remove it; known keys: url, token, retries"


def test_a_validator_that_quotes_a_secret_quotes_nothing(site: Site) -> None:
    source = PUSH.replace(
        "    class Push(",
        """
    from pydantic import field_validator
    class QuotingSettings(PushSettings):
        @field_validator("token")
        @classmethod
        def _quotes(cls, token):
            raise ValueError(f"{token.get_secret_value()} is too short")

    class Push(""",
    ).replace("Sender[PushSettings]", "Sender[QuotingSettings]")
    site.install("idp-push", source, plugins={"push": "idp_push:Push"})

    for token in ("s3cr3t-value", SecretStr("s3cr3t-value")):
        problem = only(refused({"push": {"url": "u", "token": token}}))

        assert problem.key == "plugins.push.token"
        assert problem.reason == "********** is too short"


@pytest.mark.parametrize("fault", ["raise OSError('s3cr3t-value')", "import time; time.sleep(1)"])
def test_settings_that_cannot_be_read_at_all_are_refused(site: Site, fault: str) -> None:
    source = PUSH.replace(
        "    class Push(",
        f"""
    from pydantic import field_validator
    class FaultySettings(PushSettings):
        @field_validator("url")
        @classmethod
        def _fails(cls, url):
            {fault}

    class Push(""",
    ).replace("Sender[PushSettings]", "Sender[FaultySettings]")
    site.install("idp-push", source, plugins={"push": "idp_push:Push"})

    problem = only(refused({"push": {"url": "u"}}, seconds=0.1))

    assert problem.reason.startswith("cannot read its settings: ")
    assert "s3cr3t-value" not in problem.reason


def test_a_secret_in_the_place_of_an_ordinary_setting_is_refused_without_it(site: Site) -> None:
    """`url = { env = … }`: only what asks for a secret gets one."""
    site.install("idp-push", PUSH, plugins={"push": "idp_push:Push"})

    problem = only(refused({"push": {"url": SecretStr("s3cr3t-value")}}))

    assert (problem.key, problem.reason) == ("plugins.push.url", "input should be a valid string")


def test_all_problems_of_all_plugins_come_at_once(site: Site) -> None:
    site.install("idp-push", PUSH, plugins={"push": "idp_push:Push"})
    site.install("idp-broken", "import no_such_module", plugins={"broken": "idp_broken:Broken"})

    keys = {problem.key for problem in refused({"push": {}, "broken": {}, "nobody": {}, "file": {}})}

    assert keys == {"plugins.push.url", "plugins.broken", "plugins.nobody", "plugins.file.directory"}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise ValueError('bad day')", "ValueError: bad day"),
        ("raise SystemExit('I quit')", "SystemExit: I quit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("import os; x = 1 +", "SyntaxError"),
        ("Other = 1", "AttributeError: module 'idp_bad' has no attribute 'Bad'"),
    ],
)
def test_a_package_that_cannot_be_imported_is_refused_and_ends_nothing(site: Site, source: str, told: str) -> None:
    """SystemExit at import is a refusal like any other, not our exit."""
    site.install("idp-bad", source, plugins={"bad": "idp_bad:Bad"})

    problem = only(refused({"bad": {}}))

    assert problem.key == "plugins.bad"
    assert told in problem.reason
    assert problem.reason.endswith("[idp_bad:Bad of idp-bad 1.0]")


@pytest.mark.alone
def test_an_import_that_does_not_end_is_refused(site: Site) -> None:
    site.install("idp-slow", "import time; time.sleep(3)", plugins={"slow": "idp_slow:Slow"})
    began = time.monotonic()

    problem = only(refused({"slow": {}}, seconds=0.1))

    assert time.monotonic() - began < 2.5
    assert problem.reason.startswith("cannot be imported: no end after 0.1 s")


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("Function", "implements no extension point"),
        ("Plain", "implements no extension point"),
        ("Rootless", "implements no extension point"),
        ("Unfinished", "does not implement send"),
        ("Foreign", "was written for SDK version 2, this is version 1"),
        ("Nameless", "declares no method"),
        ("Channelless", "declares no channel"),
        ("Proofless", "declares no amr"),
        ("Both", "is CodeChannel and Enrollable at once"),
        ("Patient", "has a time-out out of bounds"),
        ("Odd", "has Settings that are no PluginSettings"),
    ],
)
def test_a_class_that_is_no_plugin_of_ours_is_refused(site: Site, target: str, told: str) -> None:
    source = """
    from idp.sdk import *

    def Function(settings, context): ...
    class Plain: ...
    class Rootless(Plugin[PluginSettings]): ...
    class Unfinished(Sender[PluginSettings]):
        channel = "push"
    class Foreign(PasswordRule[PluginSettings]):
        sdk_version = 2
        async def objections(self, password, account): return []
    class Channel(CodeChannel[PluginSettings]):
        method, channel, amr = "push", "push", ("otp",)
        def address(self, account): return "a"
    class Nameless(Channel):
        method = ""
    class Channelless(Channel):
        channel = "No such channel"
    class Proofless(Channel):
        amr = "otp"
    class Both(Channel, Enrollable[PluginSettings]):
        async def enrol(self, account): ...
        async def confirm(self, account, code): ...
        async def remove(self, account): ...
    class Patient(Channel):
        time_out_seconds = 3600
    class Odd(Channel):
        Settings = dict
    """
    site.install("idp-bad", source, plugins={"bad": f"idp_bad:{target}"})

    problem = only(refused({"bad": {}}))

    assert problem.reason.startswith(told)
    assert f"[idp_bad:{target} of idp-bad 1.0]" in problem.reason


def test_a_constructor_that_fails_is_refused_without_its_secrets(site: Site) -> None:
    source = (
        PUSH
        + """
        def __init__(self, settings, context):
            raise ConnectionError(f"cannot reach {settings.url} with {settings.token.get_secret_value()}")
    """
    )
    site.install("idp-push", source, plugins={"push": "idp_push:Push"})

    problem = only(refused({"push": {"url": "https://push.example.com", "token": "s3cr3t-value"}}))

    assert "cannot be made: ConnectionError: cannot reach https://push.example.com with **********" in problem.reason


@pytest.mark.parametrize("source", ["raise SystemExit", "import time; time.sleep(1)", "self.channel = 'x'"])
def test_a_constructor_that_exits_hangs_or_forgets_its_base_is_refused(site: Site, source: str) -> None:
    constructor = f"""
        def __init__(self, settings, context):
            {source}
    """
    site.install("idp-push", PUSH + constructor, plugins={"push": "idp_push:Push"})

    problem = only(refused({"push": {"url": "u"}}, seconds=0.1))

    assert problem.reason.startswith("cannot be made")


@pytest.mark.parametrize("channels", ["()", "('Sms!',)", "['sms']", "None", "1/0"])
def test_a_sender_without_nameable_channels_is_refused(site: Site, channels: str) -> None:
    override = f"""
        @property
        def channels(self):
            return {channels}
    """
    site.install("idp-push", PUSH + override, plugins={"push": "idp_push:Push"})

    assert only(refused({"push": {"url": "u"}})).reason.startswith("cannot be made")


def test_two_plugins_that_claim_one_channel_are_refused() -> None:
    problem = only(refused({"file": {"directory": "var"}, "console": {"channels": ["sms"]}}))

    assert problem.key == "plugins.console"
    assert problem.reason == "claims the channel sms, as plugins.file does"


def test_two_plugins_that_claim_one_method_are_refused(site: Site) -> None:
    source = """
    from idp.sdk import *
    class Push(CodeChannel[PluginSettings]):
        method, channel = "email", "email"
        def address(self, account): return "a"
    """
    site.install("idp-push", source, plugins={"push": "idp_push:Push"})

    problem = only(refused({"email_code": {}, "push": {}, "console": {}}))

    assert problem.key == "plugins.push"
    assert problem.reason == "claims the second-factor method email, as plugins.email_code does"


def test_two_lists_of_recovery_codes_are_refused(site: Site) -> None:
    """Row 57: one of them would stay good when the last factor is taken away."""
    source = """
    from idp.plugins.recovery_codes import RecoveryCodes
    class Paper(RecoveryCodes):
        method = "paper"
    """
    site.install("idp-paper", source, plugins={"paper": "idp_paper:Paper"})

    problem = only(refused({"recovery_codes": {}, "paper": {}}))

    assert problem.key == "plugins.paper"
    assert problem.reason == "claims the place of recovery codes, as plugins.recovery_codes does"


def test_two_homes_of_flags_are_refused(site: Site) -> None:
    source = """
    from idp.sdk import *
    class Flags(FeatureSource[PluginSettings]):
        async def value(self, feature, tenant_kind, tenant_name): return None
    """
    site.install("idp-flags", source, plugins={"flags": "idp_flags:Flags", "banners": "idp_flags:Flags"})

    assert "claims the home of run-time flags" in only(refused({"flags": {}, "banners": {}})).reason


def test_a_channel_that_nobody_carries_is_refused() -> None:
    problem = only(refused({"sms_code": {}, "console": {"channels": ["email"]}}))

    assert problem.key == "plugins.sms_code"
    assert problem.reason == "sends by the channel sms, which no enabled plugin carries"


def test_one_class_may_be_channel_and_sender(site: Site) -> None:
    """So that one table enables a whole way to prove oneself."""
    source = """
    from idp.sdk import *
    class Push(CodeChannel[PluginSettings], Sender[PluginSettings]):
        method, channel = "push", "push"
        def address(self, account): return account.email
        async def send(self, message): ...
    """
    site.install("idp-push", source, plugins={"push": "idp_push:Push"})

    (push,) = load({"push": {}}).plugins

    assert push.points == ("CodeChannel", "Sender")
    assert push.channels == ("push",)
