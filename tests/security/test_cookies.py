"""The cookies themselves (threat rows 1 to 5)."""

from http.cookies import SimpleCookie

import httpx2
import pytest

from idp.testing.provider import TestProvider
from tests.security.acts import EMAIL, PASSWORD, login, nodeloom_login, profile, refresh
from tests.security.conftest import Opened

HTTPS = "https://id.example.com"
ATTRIBUTES = ("httponly", "secure", "samesite", "path", "domain")


def written(answer: httpx2.Response) -> SimpleCookie:
    cookies = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        cookies.load(header)
    return cookies


async def test_under_an_https_issuer_every_cookie_is_secure(opened: Opened) -> None:
    """Row 2."""
    async with opened(issuer=HTTPS, lockout={"known_devices": True}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        answers = [await login(browser), await nodeloom_login(browser), await refresh(browser)]

    cookies = [cookie for answer in answers for cookie in written(answer).values()]
    assert len(cookies) == 9
    assert all(cookie["secure"] for cookie in cookies)


async def test_only_the_marker_is_for_script(opened: Opened) -> None:
    """Row 1."""
    async with opened(lockout={"known_devices": True}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        answers = [await login(browser), await nodeloom_login(browser), await refresh(browser)]

    readable = {name for answer in answers for name, cookie in written(answer).items() if not cookie["httponly"]}
    assert readable == {"access-token-available"}


async def test_no_cookie_has_a_domain_and_all_hold_for_the_whole_site(opened: Opened) -> None:
    """Row 3: what `__Host-` demands holds without the prefix too."""
    async with opened(lockout={"known_devices": True}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        answers = [await login(browser), await nodeloom_login(browser)]

    for answer in answers:
        assert all(cookie["path"] == "/" and not cookie["domain"] for cookie in written(answer).values())


async def test_with_the_host_prefix_a_cookie_without_it_is_nothing(opened: Opened) -> None:
    """Row 3: a sibling host can plant the plain name, and no browser lets it plant the prefixed one."""
    settings = {"issuer": HTTPS, "cookies": {"prefix": "__Host-"}, "lockout": {"known_devices": True}}
    async with opened(**settings) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        answer = await login(browser)
        token = written(answer)["__Host-access-token"].value
        prefixed = await browser.get("/user", headers={"cookie": f"__Host-access-token={token}"})
        plain = await browser.get("/user", headers={"cookie": f"access-token={token}"})
        verified = await browser.get("/auth/verify", headers={"cookie": f"access-token={token}"})

    assert [name for name in written(answer) if not name.startswith("__Host-")] == ["access-token-available"]
    assert prefixed.status_code == 200
    assert plain.status_code == verified.status_code == 401


@pytest.mark.parametrize("planted", ["", "x", "x.y.z", "another-session"])
async def test_a_planted_value_is_never_adopted(idp: TestProvider, browser: httpx2.AsyncClient, planted: str) -> None:
    """Rows 3, 15: what the browser brought to the login is not what it leaves with."""
    await idp.add_account(EMAIL)
    names = ("access-token", "refresh-token", "token")
    header = "; ".join(f"{name}={planted}" for name in names)
    body = {"email": EMAIL, "password": PASSWORD}

    answer = await browser.post("/auth/login", json=body, headers={"cookie": header})

    assert answer.status_code == 201
    assert all(cookie.value not in ("", planted) for cookie in written(answer).values())


@pytest.mark.parametrize("issuer", [HTTPS, "http://localhost:3100"])
async def test_a_cookie_is_deleted_as_it_was_set(opened: Opened, issuer: str) -> None:
    """Row 4 (OAuth2-Proxy CVE-2026-34454): browsers delete by name, path and flags."""
    async with opened(issuer=issuer) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        set_by_bloom = written(await login(browser))
        deleted_by_bloom = written(await browser.get("/auth/logout"))
        set_by_nodeloom = written(await nodeloom_login(browser))
        deleted_by_nodeloom = written(await browser.post("/api/auth/logout"))

    for before, after in ((set_by_bloom, deleted_by_bloom), (set_by_nodeloom, deleted_by_nodeloom)):
        assert set(before) == set(after)
        for name, cookie in after.items():
            assert (cookie.value, cookie["max-age"]) == ("", "0")
            assert [cookie[one] for one in ATTRIBUTES] == [before[name][one] for one in ATTRIBUTES]


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
async def test_no_cookie_is_larger_than_browsers_keep_whatever_the_account_holds(
    opened: Opened, algorithm: str
) -> None:
    """Row 5: nothing that grows is in a token."""
    places = {f"Team {number} {'x' * 100}": "ADMIN" for number in range(20)}
    longest = "x" * 64
    async with opened(keys={"access_token_algorithm": algorithm}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        await idp.add_account("big@example.com", teams=places, first_name=longest, last_name=longest)
        small, big = written(await login(browser)), written(await login(browser, "big@example.com"))

    assert [len(cookie.value) for cookie in small.values()] == [len(cookie.value) for cookie in big.values()]
    assert all(len(name) + len(cookie.value) <= 4096 for name, cookie in big.items())


async def test_two_cookies_of_one_name_that_differ_are_none(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 3: a sibling host's, with a longer path, comes first (RFC 6265 §5.4). Whose is whose nobody can tell."""
    await idp.add_account(EMAIL)
    await login(browser)
    token = browser.cookies["access-token"]
    browser.cookies.clear()

    for pair in ((token, "planted"), ("planted", token)):
        header = {"cookie": "; ".join(f"access-token={value}" for value in pair)}
        assert (await browser.get("/user", headers=header)).status_code == 401
        assert (await browser.get("/auth/verify", headers=header)).status_code == 401


async def test_one_cookie_sent_twice_counts_once(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL)
    await login(browser)
    token = browser.cookies["access-token"]
    browser.cookies.clear()

    for twice in (f"access-token={token}; access-token={token}", f'access-token={token}; access-token="{token}"'):
        assert (await browser.get("/user", headers={"cookie": twice})).status_code == 200


async def test_an_empty_cookie_is_none(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    for value in ("", '""'):
        assert (await profile(browser, value)).json() == {"message": "Unauthorized", "statusCode": 401}
        assert (await refresh(browser, value)).status_code == 400
