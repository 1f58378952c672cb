"""A throw-away PostgreSQL: no port, no password, gone after the tests."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from idp.storage import upgrade
from idp.storage.tables import metadata

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
max_connections = 300
deadlock_timeout = '50ms'
fsync = off
full_page_writes = off
"""
CLEAN_UP = 'cat > /dev/null; "$0" stop --pgdata="$1/data" --mode=immediate --silent; rm -rf "$1"'
"""Waits until the tests are over, or were killed: then its input ends."""

EMPTY = ";".join(str(sa.delete(table)) for table in reversed(metadata.sorted_tables))


class Cluster:
    """One server in a folder of its own, reached through a socket in that folder."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._owner = _unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="idp-postgresql-"))
        if self._owner:
            shutil.chown(self.folder, self._owner)
        self._watcher = subprocess.Popen(
            ["/bin/sh", "-c", CLEAN_UP, programs / "pg_ctl", self.folder],
            cwd="/",
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **self._as_owner,
        )
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS.format(folder=self.folder))
        self._databases = 0
        self._spare: list[str] = []

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        self._run("pg_ctl", "start", "--wait", "--silent", f"--log={self.folder / 'log'}")

    def stop(self) -> None:
        """As `kill -9` would, as far as clients can tell."""
        self._run("pg_ctl", "stop", "--mode=immediate", "--silent")

    def remove(self) -> None:
        assert self._watcher.stdin
        self._watcher.stdin.close()
        self._watcher.wait()

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    async def lend(self) -> str:
        """The URL of an up-to-date, empty database that nobody else uses."""
        if self._spare:
            return self._spare.pop()
        url = await self.bare_database()
        await upgrade(url)
        return url

    async def give_back(self, url: str) -> None:
        """Empties it, which takes a fraction of the time that making another would."""
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(EMPTY)
        finally:
            await connection.close()
        self._spare.append(url)

    async def bare_database(self) -> str:
        """The URL of a database without tables."""
        self._databases += 1
        name = f"idp_{self._databases}"
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        finally:
            await connection.close()
        return self.url(name)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, f"--pgdata={self._data}", *arguments],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            **self._as_owner,
        )

    @property
    def _as_owner(self) -> dict[str, Any]:
        if self._owner is None:
            return {}
        return {"user": self._owner, "group": pwd.getpwnam(self._owner).pw_gid, "extra_groups": []}


def find_programs() -> Path | None:
    """Where `initdb` and `pg_ctl` are: on the PATH, or where Debian puts them."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


def _unprivileged() -> str | None:
    """Whom to run the server as: it refuses to be run by root."""
    if os.geteuid() != 0:
        return None
    users = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in users else "nobody"


@contextmanager
def started() -> Iterator[Cluster]:
    """Leaves the test out where PostgreSQL is not installed."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    cluster = Cluster(programs)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.remove()
