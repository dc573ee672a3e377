"""Accounts: invitations, tokens and calendar addresses that expire, notices of changes, words that are erased."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from models.migrations.protection import allow_recorded_erasure, isolate, refuse_change, whole

revision = "0003_accounts"
down_revision = "0002_own_row"
branch_labels = None
depends_on = None

#: How long what had no end stays valid after the upgrade.
YEAR = timedelta(days=365)


def upgrade() -> None:
    _expiry()
    _proposed_changes()
    _invitations()
    _notices()
    _erasure()


def _expiry() -> None:
    """Tokens and calendar addresses of 0.1.0 get a year from the upgrade."""
    instant, day = sa.DateTime(timezone=True), sa.Date()
    op.add_column("person", sa.Column("calendar_expires_on", day, nullable=True))
    op.add_column("person", sa.Column("calendar_used_on", day, nullable=True))
    op.add_column("person", sa.Column("erased_at", instant, nullable=True))
    op.add_column("api_token", sa.Column("expires_at", instant, nullable=True))
    op.add_column("api_token", sa.Column("used_on", day, nullable=True))
    end = datetime.now(UTC) + YEAR
    person = sa.table("person", sa.column("calendar_hash"), sa.column("calendar_expires_on", day))
    token = sa.table("api_token", sa.column("expires_at", instant))
    with whole("person"), whole("api_token"):
        has_calendar = person.c.calendar_hash.is_not(None)
        op.execute(person.update().where(has_calendar).values(calendar_expires_on=end.date()))
        op.execute(token.update().values(expires_at=end))
    with op.batch_alter_table("api_token") as table:
        table.alter_column("expires_at", nullable=False)


def _proposed_changes() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "proposed_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        _to("person", "person_id", "proposed_change", nullable=True),
        _to("person", "proposed_by_id", "proposed_change"),
        sa.Column("proposed_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        _to("person", "settled_by_id", "proposed_change", nullable=True),
        sa.Column("settled_at", instant, nullable=True),
        _to("municipality", "municipality_id", "proposed_change"),
        sa.PrimaryKeyConstraint("id", name="pk_proposed_change"),
    )
    op.create_index("ix_proposed_change_state", "proposed_change", ["municipality_id", "state", "id"])
    isolate("proposed_change")


def _invitations() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "person_id", sa.Integer(), sa.ForeignKey("person.id", name="fk_invitation_person_id"), nullable=False
        ),
        sa.Column("token_hash", sa.String(), nullable=True),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("used_at", instant, nullable=True),
        sa.Column("ended_at", instant, nullable=True),
        _to("municipality", "municipality_id", "invitation"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
    )
    op.create_index("ix_invitation_municipality_id_person_id", "invitation", ["municipality_id", "person_id"])
    isolate("invitation")


def _notices() -> None:
    op.create_table(
        "account_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        _to("person", "person_id", "account_notice"),
        _to("person", "about_id", "account_notice"),
        _to("person", "actor_id", "account_notice", nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_dispatched", sa.Boolean(), nullable=False),
        _to("municipality", "municipality_id", "account_notice"),
        sa.PrimaryKeyConstraint("id", name="pk_account_notice"),
    )
    for name, columns in (
        ("ix_account_notice_person", ["municipality_id", "person_id", "id"]),
        ("ix_account_notice_undispatched", ["municipality_id", "is_dispatched", "id"]),
    ):
        op.create_index(name, "account_notice", columns)
    isolate("account_notice")
    with op.batch_alter_table("mail") as table:
        table.add_column(sa.Column("account_notice_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_mail_account_notice_id", "account_notice", ["account_notice_id"], ["id"])
        table.create_unique_constraint("uq_mail_account_notice_id", ["account_notice_id"])


def _erasure() -> None:
    op.create_table(
        "erased_disclosure",
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        _to("municipality", "municipality_id", "erased_disclosure"),
        sa.PrimaryKeyConstraint("stream", "number", "field", name="pk_erased_disclosure"),
    )
    isolate("erased_disclosure")
    refuse_change("erased_disclosure", ("stream", "number", "field"))
    allow_recorded_erasure()


def _to(target: str, name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    """A reference to a row of another table."""
    reference = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}")
    return sa.Column(name, sa.Integer(), reference, nullable=nullable)
