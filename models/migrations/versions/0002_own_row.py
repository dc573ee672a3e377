"""Row-level security of a municipality's own row: the head of its journal is changed by its own transactions alone."""

from __future__ import annotations

from models.migrations.protection import isolate_itself

revision = "0002_own_row"
down_revision = "0001_first_release"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Isolate the rows of `municipality`."""
    isolate_itself("municipality")
