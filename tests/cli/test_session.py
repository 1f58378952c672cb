"""`idp session`: in effect at once, beside a running server."""

import pytest

from idp.core.errors import SessionExpired
from idp.usecases.sessions.tokens import BLOOM
from idp.usecases.signin.outcome import SignedIn
from tests.cli.command_line import PASSWORD, SOMEWHERE, CommandLine, sign_in

EMAILS = ("ann@example.com", "bob@example.com")


async def is_live(server: object, session: object) -> bool:
    from idp.app import Provider

    assert isinstance(server, Provider)
    assert isinstance(session, SignedIn)
    try:
        await server.verbs.identify(session.access_token, BLOOM)
    except SessionExpired:
        return False
    return True


async def people(idp: CommandLine) -> None:
    for email in EMAILS:
        names = ("--first-name", "Jane", "--last-name", "Doe", "--confirmed")
        await idp.beside("user", "create", "--email", email, "--password", PASSWORD, *names)


@pytest.mark.parametrize(
    ("whose", "still_live"),
    [("ID", [False, True, True]), ("--user", [False, False, True]), ("--all", [False, False, False])],
)
async def test_one_all_of_an_account_or_all_of_everybody_end(
    idp: CommandLine, whose: str, still_live: list[bool]
) -> None:
    await people(idp)
    async with idp.server() as server:
        sessions = [await sign_in(server, email) for email in (EMAILS[0], *EMAILS)]
        assert isinstance(sessions[0], SignedIn)
        words = {"ID": (sessions[0].session.id,), "--user": ("--user", EMAILS[0]), "--all": ("--all",)}[whose]

        ended = await idp.beside("session", "revoke", *words)

        assert [await is_live(server, session) for session in sessions] == still_live
        assert ended["revoked"] == still_live.count(False)
        assert [one["name"] for one in (await idp.beside("audit", "--event", "session.revoked"))["items"]] == [
            "session.revoked"
        ]


async def test_the_live_ones_are_listed_with_where_they_came_from(idp: CommandLine) -> None:
    await people(idp)
    async with idp.server() as server:
        session = await sign_in(server, EMAILS[0])
        assert isinstance(session, SignedIn)

        listed = (await idp.beside("session", "list", EMAILS[0]))["items"]
        await idp.beside("session", "revoke", session.session.id)
        after = (await idp.beside("session", "list", EMAILS[0]))["items"]

    assert [(one["id"], one["contract"], one["methods"]) for one in listed] == [(session.session.id, BLOOM, ["pwd"])]
    assert listed[0]["address"] == SOMEWHERE.address
    assert after == []


async def test_without_an_account_everybodys_are_listed(idp: CommandLine) -> None:
    await people(idp)
    async with idp.server() as server:
        sessions = [await sign_in(server, email) for email in EMAILS]

        listed = (await idp.beside("session", "list"))["items"]
        by_option = (await idp.beside("session", "list", "--user", EMAILS[0]))["items"]

    ids = [session.session.id for session in sessions if isinstance(session, SignedIn)]
    assert {one["id"] for one in listed} == set(ids)
    assert [one["id"] for one in by_option] == ids[:1]


@pytest.mark.parametrize(
    ("words", "error", "code"),
    [
        (("revoke", "nonsense"), "not_found", 1),
        (("revoke", "--user", "nobody@example.com"), "not_found", 1),
        (("revoke",), "usage", 2),
        (("revoke", "an-id", "--all"), "usage", 2),
        (("list", "nobody@example.com"), "not_found", 1),
    ],
)
def test_what_is_not_there_is_told(idp: CommandLine, words: tuple[str, ...], error: str, code: int) -> None:
    refusal = idp.refuse("session", *words)

    assert (refusal["error"], refusal["exit"]) == (error, code)
