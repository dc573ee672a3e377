"""The tables of the first release, and what guards them.

Its words are those of `models`, where each column is explained.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.protection import create_refusal, drop_refusal, isolate, refuse_change

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: In the order in which they refer to each other.
TABLES = (
    "installation",
    "municipality",
    "login_throttle",
    "body",
    "person",
    "appointment",
    "mandate",
    "api_token",
    "idempotency_key",
    "policy_version",
    "trail_entry",
    "disclosure",
    "access_log",
    "engagement",
    "evaluation",
    "case",
    "case_number",
    "proposal",
    "case_reference",
    "recusal",
    "consultation",
    "meeting",
    "decision",
    "document",
    "notice",
)

#: Everything else belongs to one municipality.
SHARED = {"installation", "municipality", "login_throttle"}

#: Append-only tables, with the columns by which a new row could replace an old one on SQLite.
APPEND_ONLY = {
    "trail_entry": ("stream", "number"),
    "disclosure": ("stream", "number", "field"),
    "policy_version": ("municipality_id", "version"),
    "access_log": (),
}


def upgrade() -> None:
    _installation()
    _people_and_bodies()
    _policy()
    _trail()
    _engagements()
    _cases()
    _what_hangs_on_a_case()
    create_refusal()
    for table, unique in APPEND_ONLY.items():
        refuse_change(table, unique)
    for table in TABLES:
        if table not in SHARED:
            isolate(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    drop_refusal()


def _refers(table: str, column: str, target: str, *, nullable: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}")
    return sa.Column(column, sa.Integer(), key, nullable=nullable)


def _installation() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_installation"),
    )
    op.create_table(
        "municipality",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("journal_version", sa.Integer(), nullable=False),
        sa.Column("journal_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_municipality"),
        sa.UniqueConstraint("key", name="uq_municipality_key"),
    )
    op.create_table(
        "login_throttle",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_login_throttle"),
    )


def _people_and_bodies() -> None:
    op.create_table(
        "body",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        _refers("body", "parent_id", "body", nullable=True),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        _refers("body", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_body"),
        sa.UniqueConstraint("municipality_id", "key", name="uq_body_municipality_id_key"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        _refers("person", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("public_id", name="uq_person_public_id"),
        sa.UniqueConstraint("username", name="uq_person_username"),
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("appointment", "person_id", "person"),
        _refers("appointment", "body_id", "body"),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        _refers("appointment", "deputy_for_id", "person", nullable=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        _refers("appointment", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_appointment"),
    )
    op.create_index(
        "ix_appointment_municipality_id_body_id_role_starts_on",
        "appointment",
        ["municipality_id", "body_id", "role", "starts_on"],
    )
    op.create_index(
        "ix_appointment_municipality_id_person_id_starts_on",
        "appointment",
        ["municipality_id", "person_id", "starts_on"],
    )
    op.create_table(
        "mandate",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("mandate", "from_body_id", "body"),
        _refers("mandate", "to_body_id", "body"),
        sa.Column("engagements", sa.JSON(), nullable=False),
        sa.Column("acts", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        _refers("mandate", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_mandate"),
    )
    op.create_index("ix_mandate_municipality_id_to_body_id", "mandate", ["municipality_id", "to_body_id"])
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("api_token", "person_id", "person"),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        _refers("api_token", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("token_hash", name="uq_api_token_token_hash"),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("idempotency_key", "person_id", "person"),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _refers("idempotency_key", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency_key"),
        sa.UniqueConstraint(
            "municipality_id", "person_id", "key", name="uq_idempotency_key_municipality_id_person_id_key"
        ),
    )


def _policy() -> None:
    op.create_table(
        "policy_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("canonical", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        _refers("policy_version", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_policy_version"),
        sa.UniqueConstraint("municipality_id", "version", name="uq_policy_version_municipality_id_version"),
    )


def _trail() -> None:
    op.create_table(
        "trail_entry",
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("actor_body", sa.String(), nullable=False),
        sa.Column("on_behalf_of", sa.String(), nullable=False),
        sa.Column("mandate", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("policy_digest", sa.String(), nullable=False),
        sa.Column("clauses", sa.String(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("canonical", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        _refers("trail_entry", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("stream", "number", name="pk_trail_entry"),
    )
    op.create_index("ix_trail_entry_actor", "trail_entry", ["municipality_id", "actor", "at"])
    op.create_index("ix_trail_entry_at", "trail_entry", ["municipality_id", "at", "stream", "number"])
    op.create_index("ix_trail_entry_body", "trail_entry", ["municipality_id", "actor_body", "at"])
    op.create_table(
        "disclosure",
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        _refers("disclosure", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("stream", "number", "field", name="pk_disclosure"),
    )
    op.create_table(
        "access_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _refers("access_log", "person_id", "person", nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        _refers("access_log", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_access_log"),
    )
    op.create_index("ix_access_log_at", "access_log", ["municipality_id", "at", "id"])


def _engagements() -> None:
    op.create_table(
        "engagement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("partner_name", sa.String(), nullable=False),
        sa.Column("partner_country", sa.String(), nullable=False),
        _refers("engagement", "responsible_body_id", "body"),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("named_nordic_twin", sa.Boolean(), nullable=False),
        sa.Column("eu_funded", sa.Boolean(), nullable=False),
        sa.Column("external_funding", sa.Integer(), nullable=False),
        sa.Column("goals", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("signature", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=True),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _refers("engagement", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_engagement"),
        sa.UniqueConstraint("municipality_id", "number", name="uq_engagement_municipality_id_number"),
    )
    op.create_index("ix_engagement_municipality_id_kind_id", "engagement", ["municipality_id", "kind", "id"])
    op.create_index("ix_engagement_municipality_id_status_id", "engagement", ["municipality_id", "status", "id"])
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("evaluation", "engagement_id", "engagement", nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        _refers("evaluation", "policy_version_id", "policy_version"),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        _refers("evaluation", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation"),
    )
    op.create_index("ix_evaluation_due", "evaluation", ["municipality_id", "state", "due_on", "id"])


def _cases() -> None:
    op.create_table(
        "case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("external_number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("engagement", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        _refers("case", "responsible_body_id", "body"),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("initiative", sa.String(), nullable=True),
        sa.Column("principal", sa.Boolean(), nullable=False),
        sa.Column("principal_reason", sa.String(), nullable=False),
        sa.Column("named_nordic_twin", sa.Boolean(), nullable=False),
        sa.Column("eu_funded", sa.Boolean(), nullable=False),
        sa.Column("external_funding", sa.Integer(), nullable=False),
        sa.Column("partner_name", sa.String(), nullable=False),
        sa.Column("partner_country", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("goals", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        _refers("case", "policy_version_id", "policy_version"),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("decides", sa.String(), nullable=False),
        _refers("case", "deciding_body_id", "body"),
        sa.Column("clauses", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(), nullable=False),
        sa.Column("proposal_version", sa.Integer(), nullable=False),
        sa.Column("postponements", sa.Integer(), nullable=False),
        _refers("case", "officer_id", "person"),
        _refers("case", "opened_by_id", "person"),
        _refers("case", "submitted_by_id", "person", nullable=True),
        _refers("case", "waits_body_id", "body", nullable=True),
        sa.Column("waits_role", sa.String(), nullable=True),
        _refers("case", "waits_person_id", "person", nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        _refers("case", "engagement_id", "engagement", nullable=True),
        sa.Column("secrecy_law", sa.String(), nullable=False),
        sa.Column("secrecy_note", sa.String(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        _refers("case", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_case"),
        sa.UniqueConstraint("municipality_id", "number", name="uq_case_municipality_id_number"),
    )
    op.create_index("ix_case_external", "case", ["municipality_id", "external_number"])
    op.create_index("ix_case_newest", "case", ["municipality_id", "id"])
    op.create_index("ix_case_state", "case", ["municipality_id", "state", "id"])
    op.create_index("ix_case_waits_body", "case", ["municipality_id", "waits_body_id", "waits_role", "due_on", "id"])
    op.create_index("ix_case_waits_person", "case", ["municipality_id", "waits_person_id", "due_on", "id"])
    op.create_table(
        "case_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        _refers("case_number", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_case_number"),
        sa.UniqueConstraint("municipality_id", "series", name="uq_case_number_municipality_id_series"),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("proposal", "case_id", "case"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        _refers("proposal", "body_id", "body", nullable=True),
        _refers("proposal", "author_id", "person"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _refers("proposal", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
        sa.UniqueConstraint("case_id", "version", name="uq_proposal_case_id_version"),
    )
    op.create_table(
        "case_reference",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("case_reference", "case_id", "case"),
        sa.Column("mentioned", sa.String(), nullable=False),
        _refers("case_reference", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_case_reference"),
        sa.UniqueConstraint("case_id", "mentioned", name="uq_case_reference_case_id_mentioned"),
    )
    op.create_table(
        "recusal",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("recusal", "case_id", "case"),
        _refers("recusal", "person_id", "person"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        _refers("recusal", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_recusal"),
        sa.UniqueConstraint("case_id", "person_id", name="uq_recusal_case_id_person_id"),
    )
    op.create_table(
        "consultation",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("consultation", "case_id", "case"),
        _refers("consultation", "body_id", "body"),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("opinion", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        _refers("consultation", "given_by_id", "person", nullable=True),
        _refers("consultation", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_consultation"),
        sa.UniqueConstraint("case_id", "body_id", "round", name="uq_consultation_case_id_body_id_round"),
    )
    op.create_index("ix_consultation_open", "consultation", ["municipality_id", "body_id", "state", "due_on"])


def _what_hangs_on_a_case() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("meeting", "body_id", "body"),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _refers("meeting", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting"),
        sa.UniqueConstraint("municipality_id", "body_id", "held_on", name="uq_meeting_municipality_id_body_id_held_on"),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("decision", "case_id", "case"),
        _refers("decision", "body_id", "body"),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("proposal", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        _refers("decision", "meeting_id", "meeting", nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("paragraph", sa.String(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("abstained", sa.Integer(), nullable=True),
        sa.Column("casting_vote", sa.String(), nullable=False),
        sa.Column("conflicts", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        _refers("decision", "entered_by_id", "person"),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        _refers("decision", "confirmed_by_id", "person", nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        _refers("decision", "mandate_id", "mandate", nullable=True),
        _refers("decision", "policy_version_id", "policy_version"),
        sa.Column("clauses", sa.JSON(), nullable=False),
        _refers("decision", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    op.create_index("ix_decision_municipality_id_case_id_id", "decision", ["municipality_id", "case_id", "id"])
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        _refers("document", "case_id", "case", nullable=True),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("correspondent", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        _refers("document", "registered_by_id", "person"),
        sa.Column("secrecy_law", sa.String(), nullable=False),
        sa.Column("secrecy_note", sa.String(), nullable=False),
        _refers("document", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
        sa.UniqueConstraint("municipality_id", "number", name="uq_document_municipality_id_number"),
    )
    op.create_index("ix_document_municipality_id_case_id_id", "document", ["municipality_id", "case_id", "id"])
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        _refers("notice", "body_id", "body"),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        _refers("notice", "case_id", "case", nullable=True),
        _refers("notice", "engagement_id", "engagement", nullable=True),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _refers("notice", "municipality_id", "municipality"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
    )
    op.create_index("ix_notice_body", "notice", ["municipality_id", "body_id", "role", "id"])
