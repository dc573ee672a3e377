"""Cases: members of a meeting, kept from its first decision on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.protection import isolate, refuse_change

revision = "0005_cases"
down_revision = "0004_secrecy"
branch_labels = None
depends_on = None

_ENTERED = sa.text("state = 'entered'")


def upgrade() -> None:
    """Add the members of meetings. Meetings of 0.1.0 have none until another of their decisions is entered."""
    op.create_table(
        "meeting_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "meeting_id", sa.Integer(), sa.ForeignKey("meeting.id", name="fk_meeting_member_meeting_id"), nullable=False
        ),
        sa.Column(
            "person_id", sa.Integer(), sa.ForeignKey("person.id", name="fk_meeting_member_person_id"), nullable=False
        ),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column(
            "municipality_id",
            sa.Integer(),
            sa.ForeignKey("municipality.id", name="fk_meeting_member_municipality_id"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_member"),
        sa.UniqueConstraint("meeting_id", "person_id", "role", name="uq_meeting_member_meeting_id_person_id_role"),
    )
    op.create_index(
        "ix_meeting_member_municipality_id_person_id_meeting_id",
        "meeting_member",
        ["municipality_id", "person_id", "meeting_id"],
    )
    isolate("meeting_member")
    refuse_change("meeting_member", ("meeting_id", "person_id", "role"))
    op.create_index(
        "ix_decision_entered",
        "decision",
        ["municipality_id", "meeting_id"],
        sqlite_where=_ENTERED,
        postgresql_where=_ENTERED,
    )
