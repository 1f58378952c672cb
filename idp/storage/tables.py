"""The tables. A change here needs a migration: a test compares the two.

Identifiers are text, instants numbers (`Instant`), what has parts is JSON in text: SQLite and PostgreSQL hold the same.
All that belongs to an account or a session goes with it (`ON DELETE CASCADE`); the audit trail refers to nobody, so
it stays.
"""

import sqlalchemy as sa
from sqlalchemy import Column, Index, Table

from idp.storage.columns import Instant, Json

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _account_id() -> Column[str]:
    return Column("account_id", sa.Text, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False)


accounts = Table(
    "accounts",
    metadata,
    Column("id", sa.Text, primary_key=True),
    Column("email", sa.Text, nullable=False),
    Column("first_name", sa.Text, nullable=False),
    Column("last_name", sa.Text, nullable=False),
    Column("middle_name", sa.Text),
    Column("phone_number", sa.Text),
    Column("phone_verified_at", Instant),
    Column("date_of_birth", sa.Date),
    Column("language", sa.Text),
    Column("roles", Json, nullable=False),
    Column("mfa_methods", Json, nullable=False),
    Column("confirmed_at", Instant),
    Column("disabled_at", Instant),
    Column("agreed_to_terms", sa.Boolean, nullable=False),
    Column("password_changed_at", Instant),
    Column("last_sign_in_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("extra", Json, nullable=False),
    Column("claims", Json, nullable=False, server_default="{}"),
    # the names, folded: neither database folds what lies outside ASCII in the same way
    Column("search_name", sa.Text, nullable=False),
    Index(None, "email", unique=True),
)

credentials = Table(
    "credentials",
    metadata,
    _account_id(),
    Column("kind", sa.Text, nullable=False),
    Column("data", sa.LargeBinary, nullable=False),
    Column("version", sa.BigInteger, nullable=False),
    Column("changed_at", Instant, nullable=False),
    sa.PrimaryKeyConstraint("account_id", "kind"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("scope", sa.Text, nullable=False),
    Column("key", sa.Text, nullable=False),
    Column("failures", sa.BigInteger, nullable=False),
    Column("total", sa.BigInteger, nullable=False),
    Column("locks", sa.BigInteger, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("locked_until", Instant, nullable=False),
    Column("forget_at", Instant, nullable=False),
    sa.PrimaryKeyConstraint("scope", "key"),
    Index(None, "forget_at"),
)

challenges = Table(
    "challenges",
    metadata,
    _account_id(),
    Column("purpose", sa.Text, nullable=False),
    Column("digest", sa.LargeBinary, nullable=False),
    Column("method", sa.Text, nullable=False),
    Column("target", sa.Text, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    sa.PrimaryKeyConstraint("account_id", "purpose"),
    Index(None, "purpose", "digest"),
    Index(None, "expires_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", sa.Text, primary_key=True),
    _account_id(),
    Column("contract", sa.Text, nullable=False),
    Column("methods", Json, nullable=False),
    Column("authenticated_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("address", sa.Text, nullable=False),
    Column("agent", sa.Text, nullable=False),
    Index(None, "account_id"),
    Index(None, "expires_at"),
)

refresh = Table(
    "refresh",
    metadata,
    Column("digest", sa.LargeBinary, primary_key=True),
    Column("session_id", sa.Text, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("successor", sa.LargeBinary),
    Index(None, "session_id"),
    Index(None, "expires_at"),
)

tenants = Table(
    "tenants",
    metadata,
    Column("id", sa.Text, primary_key=True),
    Column("kind", sa.Text, nullable=False),
    Column("name", sa.Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("settings", Json, nullable=False),
    Index(None, "kind", "name", unique=True),
)

memberships = Table(
    "memberships",
    metadata,
    _account_id(),
    Column("tenant_id", sa.Text, sa.ForeignKey("tenants.id", ondelete="CASCADE"), nullable=False),
    Column("role", sa.Text, nullable=False),
    Column("joined_at", Instant, nullable=False),
    sa.PrimaryKeyConstraint("account_id", "tenant_id"),
    Index(None, "tenant_id"),
)

flags = Table(
    "flags",
    metadata,
    Column("feature", sa.Text, nullable=False),
    # "" stands for everywhere: a key may not be null
    Column("tenant_id", sa.Text, nullable=False),
    Column("value", Json, nullable=False),
    Column("changed_at", Instant, nullable=False),
    sa.PrimaryKeyConstraint("feature", "tenant_id"),
    Index(None, "tenant_id"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", sa.Text, primary_key=True),
    Column("kind", sa.Text, nullable=False),
    Column("target", sa.Text, nullable=False),
    Column("body", sa.LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    # a lease moves it to the lease's end: a parcel comes back by itself
    Column("due_at", Instant, nullable=False),
    Column("tries", sa.BigInteger, nullable=False),
    Index(None, "due_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("name", sa.Text, nullable=False),
    Column("account_id", sa.Text),
    Column("event", Json, nullable=False),
    Column("address", sa.Text, nullable=False),
    Column("agent", sa.Text, nullable=False),
    Column("request_id", sa.Text, nullable=False),
    Column("contract", sa.Text, nullable=False),
    Index(None, "account_id", "number"),
    sqlite_autoincrement=True,  # a pruned number is never given again
)

keys = Table(
    "keys",
    metadata,
    Column("id", sa.Text, primary_key=True),
    Column("algorithm", sa.Text, nullable=False),
    Column("state", sa.Text, nullable=False),
    Column("public", sa.Text, nullable=False),
    Column("private", sa.LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("activated_at", Instant),
    Column("retired_at", Instant),
)

plugin_store = Table(
    "plugin_store",
    metadata,
    Column("plugin", sa.Text, nullable=False),
    Column("key", sa.Text, nullable=False),
    Column("value", sa.LargeBinary, nullable=False),
    Column("expires_at", Instant),
    sa.PrimaryKeyConstraint("plugin", "key"),
    Index(None, "expires_at"),
)

devices = Table(
    "devices",
    metadata,
    _account_id(),
    Column("digest", sa.LargeBinary, nullable=False),
    Column("seen_at", Instant, nullable=False),
    sa.PrimaryKeyConstraint("account_id", "digest"),
    Index(None, "seen_at"),
)
