"""Settings that are each right and wrong together."""

import pytest

from idp.config.contracts import DEVICE_COOKIE
from idp.config.keys import Cookies
from idp.config.pages import PAGES_COOKIES
from idp.config.problem import ConfigurationRefused
from idp.config.settings import Settings
from idp.web.browser import SESSION_COOKIE
from idp.web.device import NAME
from idp.web.pages.browsers import NAME as BROWSER_COOKIE
from idp.web.pages.newcomers import NAME as NEWCOMER_COOKIE
from idp.web.pages.notices import NAME as NOTICE_COOKIE
from idp.web.pages.recover import LINK_COOKIE
from tests.config.conftest import Loading, Refusing

HTTPS = "issuer = 'https://id.example.com'\n"


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        (HTTPS + "demo = true", "demo", "the issuer is not loopback"),
        (HTTPS + "[cookies]\nsecure = false", "cookies.secure", "is false on an https issuer"),
        ("[cookies]\nprefix = '__Host-'", "cookies.prefix", "needs an https issuer"),
        ("[cookies]\nprefix = '__Secure-'", "cookies.prefix", "needs an https issuer"),
        ("[cookies]\nsame_site = 'none'", "cookies.same_site", "needs an https issuer"),
        ("[nodeloom]\ncookie = 'access-token'", "bloom.access_cookie", "same name as nodeloom.cookie"),
        ("[bloom]\nrefresh_cookie = 'access-token'", "bloom.refresh_cookie", "same name as bloom.access_cookie"),
        ("[nodeloom]\ncookie = 'idp-device'", "nodeloom.cookie", "cookie that lockout.known_devices sets"),
        ("[bloom]\nrefresh_cookie = 'idp-device'", "bloom.refresh_cookie", "cookie that lockout.known_devices sets"),
        ("[nodeloom]\ncookie = 'idp-session'", "nodeloom.cookie", "name of a cookie of our pages"),
        ("[sessions]\naccess = '2h'\nrefresh = '1h'", "sessions.access", "longer than sessions.refresh (1h)"),
        ("[sessions]\nrefresh = '7d'\nlongest = '2d'", "sessions.refresh", "longer than sessions.longest (2d)"),
        ("[lockout]\ncooldown = '2d'", "lockout.cooldown", "longer than lockout.longest_cooldown (24h)"),
        ("[lockout]\nceiling = 4", "lockout.failed_attempts", "more than lockout.ceiling (4)"),
        ("[codes]\ncooldown = '2d'", "codes.cooldown", "longer than codes.longest_cooldown (24h)"),
        ("[outbox]\nbackoff = '10m'", "outbox.backoff", "longer than outbox.longest_backoff (5m)"),
        ("[keys]\njwks_max_age = '15m'", "keys.jwks_max_age", "not shorter than keys.publish_lead (15m)"),
        ("[keys]\npublish_lead = '30d'", "keys.publish_lead", "not shorter than keys.rotate_every (30d)"),
        ("[hashing]\nmemory_kib = 19455", "hashing.memory_kib", "below OWASP's minimum for 2 iterations"),
        ("[hashing]\niterations = 1", "hashing.memory_kib", "below OWASP's minimum for 1 iterations"),
        ("[features.x]\ndescription = 'X'\ndefault = 3", "features.x.default", "is not true or false"),
        ("[features.x]\ndescription = 'X'\ntype = 'integer'", "features.x.default", "is not a whole number"),
        ("[features.x]\ndescription = 'X'\ntype = 'string'\ndefault = 1", "features.x.default", "is not a text"),
    ],
)
def test_a_contradiction_is_told_under_the_setting_to_change(
    refused: Refusing, text: str, key: str, reason: str
) -> None:
    (problem,) = refused(text)

    assert problem.key == key
    assert reason in problem.reason
    assert problem.mend


def test_the_name_that_is_kept_free_is_the_one_in_use() -> None:
    assert DEVICE_COOKIE == NAME


def test_so_are_those_of_the_pages() -> None:
    assert {SESSION_COOKIE, LINK_COOKIE, BROWSER_COOKIE, NOTICE_COOKIE, NEWCOMER_COOKIE} == PAGES_COOKIES


@pytest.mark.parametrize(
    "text",
    [
        "demo = true",
        "demo = true\nissuer = 'http://127.0.0.1:3100'",
        HTTPS + "[cookies]\nprefix = '__Host-'\nsame_site = 'none'\nsecure = true",
        "[cookies]\nsecure = true",
        "[sessions]\naccess = '1h'\nrefresh = '1h'\nlongest = '1h'",
        "[lockout]\nfailed_attempts = 100",
        "[keys]\njwks_max_age = '899s'",
        "[hashing]\nmemory_kib = 7168\niterations = 5",
        "[hashing]\nmemory_kib = 7168\niterations = 6",
        "[hashing]\nmemory_kib = 12288\niterations = 3",
        "[features.x]\ndescription = 'X'\ntype = 'string'\ndefault = 'a'",
    ],
)
def test_what_agrees_is_accepted(loaded: Loading, text: str) -> None:
    loaded(text)


def test_contradictions_are_told_together(refused: Refusing) -> None:
    problems = refused(HTTPS + "demo = true\n[cookies]\nsecure = false\n[keys]\njwks_max_age = '1h'")

    assert [problem.key for problem in problems] == ["demo", "keys.jwks_max_age", "cookies.secure"]


def test_settings_made_in_code_agree_as_well() -> None:
    with pytest.raises(ConfigurationRefused, match=r"cookies\.secure"):
        Settings(issuer="https://id.example.com", cookies=Cookies(secure=False))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", False),
        (HTTPS, True),
        (HTTPS + "[cookies]\nsecure = true", True),
        ("[cookies]\nsecure = true", True),
        ("[cookies]\nsecure = false", False),
    ],
)
def test_cookies_are_secure_exactly_when_the_issuer_is_https_unless_told(
    loaded: Loading, text: str, answer: bool
) -> None:
    """Row 2."""
    assert loaded(text).secure_cookies is answer
