"""The disk is full, for a while (security demands, section 3.2)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from tests.outside.small_disk import SmallDisk, small_disk
from tests.running import Server, running

USER = {"email": "user@example.com", "password": "yourpassword"}
MOST_WRITES = 2000
"""That still fit into what SQLite has set aside already."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "var") as made:
        yield made


@pytest.fixture
def idp(tmp_path: Path, prepared: Path, disk: SmallDisk) -> Iterator[Server]:
    with running(tmp_path, prepared=prepared) as server:
        yield server


def test_a_full_disk_stops_what_must_be_kept_and_nothing_else(idp: Server, disk: SmallDisk) -> None:
    """Writes are 503, the signed-in go on, and with room on the disk all is as it was."""
    with idp.browser() as browser:
        browser.post("/auth/login", json=USER).raise_for_status()

        disk.fill(idp)
        statuses = refresh_until_it_fails(browser)
        tokens = dict(browser.cookies)
        assert statuses <= {200, 503}
        assert 503 in statuses
        assert {browser.post("/auth/login", json=USER).status_code for _ in range(5)} == {503}
        assert {browser.get(path).status_code for path in ("/user", "/auth/verify", "/.well-known/jwks.json")} == {200}
        assert idp.is_ready()

        disk.free(idp)
        assert dict(browser.cookies) == tokens
        assert browser.get("/auth/requestNewToken").status_code == 200
        assert browser.get("/user").json()["email"] == USER["email"]
        assert browser.post("/auth/login", json=USER).status_code == 201
        browser.put("/user/forgot-password", json={"email": USER["email"]}).raise_for_status()
        assert idp.message(USER["email"]).data["token"]

    idp.stop()
    with closing(sqlite3.connect(idp.data / "idp.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def refresh_until_it_fails(browser: httpx2.Client) -> set[int]:
    statuses: set[int] = set()
    for _ in range(MOST_WRITES):
        statuses.add(browser.get("/auth/requestNewToken").status_code)
        if statuses != {200}:
            break
    return statuses
