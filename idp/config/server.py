"""How the process serves, and where it keeps its data."""

from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, PlainSerializer, SecretStr, ValidationInfo, WithJsonSchema

from idp.config.addresses import HostName, Network
from idp.config.refusal import refused
from idp.config.secret import REFERENCE_SCHEMA, Places, is_reference, read
from idp.config.table import Number, Port, Table
from idp.config.types import Called, Size, Span, Within, has_control_characters


class Server(Table):
    """The listening socket, and the bounds of every request."""

    host: HostName = "127.0.0.1"
    """The address to listen on. `0.0.0.0` and `::` listen on all."""

    port: Port = 3100
    """The port to listen on; 0 takes a free one."""

    workers: Annotated[Number, Field(ge=1, le=256)] = 1
    """Processes. All state that matters lies in the database, so any number may run."""

    trusted_proxies: tuple[Network, ...] = ()
    """The addresses of your own reverse proxies. Only they may say, in X-Forwarded-For, where a request came from, and
    only as far as an unbroken chain of them reaches, counted from the right."""

    allowed_hosts: tuple[HostName, ...] = ()
    """Host names to answer to, beside the issuer's (which is always among them)."""

    max_body: Annotated[Size, Within(1024, 1024 * 1024)] = 64 * 1024
    """The largest request body; a larger one is 413."""

    header_deadline: Annotated[Span, Within(timedelta(seconds=1), timedelta(minutes=1))] = timedelta(seconds=10)
    """How long a client may take to send the head of a request."""

    body_deadline: Annotated[Span, Within(timedelta(seconds=1), timedelta(minutes=5))] = timedelta(seconds=15)
    """How long a client may take to send the body."""

    shutdown: Annotated[Span, Within(timedelta(seconds=1), timedelta(minutes=10))] = timedelta(seconds=30)
    """How long running requests may take to finish after SIGTERM."""

    max_connections: Annotated[Number, Field(ge=1, le=1_000_000)] = 10_000
    """Open connections of one process; beyond it the answer is 503."""


_URL_MEND = 'Write "sqlite:///var/idp.db", "postgresql://user@host/name", or { env = "DATABASE_URL" }.'


def _check_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise refused("is not a database address", _URL_MEND) from None
    if has_control_characters(text):
        raise refused("contains a control character or a line break", _URL_MEND)
    match parts.scheme:
        case "sqlite":
            if parts.netloc or not parts.path.strip("/") or parts.path == "/:memory:" or parts.query or parts.fragment:
                raise refused("names no file", 'Write "sqlite:///var/idp.db", or four slashes before an absolute path.')
        case "postgresql" | "postgres":
            if not parts.path.strip("/") or port == 0:
                raise refused("names no database", _URL_MEND)
        case _:
            raise refused("is neither SQLite nor PostgreSQL", _URL_MEND)
    return text


def _database_url(value: object, info: ValidationInfo) -> SecretStr:
    match value:
        case SecretStr():
            text = value.get_secret_value()
        case dict() if is_reference(value):
            text = read(value, info.context if isinstance(info.context, Places) else Places()).get_secret_value()
        case str():
            if has_password(value):
                raise refused("holds a password", 'Move the address out: { env = "DATABASE_URL" } or { file = "…" }.')
            text = value
        case _:
            raise refused("is not a database address", _URL_MEND)
    return SecretStr(_check_url(text))


def has_password(url: str) -> bool:
    """Whether the authority or the query of a database's address carries one."""
    authority = url.partition("://")[2].partition("/")[0]
    return ":" in authority.rpartition("@")[0] or "password=" in url.partition("?")[2].lower()


def _shown(url: SecretStr) -> str:
    text = url.get_secret_value()
    return "**********" if has_password(text) else text


DatabaseUrl = Annotated[
    SecretStr,
    BeforeValidator(_database_url),
    PlainSerializer(_shown, return_type=str, when_used="json"),
    WithJsonSchema({"anyOf": [{"type": "string"}, REFERENCE_SCHEMA]}),
    Called("database address, or the place of one"),
]
"""A database's address. It may come with a password from the environment or a file, never from the configuration."""


class Database(Table):
    """Where accounts, sessions, keys and the audit trail are kept."""

    url: DatabaseUrl = SecretStr("sqlite:///var/idp.db")
    """SQLite (`sqlite:///var/idp.db`, four slashes before an absolute path) or PostgreSQL
    (`postgresql://user@host:5432/name`). An address with a password is a secret: `{ env = "DATABASE_URL" }`."""

    pool_size: Annotated[Number, Field(ge=1, le=1000)] = 5
    """Connections of one process to PostgreSQL."""


class Logging(Table):
    """One line an event, on the standard error stream."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least urgent level that is written."""

    format: Literal["json", "text"] = "json"
    """`json` for machines, `text` for a terminal."""
