"""Run by Alembic: applies the steps over the connection that `idp.storage.migrate` holds the lock with."""

from alembic import context

from idp.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, compare_type=True)
context.run_migrations()
