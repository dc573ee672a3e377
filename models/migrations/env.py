"""Alembic environment: the caller's connection and the metadata to compare with.

Transaction, lock and rights belong to the caller, `models.upgrade`.
"""

from alembic import context

from models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by rebuilding it
)
with context.begin_transaction():
    context.run_migrations()
