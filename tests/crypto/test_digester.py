"""Digests bind purpose, parts and pepper; pseudonyms name nobody."""

from hypothesis import given
from hypothesis import strategies as some

from idp.crypto.digester import HmacDigester
from idp.crypto.master_key import MasterKey
from tests.crypto.conftest import MASTER

digester = HmacDigester(MASTER)
texts = some.lists(some.text(max_size=5), min_size=1, max_size=4)


def test_the_same_parts_have_the_same_digest() -> None:
    assert digester.digest("reset", "jane", "123456") == HmacDigester(MASTER).digest("reset", "jane", "123456")
    assert len(digester.digest("reset", "jane", "123456")) == 32


def test_a_code_for_one_purpose_is_nothing_to_another() -> None:
    """Threat row 62, Keycloak CVE-2026-4325."""
    assert digester.digest("second_factor", "123456") != digester.digest("sign_in", "123456")


@given(texts, texts)
def test_other_parts_have_another_digest_wherever_they_are_cut(one: list[str], other: list[str]) -> None:
    assert (digester.digest(*one) == digester.digest(*other)) == (one == other)


def test_another_master_key_gives_another_digest() -> None:
    """A copy of the database is no oracle for six digits."""
    assert digester.digest("reset", "123456") != HmacDigester(MasterKey(secret=bytes(32))).digest("reset", "123456")


def test_text_that_json_can_carry_and_utf_8_cannot_is_digested_too() -> None:
    """Threat row 121: a lone surrogate is a wrong code, not a 500."""
    assert digester.digest("reset", "\ud800") != digester.digest("reset", "\ud801")


def test_a_pseudonym_is_short_stable_and_keyed() -> None:
    name = digester.pseudonym("stranger@example.com")

    assert len(name) == 16
    assert int(name, 16)
    assert name == digester.pseudonym("stranger@example.com")
    assert name != HmacDigester(MasterKey(secret=bytes(32))).pseudonym("stranger@example.com")
    assert not digester.digest("stranger@example.com").hex().startswith(name)
