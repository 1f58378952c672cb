"""Flags are looked up by tenant: with ten thousand of them nobody reads all for one account."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("ix_flags_tenant_id", "flags", ["tenant_id"])
