"""Where do a hundred thousand cases come from?

A few cases go through the gate, each to where it is to stand, and are copied inside the database with all that belongs
to them: trail, proposals, decisions, last days, engagements and the words they are found by. Only ever into a throwaway
database: the copies' chains are not valid, and they have no business anywhere else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    text,
)

from models import (
    AccessLog,
    Base,
    Case,
    Deadline,
    Decision,
    Disclosure,
    Document,
    Engagement,
    EngagementWord,
    Evaluation,
    Notice,
    Proposal,
    TrailEntry,
)
from models.planner_statistics import write_statistics
from tests.benchmarks import invented
from tests.benchmarks.invented import CONCLUDED, ROWS, WAITING
from tests.benchmarks.scene import require_throwaway, unhindered
from tests.worlds import World
from workflow.deadlines import CLOSED, EVALUATION, EXPIRY, OPEN, STEP
from workflow.documents.service import Upload, attach

#: Every table that gets rows.
FILLED = (
    *(Case, Proposal, Decision, Document, TrailEntry, Disclosure, Engagement, EngagementWord, Evaluation, Deadline),
    *(Notice, AccessLog),
)

#: Of so many cases one has its whole history; of the others there is what lists are made of.
HISTORY = 5

_M = ROWS.c
_TOLD = _M.n % HISTORY == 0
_WORDS = Table(
    "invented_word",
    MetaData(),
    Column("remainder", Integer, primary_key=True),
    Column("word", String, primary_key=True),
    prefixes=["TEMPORARY"],
)


def load(world: World, wanted: int) -> None:
    """Fill the tables up with `wanted` cases and engagements; raises `ValueError` for any database that is to stay."""
    require_throwaway(world.engine)
    patterns = _patterns(world)
    with unhindered(world.engine) as connection, _without_indexes(connection):
        first = connection.execute(select(func.max(Case.id))).scalar_one() + 1_000
        _invent(connection, world, patterns, wanted, first)
        for statement in _copies(world):
            connection.execute(statement)
        _go_on_counting(connection, first + wanted)


def _patterns(world: World) -> list[tuple[int, int]]:
    """The cases that are copied, each carried to where it is to stand, and how many of a thousand copy each."""
    ways = [("visit", state, share) for state, share in WAITING.items()]
    found = []
    for kind, state, share in (*ways, *((kind, "concluded", share) for kind, share in CONCLUDED.items())):
        number = world.open(kind)
        letter = Upload(b"%PDF-1.7 a letter", "letter.pdf", "A letter", "incoming", "City of Turku", world.now.date())
        attach(world.services, world.people["officer"], number, letter, now=world.now, expected_version=1)
        world.walk(number, state)
        found.append((world.row(number).id, share))
    return found


def _invent(connection: Connection, world: World, patterns: list[tuple[int, int]], wanted: int, first: int) -> None:
    """Write what tells the copies apart into a table of this connection."""
    for table in (ROWS, _WORDS):
        table.create(connection)
    remainders = invented.words()
    connection.execute(
        insert(_WORDS), [{"remainder": n, "word": word} for n, found in remainders.items() for word in found]
    )
    rows = invented.rows(world, patterns, wanted, first)
    driver: Any = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.executemany(str(insert(ROWS).compile(dialect=connection.dialect)), rows)
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {ROWS.name} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    connection.execute(text(f"ANALYZE {ROWS.name}"))


def _copies(world: World) -> Iterator[Any]:
    """One statement for each table, the tables that others refer to first."""
    of_case = {"municipality_id": literal(world.tenant.id)}
    concluded = Case.engagement_id.is_not(None)
    yield _copy(
        Case,
        _M.pattern == Case.id,
        id=_M.case_id,
        number=_M.number,
        title=_M.title,
        partner_name=_M.partner,
        partner_country=_M.country,
        opened_at=_M.instant,
        changed_at=_M.instant,
        closed_at=case((Case.closed_at.is_not(None), _M.instant)),
        due_on=case((Case.closed_at.is_(None), _M.due_on)),
        engagement_id=case((concluded, _M.engagement_id)),
    )
    for table in (Proposal, Decision):
        yield _copy(table, _TOLD, _M.pattern == table.case_id, id=None, case_id=_M.case_id)
    letter = {"case_id": _M.case_id, "number": _M.number + "-l"}
    yield _copy(Document, _TOLD, _M.pattern == Document.case_id, id=None, **letter)
    stream = (_TOLD, Case.id == _M.pattern)
    yield _copy(
        TrailEntry, *stream, TrailEntry.stream == Case.number, stream=_M.number, at=_M.at, canonical=literal("")
    )
    yield _copy(Disclosure, *stream, Disclosure.stream == Case.number, stream=_M.number)
    entered = (Case.id == _M.pattern, Engagement.id == Case.engagement_id)
    yield _copy(
        Engagement,
        *entered,
        id=_M.engagement_id,
        number=_M.engagement_number,
        title=_M.title,
        title_key=_M.title_key,
        partner_name=_M.partner,
        partner_key=_M.partner_key,
        partner_country=_M.country,
        status=_M.status,
        starts_on=_M.day,
        ends_on=_M.ends_on,
        entered_by=_M.number,
        changed_by=_M.number,
        created_at=_M.instant,
    )
    yield from _words(of_case)
    yield _copy(
        Evaluation,
        *entered,
        Evaluation.engagement_id == Engagement.id,
        id=None,
        number=_M.evaluation,
        engagement_id=_M.engagement_id,
        state=_M.evaluation_state,
        due_on=_M.evaluation_due,
    )
    yield from _deadlines()
    yield _copy(
        Notice,
        Notice.case_id == _M.pattern,
        id=None,
        case_id=_M.case_id,
        engagement_id=_M.engagement_id,
        created_at=_M.instant,
        is_dispatched=literal(True),
    )
    yield _readings(world)


def _copy(table: type[Base] | Any, *on: ColumnElement[bool], **own: Any) -> Any:
    """Copy the rows of the patterns in a table, with columns of their own; None leaves a column to the database."""
    columns = [column for column in table.__table__.c if own.get(column.name, column) is not None]
    values = [own.get(column.name, column) for column in columns]
    query = select(*values).select_from(ROWS).where(*on).order_by(_M.n)
    return insert(table).from_select([column.name for column in columns], query, include_defaults=False)


def _words(of_case: dict[str, Any]) -> Iterator[Any]:
    """The words of title and partner, and each title's number."""
    names = ["engagement_id", "word", "municipality_id"]
    concluded = (Case.id == _M.pattern, Case.engagement_id.is_not(None))
    common = select(_M.engagement_id, _WORDS.c.word, of_case["municipality_id"]).where(
        _WORDS.c.remainder == _M.n % len(invented.words()), *concluded
    )
    yield insert(EngagementWord).from_select(names, common.order_by(_M.n))
    number = select(_M.engagement_id, _M.n.cast(Text), of_case["municipality_id"]).where(*concluded)
    yield insert(EngagementWord).from_select(names, number.order_by(_M.n))


def _deadlines() -> Iterator[Any]:
    """Last days of steps, of evaluations and of agreements; whatever has been met is closed."""
    step = (Deadline.kind == STEP, Deadline.case_id == _M.pattern, or_(_TOLD, Deadline.state == OPEN))
    yield _copy(Deadline, *step, id=None, subject=_M.number, case_id=_M.case_id, due_on=_M.due_on)
    on = (Case.id == _M.pattern, Deadline.engagement_id == Case.engagement_id)
    state = case((_M.evaluation_state == "pending", OPEN), else_=CLOSED)
    evaluation = {"subject": _M.evaluation, "due_on": _M.evaluation_due, "state": state}
    yield _copy(Deadline, *on, Deadline.kind == EVALUATION, id=None, engagement_id=_M.engagement_id, **evaluation)
    state = case((_M.status == "ended", CLOSED), else_=OPEN)
    expiry = {"subject": _M.engagement_number, "due_on": _M.ends_on, "state": state}
    ends = (*on, Deadline.kind == EXPIRY, _M.ends_on.is_not(None))
    yield _copy(Deadline, *ends, id=None, engagement_id=_M.engagement_id, **expiry)


def _readings(world: World) -> Any:
    """The auditor has read every case with a history once, and one in a hundred tries was refused."""
    names = ["municipality_id", "at", "person_id", "what", "subject", "action", "detail"]
    what = case((_M.n % 100 == 0, "refused"), else_="read")
    values = (literal(world.tenant.id), _M.instant, literal(world.people["auditor"]), what, _M.number, literal(""))
    query = (
        select(*values, literal({}, AccessLog.__table__.c.detail.type)).select_from(ROWS).where(_TOLD).order_by(_M.n)
    )
    return insert(AccessLog).from_select(names, query, include_defaults=False)


def _go_on_counting(connection: Connection, next_id: int) -> None:
    """What is entered afterwards gets the ids after those that were given here."""
    if connection.dialect.name == "postgresql":
        for name in ("case", "engagement"):
            connection.execute(text(f"SELECT setval('{name}_id_seq', {next_id})"))


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    """Take the filled tables' indexes away while they are filled: building one afterwards takes a third."""
    tables = [table.__tablename__ for table in FILLED]
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN :tables"
        if connection.dialect.name == "sqlite"
        else "SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'ix%' AND tablename IN :tables"
    )
    found = connection.execute(text(query).bindparams(bindparam("tables", expanding=True)), {"tables": tables}).all()
    for name, _sql in found:
        connection.execute(text(f'DROP INDEX "{name}"'))
    yield
    for _name, sql in found:
        connection.exec_driver_sql(sql)
    write_statistics(connection)  # an index that is dropped takes its figures along
