"""The database: SQLAlchemy Core on SQLite and PostgreSQL. The only package that imports sqlalchemy."""

from idp.storage.backup import backup, restore
from idp.storage.engine import OpenStore, open_store
from idp.storage.limits import Limits
from idp.storage.location import UnsupportedUrl
from idp.storage.migrate import current, upgrade
from idp.storage.schema import SchemaOutdated

__all__ = [
    "Limits",
    "OpenStore",
    "SchemaOutdated",
    "UnsupportedUrl",
    "backup",
    "current",
    "open_store",
    "restore",
    "upgrade",
]
