"""`idp db`."""

import asyncio
import sqlite3
import stat
from contextlib import closing

import pytest

from idp.core.errors import SessionExpired
from idp.usecases.signin.outcome import SignedIn
from tests.cli.command_line import SOMEWHERE, CommandLine

EMAIL = "jane@example.com"


def test_a_database_that_is_not_there_is_made_once(idp: CommandLine) -> None:
    (idp.folder / "idp.db").unlink()

    first, second = idp.ask("db", "upgrade"), idp.ask("db", "upgrade")
    current = idp.ask("db", "current")

    assert first["applied"] != []
    assert second["applied"] == []
    assert current == {"revision": first["revision"], "latest": first["revision"], "up_to_date": True}
    assert stat.S_IMODE((idp.folder / "idp.db").stat().st_mode) == 0o600


def test_other_verbs_make_a_database_that_is_not_there(idp: CommandLine) -> None:
    (idp.folder / "idp.db").unlink()

    assert idp.ask("user", "list")["items"] == []


def test_other_verbs_leave_an_old_database_to_be_upgraded(idp: CommandLine) -> None:
    with closing(sqlite3.connect(idp.folder / "idp.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    from idp.storage import schema

    monkey = pytest.MonkeyPatch()
    monkey.setattr(schema, "REVISIONS", ("0000", *schema.REVISIONS))

    refusal = idp.refuse("user", "list")

    monkey.undo()
    assert (refusal["error"], refusal["exit"]) == ("configuration", 2)
    assert refusal["problems"][0]["mend"] == "run `idp db upgrade`"


def test_a_copy_is_whole_and_restoring_it_revives_no_session(idp: CommandLine) -> None:
    """Security demands, section 3.2: a restored server must not revive revoked sessions."""
    idp.create(EMAIL, "--confirmed")
    session = idp.sign_in(EMAIL)
    assert isinstance(session, SignedIn)
    copy = idp.folder / "copy.db"

    made = idp.ask("db", "backup", str(copy))
    idp.ask("user", "delete", EMAIL)
    restored = idp.ask("db", "restore", str(copy))

    assert made["bytes"] == copy.stat().st_size
    assert restored["revoked"] == 1
    assert idp.ask("user", "show", EMAIL)["sessions"] == 0

    async def refresh() -> None:
        async with idp.server() as server:
            await server.verbs.refresh(session.refresh_token, SOMEWHERE)

    with pytest.raises(SessionExpired):
        asyncio.run(refresh())


def test_what_is_no_copy_is_not_put_in_its_place(idp: CommandLine) -> None:
    idp.create(EMAIL)
    (idp.folder / "no.db").write_text("not a database, however long it may be " * 100)

    ran = idp.run("db", "restore", str(idp.folder / "no.db"))

    assert ran.code != 0
    assert "Traceback" not in ran.err
    assert idp.ask("user", "show", EMAIL)["email"] == EMAIL


def test_a_copy_that_cannot_be_written_is_told_in_a_line(idp: CommandLine) -> None:
    ran = idp.run("db", "backup", str(idp.config / "copy.db"))

    assert ran.code != 0
    assert len(ran.err.splitlines()) == 1
