"""The suites see what is wrong: plugins that break each rule, and the test that says so."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

OFFENDERS = """
    import asyncio
    import pytest
    from idp.sdk import *
    from idp.testing.conformance import *
    from idp.testing.context import plugin_context

    class OpenSettings(PluginSettings):
        api_token: str = ""

    class Forgets(Sender[OpenSettings]):
        channel = "email"
        async def send(self, message):
            self.context.log.info("sent", to=message.to)
            if self.context.name == "broken":
                raise OSError(message.to)

    class TestForgets(SenderConformance):
        @pytest.fixture
        def plugin(self): return Forgets(OpenSettings(), plugin_context("forgets"))
        @pytest.fixture
        def broken(self): return Forgets(OpenSettings(), plugin_context("broken"))
        @pytest.fixture
        def delivered(self): return lambda: []

    class Trusting(Enrollable[PluginSettings]):
        '''Trusts everybody.'''
        sdk_version = 1
        method, amr = "trust", ("otp",)
        async def is_ready(self, account): return True
        async def verify(self, account, code): return code.strip() == "1"
        async def enrol(self, account): return Enrolment(secret="1", uri="1")
        async def confirm(self, account, code): return True
        async def remove(self, account): ...

    class TestTrusting(EnrollableConformance):
        @pytest.fixture
        def plugin(self): return Trusting(PluginSettings(), plugin_context("trusting"))
        @pytest.fixture
        def code_of(self): return lambda enrolment: "1"

    class Open(FirstFactor[PluginSettings]):
        '''Opens.'''
        sdk_version = 1
        amr = ("pwd",)
        async def prove(self, account, secret): return 1

    class TestOpen(FirstFactorConformance):
        @pytest.fixture
        def plugin(self): return Open(PluginSettings(), plugin_context("open"))
        @pytest.fixture
        def secret(self): return "x"

    class Quotes(PasswordRule[PluginSettings]):
        '''Quotes.'''
        sdk_version = 1
        async def objections(self, password, account): return [f"{password} is bad"]

    class TestQuotes(PasswordRuleConformance):
        @pytest.fixture
        def plugin(self): return Quotes(PluginSettings(), plugin_context("quotes"))
        @pytest.fixture
        def good(self): return "good"
        @pytest.fixture
        def bad(self): return "bad"

    class Repeats(EventSubscriber[PluginSettings]):
        '''Acts each time.'''
        sdk_version = 1
        count = 0
        async def notice(self, event, *, at, delivery): self.count += 1

    class TestRepeats(EventSubscriberConformance):
        @pytest.fixture
        def plugin(self): return Repeats(PluginSettings(), plugin_context("repeats"))
        @pytest.fixture
        def effects(self, plugin): return lambda: plugin.count

    class Vague(FeatureSource[PluginSettings]):
        '''Says yes.'''
        sdk_version = 1
        async def value(self, feature, tenant_kind, tenant_name): return True

    class TestVague(FeatureSourceConformance):
        @pytest.fixture
        def plugin(self): return Vague(PluginSettings(), plugin_context("vague"))
        @pytest.fixture
        def known(self): return "mfa", "team", "x", True

    class Shouts(CodeChannel[PluginSettings]):
        '''Shouts.'''
        sdk_version = 1
        method = channel = "shout"
        def address(self, account): return f"{account.email}\\n"
        async def verify(self, account, code): return True

    class TestShouts(CodeChannelConformance):
        @pytest.fixture
        def plugin(self): return Shouts(PluginSettings(), plugin_context("shouts"))

    class TestNothing(SenderConformance): ...
"""

SEEN = [
    "TestForgets::test_it_says_what_it_does",
    "TestForgets::test_it_says_which_sdk_it_was_written_for",
    "TestForgets::test_its_settings_are_documented",
    "TestForgets::test_its_secrets_are_masked",
    "TestForgets::test_it_carries_the_text",
    "TestForgets::test_what_goes_wrong_is_sender_failed",
    "TestForgets::test_it_logs_neither_address_nor_code",
    "TestTrusting::test_it_is_not_ready_for_who_never_set_it_up",
    "TestTrusting::test_a_code_passes_once",
    "TestTrusting::test_a_code_passes_once_however_many_race",
    "TestTrusting::test_a_code_is_nobody_elses",
    "TestTrusting::test_what_is_no_code_is_refused_and_spends_none",
    "TestTrusting::test_it_counts_only_once_it_was_proved",
    "TestTrusting::test_nothing_is_proved_that_was_not_begun",
    "TestTrusting::test_a_new_beginning_leaves_the_proved_one_in_force",
    "TestTrusting::test_what_was_removed_is_gone",
    "TestOpen::test_the_right_secret_proves_the_account",
    "TestOpen::test_a_wrong_secret_proves_nothing",
    "TestOpen::test_a_name_that_nobody_has_is_not_proved",
    "TestQuotes::test_a_good_password_meets_no_objection",
    "TestQuotes::test_objections_are_short_names_and_never_the_password",
    "TestRepeats::test_it_acts_once_however_often_it_is_told",
    "TestVague::test_what_is_not_set_is_none",
    "TestVague::test_a_jurisdiction_is_no_team",
    "TestShouts::test_the_address_is_one_line",
    "TestShouts::test_an_account_that_cannot_be_reached_has_none",
    "TestShouts::test_it_leaves_the_codes_to_the_core",
    "TestNothing::test_it_carries_the_text",
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of the offenders."""
    folder: Path = tmp_path_factory.mktemp("offenders")
    (folder / "test_offenders.py").write_text(dedent(OFFENDERS))
    command = [sys.executable, "-m", "pytest", "-q", "-rfE", "--tb=line", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, "--rootdir", str(folder), str(folder)],
        cwd=folder,
        env={**os.environ, "REQUIRE_ALL_TESTS": ""},
        capture_output=True,
        text=True,
        check=False,
    ).stdout


@pytest.mark.parametrize("test", SEEN)
def test_the_offence_is_seen(told: str, test: str) -> None:
    assert f"test_offenders.py::{test}" in told


def test_a_suite_without_a_plugin_says_what_it_wants(told: str) -> None:
    assert "override the fixture `plugin` of the suite: an instance of your plugin" in told
