"""${message}.

A table with rows of a municipality needs `isolate`, an append-only table `refuse_change`
(`models.migrations.protection`). A batch operation on SQLite drops the triggers of its table: create them again.
Row-level security binds the owner too: a migration that changes rows on PostgreSQL sets the municipality first.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
