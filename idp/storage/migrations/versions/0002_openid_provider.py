"""The tables of the OpenID Provider."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Instant = sa.BigInteger
Json = sa.Text


def upgrade() -> None:
    _clients()
    _resource_servers()
    _generations()
    _grants()
    _session_clients()
    _codes()
    _grant_tokens()
    _interactions()
    _pushed_requests()
    _device_authorizations()
    _consents()
    _replays()
    _initial_tokens()
    _claims_of_accounts()


def _claims_of_accounts() -> None:
    """What people say of themselves: nobody has said anything yet."""
    op.add_column("accounts", sa.Column("claims", Json(), nullable=False, server_default="{}"))


def _clients() -> None:
    op.create_table(
        "clients",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("metadata", Json(), nullable=False),
        sa.Column("terms", Json(), nullable=False),
        sa.Column("secrets", Json(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("registration_digest", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_clients"),
    )


def _resource_servers() -> None:
    op.create_table(
        "resource_servers",
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("scopes", Json(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("identifier", name="pk_resource_servers"),
    )


def _generations() -> None:
    op.create_table(
        "generations",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_generations"),
    )


def _grants() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("scope", Json(), nullable=False),
        sa.Column("resources", Json(), nullable=False),
        sa.Column("claims", Json(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=True),
        sa.Column("acr", sa.Text(), nullable=True),
        sa.Column("methods", Json(), nullable=False),
        sa.Column("authenticated_at", Instant(), nullable=False),
        sa.Column("confirmation", Json(), nullable=False),
        sa.Column("actor", Json(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("is_offline", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_grants_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
    )
    op.create_index("ix_grants_account_id", "grants", ["account_id"], unique=False)
    op.create_index("ix_grants_client_id", "grants", ["client_id"], unique=False)
    op.create_index("ix_grants_expires_at", "grants", ["expires_at"], unique=False)
    op.create_index("ix_grants_session_id", "grants", ["session_id"], unique=False)


def _session_clients() -> None:
    op.create_table(
        "session_clients",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_session_clients_session_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session_id", "client_id", name="pk_session_clients"),
    )
    op.create_index("ix_session_clients_client_id_subject", "session_clients", ["client_id", "subject"], unique=False)


def _codes() -> None:
    op.create_table(
        "codes",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=True),
        sa.Column("code_challenge", sa.Text(), nullable=True),
        sa.Column("dpop_jkt", sa.Text(), nullable=True),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name="fk_codes_grant_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name="pk_codes"),
    )
    op.create_index("ix_codes_grant_id", "codes", ["grant_id"], unique=False)


def _grant_tokens() -> None:
    op.create_table(
        "grant_tokens",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("successor", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name="fk_grant_tokens_grant_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name="pk_grant_tokens"),
    )
    op.create_index("ix_grant_tokens_expires_at", "grant_tokens", ["expires_at"], unique=False)
    op.create_index("ix_grant_tokens_grant_id", "grant_tokens", ["grant_id"], unique=False)


def _interactions() -> None:
    op.create_table(
        "interactions",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("browser", sa.LargeBinary(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("request", Json(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("signed_in_with", sa.Text(), nullable=True),
        sa.Column("consented", sa.Boolean(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_interactions"),
    )
    op.create_index("ix_interactions_expires_at", "interactions", ["expires_at"], unique=False)


def _pushed_requests() -> None:
    op.create_table(
        "pushed_requests",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("request", Json(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_pushed_requests"),
    )
    op.create_index("ix_pushed_requests_expires_at", "pushed_requests", ["expires_at"], unique=False)


def _device_authorizations() -> None:
    op.create_table(
        "device_authorizations",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_code", sa.LargeBinary(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("scope", Json(), nullable=False),
        sa.Column("resources", Json(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("grant_id", sa.Text(), nullable=True),
        sa.Column("interval_seconds", sa.BigInteger(), nullable=False),
        sa.Column("polled_at", Instant(), nullable=True),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_device_authorizations_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name="pk_device_authorizations"),
    )
    op.create_index("ix_device_authorizations_expires_at", "device_authorizations", ["expires_at"], unique=False)
    op.create_index("ix_device_authorizations_user_code", "device_authorizations", ["user_code"], unique=True)


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("scope", Json(), nullable=False),
        sa.Column("resources", Json(), nullable=False),
        sa.Column("claims", Json(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_consents_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "client_id", name="pk_consents"),
    )
    op.create_index("ix_consents_client_id", "consents", ["client_id"], unique=False)


def _replays() -> None:
    op.create_table(
        "replays",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "digest", name="pk_replays"),
    )
    op.create_index("ix_replays_expires_at", "replays", ["expires_at"], unique=False)


def _initial_tokens() -> None:
    op.create_table(
        "initial_tokens",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("uses_left", sa.BigInteger(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_initial_tokens"),
    )
    op.create_index("ix_initial_tokens_expires_at", "initial_tokens", ["expires_at"], unique=False)
