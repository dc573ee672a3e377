"""What does Alembic need to know? The connection it is given, and the metadata it compares with.

The transaction, the lock and the rights are the caller's: `models.upgrade`.
"""

from alembic import context

from models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by building another
)
with context.begin_transaction():
    context.run_migrations()
