"""One canonical form of an e-mail address (rows 30, 73-75)."""

import pytest

from idp.core.address import canonical_email
from idp.core.errors import MalformedRequest


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("jane@example.com", "jane@example.com"),
        (" Jane.Doe@EXAMPLE.com ", "jane.doe@example.com"),
        ("a+tag@example.com", "a+tag@example.com"),
        ("jane@bücher.example", "jane@xn--bcher-kva.example"),
    ],
)
def test_spellings_of_one_address_become_one(text: str, canonical: str) -> None:
    assert canonical_email(text) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jane",
        "jane@",
        "@example.com",
        "jane@localhost@example.com",
        "a@example.com,b@example.com",
        "a@example.com;b@example.com",
        "Jane <jane@example.com>",
        '"quoted"@example.com',
        "jane@[127.0.0.1]",
        "mıke@example.com",
        "jane\n@example.com",
        "jane@exam\rple.com",
        "jane@example.com\nBcc: x@example.com",
        "jane@example..com",
        ".jane@example.com",
        "x" * 65 + "@example.com",
        "jane@" + "x" * 250 + ".com",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(MalformedRequest):
        canonical_email(text)


def test_a_look_alike_is_not_folded_into_a_match() -> None:
    """CVE-2019-19844: a full-width letter must not become an ASCII one."""
    with pytest.raises(MalformedRequest):
        canonical_email("ｊane@example.com")
