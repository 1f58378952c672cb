"""Nobody learns who has an account: by status, body, headers, or the work that an answer took (rows 35 to 41)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from idp.testing.provider import TestProvider, provider_at
from tests.security.acts import (
    BAY_AREA,
    CHEAPEST,
    ENGLISH,
    PHONE,
    WRONG,
    ask_mfa_code,
    ask_sign_in_code,
    code_login,
    forgot,
    login,
    nodeloom_login,
    resend,
    seen,
)
from tests.security.conftest import Opened
from tests.security.test_guessing import left
from tests.security.toil import HASHED, watch

Ask = Callable[[httpx2.AsyncClient, str], Awaitable[httpx2.Response]]

KNOWN = ["plain", "disabled", "unconfirmed", "mfa", "elsewhere", "nowhere", "barred", "passwordless"]
NOBODY = "nobody"
BARRED = "Barred"

ASKED: dict[str, Ask] = {
    "a password at one door": lambda browser, email: login(browser, email, WRONG),
    "a password at the other": lambda browser, email: nodeloom_login(browser, email, WRONG),
    "no password": lambda browser, email: login(browser, email, ""),
    "an empty password": lambda browser, email: nodeloom_login(browser, email, ""),
    "a long password": lambda browser, email: login(browser, email, "x" * 1024),
    "a password with NUL": lambda browser, email: login(browser, email, "a\x00b"),
    "a code for a second factor": lambda browser, email: ask_mfa_code(browser, email, WRONG),
    "the other code": lambda browser, email: ask_mfa_code(browser, email, WRONG, mfaType="sms", phoneNumber=PHONE),
    "a password and a code": lambda browser, email: login(browser, email, WRONG, mfaCode="123456"),
    "a sign-in code": lambda browser, email: code_login(browser, "123456", email),
    "no sign-in code": lambda browser, email: code_login(browser, "abc", email),
    "a sign-in code there": lambda browser, email: code_login(browser, "1" * 6, email, {"jurisdictionname": BAY_AREA}),
    "for a sign-in code": ask_sign_in_code,
    "for one there": lambda browser, email: ask_sign_in_code(browser, email, jurisdictionname=BAY_AREA),
    "for one where there are none": lambda browser, email: ask_sign_in_code(browser, email, jurisdictionname=BARRED),
    "for a reset": forgot,
    "for a reset elsewhere": lambda browser, email: forgot(browser, email, appUrl="https://evil.example"),
    "for a confirmation": resend,
}


@pytest.fixture(scope="module")
async def shared(
    anyio_backend: str, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TestProvider]:
    settings: dict[str, Any] = {
        "messages": ENGLISH,
        "hashing": CHEAPEST,
        "lockout": {"known_devices": True},
        "throttle": {"sources": "100000/10m"},
    }
    async with provider_at(tmp_path_factory.mktemp("shared"), template=template, **settings) as idp:
        idp.on_answer = None
        await people(idp)
        yield idp


async def people(idp: TestProvider) -> None:
    now = idp.clock.now()
    here: dict[str, Any] = {"jurisdictions": [BAY_AREA]}
    await idp.add_account("plain@example.com", **here)
    await idp.add_account("disabled@example.com", disabled_at=now, **here)
    await idp.add_account("unconfirmed@example.com", confirmed=False, **here)
    await idp.add_account("mfa@example.com", mfa_methods=frozenset({"email", "totp"}), **here)
    await idp.add_account("elsewhere@example.com", jurisdictions=["Elsewhere", BAY_AREA], teams={"A": "X", "B": "Y"})
    await idp.add_account("nowhere@example.com")
    await idp.add_account("barred@example.com", jurisdictions=[BARRED])
    bare = await idp.add_account("passwordless@example.com")
    await idp.provider.store.transact(lambda work: work.credentials.remove(bare.id, "password"))
    await idp.set_flag("single_use_code", True, jurisdiction=BAY_AREA)
    await idp.set_flag("password", False, jurisdiction=BARRED)
    await ask_sign_in_code(idp.browser(), "plain@example.com")
    await idp.deliver()


@pytest.mark.parametrize("asked", ASKED)
async def test_the_answer_and_the_work_are_the_same_for_everybody(
    shared: TestProvider, stranger: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    """Rows 35 to 38: over a network each statement is a round trip, and a hash is twenty milliseconds."""
    ask, toil = ASKED[asked], watch(monkeypatch)
    shared.clock.advance(timedelta(days=3))  # nobody's counters are in the way
    answers, work = {}, {}
    for who in (NOBODY, *KNOWN):
        with toil.counted() as done:
            answers[who] = seen(await ask(stranger, f"{who}@example.com"))
        work[who] = done

    assert {who: answers[who] for who in KNOWN} == dict.fromkeys(KNOWN, answers[NOBODY])
    assert {who: work[who] for who in KNOWN} == dict.fromkeys(KNOWN, work[NOBODY])


@pytest.mark.parametrize(
    ("asked", "hashes"),
    [
        ("a password at one door", 1),
        ("a password at the other", 1),
        ("an empty password", 1),
        ("a password with NUL", 0),
        ("a code for a second factor", 1),
        ("a password and a code", 1),
        ("for a reset", 0),
    ],
)
async def test_a_guess_costs_one_hash_and_asking_none(
    shared: TestProvider, stranger: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, asked: str, hashes: int
) -> None:
    """Row 36 (Keycloak #51887): the empty password as well."""
    toil = watch(monkeypatch)
    shared.clock.advance(timedelta(days=3))
    with toil.counted() as done:
        await ASKED[asked](stranger, "plain@example.com")

    assert done.count(HASHED) == hashes


@pytest.mark.parametrize("asked", ["a password at one door", "a password at the other", "a sign-in code"])
async def test_a_lock_and_its_work_are_the_same_for_everybody(
    shared: TestProvider, stranger: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    """Row 41: names that do not exist lock as well, and a locked one costs as much as an open one."""
    ask, toil = ASKED[asked], watch(monkeypatch)
    shared.clock.advance(timedelta(days=3))
    answers, work = {}, {}
    for who in (NOBODY, "plain", "disabled", "mfa"):
        for _ in range(5):
            await ask(stranger, f"{who}@example.com")
        with toil.counted() as done:
            answers[who] = seen(await ask(stranger, f"{who}@example.com"))
        work[who] = done

    assert len({str(answer) for answer in answers.values()}) == 1
    assert len({str(done) for done in work.values()}) == 1
    assert work["plain"].count(HASHED) == (0 if asked == "a sign-in code" else 1)


async def test_the_right_password_of_a_locked_name_reads_and_costs_as_a_wrong_one(
    shared: TestProvider, stranger: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 41: else the lock would be no end of guessing."""
    toil = watch(monkeypatch)
    shared.clock.advance(timedelta(days=3))
    for _ in range(5):
        await login(stranger, "plain@example.com", WRONG)
    with toil.counted() as of_wrong:
        wrong = await login(stranger, "plain@example.com", WRONG)
    with toil.counted() as of_right:
        right = await login(stranger, "plain@example.com")

    assert seen(wrong) == seen(right)
    assert of_wrong == of_right


@pytest.mark.parametrize("device", ["x" * 43, "garbage"])
async def test_a_device_cookie_out_of_the_air_tells_nothing(
    shared: TestProvider, stranger: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    toil = watch(monkeypatch)
    shared.clock.advance(timedelta(days=3))
    stranger.cookies.set("idp-device", device)
    work = []
    for who in (NOBODY, "plain"):
        with toil.counted() as done:
            await login(stranger, f"{who}@example.com", WRONG)
        work.append(done)

    assert work[0] == work[1]


async def test_what_an_account_needs_is_told_after_the_right_password_only(
    shared: TestProvider, stranger: httpx2.AsyncClient
) -> None:
    """Row 40: second factor, confirmation, the number's state."""
    shared.clock.advance(timedelta(days=3))
    names = ["mfa@example.com", "unconfirmed@example.com"]

    wrong = [await login(stranger, name, WRONG) for name in names]
    right = [await login(stranger, name) for name in names]

    assert [answer.json() for answer in wrong] == [{"failureCountRemaining": 5}] * 2
    assert right[0].json() == {"name": "mfaCodeIsMissing"}
    assert "is not confirmed" in right[1].json()["message"]


async def test_an_outdated_password_is_told_to_its_owner_only(opened: Opened) -> None:
    """Row 40; the source tells everybody (bloom.md §3.1)."""
    async with opened(password={"life": "30d"}) as idp, idp.browser() as browser:
        await idp.add_account("plain@example.com")
        idp.clock.advance(timedelta(days=31))
        wrong = await login(browser, "plain@example.com", WRONG)
        right = await login(browser, "plain@example.com")
        again = await login(browser, "plain@example.com", WRONG)

    assert left(wrong) == 5
    assert right.json()["message"].endswith("but password is no longer valid")
    assert left(again) == 4, "the right one was no guess"


async def test_sending_is_done_after_the_answer(shared: TestProvider, stranger: httpx2.AsyncClient) -> None:
    """Row 37 (Keycloak #26625): no answer waits for a look-up or a mail server."""
    shared.clock.advance(timedelta(days=3))
    before = len(await shared.mails())
    await forgot(stranger, "plain@example.com")
    at_once = len(shared.inbox.messages())
    later = len(await shared.mails())

    assert (at_once, later) == (before, before + 1)


async def test_the_watch_sees_hashes_and_statements(
    shared: TestProvider, stranger: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or all of the above would hold of nothing."""
    toil = watch(monkeypatch)
    with toil.counted() as done:
        await login(stranger, "plain@example.com", WRONG)

    assert HASHED in done
    assert [statement for statement in done if statement.startswith("INSERT INTO attempts")]
    assert [statement for statement in done if statement.startswith("SELECT accounts")]
