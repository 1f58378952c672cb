"""`idp user factor`."""

import pyotp
import pytest

from idp.usecases.signin.outcome import SecondFactorNeeded, SignedIn
from idp.usecases.signin.second_factor import Given
from tests.cli.command_line import CommandLine

EMAIL = "jane@example.com"


def code_of(enrolled: dict[str, str]) -> str:
    return pyotp.TOTP(enrolled["secret"]).now()


def test_an_app_counts_only_once_it_was_proved(idp: CommandLine) -> None:
    """Threat row 57."""
    idp.create(EMAIL, "--confirmed")

    begun = idp.ask("user", "factor", "add", EMAIL, "totp")
    before = idp.sign_in(EMAIL)
    proved = idp.ask("user", "factor", "confirm", EMAIL, "totp", code_of(begun))
    after = idp.sign_in(EMAIL)

    assert begun["counts"] is False
    assert begun["otpauth_uri"].startswith("otpauth://totp/")
    assert isinstance(before, SignedIn)
    assert proved["counts"] is True
    assert isinstance(after, SecondFactorNeeded)


def test_the_code_that_proved_it_does_not_sign_in_as_well(idp: CommandLine) -> None:
    """Threat row 47: a step is accepted once."""
    idp.create(EMAIL, "--confirmed")
    begun = idp.ask("user", "factor", "add", EMAIL, "totp")
    code = code_of(begun)
    idp.ask("user", "factor", "confirm", EMAIL, "totp", code)

    from idp.core.errors import CodeRejected

    with pytest.raises(CodeRejected):
        idp.sign_in(EMAIL, given=Given(code=code, method="totp"))


def test_a_wrong_code_proves_nothing_and_is_counted(idp: CommandLine) -> None:
    idp.create(EMAIL, "--confirmed")
    idp.ask("user", "factor", "add", EMAIL, "totp")

    refusals = [idp.refuse("user", "factor", "confirm", EMAIL, "totp", "000000")["error"] for _ in range(6)]

    assert refusals[:5] == ["code_rejected"] * 5
    assert refusals[5] == "account_locked"
    assert idp.ask("user", "show", EMAIL)["mfa"] == []


def test_with_vouch_it_counts_at_once(idp: CommandLine) -> None:
    idp.create(EMAIL, "--confirmed")

    added = idp.ask("user", "factor", "add", EMAIL, "totp", "--vouch")

    assert added["counts"] is True
    assert isinstance(idp.sign_in(EMAIL, given=Given(code=code_of(added))), SignedIn)


def test_what_was_begun_does_not_disturb_what_is_proved(idp: CommandLine) -> None:
    idp.create(EMAIL, "--confirmed")
    proved = idp.ask("user", "factor", "add", EMAIL, "totp", "--vouch")

    idp.ask("user", "factor", "add", EMAIL, "totp")

    assert isinstance(idp.sign_in(EMAIL, given=Given(code=code_of(proved))), SignedIn)


def test_a_number_comes_with_the_factor(idp: CommandLine) -> None:
    idp.create(EMAIL, "--confirmed")
    without = idp.refuse("user", "factor", "add", EMAIL, "sms")

    idp.ask("user", "factor", "add", EMAIL, "sms", "--phone", "415 555 0123")

    shown = idp.ask("user", "show", EMAIL)
    assert without["error"] == "phone_number_missing"
    assert (shown["phone_number"], shown["mfa"]) == ("+14155550123", ["sms"])
    assert shown["phone_verified_at"] is not None


def test_removing_it_forgets_the_secret(idp: CommandLine) -> None:
    idp.create(EMAIL, "--confirmed")
    idp.ask("user", "factor", "add", EMAIL, "totp", "--vouch")

    idp.ask("user", "factor", "remove", EMAIL, "totp")

    assert isinstance(idp.sign_in(EMAIL), SignedIn)
    assert idp.refuse("user", "factor", "remove", EMAIL, "totp")["error"] == "factor_unavailable"
    account_id = idp.ask("user", "show", EMAIL)["id"]
    assert idp.change(lambda work, _: work.credentials.get(account_id, "totp")) is None


def test_one_whose_plugin_is_gone_can_still_be_removed(idp: CommandLine) -> None:
    """Else its owner could never sign in again."""
    idp.create(EMAIL, "--confirmed", "--mfa", "totp")
    idp.config.write_text(idp.config.read_text().replace("[plugins.totp]\n", ""))

    before = idp.sign_in(EMAIL)
    idp.ask("user", "factor", "remove", EMAIL, "totp")

    assert isinstance(before, SecondFactorNeeded)
    assert before.methods == ()
    assert isinstance(idp.sign_in(EMAIL), SignedIn)


def test_the_owner_is_told_and_the_trail_knows(idp: CommandLine) -> None:
    """ASVS 6.3.7."""
    idp.create(EMAIL, "--confirmed")
    idp.ask("user", "factor", "add", EMAIL, "email")
    idp.ask("user", "factor", "remove", EMAIL, "email")

    trail = [entry for entry in idp.ask("audit")["items"] if entry["name"].startswith("factor.")]

    assert [(entry["name"], entry["methods"]) for entry in trail] == [
        ("factor.added", ["email"]),
        ("factor.removed", ["email"]),
    ]
    assert len(idp.messages(EMAIL)) == 2


@pytest.mark.parametrize(
    "words", [("add", EMAIL, "pigeon"), ("confirm", EMAIL, "email", "123456"), ("remove", EMAIL, "sms")]
)
def test_a_factor_that_is_none_is_refused(idp: CommandLine, words: tuple[str, ...]) -> None:
    idp.create(EMAIL)

    assert idp.refuse("user", "factor", *words)["error"] == "factor_unavailable"
