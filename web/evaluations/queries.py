"""Which evaluations are late, due this month, next month, later, or reported and waiting for a body?

Every section is its own short stretch of an index for each state, so that a page costs the same among ten evaluations
and among a million. Sections go on by key, in the order of the last day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select, union_all
from sqlalchemy.orm import Session

from models import Engagement, Evaluation
from web.ui.pagination import Key, Keyset
from workflow.cases.gate import Gate
from workflow.core.calendar import ONE_DAY, months_later
from workflow.core.tenants import Tenant
from workflow.policy.model import EvaluationRule, Policy

#: Rows of a section on the page of all sections, and on a page of its own.
FEW, PAGE = 8, 25
#: What is still to be reported, by when; then what was reported and waits for a body.
SECTIONS = ("late", "month", "next", "later", "reported")
#: Seen alone, the latest first.
DECIDED = "decided"
#: The states whose evaluations stand in a section.
_STATES: Mapping[str, tuple[str, ...]] = {"reported": ("reported",), DECIDED: (DECIDED,)}
_TO_REPORT = ("pending", "under-way")

_V, _E = Evaluation, Engagement


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for in the calendar."""

    #: One section, or all of them.
    show: str = ""
    #: Key of the responsible body; empty for every body.
    body: str = ""
    #: Last day and id of the last row of the page before.
    after: tuple[Any, ...] = ()


def wanted_of(args: Mapping[str, str], tenant: Tenant) -> Wanted:
    """What an address asks for; what it cannot ask for is ignored."""
    show, body = args.get("show", ""), args.get("body", "")
    show = show if show in (*SECTIONS, DECIDED) else ""
    after = _order(show).read_or_first(args.get("after", "")) if show else ()
    return Wanted(show, body if body in tenant.body_ids else "", after)


def _order(section: str) -> Keyset:
    """The order of a section: what is due first on top, of those decided the latest."""
    is_latest_first = section == DECIDED
    keys = (Key(_V.due_on, date, is_latest_first), Key(_V.id, descending=is_latest_first))
    return Keyset(f"evaluations-{section}", keys)


@dataclass(frozen=True, slots=True)
class Line:
    """One evaluation in the calendar."""

    id: int
    number: str
    state: str
    due_on: date
    outcome: str
    title: str
    kind: str
    #: Key of the responsible body.
    responsible: str
    #: None where the policy version has no such rule.
    rule: EvaluationRule | None
    policy: Policy
    is_example: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the calendar, and where it goes on."""

    name: str
    lines: tuple[Line, ...]
    #: Empty where there is nothing more.
    next: str


def sections_of(db: Session, gate: Gate, tenant: Tenant, wanted: Wanted, today: date) -> tuple[Section, ...]:
    """The sections somebody looks for, in one statement however many there are."""
    names = (wanted.show,) if wanted.show else SECTIONS
    most = PAGE if wanted.show else FEW
    parts = [part for name in names for part in _parts(name, wanted, tenant, today, most)]
    keys = union_all(*(select(part.subquery()) for part in parts)).subquery("keys")
    columns = (_V.id, _V.number, _V.state, _V.due_on, _V.outcome, _V.rule, _V.policy_version_id)
    about = (_E.title, _E.kind, _E.responsible_body_id, _E.is_example)
    query = select(keys.c.section, *columns, *about).select_from(keys).join(_V, _V.id == keys.c.id)
    rows = db.execute(query.join(_E, _E.id == _V.engagement_id)).all()
    versions = {row.policy_version_id for row in rows}
    known = {id_: gate.policies.by_id(db.connection(), tenant.id, id_) for id_ in versions}
    return tuple(_section(name, rows, known, tenant, most) for name in names)


def _parts(name: str, wanted: Wanted, tenant: Tenant, today: date, most: int) -> Iterator[Select[*tuple[Any, ...]]]:
    """One limited query for each state in a section."""
    for state in _STATES.get(name, _TO_REPORT):
        part = select(literal(name).label("section"), _V.id.label("id")).where(
            _V.state == state, _V.engagement_id.is_not(None), *_within(name, today)
        )
        if wanted.body:
            own = _E.responsible_body_id == tenant.body_ids[wanted.body]
            part = part.join(_E, _E.id == _V.engagement_id).where(own)
        yield _order(name).page(part, wanted.after, most)


def _within(name: str, today: date) -> tuple[ColumnElement[bool], ...]:
    """The days of a section; this month begins today, because what is earlier is late."""
    next_month = months_later(today.replace(day=1), 1)
    after_next = months_later(next_month, 1)
    return {
        "late": (_V.due_on < today,),
        "month": (_V.due_on >= today, _V.due_on < next_month),
        "next": (_V.due_on >= next_month, _V.due_on < after_next),
        "later": (_V.due_on > after_next - ONE_DAY,),
    }.get(name, ())


def _section(name: str, rows: Any, policies: Mapping[int, Policy], tenant: Tenant, most: int) -> Section:
    own = sorted((row for row in rows if row.section == name), key=lambda row: (row.due_on, row.id))
    if name == DECIDED:
        own.reverse()
    shown, following = _order(name).cut(own, most, lambda row: (row.due_on, row.id))
    return Section(name, tuple(_line(row, policies[row.policy_version_id], tenant) for row in shown), following)


def _line(row: Any, policy: Policy, tenant: Tenant) -> Line:
    return Line(
        row.id,
        row.number,
        row.state,
        row.due_on,
        row.outcome,
        row.title,
        row.kind,
        tenant.body_keys[row.responsible_body_id],
        next((rule for rule in policy.evaluations if rule.id == row.rule), None),
        policy,
        row.is_example,
    )
