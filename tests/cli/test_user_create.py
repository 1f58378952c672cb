"""`idp user create`."""

import pyotp
import pytest

from idp.core.errors import NotConfirmed
from idp.usecases.signin.outcome import SecondFactorNeeded, SignedIn
from idp.usecases.signin.second_factor import Given
from tests.cli.command_line import PASSWORD, CommandLine

NAMES = ("--first-name", "Jane", "--last-name", "Doe")
EMAIL = "jane@example.com"


def test_a_confirmed_account_signs_in_at_once(idp: CommandLine) -> None:
    created = idp.create(EMAIL, "--confirmed")

    signed_in = idp.sign_in(EMAIL)

    assert isinstance(signed_in, SignedIn)
    assert signed_in.account.id == created["id"]


def test_an_unconfirmed_one_is_sent_a_link_first(idp: CommandLine) -> None:
    idp.create(EMAIL)

    with pytest.raises(NotConfirmed):
        idp.sign_in(EMAIL)

    assert [bool(message.data["link"]) for message in idp.messages(EMAIL)] == [True]


def test_what_was_said_is_what_is_shown(idp: CommandLine) -> None:
    idp.ask("jurisdiction", "create", "Alameda")
    idp.ask("team", "create", "My Team")

    idp.create(
        "Jane@Example.com",
        *("--middle-name", "Q", "--phone", "(415) 555-0123", "--language", "es", "--role", "admin"),
        *("--jurisdiction", "Bay Area", "--jurisdiction", "Alameda:partner", "--team", "My Team:ADMIN"),
    )

    shown = idp.ask("user", "show", EMAIL)
    assert shown["email"] == EMAIL
    assert (shown["first_name"], shown["middle_name"], shown["last_name"]) == ("Jane", "Q", "Doe")
    assert (shown["phone_number"], shown["phone_verified_at"]) == ("+14155550123", None)
    assert (shown["language"], shown["roles"], shown["mfa"]) == ("es", ["admin"], [])
    assert [(one["name"], one["role"]) for one in shown["jurisdictions"]] == [
        ("Alameda", "partner"),
        ("Bay Area", "user"),
    ]
    assert [(one["name"], one["role"]) for one in shown["teams"]] == [("My Team", "ADMIN")]


def test_a_team_whose_name_holds_a_colon_is_found_whole(idp: CommandLine) -> None:
    idp.ask("team", "create", "Team: Blue")

    idp.create(EMAIL, "--team", "Team: Blue:ADMIN")
    idp.create("other@example.com", "--team", "Team: Blue")

    assert [one["role"] for one in idp.ask("user", "show", EMAIL)["teams"]] == ["ADMIN"]
    assert [one["role"] for one in idp.ask("user", "show", "other@example.com")["teams"]] == ["MEMBER"]


def test_a_password_comes_by_the_standard_input_as_well(idp: CommandLine) -> None:
    idp.ask("user", "create", "--email", EMAIL, *NAMES, "--password-stdin", "--confirmed", typed="päss wörd 42\nrest\n")

    assert isinstance(idp.sign_in(EMAIL, "päss wörd 42"), SignedIn)


def test_without_a_password_nobody_signs_in(idp: CommandLine) -> None:
    idp.ask("user", "create", "--email", EMAIL, *NAMES, "--no-password", "--confirmed")

    assert idp.ask("user", "show", EMAIL)["has_password"] is False


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--password", PASSWORD, "--password-stdin"),
        ("--password", PASSWORD, "--no-password"),
        ("--password-stdin",),
    ],
)
def test_the_password_comes_from_one_place(idp: CommandLine, words: tuple[str, ...]) -> None:
    refusal = idp.refuse("user", "create", "--email", EMAIL, *NAMES, *words, typed="")

    assert (refusal["error"], refusal["exit"]) == ("usage", 2)


class TestSecondFactor:
    """`--mfa`."""

    def test_totp_counts_at_once_by_the_address_that_is_printed(self, idp: CommandLine) -> None:
        created = idp.create(EMAIL, "--confirmed", "--mfa", "totp")

        assert f"secret={created['secret']}" in created["otpauth_uri"]
        code = pyotp.TOTP(created["secret"]).now()
        without, with_code = idp.sign_in(EMAIL), idp.sign_in(EMAIL, given=Given(code=code))

        assert isinstance(without, SecondFactorNeeded)
        assert without.methods == ("totp",)
        assert isinstance(with_code, SignedIn)

    def test_a_number_with_sms_is_vouched_for(self, idp: CommandLine) -> None:
        idp.create(EMAIL, "--confirmed", "--phone", "+14155550123", "--mfa", "sms")

        shown = idp.ask("user", "show", EMAIL)

        assert shown["mfa"] == ["sms"]
        assert shown["phone_verified_at"] is not None

    def test_sms_without_a_number_is_refused(self, idp: CommandLine) -> None:
        words = ("user", "create", "--email", EMAIL, "--password", PASSWORD, *NAMES, "--mfa", "sms")

        assert idp.refuse(*words)["error"] == "phone_number_missing"
        assert idp.ask("user", "list")["items"] == []

    def test_email_counts_for_a_confirmed_address(self, idp: CommandLine) -> None:
        idp.create(EMAIL, "--confirmed", "--mfa", "email")

        needed = idp.sign_in(EMAIL)

        assert isinstance(needed, SecondFactorNeeded)
        assert needed.methods == ("email",)

    def test_email_waits_for_the_confirmation_and_nothing_gets_past_it(self, idp: CommandLine) -> None:
        """Threat rows 54 and 57: the link confirms, and signs nobody in who needs a second factor."""
        idp.create(EMAIL, "--mfa", "email")

        with pytest.raises(NotConfirmed):
            idp.sign_in(EMAIL)

        assert idp.ask("user", "show", EMAIL)["mfa"] == ["email"]

    def test_an_unknown_method_is_refused_before_anything_is_made(self, idp: CommandLine) -> None:
        words = ("user", "create", "--email", EMAIL, "--password", PASSWORD, *NAMES, "--mfa", "carrier_pigeon")

        refusal = idp.refuse(*words)

        assert (refusal["error"], refusal["exit"]) == ("factor_unavailable", 1)
        assert idp.ask("user", "list")["items"] == []


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--email", "jane@example.com"), "email_taken"),
        (("--email", "JANE@EXAMPLE.COM"), "email_taken"),
        (("--email", "jane@"), "invalid_request"),
        (("--email", "a@example.com", "--jurisdiction", "Nowhere"), "unknown_tenant"),
        (("--email", "a@example.com", "--team", "Nobody:ADMIN"), "unknown_tenant"),
        (("--email", "a@example.com", "--phone", "1"), "invalid_request"),
        (("--email", "a@example.com", "--first-name", "Jane\nBcc: x"), "invalid_request"),
        (("--email", "a@example.com", "--password", "short"), "password_rejected"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(idp: CommandLine, words: tuple[str, ...], error: str) -> None:
    idp.create(EMAIL)

    refusal = idp.refuse("user", "create", "--password", PASSWORD, *NAMES, *words)

    assert (refusal["error"], refusal["exit"]) == (error, 1)
    assert len(idp.ask("user", "list")["items"]) == 1
