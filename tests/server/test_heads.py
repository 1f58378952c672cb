"""The rules for heads, each by itself: the parser in front of them has rules of its own, which may change."""

import pytest

from idp.server.heads import HeadRefused, judge

HOST = (b"host", b"id.example.com")
CHUNKED = (b"transfer-encoding", b"chunked")


def test_an_ordinary_head_passes() -> None:
    judge("1.1", b"/user?a=1", [HOST, (b"cookie", b"a=1"), (b"cookie", b"b=2"), CHUNKED])
    judge("1.0", b"/user", [])


@pytest.mark.parametrize(
    ("version", "target", "fields", "status"),
    [
        ("1.1", b"/", [HOST, CHUNKED, (b"content-length", b"5")], 400),
        ("1.0", b"/", [CHUNKED], 400),
        ("1.1", b"/", [HOST, (b"transfer-encoding", b"gzip, chunked")], 501),
        ("1.1", b"/", [HOST, (b"transfer-encoding", b"xchunked")], 501),
        ("1.1", b"/", [HOST, HOST], 400),
        ("1.1", b"/", [], 400),
        ("1.1", b"/", [HOST, (b"content-length", b"5"), (b"content-length", b"5")], 400),
        ("1.1", b"/", [HOST, (b"content-type", b"a/b"), (b"content-type", b"application/json")], 400),
        ("1.1", b"/", [HOST, (b"origin", b"https://a"), (b"origin", b"https://b")], 400),
        ("1.1", b"/", [HOST, (b"sec-fetch-site", b"none"), (b"sec-fetch-site", b"cross-site")], 400),
        ("1.1", b"http://evil.example/", [HOST], 400),
        ("1.1", b"http://[/", [HOST], 400),
        ("1.1", b"*", [HOST], 400),
        ("1.2", b"/", [HOST], 505),
        ("2.0", b"/", [HOST], 505),
    ],
)
def test_a_head_that_can_be_read_in_two_ways_is_refused(
    version: str, target: bytes, fields: list[tuple[bytes, bytes]], status: int
) -> None:
    """RFC 9112 §3.2, §6.1, §6.3; threat rows 110, 112."""
    with pytest.raises(HeadRefused) as refused:
        judge(version, target, fields)

    assert refused.value.status == status
