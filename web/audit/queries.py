"""Queries of the trail for auditors.

A search reads entries of submitted cases and of the journal, newest first and paged by key; a case's trail is read
whole, with the texts behind its commitments. Drafts that were never submitted are hidden from auditors.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from models import Case, Disclosure, Person, TrailEntry
from web.core.text_search import contains_text
from web.ui.pagination import Key, Keyset
from workflow.cases.services import Services
from workflow.core.calendar import ONE_DAY, end_of
from workflow.core.dates import checked_day, day_of_text
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.trail.entry import from_text, instant

#: Entries on one page.
PAGE = 25
#: Most people that a name in a search may match.
NAMESAKES = 50

_T = TrailEntry
NEWEST_FIRST = Keyset(
    "trail", (Key(_T.at, str, descending=True), Key(_T.stream, str, descending=True), Key(_T.number, descending=True))
)
#: Texts behind commitments: by stream and number of the entry, then by field.
_Disclosures = Mapping[tuple[str, int], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """The search of the trail."""

    #: Case number, or the name of the journal.
    stream: str = ""
    #: A name or a user name.
    person: str = ""
    #: Key of the body acted for.
    body: str = ""
    action: str = ""
    first: date | None = None
    last: date | None = None
    #: Key of the last entry of the page before; empty for the first page.
    after: tuple[Any, ...] = ()

    @property
    def is_narrow(self) -> bool:
        """Whether anything is filtered out."""
        return any((self.stream, self.person, self.body, self.action, self.first, self.last))


def filter_from_args(args: Mapping[str, str]) -> TrailFilter:
    """The filter in a URL's parameters; invalid values are ignored, days outside the range are `Malformed`."""
    return TrailFilter(
        args.get("number", "").strip().lower()[:60],
        args.get("person", "").strip()[:200],
        args.get("body", ""),
        args.get("action", ""),
        _day(args, "from"),
        _day(args, "to"),
        NEWEST_FIRST.read_or_first(args.get("after", "")),
    )


def _day(args: Mapping[str, str], name: str) -> date | None:
    day = day_of_text(args.get(name, ""))
    return None if day is None else checked_day(day, name)


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One entry of the trail."""

    stream: str
    number: int
    at: datetime
    #: Name of the person, `system`, or the opaque id of an unknown person.
    actor: str
    role: str
    body: str
    #: Name of the absent person acted for.
    on_behalf_of: str
    mandate: str
    action: str
    from_state: str
    to_state: str
    policy_version: str
    clauses: tuple[str, ...]
    data: Mapping[str, Any]
    previous_hash: str
    hash: str
    canonical: str
    #: Texts behind the commitments, by field.
    disclosed: Mapping[str, str]
    #: Fields whose texts have been erased.
    erased: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrailPage:
    """One page of the trail."""

    entries: tuple[TrailRow, ...]
    #: Title and key of the responsible body, by case number.
    cases: Mapping[str, tuple[str, str]]
    #: People by opaque id.
    names: Mapping[str, str]
    #: Cursor of the next page; empty on the last.
    next: str


@dataclass(frozen=True, slots=True)
class CaseTrail:
    """The whole trail of one case."""

    case: Any
    policy: Policy
    entries: tuple[TrailRow, ...]
    names: Mapping[str, str]
    #: Key of the responsible body.
    responsible: str


def trail_page(db: Session, tenant: Tenant, filters: TrailFilter) -> TrailPage:
    """A page of the trail, newest first, in a constant number of statements."""
    query = select(*_columns()).where(*_matching(db, tenant, filters))
    rows = db.execute(NEWEST_FIRST.page(query, filters.after, PAGE)).all()
    shown, following = NEWEST_FIRST.cut(rows, PAGE, lambda row: (row.at, row.stream, row.number))
    disclosures = _disclosures(db, [(row.stream, row.number) for row in shown])
    names = _names(db, shown)
    cases = _cases(db, tenant, {row.stream for row in shown})
    return TrailPage(tuple(_trail_row(row, names, disclosures) for row in shown), cases, names, following)


def case_trail(db: Session, services: Services, tenant: Tenant, number: str) -> CaseTrail:
    """The whole trail of a submitted case, oldest first; raises `NotFound` for a draft that was never submitted."""
    columns = (Case.id, Case.number, Case.title, Case.state, Case.outcome, Case.version, Case.head_hash)
    more = (Case.policy_version_id, Case.responsible_body_id, Case.engagement, Case.act, Case.secrecy_law)
    submitted = (Case.number == number, Case.submitted_by_id.is_not(None))
    case = db.execute(select(*columns, *more, Case.is_example).where(*submitted)).one_or_none()
    if case is None:
        raise NotFound(reason("not-found"))
    policy = services.policies.by_id(db.connection(), tenant.id, case.policy_version_id)
    entries, names = entries_of(db, number)
    return CaseTrail(case, policy, entries, names, tenant.body_keys[case.responsible_body_id])


def entries_of(db: Session, stream: str) -> tuple[tuple[TrailRow, ...], Mapping[str, str]]:
    """Every entry of a stream, oldest first, and the people by their opaque ids."""
    rows = db.execute(select(*_columns()).where(_T.stream == stream).order_by(_T.number)).all()
    disclosures, names = _disclosures_of_stream(db, stream), _names(db, rows)
    return tuple(_trail_row(row, names, disclosures) for row in rows), names


def is_submitted(db: Session, number: str) -> bool:
    """Whether a number is that of a submitted case."""
    query = select(Case.id).where(Case.number == number, Case.submitted_by_id.is_not(None))
    return db.execute(query).one_or_none() is not None


def _columns() -> tuple[Any, ...]:
    who = (_T.stream, _T.number, _T.at, _T.actor, _T.actor_role, _T.actor_body, _T.on_behalf_of, _T.mandate)
    what = (_T.action, _T.from_state, _T.to_state, _T.policy_version, _T.clauses, _T.data)
    return (*who, *what, _T.previous_hash, _T.hash, _T.canonical)


def _matching(db: Session, tenant: Tenant, filters: TrailFilter) -> list[ColumnElement[bool]]:
    draft = select(Case.id).where(
        Case.municipality_id == _T.municipality_id, Case.number == _T.stream, Case.submitted_by_id.is_(None)
    )
    found: list[ColumnElement[bool]] = [~draft.exists()]
    if filters.stream:
        found.append(_T.stream == filters.stream)
    if filters.person:
        found.append(_T.actor.in_(_people_named(db, filters.person)))
    if filters.body:
        found.append(_T.actor_body == filters.body)
    if filters.action:
        found.append(_T.action == filters.action)
    if filters.first:
        found.append(_T.at >= instant(end_of(filters.first - ONE_DAY, tenant.timezone)))
    if filters.last:
        found.append(_T.at < instant(end_of(filters.last, tenant.timezone)))
    return found


def _people_named(db: Session, person: str) -> list[str]:
    """Opaque ids of the people whose name or user name contains a text."""
    if person == "system":
        return [person]
    named = contains_text(person, Person.name, Person.username)
    return list(db.execute(select(Person.public_id).where(named).limit(NAMESAKES)).scalars())


def _trail_row(row: Any, names: Mapping[str, str], disclosures: _Disclosures) -> TrailRow:
    data = _json(row.data, {})
    disclosed = disclosures.get((row.stream, row.number), {})
    return TrailRow(
        row.stream,
        row.number,
        datetime.fromisoformat(row.at),
        names.get(row.actor, row.actor),
        row.actor_role,
        row.actor_body,
        names.get(row.on_behalf_of, row.on_behalf_of),
        row.mandate,
        row.action,
        row.from_state,
        row.to_state,
        row.policy_version,
        tuple(_json(row.clauses, [])),
        data,
        row.previous_hash,
        row.hash,
        row.canonical,
        disclosed,
        tuple(sorted(set(data.get("committed", {})) - set(disclosed))),
    )


def _json(text: str, kind: Any) -> Any:
    """The value of a JSON column; empty where it was tampered with, which verification reports."""
    try:
        found = from_text(text)
    except ValueError:
        return kind
    return found if isinstance(found, type(kind)) else kind


def _disclosures(db: Session, keys: list[tuple[str, int]]) -> _Disclosures:
    if not keys:
        return {}
    # Column by column, which every database finds by the index, with a few texts too many: for pairs, SQLite reads
    # the whole table.
    streams, numbers = ({key[position] for key in keys} for position in (0, 1))
    of_page = (Disclosure.stream.in_(sorted(streams)), Disclosure.number.in_(sorted(numbers)))
    return _by_entry(db, select(*_disclosure_columns()).where(*of_page))


def _disclosures_of_stream(db: Session, stream: str) -> _Disclosures:
    return _by_entry(db, select(*_disclosure_columns()).where(Disclosure.stream == stream))


def _disclosure_columns() -> tuple[Any, ...]:
    return Disclosure.stream, Disclosure.number, Disclosure.field, Disclosure.value


def _by_entry(db: Session, query: Select[Any]) -> _Disclosures:
    found: dict[tuple[str, int], dict[str, str]] = defaultdict(dict)
    for stream, number, field, value in db.execute(query.order_by(Disclosure.stream, Disclosure.number)):
        found[stream, number][field] = value
    return found


def _names(db: Session, rows: Iterable[Any]) -> Mapping[str, str]:
    """Names of the people in some entries, by opaque id."""
    ids = set()
    for row in rows:
        data = _json(row.data, {})
        others = (str(data[name]) for name in ("person", "officer", "substitute") if name in data)
        seated = (one for role in data.get("seated", {}).values() for one in role)
        ids |= {row.actor, row.on_behalf_of, *others, *seated} - {""}
    if not ids:
        return {}
    query = select(Person.public_id, Person.name).where(Person.public_id.in_(sorted(ids)))
    return {row.public_id: row.name for row in db.execute(query)}


def _cases(db: Session, tenant: Tenant, streams: set[str]) -> Mapping[str, tuple[str, str]]:
    if not streams:
        return {}
    query = select(Case.number, Case.title, Case.responsible_body_id).where(Case.number.in_(sorted(streams)))
    return {number: (title, tenant.body_keys[body]) for number, title, body in db.execute(query)}
