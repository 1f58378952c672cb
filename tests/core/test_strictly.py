"""What strangers wrote is read in one way, or not at all (threat rows 23, 121)."""

import pytest

from idp.core.strictly import DEEPEST, base64url, json_object


def test_what_is_written_rightly_is_read() -> None:
    assert base64url("eyJhIjoxfQ") == b'{"a":1}'
    assert json_object(b'{"a":1}') == json_object('{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("part", ["eyJhIjoxfQ==", "eyJhIjoxfR", "eyJh IjoxfQ", "eyJhIjoxfQ\n", "e", "+/+/"])
def test_bytes_have_one_spelling(part: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        base64url(part)


@pytest.mark.parametrize(
    "text", ["", "[]", "1", '{"a":1,"a":2}', '{"a":NaN}', '{"a":Infinity}', '{"a":{"b":1,"b":1}}', b'{"a":"\xff"}']
)
def test_what_two_readers_could_read_in_two_ways_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_object(text)


def test_what_is_nested_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="deep"):
        json_object('{"a":' + "[" * 100_000)


@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}")])
def test_what_is_nested_too_deep_is_refused_though_it_could_be_read(opened: str, closed: str) -> None:
    """Row 114: read at one depth of the stack it may be, and a line further on not be written."""

    def nested(levels: int) -> str:
        return '{"a":' + opened * (levels - 1) + "1" + closed * (levels - 1) + "}"

    assert json_object(nested(DEEPEST))
    with pytest.raises(ValueError, match="deep"):
        json_object(nested(DEEPEST + 1))


def test_many_members_side_by_side_are_not_deep() -> None:
    assert len(json_object('{"a":[' + ",".join(["{}"] * 2 * DEEPEST) + "]}")) == 1
