"""${message}.

A table of a municipality's rows needs `isolate`, an append-only one `refuse_change` (`models.migrations.protection`);
a batch operation on SQLite drops the triggers of its table, so put them back. Row-level security binds the owner too:
a step that changes rows on PostgreSQL sets the municipality first, or finds none.
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


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
