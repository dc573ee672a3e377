"""Queries for a person's notifications.

Each acting role is read from its own short range of an index: two statements, however many roles and notices there are.
Of a case under secrecy, and of an engagement that such a case entered or changed, only the number is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, Select, bindparam, case, cast, func, select, union_all
from sqlalchemy.orm import Session, aliased

from models import Appointment, Case, Deadline, Engagement, Mandate, Notice, Person
from web.auth.session import User
from web.ui.pagination import Key, Keyset
from workflow.cases.secrecy import engagement_is_secret
from workflow.core.calendar import local_day

#: Notices on one page, and on the page of the worklist.
PAGE, LATEST = 25, 10
NEWEST_FIRST = Keyset("notices", (Key(Notice.id, descending=True),))


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice with its subject."""

    id: int
    kind: str
    body_id: int
    role: str
    clause: str
    at: datetime
    #: The last day, for a reminder.
    due_on: date | None
    case_number: str | None
    #: None under secrecy, as the engagement's.
    case_title: str | None
    #: The acting role the case waits for.
    waits_role: str | None
    waits_body_id: int | None
    engagement_number: str | None
    engagement_title: str | None
    evaluation_number: str | None
    #: The appointment or the mandate that ends.
    appointee: str | None
    appointed_as: str | None
    appointed_to_id: int | None
    mandate: str | None
    #: Whether the reader has not marked it as read.
    is_new: bool

    @property
    def path(self) -> str:
        """The path of its subject's page."""
        if self.case_number:
            return f"/cases/{self.case_number}"
        if self.evaluation_number:
            return f"/evaluations/{self.evaluation_number}"
        if self.engagement_number:
            return f"/engagements/{self.engagement_number}"
        return "/"

    @property
    def number(self) -> str:
        """The number of its subject; empty where it has none."""
        return self.case_number or self.evaluation_number or self.engagement_number or ""

    def is_late(self, timezone: str) -> bool:
        """Whether the last day had passed when the notice was written."""
        return self.due_on is not None and local_day(self.at, timezone) > self.due_on

    @property
    def label_key(self) -> str:
        """The key of its label: the kind, or `rung-revision` for an evaluation of the policy itself."""
        is_policy = self.engagement_number is None and self.kind == "rung-evaluation"
        return "rung-revision" if is_policy else self.kind


def notices_for(
    db: Session, user: User, *, after: tuple[Any, ...] = (), page: int = PAGE
) -> tuple[Sequence[NoticeRow], str]:
    """A page of the notices to a person's acting roles, newest first, and the cursor of the next."""
    body_ids = user.municipality.body_ids
    parts = [_part(body_ids[body], role, after, page) for role, body in sorted(user.all_seats)]
    if not parts:
        return [], ""
    ranges = union_all(*(select(part.subquery()) for part in parts)).subquery("ranges")
    # limited to one page before the joins
    ids = list(db.execute(select(ranges.c.id).order_by(ranges.c.id.desc()).limit(page + 1)).scalars())
    rows = _read(db, ids, user.id)
    return NEWEST_FIRST.cut(rows, page, lambda notice: (notice.id,))


def notices_by_id(db: Session, ids: Sequence[int]) -> list[NoticeRow]:
    """Notices by their ids, oldest first."""
    return _read(db, ids, 0)[::-1]


def _part(body_id: int, role: str, after: tuple[Any, ...], page: int) -> Select[int]:
    part = select(Notice.id).where(Notice.body_id == body_id, Notice.role == role)
    return (
        part.where(NEWEST_FIRST.where(after))
        .order_by(Notice.body_id.desc(), Notice.role.desc(), Notice.id.desc())
        .limit(page + 1)
    )


def _notices() -> Select[*tuple[Any, ...]]:
    """Notices with their subjects, newest first."""
    of_appointment = case((Deadline.kind == "appointment", cast(Deadline.subject, Integer)))
    of_mandate = case((Deadline.kind == "mandate", cast(Deadline.subject, Integer)))
    reader = aliased(Person)
    seen = select(reader.seen_notice_id).where(reader.id == bindparam("reader")).scalar_subquery()
    return (
        select(
            Notice.id,
            Notice.kind,
            Notice.body_id,
            Notice.role,
            Notice.clause,
            Notice.created_at,
            Notice.due_on,
            Case.number,
            case((Case.secrecy_law == "", Case.title)),
            Case.waits_role,
            Case.waits_body_id,
            Engagement.number,
            case((~engagement_is_secret(), Engagement.title)),
            case((Deadline.kind == "evaluation", Deadline.subject)),
            Person.name,
            Appointment.role,
            Appointment.body_id,
            Mandate.reference,
            Notice.id > func.coalesce(seen, 0),
        )
        .select_from(Notice)
        .outerjoin(Case, Case.id == Notice.case_id)
        .outerjoin(Engagement, Engagement.id == Notice.engagement_id)
        .outerjoin(Deadline, Deadline.id == Notice.deadline_id)
        .outerjoin(Appointment, Appointment.id == of_appointment)
        .outerjoin(Person, Person.id == Appointment.person_id)
        .outerjoin(Mandate, Mandate.id == of_mandate)
        .where(Notice.id.in_(bindparam("notices", expanding=True)))
        .order_by(Notice.id.desc())
    )


#: Built once, because building it takes longer than running it.
_NOTICES = _notices()


def _read(db: Session, ids: Sequence[int], reader_id: int) -> list[NoticeRow]:
    """Notices by their ids, newest first."""
    if not ids:
        return []
    return [NoticeRow(*row) for row in db.execute(_NOTICES, {"notices": ids, "reader": reader_id})]


def has_new(rows: Iterable[NoticeRow]) -> bool:
    """Whether a notice has not been marked as read."""
    return any(row.is_new for row in rows)
