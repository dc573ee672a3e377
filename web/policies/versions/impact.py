"""What would a version mean for the open cases and the engagements that a reader looks through?

Counts of all of them, and one page of those of one kind. A case that the reader may not see is counted like any other
and not listed; how many of a page are held back is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models import Case, Engagement
from web.auth.session import User
from web.cases.list_query import Listed, readable
from web.policies.versions.impact_labels import engagement_findings, findings, place_words
from web.ui.pagination import Key, Keyset
from workflow.cases.gate import Gate
from workflow.core.messages import Reason
from workflow.policy.diff.impact import KINDS
from workflow.policy.model import Policy
from workflow.versions.impact import CaseClass, EngagementClass, Impacts

PAGE = 25
CASES = Keyset("impact-cases", (Key(Case.id, descending=True),))
ENGAGEMENTS = Keyset("impact-engagements", (Key(Engagement.id, descending=True),))


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One open case, and what would come of it."""

    listed: Listed
    findings: tuple[str, ...]
    #: Where it would stand, in words; empty where it must stay.
    to: str
    #: Why it must stay.
    stays: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class EngagementLine:
    """One engagement, and what would come of it."""

    row: Any
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are of each kind, and which kind is listed."""

    #: Every kind, the gravest first.
    by_kind: tuple[tuple[str, int], ...]
    #: Cases that are under the version already.
    under_it: int
    #: The kind listed; empty where there is nothing to list.
    kind: str


@dataclass(frozen=True, slots=True)
class CasesMeant:
    """Open cases: counts, and one page of a kind; `after` is the cursor of the next, empty on the last."""

    counts: Counts
    lines: tuple[CaseLine, ...]
    #: Cases of this page that the reader may not see.
    held_back: int
    after: str


@dataclass(frozen=True, slots=True)
class EngagementsMeant:
    """Engagements: counts, and one page of a kind."""

    counts: Counts
    lines: tuple[EngagementLine, ...]
    after: str


def cases_meant(
    db: Session, gate: Gate, user: User, impacts: Impacts, *, kind: str, after: str, today: date
) -> CasesMeant:
    """What comes of open cases, those of a kind page by page; the gravest kind there is where none is asked for."""
    classes = impacts.on_cases(db.connection())
    counts = _counts(((one.impact.kind if one.impact else "", one.count) for one in classes), kind)
    some = [one for one in classes if one.impact is not None and one.impact.kind == counts.kind]
    rows = impacts.cases(db.connection(), some, after=_after(CASES, after), limit=PAGE + 1)
    shown = [(readable(db, gate, user, row, today), one) for row, one in rows[:PAGE]]
    lines = tuple(_case(listed, one, impacts.new) for listed, one in shown if listed is not None)
    return CasesMeant(counts, lines, len(shown) - len(lines), _next(CASES, rows))


def engagements_meant(
    db: Session, impacts: Impacts, old: Policy, *, kind: str, after: str, today: date
) -> EngagementsMeant:
    """What comes of the engagements that run, against the version in force."""
    classes: tuple[EngagementClass, ...] = impacts.on_engagements(db.connection(), old, today)
    counts = _counts(((one.impact.kind, one.count) for one in classes), kind)
    some = [one for one in classes if one.impact.kind == counts.kind]
    rows = impacts.engagements(db.connection(), old, today, some, after=_after(ENGAGEMENTS, after), limit=PAGE + 1)
    lines = tuple(EngagementLine(row, engagement_findings(old, impacts.new, one.impact)) for row, one in rows[:PAGE])
    return EngagementsMeant(counts, lines, _next(ENGAGEMENTS, rows))


def _counts(found: Iterable[tuple[str, int]], wanted: str) -> Counts:
    counted: Counter[str] = Counter()
    for kind, count in found:
        counted[kind] += count
    there = next((kind for kind in KINDS if counted[kind]), "")
    return Counts(tuple((kind, counted[kind]) for kind in KINDS), counted[""], wanted if wanted in KINDS else there)


def _case(listed: Listed, one: CaseClass, new: Policy) -> CaseLine:
    impact = one.impact
    assert impact is not None  # those under the version are not listed
    assert impact.to is not None  # it is a case
    return CaseLine(
        listed,
        findings(one.stand.policy, new, impact),
        place_words(new, impact.to, one.stand.responsible),
        impact.to.reasons,
    )


def _after(keyset: Keyset, cursor: str) -> int:
    """The id a page begins after; 0 for the first page."""
    found = keyset.read_or_first(cursor)
    return int(found[0]) if found else 0


def _next(keyset: Keyset, rows: Sequence[tuple[Any, Any]]) -> str:
    return keyset.cut(rows, PAGE, lambda row: (row[0].id,))[1]
