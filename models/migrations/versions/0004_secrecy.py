"""The index of secret cases, by which it is found who may read what came of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_secrecy"
down_revision = "0003_accounts"
branch_labels = None
depends_on = None

_MARKED = "secrecy_law != ''"


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_case_secret",
        "case",
        ["municipality_id", "policy_version_id", "route", "responsible_body_id"],
        sqlite_where=sa.text(_MARKED),
        postgresql_where=sa.text(_MARKED),
    )
