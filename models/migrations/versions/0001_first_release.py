"""The tables of the first release, 0.1.0, and the protections on their rows.

A frozen copy of what `models` declares, where each column is explained. A released migration is never edited.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from models.migrations.protection import create_refusal, isolate, refuse_change

# Not the bare number: databases of the development before the first release carry those.
revision = "0001_first_release"
down_revision = None
branch_labels = None
depends_on = None

#: A column's type, the table it refers to (its `id`), and whether it may be null.
Kind = tuple[TypeEngine[Any], str, bool]

INTEGER: Kind = (sa.Integer(), "", False)
DEGREES: Kind = (sa.Double(), "", False)
TEXT: Kind = (sa.String(), "", False)
#: Compared byte by byte on every database, so that an index serves searches by prefix.
FOLDED: Kind = (sa.String().with_variant(sa.String(collation="C"), "postgresql"), "", False)
YES_OR_NO: Kind = (sa.Boolean(), "", False)
DAY: Kind = (sa.Date(), "", False)
INSTANT: Kind = (sa.DateTime(timezone=True), "", False)
JSON: Kind = (sa.JSON(), "", False)
BYTES: Kind = (sa.LargeBinary(), "", False)

#: Append-only tables, with the columns by which a new row could replace an old one on SQLite.
APPEND_ONLY = {
    "trail_entry": ("stream", "number"),
    "disclosure": ("stream", "number", "field"),
    "policy_version": ("municipality_id", "version"),
    "access_log": (),
    "policy_activation": ("policy_version_id",),
    "assumption_ruling": (),
}


def upgrade() -> None:
    create_refusal()
    _installation()
    _people_and_bodies()
    _policy()
    _engagements()
    _cases()
    _rulings()
    _deadlines_and_notices()
    _trail()
    for table, unique in APPEND_ONLY.items():
        refuse_change(table, unique)


def _create(
    table: str,
    *columns: tuple[Kind, str],
    key: str = "id",
    unique: tuple[str, ...] = (),
    indexes: Mapping[str, str] | None = None,
) -> None:
    """Create a table from runs of columns of one kind; lists of names are separated by spaces.

    A table that carries `municipality_id` is isolated by it.
    """
    parts: list[SchemaItem] = []
    names: list[str] = []
    for (type_, target, nullable), run in columns:
        for name in run.split():
            reference = [sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}")] if target else []
            parts.append(sa.Column(name, type_, *reference, nullable=nullable))
            names.append(name)
    parts.append(sa.PrimaryKeyConstraint(*key.split(), name=f"pk_{table}"))
    for on in unique:
        parts.append(sa.UniqueConstraint(*on.split(), name=f"uq_{table}_{on.replace(' ', '_')}"))
    op.create_table(table, *parts)
    for name, on in (indexes or {}).items():
        op.create_index(name, table, on.split())
    if "municipality_id" in names:
        isolate(table)


def _to(target: str) -> Kind:
    return sa.Integer(), target, False


def _optional(kind: Kind) -> Kind:
    type_, target, _nullable = kind
    return type_, target, True


def _installation() -> None:
    _create(
        "installation",
        (INTEGER, "id"),
        (YES_OR_NO, "is_demo"),
        (INSTANT, "created_at"),
    )
    _create(
        "heartbeat",
        (INTEGER, "id"),
        (INSTANT, "at"),
        (JSON, "counts"),
        (INTEGER, "every"),
    )
    _create(
        "login_throttle",
        (TEXT, "key"),
        (INTEGER, "failures"),
        (_optional(INSTANT), "blocked_until"),
        (INSTANT, "last_at"),
        key="key",
    )
    _create(
        "municipality",
        (INTEGER, "id"),
        (TEXT, "key country language timezone"),
        (JSON, "names"),
        (INTEGER, "journal_version"),
        (TEXT, "journal_hash"),
        unique=("key",),
    )


def _people_and_bodies() -> None:
    _create(
        "body",
        (INTEGER, "id"),
        (TEXT, "key kind"),
        (_optional(_to("body")), "parent_id"),
        (JSON, "names"),
        (YES_OR_NO, "is_example"),
        (_to("municipality"), "municipality_id"),
        unique=("municipality_id key",),
    )
    _create(
        "person",
        (INTEGER, "id"),
        (TEXT, "public_id username name"),
        (_optional(TEXT), "password_hash"),
        (TEXT, "language"),
        (YES_OR_NO, "is_active is_example"),
        (INTEGER, "session_epoch"),
        (_to("municipality"), "municipality_id"),
        (TEXT, "email mail_wanted"),
        (_optional(TEXT), "calendar_hash"),
        (INTEGER, "seen_notice_id"),
        unique=("public_id", "username", "calendar_hash"),
    )
    _create(
        "appointment",
        (INTEGER, "id"),
        (_to("person"), "person_id"),
        (_to("body"), "body_id"),
        (TEXT, "role"),
        (DAY, "starts_on"),
        (_optional(DAY), "ends_on"),
        (_optional(_to("person")), "deputy_for_id"),
        (TEXT, "reference"),
        (YES_OR_NO, "is_example"),
        (_to("municipality"), "municipality_id"),
        indexes={
            "ix_appointment_municipality_id_body_id_role_starts_on": "municipality_id body_id role starts_on",
            "ix_appointment_municipality_id_person_id_starts_on": "municipality_id person_id starts_on",
        },
    )
    _create(
        "substitute",
        (INTEGER, "id"),
        (_to("person"), "person_id substitute_id"),
        (_to("body"), "body_id"),
        (TEXT, "role"),
        (DAY, "starts_on ends_on"),
        (YES_OR_NO, "is_example"),
        (_to("municipality"), "municipality_id"),
        indexes={
            "ix_substitute_away": "municipality_id person_id starts_on",
            "ix_substitute_stands_in": "municipality_id substitute_id starts_on",
        },
    )
    _create(
        "mandate",
        (INTEGER, "id"),
        (_to("body"), "from_body_id to_body_id"),
        (JSON, "engagements acts"),
        (DAY, "starts_on"),
        (_optional(DAY), "ends_on"),
        (TEXT, "reference"),
        (YES_OR_NO, "is_example"),
        (_to("municipality"), "municipality_id"),
        indexes={"ix_mandate_municipality_id_to_body_id": "municipality_id to_body_id"},
    )
    _create(
        "api_token",
        (INTEGER, "id"),
        (_to("person"), "person_id"),
        (TEXT, "token_hash"),
        (INSTANT, "created_at"),
        (_optional(INSTANT), "revoked_at"),
        (_to("municipality"), "municipality_id"),
        unique=("token_hash",),
    )
    _create(
        "idempotency_key",
        (INTEGER, "id"),
        (_to("person"), "person_id"),
        (TEXT, "key request_hash"),
        (INTEGER, "status"),
        (TEXT, "body"),
        (INSTANT, "created_at"),
        (_to("municipality"), "municipality_id"),
        unique=("municipality_id person_id key",),
    )


def _policy() -> None:
    _create(
        "policy_version",
        (INTEGER, "id"),
        (TEXT, "version digest canonical status"),
        (DAY, "valid_from"),
        (_optional(DAY), "valid_to"),
        (INSTANT, "loaded_at"),
        (_to("municipality"), "municipality_id"),
        unique=("municipality_id version",),
    )


def _engagements() -> None:
    _create(
        "engagement",
        (INTEGER, "id"),
        (TEXT, "number kind title status partner_name partner_country"),
        (_to("body"), "responsible_body_id"),
        (TEXT, "scope"),
        (YES_OR_NO, "named_nordic_twin eu_funded"),
        (INTEGER, "external_funding"),
        (JSON, "goals fields"),
        (_optional(DAY), "starts_on ends_on notice_on"),
        (JSON, "signature"),
        (TEXT, "origin source"),
        (_optional(TEXT), "entered_by changed_by"),
        (YES_OR_NO, "is_example"),
        (INSTANT, "created_at"),
        (_to("municipality"), "municipality_id"),
        (TEXT, "partner_kind"),
        (_optional(DEGREES), "latitude longitude"),
        (JSON, "contacts"),
        (_optional(INTEGER), "participants"),
        (INTEGER, "details_version"),
        (FOLDED, "title_key partner_key"),
        unique=("municipality_id number",),
        indexes={
            "ix_engagement_municipality_id_kind_id": "municipality_id kind id",
            "ix_engagement_municipality_id_status_id": "municipality_id status id",
            "ix_engagement_newest": "municipality_id id",
            "ix_engagement_country": "municipality_id partner_country id",
            "ix_engagement_responsible": "municipality_id responsible_body_id id",
            "ix_engagement_title": "municipality_id title_key id",
            "ix_engagement_partner": "municipality_id partner_key id",
            "ix_engagement_ends": "municipality_id ends_on id",
            "ix_engagement_map": "municipality_id latitude id",
        },
    )
    _create(
        "engagement_word",
        (_to("engagement"), "engagement_id"),
        (FOLDED, "word"),
        (_to("municipality"), "municipality_id"),
        key="engagement_id word",
        indexes={"ix_engagement_word": "municipality_id word engagement_id"},
    )
    _create(
        "funding_line",
        (INTEGER, "id"),
        (_to("engagement"), "engagement_id"),
        (INTEGER, "year"),
        (TEXT, "source funder"),
        (INTEGER, "amount"),
        (TEXT, "currency"),
        (_optional(DAY), "report_due_on"),
        (_to("municipality"), "municipality_id"),
        indexes={"ix_funding_line_engagement": "municipality_id engagement_id year id"},
    )
    _create(
        "import_run",
        (INTEGER, "id"),
        (_to("person"), "person_id"),
        (TEXT, "file_name digest"),
        (BYTES, "content"),
        (TEXT, "state"),
        (INTEGER, "total done"),
        (JSON, "numbers faults"),
        (INSTANT, "created_at changed_at"),
        (_to("municipality"), "municipality_id"),
        indexes={"ix_import_run_state": "municipality_id state id"},
    )
    _create(
        "evaluation",
        (INTEGER, "id"),
        (_optional(_to("engagement")), "engagement_id"),
        (TEXT, "rule"),
        (_to("policy_version"), "policy_version_id"),
        (TEXT, "state"),
        (DAY, "due_on"),
        (INSTANT, "due_at"),
        (_to("municipality"), "municipality_id"),
        (TEXT, "number"),
        (INTEGER, "version"),
        (TEXT, "head_hash"),
        (JSON, "report"),
        (TEXT, "proposes"),
        (_optional(_to("person")), "reported_by_id"),
        (_optional(DAY), "reported_on"),
        (TEXT, "outcome decided_in"),
        (_optional(DAY), "decided_on"),
        unique=("municipality_id number",),
        indexes={
            "ix_evaluation_due": "municipality_id state due_on id",
            "ix_evaluation_engagement": "municipality_id engagement_id id",
        },
    )


def _cases() -> None:
    _create(
        "case",
        (INTEGER, "id"),
        (TEXT, "number external_number title engagement act"),
        (_to("body"), "responsible_body_id"),
        (TEXT, "scope"),
        (_optional(TEXT), "initiative"),
        (YES_OR_NO, "principal"),
        (TEXT, "principal_reason"),
        (YES_OR_NO, "named_nordic_twin eu_funded"),
        (INTEGER, "external_funding"),
        (TEXT, "partner_name partner_country"),
        (JSON, "fields goals"),
        (TEXT, "origin"),
        (_to("policy_version"), "policy_version_id"),
        (TEXT, "route decides"),
        (_to("body"), "deciding_body_id"),
        (JSON, "clauses"),
        (TEXT, "state"),
        (_optional(TEXT), "outcome"),
        (INTEGER, "version"),
        (TEXT, "head_hash"),
        (INTEGER, "proposal_version postponements"),
        (_to("person"), "officer_id opened_by_id"),
        (_optional(_to("person")), "submitted_by_id"),
        (_optional(_to("body")), "waits_body_id"),
        (_optional(TEXT), "waits_role"),
        (_optional(_to("person")), "waits_person_id"),
        (_optional(DAY), "due_on"),
        (INSTANT, "opened_at changed_at"),
        (_optional(INSTANT), "closed_at"),
        (_optional(_to("engagement")), "engagement_id"),
        (TEXT, "secrecy_law secrecy_note"),
        (YES_OR_NO, "is_example"),
        (_to("municipality"), "municipality_id"),
        (_optional(_to("evaluation")), "evaluation_id"),
        unique=("municipality_id number",),
        indexes={
            "ix_case_state": "municipality_id state id",
            "ix_case_waits_body": "municipality_id waits_body_id waits_role due_on id",
            "ix_case_external": "municipality_id external_number",
            "ix_case_waits_person": "municipality_id waits_person_id due_on id",
            "ix_case_newest": "municipality_id id",
            "ix_case_engagement": "municipality_id engagement_id id",
            "ix_case_officer": "municipality_id officer_id id",
            "ix_case_opened_by": "municipality_id opened_by_id id",
        },
    )
    still_open = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_case_open", "case", ["municipality_id", "id"], sqlite_where=still_open, postgresql_where=still_open
    )
    _create(
        "case_number",
        (INTEGER, "id"),
        (TEXT, "series"),
        (INTEGER, "last"),
        (_to("municipality"), "municipality_id"),
        unique=("municipality_id series",),
    )
    _create(
        "proposal",
        (INTEGER, "id"),
        (_to("case"), "case_id"),
        (INTEGER, "version"),
        (TEXT, "text digest"),
        (_optional(_to("body")), "body_id"),
        (_to("person"), "author_id"),
        (INSTANT, "created_at"),
        (_to("municipality"), "municipality_id"),
        unique=("case_id version",),
    )
    _create(
        "case_reference",
        (INTEGER, "id"),
        (_to("case"), "case_id"),
        (TEXT, "mentioned"),
        (_to("municipality"), "municipality_id"),
        unique=("case_id mentioned",),
    )
    _create(
        "recusal",
        (INTEGER, "id"),
        (_to("case"), "case_id"),
        (_to("person"), "person_id"),
        (INSTANT, "recorded_at"),
        (_to("municipality"), "municipality_id"),
        unique=("case_id person_id",),
    )
    _create(
        "consultation",
        (INTEGER, "id"),
        (_to("case"), "case_id"),
        (_to("body"), "body_id"),
        (INTEGER, "round"),
        (TEXT, "state"),
        (_optional(DAY), "due_on"),
        (TEXT, "opinion"),
        (_optional(INSTANT), "given_at"),
        (_optional(_to("person")), "given_by_id"),
        (_to("municipality"), "municipality_id"),
        unique=("case_id body_id round",),
        indexes={"ix_consultation_open": "municipality_id body_id state due_on"},
    )
    _create(
        "meeting",
        (INTEGER, "id"),
        (_to("body"), "body_id"),
        (DAY, "held_on"),
        (INSTANT, "created_at"),
        (_to("municipality"), "municipality_id"),
        unique=("municipality_id body_id held_on",),
    )
    _create(
        "decision",
        (INTEGER, "id"),
        (_to("case"), "case_id"),
        (_to("body"), "body_id"),
        (TEXT, "step outcome proposal text"),
        (JSON, "changes"),
        (_optional(_to("meeting")), "meeting_id"),
        (DAY, "decided_on"),
        (TEXT, "paragraph"),
        (_optional(INTEGER), "members present votes_for votes_against abstained"),
        (TEXT, "casting_vote"),
        (JSON, "conflicts"),
        (TEXT, "reason"),
        (_to("person"), "entered_by_id"),
        (INSTANT, "entered_at"),
        (TEXT, "state"),
        (_optional(_to("person")), "confirmed_by_id"),
        (_optional(INSTANT), "confirmed_at"),
        (_optional(_to("mandate")), "mandate_id"),
        (_to("policy_version"), "policy_version_id"),
        (JSON, "clauses"),
        (_to("municipality"), "municipality_id"),
        indexes={"ix_decision_municipality_id_case_id_id": "municipality_id case_id id"},
    )
    _create(
        "document",
        (INTEGER, "id"),
        (TEXT, "number"),
        (_optional(_to("case")), "case_id"),
        (TEXT, "direction title correspondent file_name media_type"),
        (INTEGER, "size"),
        (TEXT, "digest"),
        (BYTES, "content"),
        (DAY, "dated_on"),
        (INSTANT, "registered_at"),
        (_to("person"), "registered_by_id"),
        (TEXT, "secrecy_law secrecy_note"),
        (_to("municipality"), "municipality_id"),
        (_optional(_to("engagement")), "engagement_id"),
        unique=("municipality_id number",),
        indexes={
            "ix_document_municipality_id_case_id_id": "municipality_id case_id id",
            "ix_document_municipality_id_engagement_id_id": "municipality_id engagement_id id",
        },
    )


def _rulings() -> None:
    _create(
        "policy_activation",
        (INTEGER, "id"),
        (_to("policy_version"), "policy_version_id"),
        (DAY, "governs_from"),
        (TEXT, "basis"),
        (_optional(_to("case")), "case_id"),
        (TEXT, "reason"),
        (_optional(_to("person")), "activated_by_id"),
        (INSTANT, "activated_at"),
        (_to("municipality"), "municipality_id"),
        unique=("policy_version_id",),
        indexes={"ix_policy_activation_governs": "municipality_id governs_from id"},
    )
    _create(
        "assumption_ruling",
        (INTEGER, "id"),
        (TEXT, "assumption"),
        (_to("policy_version"), "policy_version_id"),
        (TEXT, "verdict note"),
        (_to("person"), "ruled_by_id"),
        (INSTANT, "ruled_at"),
        (_to("municipality"), "municipality_id"),
        indexes={"ix_assumption_ruling_assumption": "municipality_id assumption id"},
    )


def _deadlines_and_notices() -> None:
    _create(
        "deadline",
        (INTEGER, "id"),
        (TEXT, "kind subject"),
        (_optional(_to("case")), "case_id"),
        (_optional(_to("engagement")), "engagement_id"),
        (_to("body"), "body_id"),
        (_optional(_to("body")), "waits_body_id"),
        (_optional(TEXT), "waits_role"),
        (_to("policy_version"), "policy_version_id"),
        (TEXT, "ladder state"),
        (INTEGER, "cycle"),
        (DAY, "due_on"),
        (INSTANT, "due_at"),
        (INTEGER, "next_rung"),
        (_optional(INSTANT), "next_at"),
        (INTEGER, "version"),
        (TEXT, "head_hash"),
        (_to("municipality"), "municipality_id"),
        unique=("municipality_id kind subject",),
        indexes={
            "ix_deadline_next": "municipality_id next_at id",
            "ix_deadline_open": "municipality_id state due_on id",
            "ix_deadline_body": "municipality_id body_id state due_on id",
            "ix_deadline_engagement": "municipality_id engagement_id id",
        },
    )
    _create(
        "notice",
        (INTEGER, "id"),
        (_to("body"), "body_id"),
        (TEXT, "role kind"),
        (_optional(_to("case")), "case_id"),
        (_optional(_to("engagement")), "engagement_id"),
        (TEXT, "clause"),
        (INSTANT, "created_at"),
        (_to("municipality"), "municipality_id"),
        (_optional(_to("deadline")), "deadline_id"),
        (_optional(INTEGER), "cycle rung"),
        (_optional(DAY), "due_on"),
        (YES_OR_NO, "is_dispatched"),
        unique=("deadline_id cycle rung body_id role",),
        indexes={
            "ix_notice_body": "municipality_id body_id role id",
            "ix_notice_undispatched": "municipality_id is_dispatched id",
        },
    )
    _create(
        "mail",
        (INTEGER, "id"),
        (_to("person"), "person_id"),
        (_optional(_to("notice")), "notice_id"),
        (_optional(DAY), "digest_on"),
        (_optional(_to("mail")), "digest_id"),
        (TEXT, "state"),
        (INTEGER, "attempts"),
        (INSTANT, "next_at created_at"),
        (_optional(INSTANT), "sent_at"),
        (TEXT, "error"),
        (_to("municipality"), "municipality_id"),
        unique=(
            "notice_id person_id",
            "person_id digest_on",
        ),
        indexes={
            "ix_mail_next": "municipality_id state next_at id",
            "ix_mail_digest": "municipality_id digest_id id",
        },
    )
    _create(
        "set_aside",
        (INTEGER, "id"),
        (TEXT, "job"),
        (INTEGER, "row_id"),
        (TEXT, "subject error reason"),
        (INTEGER, "attempts"),
        (INSTANT, "first_failed_at last_failed_at next_try_at"),
        (_to("municipality"), "municipality_id"),
        unique=("municipality_id job row_id",),
    )


def _trail() -> None:
    _create(
        "trail_entry",
        (TEXT, "stream"),
        (INTEGER, "number"),
        (TEXT, "at actor actor_role actor_body on_behalf_of mandate action from_state to_state"),
        (TEXT, "policy_version policy_digest clauses data previous_hash canonical hash"),
        (_to("municipality"), "municipality_id"),
        key="stream number",
        indexes={
            "ix_trail_entry_actor": "municipality_id actor at",
            "ix_trail_entry_at": "municipality_id at stream number",
            "ix_trail_entry_body": "municipality_id actor_body at",
            "ix_trail_entry_action": "municipality_id action at",
        },
    )
    _create(
        "disclosure",
        (TEXT, "stream"),
        (INTEGER, "number"),
        (TEXT, "field salt value"),
        (_to("municipality"), "municipality_id"),
        key="stream number field",
    )
    _create(
        "access_log",
        (INTEGER, "id"),
        (INSTANT, "at"),
        (_optional(_to("person")), "person_id"),
        (TEXT, "what subject action"),
        (JSON, "detail"),
        (_to("municipality"), "municipality_id"),
        indexes={
            "ix_access_log_at": "municipality_id at id",
            "ix_access_log_what": "municipality_id what at id",
            "ix_access_log_person": "municipality_id person_id at id",
            "ix_access_log_subject": "municipality_id subject at id",
        },
    )
