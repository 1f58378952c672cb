"""Two processes on one database, as one server: what one knows, the other knows at once."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import jwt as pyjwt
import pytest

from tests.outside.pace import within
from tests.outside.people import bring_in
from tests.outside.storm import Storm
from tests.outside.workers import browser_at_each
from tests.postgresql import Cluster
from tests.running import Server, running

pytestmark = pytest.mark.alone

JANE = {"email": "jane@example.com", "password": "securepassword123"}
USER = {"email": "user@example.com", "password": "yourpassword"}
IN_THE_BAY_AREA = {"jurisdictionname": "Bay Area"}
SECONDS_TO_FOLLOW = 5.0
QUEUE = 24
"""Hashes that may wait in one process: enough for the other tests, too few for the storm."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def environment(request: pytest.FixtureRequest) -> Mapping[str, str]:
    settings = {"IDP_HASHING__QUEUE": str(QUEUE)}
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgresql")
        settings["IDP_DATABASE__URL"] = asyncio.run(cluster.bare_database())
    return settings


@pytest.fixture(scope="module")
def idp(tmp_path_factory: pytest.TempPathFactory, prepared: Path, environment: Mapping[str, str]) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("workers")
    with running(folder, prepared=prepared, environment=environment, words=["--workers", "2"]) as server:
        yield server


@pytest.fixture
def both(idp: Server) -> Iterator[list[httpx2.Client]]:
    """A client at the one process, and a client at the other."""
    with browser_at_each(idp, 2) as browsers:
        yield browsers


def test_wrong_passwords_count_wherever_they_are_tried(both: list[httpx2.Client]) -> None:
    one, other = both
    wrong = {**JANE, "password": "a guess"}

    told = [browser.post("/auth/login", json=wrong).json()["failureCountRemaining"] for browser in [one, other] * 2]

    assert told == [5, 4, 3, 2]
    one.post("/auth/login", json=wrong)
    assert [browser.post("/auth/login", json=JANE).status_code for browser in both] == [401, 401]


def test_parallel_guesses_at_both_are_no_more_than_the_limit(both: list[httpx2.Client], idp: Server) -> None:
    """AWS Cognito 2021 looked at 1587 instead of 20 (threat row 27)."""
    guess = {"email": "nobody@example.com", "password": "a guess"}

    def once(_: int) -> bool:
        with idp.browser() as browser:
            return "failureCountRemaining" in browser.post("/auth/login", json=guess).json()

    with ThreadPoolExecutor(20) as pool:
        looked_at = sum(pool.map(once, range(20)))

    assert looked_at == 5


def test_a_session_begun_at_one_holds_at_the_other_until_it_is_ended_there(both: list[httpx2.Client]) -> None:
    one, other = both
    one.post("/auth/login", json=USER).raise_for_status()
    other.cookies.update(one.cookies)
    assert other.get("/user").json()["email"] == USER["email"]

    other.get("/auth/logout").raise_for_status()

    assert one.get("/user").status_code == 401


def test_a_refresh_token_used_at_one_is_used_up_at_the_other(both: list[httpx2.Client]) -> None:
    one, other = both
    one.post("/auth/login", json=USER).raise_for_status()
    other.cookies.update(one.cookies)

    assert one.get("/auth/requestNewToken").status_code == 200
    assert other.get("/auth/requestNewToken").status_code == 401


@pytest.mark.parametrize("value", [False, True])
def test_a_flag_set_by_the_command_line_is_in_effect_everywhere_within_a_second(
    both: list[httpx2.Client], idp: Server, value: bool
) -> None:
    idp.idp("flag", "set", "enableSingleUseCode", str(value).lower(), "--jurisdiction", "Bay Area")
    time.sleep(1)

    assert [flag(browser, "enableSingleUseCode") for browser in both] == [value, value]
    asked = [
        browser.post("/user/request-single-use-code", json={"email": USER["email"]}, headers=IN_THE_BAY_AREA)
        for browser in both
    ]
    assert [answer.status_code for answer in asked] == [201 if value else 400] * 2


def test_both_follow_a_key_rotation_within_seconds(both: list[httpx2.Client], idp: Server) -> None:
    for browser in both:
        browser.post("/auth/login", json=USER).raise_for_status()

    turns = idp.idp("keys", "rotate")["items"]

    (key,) = [turn["active"] for turn in turns if turn["algorithm"] == "ES256"]
    everything = {turn[name] for turn in turns for name in ("active", "retired", "next")}
    assert within(SECONDS_TO_FOLLOW, lambda: {signs_with(browser) for browser in both} == {key})
    assert within(SECONDS_TO_FOLLOW, lambda: all(everything <= published(browser) for browser in both))
    assert [browser.get("/user").status_code for browser in both] == [200, 200]


def test_a_storm_of_logins_leaves_the_signed_in_alone(idp: Server) -> None:
    """Threat row 137: hashing has a pool and a queue of its own; who finds it full is told so at once."""
    people = bring_in(idp, 64)
    with idp.browser() as browser:
        browser.post("/auth/login", json=USER).raise_for_status()
        with Storm(idp.url, people) as storm:
            seconds = sorted(timed(browser) for _ in range(300))

    told = Counter(status for status, _ in storm.answers)
    p99 = seconds[int(len(seconds) * 0.99)]
    assert set(told) == {201, 503}, told
    assert all(after and int(after) > 0 for status, after in storm.answers if status == 503)
    assert p99 < 1, f"GET /user: p99 {p99:.3f} s, while {storm.seconds:.1f} s saw {told}"


def flag(browser: httpx2.Client, name: str) -> bool:
    listed = browser.get("/jurisdictions/byName/Bay Area").json()["featureFlags"]
    (active,) = [one["active"] for one in listed if one["name"] == name]
    return bool(active)


def published(browser: httpx2.Client) -> set[str]:
    return {key["kid"] for key in browser.get("/.well-known/jwks.json").json()["keys"]}


def signs_with(browser: httpx2.Client) -> str:
    browser.get("/auth/requestNewToken").raise_for_status()
    return str(pyjwt.get_unverified_header(browser.cookies["access-token"])["kid"])


def timed(browser: httpx2.Client) -> float:
    began = time.monotonic()
    browser.get("/user").raise_for_status()
    return time.monotonic() - began
