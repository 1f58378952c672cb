"""What a body may be (threat rows 50, 113, 114, 117, 121, 122)."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from idp.testing.provider import TestProvider
from tests.security.acts import EMAIL, PASSWORD, confirm, login, mailed_token, register

JSON = {"content-type": "application/json"}
LIMIT = 64 * 1024
LOGINS = ["/auth/login", "/api/auth/login"]


async def post(browser: httpx2.AsyncClient, path: str, content: bytes | AsyncIterator[bytes]) -> httpx2.Response:
    return await browser.post(path, content=content, headers=JSON)


async def pieces(size: int, piece: int = 4096) -> AsyncIterator[bytes]:
    """Blanks before the body: valid JSON, if only somebody read as far."""
    for start in range(0, size, piece):
        yield b" " * min(piece, size - start)
    yield b'{"email":"jane@example.com","password":"x"}'


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b" " * 4096


@pytest.mark.parametrize("path", LOGINS)
async def test_a_body_is_counted_while_it_arrives(stranger: httpx2.AsyncClient, path: str) -> None:
    """Row 113: chunked, without a Content-Length; the endless one is cut as well."""
    fits = await post(stranger, path, pieces(LIMIT - 43))
    too_large = await post(stranger, path, pieces(LIMIT - 42))
    without_end = await post(stranger, path, endless())

    assert fits.status_code == 401
    assert too_large.status_code == without_end.status_code == 413
    assert too_large.headers["connection"] == "close"


@pytest.mark.parametrize("length", ["65537", "9" * 20, "9" * 5000])
async def test_a_declared_length_beyond_the_limit_is_believed(stranger: httpx2.AsyncClient, length: str) -> None:
    answer = await stranger.post("/auth/login", content=b"{}", headers={**JSON, "content-length": length})

    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-1", "abc", "+5", "0x10", "1.5", "1_0", "1,1", ""])
async def test_a_length_that_is_none_is_malformed(stranger: httpx2.AsyncClient, length: str) -> None:
    answer = await stranger.post("/auth/login", content=b"{}", headers={**JSON, "content-length": length})

    assert answer.status_code == 400


async def test_a_declared_length_below_the_truth_does_not_help(stranger: httpx2.AsyncClient) -> None:
    answer = await stranger.post("/auth/login", content=b" " * 70_000, headers={**JSON, "content-length": "5"})

    assert answer.status_code == 413


def nested(depth: int, opening: bytes = b'{"a":', closing: bytes = b"}") -> bytes:
    return (
        b'{"email":"jane@example.com","password":"x","a":' + opening * (depth - 1) + b"1" + closing * (depth - 1) + b"}"
    )


@pytest.mark.parametrize("path", LOGINS)
@pytest.mark.parametrize("depth", [9, 100, 1100, 10_000])
async def test_json_is_eight_levels_deep_at_most(stranger: httpx2.AsyncClient, path: str, depth: int) -> None:
    """Row 114 (Vault CVE-2025-6203): past it nobody recurses."""
    for opening, closing in ((b'{"a":', b"}"), (b"[", b"]"), (b"[", b"")):
        answer = await post(stranger, path, nested(depth, opening, closing))

        assert answer.status_code == 400

    assert (await post(stranger, path, nested(8))).status_code == 401
    assert (await post(stranger, path, nested(8, b"[", b"]"))).status_code == 401


NOT_OUR_JSON = [
    b"",
    b" ",
    b"{",
    b"null",
    b"true",
    b"1",
    b'"text"',
    b"[]",
    b'[{"email":"jane@example.com","password":"x"}]',
    b'{"email":"jane@example.com","password":"x"} trailing',
    b'{"email":"jane@example.com","password":"x"}{"email":"other@example.com"}',
    b"{'email':'jane@example.com','password':'x'}",
    b'{"email":"jane@example.com","password":NaN}',
    b'{"email":"jane@example.com","password":"x","a":NaN}',
    b'{"email":"jane@example.com","password":"x","a":Infinity}',
    b'{"email":"jane@example.com","password":"x","a":-Infinity}',
    b'{"email":"jane@example.com","password":"x","a":1e999}',
    b'{"email":"jane@example.com","password":"\\ud800"}',
    b'{"email":"jane@example.com","password":"x","a":"\\udc00\\ud800"}',
    b'{"email":"jane@example.com","password":"\xff\xfe"}',
    b'{"email":"jane@example.com","password":"\xc0\xae"}',
    b'{"email":"jane@example.com","password":"\xed\xa0\x80"}',
    '{"email":"jane@example.com","password":"x"}'.encode("utf-16"),
    b'\xef\xbb\xbf{"email":"jane@example.com","password":"x"}',
    b'{"email":"jane@example.com","password":"a\x00b"}',
    b'{"email":"jane@example.com","password":"a\\u0000b"}',
    b'{"email":"jane@example.com","password":"x","a":["\\u0000"]}',
    b'{"email":"jane@example.com","password":"x","\\u0000":1}',
    b'{"email":"jane@example.com","password":"x","a":0x10}',
    b'{"email":"jane@example.com","password":"x","a":01}',
    b'{"email":"jane@example.com","password":"x",}',
    b'{"email":"jane@example.com","password":"x"/**/}',
    b"email=jane@example.com&password=x",
]


@pytest.mark.parametrize("path", LOGINS)
@pytest.mark.parametrize("content", NOT_OUR_JSON)
async def test_what_is_no_json_object_is_400(stranger: httpx2.AsyncClient, path: str, content: bytes) -> None:
    """Row 121: NaN, Infinity, lone surrogates, other charsets, NUL."""
    answer = await post(stranger, path, content)

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "content",
    [
        b'{"email":"jane@example.com","password":"x","password":"correct horse battery"}',
        b'{"email":"nobody@example.com","password":"correct horse battery","email":"jane@example.com"}',
        b'{"email":"nobody@example.com","password":"correct horse battery","\\u0065mail":"jane@example.com"}',
        b'{"email":"jane@example.com","password":"correct horse battery","a":{"b":1,"b":2}}',
        b'{"email":"jane@example.com","password":"correct horse battery","a":[{"b":1,"\\u0062":2}]}',
    ],
)
async def test_a_member_named_twice_is_nobodys_word(
    idp: TestProvider, browser: httpx2.AsyncClient, content: bytes
) -> None:
    """Row 121: whoever looked before us may have read the other one."""
    await idp.add_account(EMAIL, PASSWORD)
    for path in LOGINS:
        answer = await post(browser, path, content)

        assert answer.status_code == 400
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("field", ["email", "password"])
@pytest.mark.parametrize("value", [["a"], {"a": 1}, 1, 1.5, True, -1, 10**18, [["a"]], [None]])
async def test_no_field_is_read_as_another_type(stranger: httpx2.AsyncClient, field: str, value: object) -> None:
    """Row 50: strict types, at both doors."""
    for path in LOGINS:
        answer = await stranger.post(path, json={"email": EMAIL, "password": "x", field: value})

        assert answer.status_code == 400


@pytest.mark.parametrize("number", [b"1" * 400, b"1" * 5000, b"-" + b"9" * 5000, b"1e400000000", b"1." + b"0" * 5000])
async def test_huge_numbers_are_no_error_of_ours(stranger: httpx2.AsyncClient, number: bytes) -> None:
    for path in LOGINS:
        for content in (b'{"email":%b,"password":"x"}', b'{"email":"a@example.com","password":"x","a":%b}'):
            answer = await post(stranger, path, content % number)

            assert answer.status_code in (400, 401)


async def test_a_code_is_text_and_one(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, mfa_methods=frozenset({"email"}))
    for value in (["000000", "000001"], 0, 0.0, {"$ne": ""}, True):
        for path in LOGINS:
            answer = await browser.post(path, json={"email": EMAIL, "password": PASSWORD, "mfaCode": value})
            assert answer.status_code == 400
        answer = await browser.post("/auth/loginViaSingleUseCode", json={"email": EMAIL, "singleUseCode": value})
        assert answer.status_code == 400


async def test_nobody_gives_themselves_what_is_not_theirs_to_give(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Rows 60, 122: at registration and in the profile, whatever the spelling."""
    granted: dict[str, Any] = {
        "roles": ["admin"],
        "userRoles": {"isAdmin": True, "isSuperAdmin": True},
        "confirmedAt": "2020-01-01",
        "confirmed_at": "2020-01-01",
        "mfaEnabled": False,
        "mfa_methods": [],
        "phoneNumberVerified": True,
        "phone_verified_at": "2020-01-01",
        "emailVerified": True,
        "disabled_at": None,
        "passwordUpdatedAt": "2999-01-01",
        "teams": [{"name": "My Team", "role": "ADMIN"}],
        "extra": {"roles": ["admin"]},
        "account_id": "another",
    }
    await register(browser, phoneNumber="+14155552671", **granted)
    assert (await login(browser)).status_code == 401
    await confirm(browser, await mailed_token(idp))
    await browser.put("/user/public", json={**granted, "email": "other@example.com"})

    user = (await browser.get("/user")).json()

    assert (user["email"], user["userRoles"], user["phoneNumberVerified"]) == (EMAIL, None, False)
    assert user["jurisdictions"] == []
    assert not user["passwordUpdatedAt"].startswith("2999")
