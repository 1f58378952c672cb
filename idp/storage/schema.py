"""Which version of the tables a database has, told without Alembic: it would cost half of the time a start may take."""

import sqlalchemy as sa

from idp.core.errors import StorageUnavailable
from idp.storage.faults import is_missing_table
from idp.storage.shelf import Driver
from idp.storage.statements import Statement

REVISIONS = ("0001", "0002", "0003")
"""The migrations, oldest first; a test holds them to the files."""

HEAD = REVISIONS[-1]

_APPLIED = Statement(sa.select(sa.column("version_num", sa.Text)).select_from(sa.table("alembic_version")))


class SchemaOutdated(StorageUnavailable):
    """The database lacks migrations: `idp db upgrade` applies them."""

    code = "schema_outdated"

    def __init__(self, revision: str | None) -> None:
        super().__init__(f"the database is at revision {revision or 'none'}, this version needs {HEAD}")
        self.revision = revision


def revision_of(driver: Driver) -> str | None:
    """The revision that was applied last; None where none was."""
    try:
        with driver.savepoint():
            rows = driver.rows(_APPLIED, {})
    except Exception as error:
        if is_missing_table(error):
            return None
        raise
    return rows[0][0] if rows else None


def is_current(revision: str | None) -> bool:
    """Whether we can work with it. An unknown revision is newer: newer tables serve the version before them too."""
    return revision is not None and revision not in REVISIONS[:-1]


def demand_current(driver: Driver) -> None:
    """Raises SchemaOutdated."""
    if not is_current(revision := revision_of(driver)):
        raise SchemaOutdated(revision)
