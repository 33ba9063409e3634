"""What Alembic runs a migration with: the connection, and its transaction, of whoever asked for it."""

from alembic import context

from scanner.history.schema import METADATA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, version_table=VERSION_TABLE
)
with context.begin_transaction():
    context.run_migrations()
