"""Lines of an import, as far as no database is needed."""

import io

import pytest

from idp.usecases.accounts.import_line import LONGEST_LINE, LineRefused, numbered_lines, read_line

LEAST = b'{"email":"Jane@Example.com","firstName":"Jane","lastName":"Doe"%s}'


def test_the_least_that_a_line_must_say() -> None:
    read = read_line(LEAST % b"")

    assert (read.email, read.first_name, read.last_name) == ("jane@example.com", "Jane", "Doe")
    assert (read.password_hash, read.confirmed_at, read.mfa_enabled) == (None, None, None)


@pytest.mark.parametrize(
    "nothing", [b',"phoneNumber":null', b',"mfaEnabled":null', b',"userRoles":null', b',"teams":null']
)
def test_null_is_the_same_as_nothing(nothing: bytes) -> None:
    assert read_line(LEAST % nothing) == read_line(LEAST % b"")


@pytest.mark.parametrize(
    "strange",
    [
        b',"confirmedAt":1714557600',
        b',"mfaEnabled":1',
        b',"mfaEnabled":"true"',
        b',"roles":"admin"',
        b',"roles":["a b"]',
        b',"id":"../etc"',
        b',"dob":"17.5.1990"',
        b',"language":"en\\n"',
        b',"firstName":"\\ud800"',
        b',"createdAt":NaN',
    ],
)
def test_types_are_not_guessed(strange: bytes) -> None:
    """Threat rows 50 and 121: nothing is coerced."""
    with pytest.raises(LineRefused):
        read_line(LEAST % strange)


def test_everything_that_is_wrong_with_a_line_is_told_at_once() -> None:
    with pytest.raises(LineRefused) as refused:
        read_line(b'{"firstName":"","emial":"x"}')

    assert refused.value.reason == (
        "email: is missing; firstName: should have at least 1 character; lastName: is missing; "
        "emial: is no field of an account"
    )


def test_lines_keep_their_numbers_whatever_lies_between_them() -> None:
    stream = io.BytesIO(b"\xef\xbb\xbfone\r\n\n   \ntwo\n" + b"x" * (3 * LONGEST_LINE) + b"\nthree")

    assert list(numbered_lines(stream)) == [(1, b"one\r\n"), (4, b"two\n"), (5, None), (6, b"three")]


def test_a_line_of_the_greatest_length_is_read() -> None:
    text = b"x" * LONGEST_LINE + b"\n"

    assert list(numbered_lines(io.BytesIO(text + b"y"))) == [(1, text), (2, b"y")]
