"""What may be a password (NIST SP 800-63B §5.1.1.2, ASVS 6.2)."""

import pytest

from idp.core.password import PRESETS, PasswordPolicy

COMMON = frozenset({"password1234"})
PERSONAL = ("jane@example.com", "Jane", "Doe", "Jane Doe")


def objections(password: str, policy: PasswordPolicy | None = None) -> tuple[str, ...]:
    return (policy or PasswordPolicy()).objections(password, PERSONAL, COMMON)


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("correct horse", ()),
        ("seven77", ("tooShort",)),
        ("x" * 128, ()),
        ("x" * 129, ("tooLong",)),
        ("eight\x00chars", ("notText",)),
        ("Password1234", ("tooCommon",)),
        ("JANE@example.com", ("tooPersonal",)),
        ("jane doe", ("tooPersonal",)),
        ("пароль пароль", ()),
    ],
)
def test_the_default_rule(password: str, found: tuple[str, ...]) -> None:
    assert objections(password) == found


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("Abcdef12345!", ()),
        ("Abcdef12345_", ("needsSpecial",)),
        ("abcdef12345!", ("needsUpper",)),
        ("ABCDEF12345!", ("needsLower",)),
        ("Abcdefghijk!", ("needsDigit",)),
        ("Abcdef1234!", ("tooShort",)),
    ],
)
def test_blooms_own_rule(password: str, found: tuple[str, ...]) -> None:
    """bloom.md §8.1."""
    assert objections(password, PRESETS["bloom"]) == found


def test_nist_wants_fifteen_characters_of_a_password_used_alone() -> None:
    assert objections("fourteen chars", PRESETS["nist"]) == ("tooShort",)
    assert objections("fifteen chars!!", PRESETS["nist"]) == ()


def test_lists_can_be_switched_off() -> None:
    policy = PasswordPolicy(refuse_common=False, refuse_personal=False)

    assert objections("password1234", policy) == ()
    assert objections("jane doe", policy) == ()


def test_an_unknown_class_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="character class"):
        objections("long enough", PasswordPolicy(classes=frozenset({"emoji"})))
