"""Fields of forms are read as the standard library reads them."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from idp.web.oidc.fields import fields_of

TEXTS = st.text(st.sampled_from("ab=&+%20cfé\x00;"), max_size=40)


@given(TEXTS)
@example("a=1&b=%C3%A9&c=x+y&d=&e&=f&&g=1=2&%61=%2B")
def test_every_text_is_read_as_the_standard_library_reads_it(text: str) -> None:
    try:
        wanted = parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError:
        with pytest.raises(ValueError, match="codec"):
            fields_of(text, most=100)
        return

    assert fields_of(text, most=100) == wanted


def test_as_many_fields_are_read_as_may_be_and_no_more() -> None:
    assert len(fields_of("a=1&b=2&c=3", most=3)) == 3

    with pytest.raises(ValueError, match="too many"):
        fields_of("a=1&b=2&c=3&d=4", most=3)


def test_bytes_that_are_no_utf_8_are_refused() -> None:
    with pytest.raises(ValueError, match="utf-8"):
        fields_of("a=%FF", most=3)
