"""Another site's page makes the browser send a request (threat rows 6 to 10)."""

import httpx2
import pytest

from idp.testing.provider import TestProvider
from idp.web.openapi import OPERATIONS
from idp.web.operation import Operation
from tests.security.acts import EMAIL, PASSWORD, login, nodeloom_login, profile
from tests.security.conftest import Opened

ACTING_GETS = {"/auth/logout", "/auth/requestNewToken"}
ONLY_LOOKING = {"/user/is-confirmation-token-valid"}
EVIL = {"origin": "https://evil.example"}


ACTING = [
    operation
    for operation in OPERATIONS
    if operation.path in ACTING_GETS or (operation.method != "GET" and operation.path not in ONLY_LOOKING)
]
"""Everything that changes something, sends something, or writes cookies."""

WITH_BODIES = [operation for operation in OPERATIONS if operation.request is not None]


def named(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


@pytest.mark.parametrize("operation", ACTING, ids=named)
@pytest.mark.parametrize(
    "headers",
    [
        EVIL,
        {"sec-fetch-site": "cross-site", **EVIL},
        {"sec-fetch-site": "same-site"},
        {"origin": "null"},
        {"purpose": "prefetch"},
        {"sec-purpose": "prefetch;prerender"},
        {"x-moz": "prefetch"},
    ],
    ids=lambda headers: " ".join(headers.values()),
)
async def test_what_acts_is_refused_before_its_body_is_read(
    stranger: httpx2.AsyncClient, operation: Operation, headers: dict[str, str]
) -> None:
    """Rows 7 to 10, login and reset as well: the victim must not end up in the attacker's account."""
    answer = await stranger.request(operation.method, operation.path, content=b"no json", headers=headers)

    assert answer.status_code == 403


def test_the_operations_that_act_are_known() -> None:
    """A new one is asked for its origin too, or named here as one that only looks."""
    assert {operation.path for operation in OPERATIONS if operation.method != "GET"} >= ONLY_LOOKING
    assert len(ACTING) == len(OPERATIONS) - len(ONLY_LOOKING) - 4


@pytest.mark.parametrize("operation", WITH_BODIES, ids=named)
@pytest.mark.parametrize(
    "media_type",
    [
        None,
        "",
        "text/plain",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json+evil",
        "text/json",
    ],
)
async def test_only_json_is_read_and_only_under_its_own_name(
    stranger: httpx2.AsyncClient, operation: Operation, media_type: str | None
) -> None:
    """Rows 6, 117: what a form can send without asking first is 415, however the body reads."""
    headers = {} if media_type is None else {"content-type": media_type}

    answer = await stranger.request(operation.method, operation.path, content=b'{"a":1}', headers=headers)

    wants_a_session = named(operation) == "PUT /user/public"  # asked for before the body is looked at
    assert answer.status_code == (401 if wants_a_session else 415)


@pytest.mark.parametrize("media_type", ["application/json", "Application/JSON", "application/json; charset=utf-8"])
async def test_json_may_have_parameters(stranger: httpx2.AsyncClient, media_type: str) -> None:
    answer = await stranger.post("/auth/login", content=b"{}", headers={"content-type": media_type})

    assert answer.json() == {"message": "Unauthorized", "statusCode": 401}


async def test_a_foreign_page_ends_and_prolongs_nothing(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 7: the two of NodeLoom's that have no body."""
    await idp.add_account(EMAIL)
    await nodeloom_login(browser)
    before = browser.cookies["token"]

    refused = [await browser.post(f"/api/auth/{verb}", headers=EVIL) for verb in ("logout", "refresh")]

    assert [answer.status_code for answer in refused] == [403, 403]
    assert all("set-cookie" not in answer.headers for answer in refused)
    assert browser.cookies["token"] == before
    assert (await browser.post("/api/auth/refresh")).status_code == 200


async def test_a_foreign_page_signs_nobody_in(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 9: not even with the right password, which is the attacker's."""
    await idp.add_account(EMAIL)

    for path in ("/auth/login", "/api/auth/login"):
        answer = await browser.post(path, json={"email": EMAIL, "password": PASSWORD}, headers=EVIL)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "GET", "BREW"])
async def test_no_other_method_acts(idp: TestProvider, browser: httpx2.AsyncClient, method: str) -> None:
    """Row 8: HEAD of the two GETs that act, and everything that is not the method of a path."""
    await idp.add_account(EMAIL)
    await login(browser)
    before = dict(browser.cookies)

    for operation in ACTING:
        if operation.method != method:
            answer = await browser.request(method, operation.path, json={"email": EMAIL, "password": PASSWORD})
            assert answer.status_code in (401, 403, 404), operation.path
            assert "set-cookie" not in answer.headers

    assert dict(browser.cookies) == before
    assert (await profile(browser)).status_code == 200
    assert await idp.mails() == []


async def test_pages_of_an_allowed_origin_may_act(opened: Opened) -> None:
    async with opened(origins={"allowed": ["https://app.example.com"]}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        headers = {"origin": "https://app.example.com", "sec-fetch-site": "cross-site"}
        body = {"email": EMAIL, "password": PASSWORD}
        let_in = await browser.post("/auth/login", json=body, headers=headers)
        neighbour = {**headers, "origin": "https://app.example.com:8443"}
        refused = await browser.post("/auth/login", json=body, headers=neighbour)

    assert let_in.status_code == 201
    assert refused.status_code == 403
