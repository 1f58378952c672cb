"""The tables of the OpenID Provider.

Clients are referred to by name alone, for some are known by a document of their own and have no row here: what belongs
to a client is deleted with it, by hand. No grant refers to its session's row: one with `offline_access` outlives it.
"""

import sqlalchemy as sa
from sqlalchemy import Column, Index, Table

from idp.storage.columns import Instant, Json
from idp.storage.tables import metadata


def _account_id(*, nullable: bool = False) -> Column[str]:
    return Column("account_id", sa.Text, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=nullable)


def _grant_id() -> Column[str]:
    return Column("grant_id", sa.Text, sa.ForeignKey("grants.id", ondelete="CASCADE"), nullable=False)


clients = Table(
    "clients",
    metadata,
    Column("id", sa.Text, primary_key=True),
    Column("metadata", Json, nullable=False),
    Column("terms", Json, nullable=False),
    Column("secrets", Json, nullable=False),
    Column("origin", sa.Text, nullable=False),
    Column("registration_digest", sa.LargeBinary),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

resource_servers = Table(
    "resource_servers",
    metadata,
    Column("identifier", sa.Text, primary_key=True),
    Column("scopes", Json, nullable=False),
    Column("name", sa.Text),
    Column("created_at", Instant, nullable=False),
)

# one row, made by the first change
generations = Table(
    "generations",
    metadata,
    Column("subject", sa.Text, primary_key=True),
    Column("number", sa.BigInteger, nullable=False),
)

grants = Table(
    "grants",
    metadata,
    Column("id", sa.Text, primary_key=True),
    Column("client_id", sa.Text, nullable=False),
    _account_id(),
    Column("subject", sa.Text, nullable=False),
    Column("session_id", sa.Text),
    Column("scope", Json, nullable=False),
    Column("resources", Json, nullable=False),
    Column("claims", Json, nullable=False),
    Column("nonce", sa.Text),
    Column("acr", sa.Text),
    Column("methods", Json, nullable=False),
    Column("authenticated_at", Instant, nullable=False),
    Column("confirmation", Json, nullable=False),
    Column("actor", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("is_offline", sa.Boolean, nullable=False),
    Index(None, "account_id"),
    Index(None, "session_id"),
    Index(None, "client_id"),
    Index(None, "expires_at"),
)

# who hears of a session's end: rows that outlive the grants, which end sooner
session_clients = Table(
    "session_clients",
    metadata,
    Column("session_id", sa.Text, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("client_id", sa.Text, nullable=False),
    Column("subject", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("session_id", "client_id"),
    Index(None, "client_id", "subject"),
)

codes = Table(
    "codes",
    metadata,
    Column("digest", sa.LargeBinary, primary_key=True),
    _grant_id(),
    Column("client_id", sa.Text, nullable=False),
    Column("redirect_uri", sa.Text),
    Column("code_challenge", sa.Text),
    Column("dpop_jkt", sa.Text),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index(None, "grant_id"),
)

grant_tokens = Table(
    "grant_tokens",
    metadata,
    Column("digest", sa.LargeBinary, primary_key=True),
    _grant_id(),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("successor", sa.LargeBinary),
    Index(None, "grant_id"),
    Index(None, "expires_at"),
)

interactions = Table(
    "interactions",
    metadata,
    Column("digest", sa.LargeBinary, primary_key=True),
    Column("browser", sa.LargeBinary, nullable=False),
    Column("client_id", sa.Text, nullable=False),
    Column("request", Json, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("signed_in_with", sa.Text),
    Column("consented", sa.Boolean, nullable=False),
    Column("ended_at", Instant),
    Index(None, "expires_at"),
)

pushed_requests = Table(
    "pushed_requests",
    metadata,
    Column("digest", sa.LargeBinary, primary_key=True),
    Column("client_id", sa.Text, nullable=False),
    Column("request", Json, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index(None, "expires_at"),
)

device_authorizations = Table(
    "device_authorizations",
    metadata,
    Column("digest", sa.LargeBinary, primary_key=True),
    Column("user_code", sa.LargeBinary, nullable=False),
    Column("client_id", sa.Text, nullable=False),
    Column("scope", Json, nullable=False),
    Column("resources", Json, nullable=False),
    Column("state", sa.Text, nullable=False),
    _account_id(nullable=True),
    Column("grant_id", sa.Text),
    Column("interval_seconds", sa.BigInteger, nullable=False),
    Column("polled_at", Instant),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index(None, "user_code", unique=True),
    Index(None, "expires_at"),
)

consents = Table(
    "consents",
    metadata,
    _account_id(),
    Column("client_id", sa.Text, nullable=False),
    Column("scope", Json, nullable=False),
    Column("resources", Json, nullable=False),
    Column("claims", Json, nullable=False),
    Column("given_at", Instant, nullable=False),
    sa.PrimaryKeyConstraint("account_id", "client_id"),
    Index(None, "client_id"),
)

replays = Table(
    "replays",
    metadata,
    Column("purpose", sa.Text, nullable=False),
    Column("digest", sa.LargeBinary, nullable=False),
    Column("expires_at", Instant, nullable=False),
    sa.PrimaryKeyConstraint("purpose", "digest"),
    Index(None, "expires_at"),
)

initial_tokens = Table(
    "initial_tokens",
    metadata,
    Column("digest", sa.LargeBinary, primary_key=True),
    Column("note", sa.Text, nullable=False),
    Column("uses_left", sa.BigInteger),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index(None, "expires_at"),
)

SHORT_LIVED = (
    codes,
    grant_tokens,
    grants,
    interactions,
    pushed_requests,
    device_authorizations,
    initial_tokens,
)
"""What may have been used up or taken back since a copy was made."""
