"""Alembic's entry: migrates over the connection that gateway.storage.schema hands in."""

from alembic import context

from gateway.storage.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
