"""What may be a password: presets, what differs from them, and the list of common ones."""

from datetime import timedelta
from pathlib import Path

import pytest

from idp.config.common_passwords import common_passwords
from idp.config.rules import password_policies, password_policy
from idp.core.password import PRESETS, PasswordPolicy
from tests.config.conftest import Loading

FOUR = frozenset({"upper", "lower", "digit", "special"})


def test_the_default_is_the_default_preset(loaded: Loading) -> None:
    assert password_policy(loaded()) == PRESETS["default"] == PasswordPolicy(minimum=8, maximum=128)


@pytest.mark.parametrize("name", ["default", "nist", "bloom"])
def test_a_preset_is_chosen_by_name(loaded: Loading, name: str) -> None:
    assert password_policy(loaded(f"[password]\npreset = '{name}'")) == PRESETS[name]


def test_what_is_written_wins_over_the_preset(loaded: Loading) -> None:
    settings = loaded(
        """
        [password]
        preset = "bloom"
        minimum = 10
        maximum = 200
        classes = []
        refuse_common = false
        refuse_personal = false
        """
    )

    assert password_policy(settings) == PasswordPolicy(
        minimum=10, maximum=200, classes=frozenset(), refuse_common=False, refuse_personal=False
    )


def test_a_jurisdiction_chooses_its_own(loaded: Loading) -> None:
    settings = loaded(
        """
        [password]
        minimum = 10
        [jurisdictions.A]
        password = "bloom"
        [jurisdictions.B.password]
        preset = "nist"
        refuse_common = false
        [jurisdictions.C.password]
        classes = ["digit"]
        [jurisdictions.D]
        """
    )

    assert password_policies(settings) == {
        "A": PasswordPolicy(minimum=12, classes=FOUR),
        "B": PasswordPolicy(minimum=15, refuse_common=False),
        "C": PasswordPolicy(minimum=10, classes=frozenset({"digit"})),
    }


def test_passwords_live_for_ever_unless_told(loaded: Loading) -> None:
    """NIST SP 800-63B §5.1.1.2."""
    assert loaded().password.life is None
    assert loaded("[password]\nlife = '365d'").password.life == timedelta(days=365)


def test_the_list_of_common_passwords_is_long_enough(loaded: Loading) -> None:
    """Row 76, ASVS 6.2.4: at least 3,000 that the shortest allowed length would let through."""
    common = common_passwords(loaded())

    assert len([word for word in common if len(word) >= 8]) >= 3000
    assert {"password", "password1", "iloveyou", "12345678", "newpassword"} & common >= {"password1", "newpassword"}
    assert all(word == word.casefold() for word in common)


def test_an_operators_own_list_is_added(loaded: Loading, tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("BayArea2026\r\n\nhousing-portal\n")

    common = common_passwords(loaded("[password]\ncommon_list_file = 'more.txt'"))

    assert {"bayarea2026", "housing-portal", "newpassword"} <= common
    assert "" not in common


def test_the_list_is_not_read_where_nobody_asks_for_it(loaded: Loading) -> None:
    assert common_passwords(loaded("[password]\nrefuse_common = false")) == frozenset()


def test_the_list_is_read_where_one_jurisdiction_asks_for_it(loaded: Loading) -> None:
    assert common_passwords(loaded("[password]\nrefuse_common = false\n[jurisdictions.A]\npassword = 'nist'"))


def test_a_common_password_is_refused_whatever_its_case(loaded: Loading) -> None:
    settings = loaded()

    assert "tooCommon" in password_policy(settings).objections("NewPassword", (), common_passwords(settings))
