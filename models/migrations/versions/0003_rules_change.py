"""Versions of a policy come into force by an act of their own, and assumptions are confirmed or rejected.

Its words are those of `models.policy`, where each column is explained.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.protection import isolate, refuse_change

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_activation",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("policy_activation", "policy_version_id", "policy_version"),
        sa.Column("governs_from", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        _refers("policy_activation", "case_id", "case", nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        _refers("policy_activation", "activated_by_id", "person", nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
        _refers("policy_activation", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_policy_activation"),
        sa.UniqueConstraint("policy_version_id", name="uq_policy_activation_policy_version_id"),
    )
    op.create_index("ix_policy_activation_governs", "policy_activation", ["municipality_id", "governs_from", "id"])
    op.create_table(
        "assumption_ruling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assumption", sa.String(), nullable=False),
        _refers("assumption_ruling", "policy_version_id", "policy_version"),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        _refers("assumption_ruling", "ruled_by_id", "person"),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=False),
        _refers("assumption_ruling", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_assumption_ruling"),
    )
    op.create_index("ix_assumption_ruling_assumption", "assumption_ruling", ["municipality_id", "assumption", "id"])
    isolate("policy_activation")
    isolate("assumption_ruling")
    _let_govern_what_governs()
    refuse_change("policy_activation", unique=("policy_version_id",))
    refuse_change("assumption_ruling")


def downgrade() -> None:
    op.drop_table("assumption_ruling")
    op.drop_table("policy_activation")


def _refers(table: str, column: str, target: str, *, nullable: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}")
    return sa.Column(column, sa.Integer(), key, nullable=nullable)


def _let_govern_what_governs() -> None:
    """What was stored before governed from the day the pack itself names."""
    bind = op.get_bind()
    for key in bind.execute(sa.text("SELECT id FROM municipality")).scalars().all():
        if bind.dialect.name == "postgresql":  # row-level security binds the owner too
            bind.execute(sa.text("SELECT set_config('instans.municipality', :key, true)"), {"key": str(key)})
        bind.execute(sa.text(_FOUNDED), {"key": key})


_FOUNDED = """
INSERT INTO policy_activation (municipality_id, policy_version_id, governs_from, basis, reason, activated_at)
SELECT municipality_id, id, valid_from, 'before', '', loaded_at FROM policy_version
WHERE municipality_id = :key AND status <> 'law'
"""
