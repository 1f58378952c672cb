"""The settings in the verbs' own terms."""

from datetime import timedelta

from idp.config.rules import rules_from
from idp.core.lockout import Budget
from idp.core.password import PRESETS
from idp.core.session import Lifetimes
from idp.usecases.rules import Rules
from tests.config.conftest import Loading

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_the_defaults_are_those_of_the_contracts(loaded: Loading) -> None:
    """Access 1 h, refresh 24 h: the seeds. 5 guesses: row 44. 5 messages in 10 minutes: row 42. Reset 1 h: row 69."""
    assert rules_from(loaded(), frozenset()) == Rules(
        issuer="http://localhost:3100",
        password_budget=Budget(limit=5, cooldown=15 * MINUTE, longest_cooldown=DAY, ceiling=100),
        code_budget=Budget(limit=5, cooldown=30 * MINUTE, longest_cooldown=DAY, ceiling=100),
        source_budget=Budget(limit=100, cooldown=10 * MINUTE, longest_cooldown=10 * MINUTE),
        request_budget=Budget(limit=3000, cooldown=10 * MINUTE, longest_cooldown=10 * MINUTE),
        message_budget=Budget(limit=5, cooldown=10 * MINUTE, longest_cooldown=10 * MINUTE),
        sms_budget=Budget(limit=1000, cooldown=HOUR, longest_cooldown=HOUR),
        lifetimes=Lifetimes(access=HOUR, refresh=DAY, session=30 * DAY),
        code_length=6,
        code_life=10 * MINUTE,
        confirmation_life=DAY,
        reset_life=HOUR,
        audit_life=400 * DAY,
    )


def test_every_setting_reaches_the_verbs(loaded: Loading) -> None:
    settings = loaded(
        """
        issuer = "https://id.example.com"
        default_jurisdiction = "A"
        [sessions]
        access = "10m"
        refresh = "2h"
        longest = "8h"
        refresh_grace = "3s"
        [lockout]
        failed_attempts = 3
        cooldown = "1m"
        longest_cooldown = "4m"
        ceiling = 50
        known_devices = true
        [throttle]
        sources = "1/1m"
        requests = "4/4m"
        messages = "2/2m"
        sms = "3/3m"
        [codes]
        length = 8
        life = "5m"
        guesses = 2
        cooldown = "2m"
        longest_cooldown = "8m"
        [links]
        confirmation = "2h"
        reset = "10m"
        [password]
        preset = "nist"
        life = "90d"
        [apps]
        urls = ["https://a.example.com"]
        [audit]
        keep = "30d"
        [jurisdictions.A]
        password = "bloom"
        """
    )

    assert rules_from(settings, frozenset({"x"})) == Rules(
        issuer="https://id.example.com",
        password_budget=Budget(limit=3, cooldown=MINUTE, longest_cooldown=4 * MINUTE, ceiling=50),
        code_budget=Budget(limit=2, cooldown=2 * MINUTE, longest_cooldown=8 * MINUTE, ceiling=50),
        source_budget=Budget(limit=1, cooldown=MINUTE, longest_cooldown=MINUTE),
        request_budget=Budget(limit=4, cooldown=4 * MINUTE, longest_cooldown=4 * MINUTE),
        message_budget=Budget(limit=2, cooldown=2 * MINUTE, longest_cooldown=2 * MINUTE),
        sms_budget=Budget(limit=3, cooldown=3 * MINUTE, longest_cooldown=3 * MINUTE),
        lifetimes=Lifetimes(access=10 * MINUTE, refresh=2 * HOUR, session=8 * HOUR, refresh_grace=timedelta(seconds=3)),
        code_length=8,
        code_life=5 * MINUTE,
        confirmation_life=2 * HOUR,
        reset_life=10 * MINUTE,
        password_life=90 * DAY,
        password=PRESETS["nist"],
        password_by_jurisdiction={"A": PRESETS["bloom"]},
        common_passwords=frozenset({"x"}),
        app_urls=("https://a.example.com",),
        known_devices=True,
        default_jurisdiction="A",
        audit_life=30 * DAY,
    )
