"""Deadlines, evaluations with a trail of their own, mail, substitutes, and what is kept about an engagement.

Its words are those of `models`, where each column is explained.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations.base import BatchOperations

from models.folding import sort_key, words
from models.migrations.protection import isolate

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: In the order in which they refer to each other; all but the heartbeat belong to one municipality.
TABLES = ("heartbeat", "deadline", "mail", "substitute", "funding_line", "import_run", "engagement_word")

REFERENCES = (
    ("evaluation", "reported_by_id", "person"),
    ("case", "evaluation_id", "evaluation"),
    ("document", "engagement_id", "engagement"),
    ("notice", "deadline_id", "deadline"),
)
UNIQUE = (
    ("person", ("calendar_hash",)),
    ("evaluation", ("municipality_id", "number")),
    ("notice", ("deadline_id", "cycle", "rung", "body_id", "role")),
)
INDEXES = (
    ("ix_engagement_newest", "engagement", ("municipality_id", "id")),
    ("ix_engagement_country", "engagement", ("municipality_id", "partner_country", "id")),
    ("ix_engagement_responsible", "engagement", ("municipality_id", "responsible_body_id", "id")),
    ("ix_engagement_title", "engagement", ("municipality_id", "title_key", "id")),
    ("ix_engagement_partner", "engagement", ("municipality_id", "partner_key", "id")),
    ("ix_engagement_ends", "engagement", ("municipality_id", "ends_on", "id")),
    ("ix_engagement_map", "engagement", ("municipality_id", "latitude", "id")),
    ("ix_evaluation_engagement", "evaluation", ("municipality_id", "engagement_id", "id")),
    ("ix_case_engagement", "case", ("municipality_id", "engagement_id", "id")),
    ("ix_document_municipality_id_engagement_id_id", "document", ("municipality_id", "engagement_id", "id")),
    ("ix_notice_undispatched", "notice", ("municipality_id", "is_dispatched", "id")),
)

#: Compared byte by byte, see `models.engagement`.
FOLDED = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    _deadlines()
    _mail()
    _substitutes()
    _register()
    for table in TABLES[1:]:
        isolate(table)
    for table, columns in _columns().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.add_column(column)
    _carry_evaluations_over()
    _make_engagements_findable()
    for table in _columns():
        with op.batch_alter_table(table) as batch:
            _tie(batch, table)
    for name, table, on in INDEXES:
        op.create_index(name, table, list(on))


def downgrade() -> None:
    for name, table, _on in INDEXES:
        op.drop_index(name, table)
    for table, columns in _columns().items():
        with op.batch_alter_table(table) as batch:
            for source, name, _target in REFERENCES:
                if source == table:
                    batch.drop_constraint(f"fk_{table}_{name}", type_="foreignkey")
            for source, on in UNIQUE:
                if source == table:
                    batch.drop_constraint(f"uq_{table}_{'_'.join(on)}", type_="unique")
            for column in columns:
                batch.drop_column(column.name)
    for table in reversed(TABLES):
        op.drop_table(table)


def _tie(batch: BatchOperations, table: str) -> None:
    """References, uniqueness, and no default in the database: the models give every value."""
    for source, name, target in REFERENCES:
        if source == table:
            batch.create_foreign_key(f"fk_{table}_{name}", target, [name], ["id"])
    for source, on in UNIQUE:
        if source == table:
            batch.create_unique_constraint(f"uq_{table}_{'_'.join(on)}", list(on))
    for column in _columns()[table]:
        if column.server_default is not None:
            batch.alter_column(column.name, server_default=None)
    if table == "evaluation":
        batch.alter_column("number", nullable=False)


def _columns() -> dict[str, tuple[sa.Column[Any], ...]]:
    """Columns of older tables, with what stands in the rows there are."""
    return {
        "person": (
            sa.Column("email", sa.String(), nullable=False, server_default=""),
            sa.Column("mail_wanted", sa.String(), nullable=False, server_default="each"),
            sa.Column("calendar_hash", sa.String(), nullable=True),
            sa.Column("seen_notice_id", sa.Integer(), nullable=False, server_default="0"),
        ),
        "engagement": (
            sa.Column("partner_kind", sa.String(), nullable=False, server_default=""),
            sa.Column("latitude", sa.Double(), nullable=True),
            sa.Column("longitude", sa.Double(), nullable=True),
            sa.Column("contacts", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("participants", sa.Integer(), nullable=True),
            sa.Column("details_version", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("title_key", FOLDED, nullable=False, server_default=""),
            sa.Column("partner_key", FOLDED, nullable=False, server_default=""),
        ),
        "evaluation": (
            sa.Column("number", sa.String(), nullable=True),
            sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("head_hash", sa.String(), nullable=False, server_default=""),
            sa.Column("report", sa.JSON(), nullable=False, server_default="{}"),
            sa.Column("proposes", sa.String(), nullable=False, server_default=""),
            sa.Column("reported_by_id", sa.Integer(), nullable=True),
            sa.Column("reported_on", sa.Date(), nullable=True),
            sa.Column("outcome", sa.String(), nullable=False, server_default=""),
            sa.Column("decided_in", sa.String(), nullable=False, server_default=""),
            sa.Column("decided_on", sa.Date(), nullable=True),
        ),
        "case": (sa.Column("evaluation_id", sa.Integer(), nullable=True),),
        "document": (sa.Column("engagement_id", sa.Integer(), nullable=True),),
        "notice": (
            sa.Column("deadline_id", sa.Integer(), nullable=True),
            sa.Column("cycle", sa.Integer(), nullable=True),
            sa.Column("rung", sa.Integer(), nullable=True),
            sa.Column("due_on", sa.Date(), nullable=True),
            sa.Column("is_dispatched", sa.Boolean(), nullable=False, server_default=sa.true()),
        ),
    }


@contextmanager
def _municipality(key: int) -> Iterator[None]:
    """Row-level security binds the owner too."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        bind.execute(sa.text("SELECT set_config('instans.municipality', :key, true)"), {"key": str(key)})
    yield


def _carry_evaluations_over() -> None:
    """Evaluations planned before get their number and their deadline; who is told first is found when it is raised."""
    bind = op.get_bind()
    for key, name in bind.execute(sa.text("SELECT id, key FROM municipality")).all():
        with _municipality(key):
            found = bind.execute(
                sa.text("SELECT id FROM evaluation WHERE municipality_id = :key ORDER BY id"), {"key": key}
            )
            ids = [row.id for row in found]
            for number, row_id in enumerate(ids, 1):
                given = {"number": f"{name}-v-{number:05d}", "id": row_id, "key": key}
                bind.execute(
                    sa.text("UPDATE evaluation SET number = :number WHERE id = :id AND municipality_id = :key"), given
                )
            if ids:
                given = {"key": key, "last": len(ids)}
                bind.execute(
                    sa.text("INSERT INTO case_number (municipality_id, series, last) VALUES (:key, 'v', :last)"), given
                )
            bind.execute(sa.text(_DEADLINES), {"key": key})


def _make_engagements_findable() -> None:
    """Keys to sort by and words to search by, for the engagements there are."""
    bind = op.get_bind()
    for key, language in bind.execute(sa.text("SELECT id, language FROM municipality")).all():
        with _municipality(key):
            query = sa.text("SELECT id, title, partner_name FROM engagement WHERE municipality_id = :key")
            rows = bind.execute(query, {"key": key}).all()
            keys = [
                {"id": id_, "key": key, "title": sort_key(title, language), "partner": sort_key(partner, language)}
                for id_, title, partner in rows
            ]
            found = [
                {"id": id_, "key": key, "word": word}
                for id_, title, partner in rows
                for word in sorted({*words(title), *words(partner)})
            ]
            if keys:
                bind.execute(sa.text(_KEYS), keys)
            if found:
                bind.execute(sa.text(_WORDS), found)


_KEYS = "UPDATE engagement SET title_key = :title, partner_key = :partner WHERE id = :id AND municipality_id = :key"
_WORDS = "INSERT INTO engagement_word (engagement_id, word, municipality_id) VALUES (:id, :word, :key)"

_DEADLINES = """
INSERT INTO deadline (municipality_id, kind, subject, engagement_id, body_id, policy_version_id, ladder, state,
                      cycle, due_on, due_at, next_rung, next_at, version, head_hash)
SELECT v.municipality_id, 'evaluation', v.number, v.engagement_id, e.responsible_body_id, v.policy_version_id,
       'evaluation:' || v.rule, 'open', 1, v.due_on, v.due_at, 0, v.due_at, 0, ''
FROM evaluation v JOIN engagement e ON e.id = v.engagement_id
WHERE v.municipality_id = :key AND v.state = 'pending'
"""


def _refers(table: str, column: str, target: str, *, nullable: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}")
    return sa.Column(column, sa.Integer(), key, nullable=nullable)


def _deadlines() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_heartbeat"),
    )
    op.create_table(
        "deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        _refers("deadline", "case_id", "case", nullable=True),
        _refers("deadline", "engagement_id", "engagement", nullable=True),
        _refers("deadline", "body_id", "body"),
        _refers("deadline", "waits_body_id", "body", nullable=True),
        sa.Column("waits_role", sa.String(), nullable=True),
        _refers("deadline", "policy_version_id", "policy_version"),
        sa.Column("ladder", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_rung", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(), nullable=False),
        _refers("deadline", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_deadline"),
        sa.UniqueConstraint("municipality_id", "kind", "subject", name="uq_deadline_municipality_id_kind_subject"),
    )
    op.create_index("ix_deadline_next", "deadline", ["municipality_id", "next_at", "id"])
    op.create_index("ix_deadline_open", "deadline", ["municipality_id", "state", "due_on", "id"])
    op.create_index("ix_deadline_body", "deadline", ["municipality_id", "body_id", "state", "due_on", "id"])
    op.create_index("ix_deadline_engagement", "deadline", ["municipality_id", "engagement_id", "id"])


def _mail() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("mail", "person_id", "person"),
        _refers("mail", "notice_id", "notice", nullable=True),
        sa.Column("digest_on", sa.Date(), nullable=True),
        _refers("mail", "digest_id", "mail", nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        _refers("mail", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_mail"),
        sa.UniqueConstraint("notice_id", "person_id", name="uq_mail_notice_id_person_id"),
        sa.UniqueConstraint("person_id", "digest_on", name="uq_mail_person_id_digest_on"),
    )
    op.create_index("ix_mail_next", "mail", ["municipality_id", "state", "next_at", "id"])
    op.create_index("ix_mail_digest", "mail", ["municipality_id", "digest_id", "id"])


def _substitutes() -> None:
    op.create_table(
        "substitute",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("substitute", "person_id", "person"),
        _refers("substitute", "substitute_id", "person"),
        _refers("substitute", "body_id", "body"),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        _refers("substitute", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_substitute"),
    )
    op.create_index("ix_substitute_away", "substitute", ["municipality_id", "person_id", "starts_on"])
    op.create_index("ix_substitute_stands_in", "substitute", ["municipality_id", "substitute_id", "starts_on"])


def _register() -> None:
    op.create_table(
        "funding_line",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("funding_line", "engagement_id", "engagement"),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("funder", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("report_due_on", sa.Date(), nullable=True),
        _refers("funding_line", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_funding_line"),
    )
    op.create_index("ix_funding_line_engagement", "funding_line", ["municipality_id", "engagement_id", "year", "id"])
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("import_run", "person_id", "person"),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _refers("import_run", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_import_run"),
    )
    op.create_index("ix_import_run_state", "import_run", ["municipality_id", "state", "id"])
    op.create_table(
        "engagement_word",
        _refers("engagement_word", "engagement_id", "engagement"),
        sa.Column("word", FOLDED, nullable=False),
        _refers("engagement_word", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("engagement_id", "word", name="pk_engagement_word"),
    )
    op.create_index("ix_engagement_word", "engagement_word", ["municipality_id", "word", "engagement_id"])
