"""What does the trail hold for an auditor?

Entries of submitted cases and of the municipality's journal, newest first and paged by key, and the whole trail of one
case with the words behind its commitments. Drafts that nobody has submitted are not an auditor's to see.
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
from web.register.queries import told_of
from web.ui.pagination import Key, Keyset
from workflow.cases.gate import Gate
from workflow.core.calendar import ONE_DAY, end_of
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.trail.entry import from_text, instant

#: Entries on one page.
PAGE = 25
#: People that a name in a search may stand for.
NAMESAKES = 50

_T = TrailEntry
NEWEST_FIRST = Keyset(
    "trail", (Key(_T.at, str, descending=True), Key(_T.stream, str, descending=True), Key(_T.number, descending=True))
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What an auditor looks for."""

    #: Case number, or the journal's name.
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
        """Whether only a part of the trail is asked for."""
        return any((self.stream, self.person, self.body, self.action, self.first, self.last))


def sought_of(args: Mapping[str, str]) -> Sought:
    """What an address asks for; what it cannot ask for is ignored."""
    return Sought(
        args.get("number", "").strip().lower()[:60],
        args.get("person", "").strip()[:200],
        args.get("body", ""),
        args.get("action", ""),
        _day(args.get("from", "")),
        _day(args.get("to", "")),
        NEWEST_FIRST.read_or_first(args.get("after", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the trail as a page shows it."""

    stream: str
    number: int
    at: datetime
    #: Name of the person, `system`, or the opaque id where nobody here bears it.
    who: str
    role: str
    body: str
    #: Name of the person who was away and acted for.
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
    #: What stands behind the commitments, by field.
    words: Mapping[str, str]
    #: Fields whose words are not there any more.
    erased: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the trail: its entries, their cases, the names behind opaque ids, and the next page's key."""

    entries: tuple[Entry, ...]
    #: Title and key of the responsible body, by case number.
    cases: Mapping[str, tuple[str, str]]
    names: Mapping[str, str]
    next: str


@dataclass(frozen=True, slots=True)
class CaseTrail:
    """The whole trail of one case."""

    case: Any
    policy: Policy
    entries: tuple[Entry, ...]
    names: Mapping[str, str]
    #: Key of the responsible body.
    responsible: str


def page_of(db: Session, tenant: Tenant, sought: Sought) -> Page:
    """A page of the trail, newest first, in a constant number of statements."""
    query = select(*_columns()).where(*_matching(db, tenant, sought))
    rows = db.execute(NEWEST_FIRST.page(query, sought.after, PAGE)).all()
    shown, following = NEWEST_FIRST.cut(rows, PAGE, lambda row: (row.at, row.stream, row.number))
    words = _words(db, [(row.stream, row.number) for row in shown])
    names = _names(db, shown)
    cases = _cases(db, tenant, {row.stream for row in shown})
    return Page(tuple(_entry(row, names, words) for row in shown), cases, names, following)


def case_trail(db: Session, gate: Gate, tenant: Tenant, number: str) -> CaseTrail:
    """The whole trail of a submitted case, oldest first; raises `NotFound` for a draft that nobody has submitted."""
    columns = (Case.id, Case.number, Case.title, Case.state, Case.outcome, Case.version, Case.head_hash)
    more = (Case.policy_version_id, Case.responsible_body_id, Case.engagement, Case.act, Case.secrecy_law)
    submitted = (Case.number == number, Case.submitted_by_id.is_not(None))
    case = db.execute(select(*columns, *more, Case.is_example).where(*submitted)).one_or_none()
    if case is None:
        raise NotFound(reason("not-found"))
    policy = gate.policies.by_id(db.connection(), tenant.id, case.policy_version_id)
    entries, names = entries_of(db, number)
    return CaseTrail(case, policy, entries, names, tenant.body_keys[case.responsible_body_id])


def entries_of(db: Session, stream: str) -> tuple[tuple[Entry, ...], Mapping[str, str]]:
    """Every entry of a stream, oldest first, and the names behind its opaque ids."""
    rows = db.execute(select(*_columns()).where(_T.stream == stream).order_by(_T.number)).all()
    words, names = _words_of_stream(db, stream), _names(db, rows)
    return tuple(_entry(row, names, words) for row in rows), names


def may_be_read(db: Session, number: str) -> bool:
    """Whether there is a submitted case with a number."""
    query = select(Case.id).where(Case.number == number, Case.submitted_by_id.is_not(None))
    return db.execute(query).one_or_none() is not None


def _columns() -> tuple[Any, ...]:
    who = (_T.stream, _T.number, _T.at, _T.actor, _T.actor_role, _T.actor_body, _T.on_behalf_of, _T.mandate)
    what = (_T.action, _T.from_state, _T.to_state, _T.policy_version, _T.clauses, _T.data)
    return (*who, *what, _T.previous_hash, _T.hash, _T.canonical)


def _matching(db: Session, tenant: Tenant, sought: Sought) -> list[ColumnElement[bool]]:
    draft = select(Case.id).where(
        Case.municipality_id == _T.municipality_id, Case.number == _T.stream, Case.submitted_by_id.is_(None)
    )
    found: list[ColumnElement[bool]] = [~draft.exists()]
    if sought.stream:
        found.append(_T.stream == sought.stream)
    if sought.person:
        found.append(_T.actor.in_(_people_called(db, sought.person)))
    if sought.body:
        found.append(_T.actor_body == sought.body)
    if sought.action:
        found.append(_T.action == sought.action)
    if sought.first:
        found.append(_T.at >= instant(end_of(sought.first - ONE_DAY, tenant.timezone)))
    if sought.last:
        found.append(_T.at < instant(end_of(sought.last, tenant.timezone)))
    return found


def _people_called(db: Session, person: str) -> list[str]:
    """Opaque ids of the people that a name, or a user name, stands for."""
    if person == "system":
        return [person]
    called = told_of(person, Person.name, Person.username)
    return list(db.execute(select(Person.public_id).where(called).limit(NAMESAKES)).scalars())


def _entry(row: Any, names: Mapping[str, str], words: Mapping[tuple[str, int], Mapping[str, str]]) -> Entry:
    data = _json(row.data, {})
    told = words.get((row.stream, row.number), {})
    return Entry(
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
        told,
        tuple(sorted(set(data.get("committed", {})) - set(told))),
    )


def _json(text: str, kind: Any) -> Any:
    """What a JSON column holds; nothing where somebody has tampered with it, which verifying will tell."""
    try:
        found = from_text(text)
    except ValueError:
        return kind
    return found if isinstance(found, type(kind)) else kind


def _words(db: Session, keys: list[tuple[str, int]]) -> Mapping[tuple[str, int], Mapping[str, str]]:
    if not keys:
        return {}
    # column by column, which every database finds by the index, and a few words too many; as pairs, SQLite reads all
    streams, numbers = ({key[tenant] for key in keys} for tenant in (0, 1))
    of_page = (Disclosure.stream.in_(sorted(streams)), Disclosure.number.in_(sorted(numbers)))
    return _by_entry(db, select(*_disclosed()).where(*of_page))


def _words_of_stream(db: Session, stream: str) -> Mapping[tuple[str, int], Mapping[str, str]]:
    return _by_entry(db, select(*_disclosed()).where(Disclosure.stream == stream))


def _disclosed() -> tuple[Any, ...]:
    return Disclosure.stream, Disclosure.number, Disclosure.field, Disclosure.value


def _by_entry(db: Session, query: Select[Any]) -> Mapping[tuple[str, int], Mapping[str, str]]:
    found: dict[tuple[str, int], dict[str, str]] = defaultdict(dict)
    for stream, number, field, value in db.execute(query.order_by(Disclosure.stream, Disclosure.number)):
        found[stream, number][field] = value
    return found


def _names(db: Session, rows: Iterable[Any]) -> Mapping[str, str]:
    """Names of everybody whom entries name, by opaque id."""
    ids = set()
    for row in rows:
        data = _json(row.data, {})
        told = (str(data[name]) for name in ("person", "officer", "substitute") if name in data)
        ids |= {row.actor, row.on_behalf_of, *told} - {""}
    if not ids:
        return {}
    query = select(Person.public_id, Person.name).where(Person.public_id.in_(sorted(ids)))
    return {row.public_id: row.name for row in db.execute(query)}


def _cases(db: Session, tenant: Tenant, streams: set[str]) -> Mapping[str, tuple[str, str]]:
    if not streams:
        return {}
    query = select(Case.number, Case.title, Case.responsible_body_id).where(Case.number.in_(sorted(streams)))
    return {number: (title, tenant.body_keys[body]) for number, title, body in db.execute(query)}
