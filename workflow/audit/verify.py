"""Verification of trails: hashes, chains, disclosures, replay and stored rows.

Every hash is recomputed from the columns, every chain followed from its first entry to the head that its case or
journal pins, every disclosure compared with its commitment, every case replayed through its machine. A fault names
the case and the entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, Row, String, cast, select
from sqlalchemy.orm import Session

from models import Body, Case, Deadline, Decision, Disclosure, Evaluation, Municipality, PolicyVersion, TrailEntry
from models.database import reading
from workflow.audit.activations import activation_faults
from workflow.audit.assumption_reviews import review_faults
from workflow.audit.confirmations import confirmation_faults
from workflow.audit.dates import DateOrder
from workflow.audit.engagement_versions import engagement_version_faults
from workflow.audit.replay import PINS_POLICY, replay_faults
from workflow.audit.stored_rows import letter_faults, stored_row_faults
from workflow.audit.streams import deadline_faults, evaluation_faults
from workflow.audit.two_people import two_people_faults
from workflow.core.errors import NotFound, PolicyInvalid
from workflow.deadlines import stream_of
from workflow.policy.store import Policies
from workflow.trail.chain import Stream, chain_faults
from workflow.trail.fault import Fault, fault
from workflow.trail.journal import journal_of

#: Cases whose entries are read at once.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Verification:
    """Numbers of entries and cases verified, and the faults found."""

    entries: int
    cases: int
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether no fault was found."""
        return not self.faults

    def as_json(self) -> dict[str, Any]:
        """The report as the command line prints it, faults in English."""
        faults = [{"case": one.case, "entry": one.entry, "what": str(one)} for one in self.faults]
        return {"ok": self.ok, "entries": self.entries, "cases": self.cases, "faults": faults}


def verify(engine: Engine, *, municipality: str | None = None, case: str | None = None) -> Verification:
    """Verify all trails, one municipality's, or one case's."""
    policies = Policies(engine)
    with reading(engine, None) as session:
        rows = session.execute(select(Municipality.__table__).order_by(Municipality.key)).all()
    total = Verification(0, 0, ())
    for row in rows:
        if municipality in (None, row.key) and (case is None or case.partition("-")[0] == row.key):
            found = _verify_municipality(engine, policies, row, case)
            total = Verification(total.entries + found.entries, total.cases + found.cases, total.faults + found.faults)
    return total


def _verify_municipality(engine: Engine, policies: Policies, tenant: Row[Any], only: str | None) -> Verification:
    entries = cases = after = others = 0
    faults: list[Fault] = []
    dates = DateOrder(tenant.timezone)
    journal = journal_of(tenant.key)
    with reading(engine, tenant.id) as session, _any_bytes(session):
        body_keys = {row.id: row.key for row in session.execute(select(Body.id, Body.key))}
        while batch := _next_cases(session, after, only):
            after = batch[-1].id
            streams = _streams(session, [row.number for row in batch])
            for row in batch:
                faults += _case_faults(session, policies, tenant, row, streams[row.number], body_keys)
                faults += dates.faults(streams[row.number])
            by_case = {row.id: streams[row.number] for row in batch}
            faults += stored_row_faults(session, by_case, body_keys)
            faults += confirmation_faults(session, by_case)
            entries, cases = entries + sum(len(one.rows) for one in streams.values()), cases + len(batch)
        for table, stream_name, faults_of in _OWN_STREAMS:
            for row, stream in _rows_with_streams(session, table, tenant.key, stream_name, only):
                faults += faults_of(tenant.key, row, stream)
                entries, others = entries + len(stream.rows), others + 1
        if only in (None, journal):
            stream = _streams(session, [journal])[journal]
            head = session.execute(select(Municipality.__table__).where(Municipality.id == tenant.id)).one()
            faults += chain_faults(tenant.key, stream, head.journal_version, head.journal_hash)
            faults += letter_faults(session, stream)
            faults += dates.faults(stream)
            faults += activation_faults(session, stream)
            faults += review_faults(session, stream)
            faults += engagement_version_faults(session, stream)
            faults += two_people_faults(session, stream)
            entries += len(stream.rows)
        if only is None:
            faults += _orphan_faults(session, tenant.key, journal)
            faults += _policy_faults(session)
        elif only != journal and not cases and not others:
            faults += _missing_case_faults(session, only)
    return Verification(entries, cases, tuple(faults))


def _case_faults(
    session: Session, policies: Policies, tenant: Row[Any], case: Row[Any], stream: Stream, body_keys: dict[int, str]
) -> Iterator[Fault]:
    yield from chain_faults(tenant.key, stream, case.version, case.head_hash)
    try:
        pinned = policies.by_id(session.connection(), tenant.id, case.policy_version_id)
        named = {row.policy_digest for row in stream.rows if row.action in PINS_POLICY} - {pinned.digest}
        by_digest = {
            digest: policies.by_digest(session.connection(), tenant.id, digest)
            for digest in named
            if isinstance(digest, str)  # `chain_faults` reports a column of another type
        }
    except (NotFound, PolicyInvalid) as error:
        yield fault(case.number, None, "policy-unreadable", error=error)
        return
    yield from replay_faults(by_digest | {pinned.digest: pinned}, pinned, case, stream, body_keys)


@contextmanager
def _any_bytes(session: Session) -> Iterator[None]:
    """Read bytes that are not UTF-8 too: SQLite stores any, and a changed byte is a fault to be named, not a crash."""
    connection: Any = session.connection().connection.dbapi_connection
    if session.connection().dialect.name != "sqlite":
        yield
        return
    connection.text_factory = lambda stored: stored.decode(errors="surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = str


def _next_cases(session: Session, after: int, only: str | None) -> list[Row[Any]]:
    query = select(*Case.__table__.columns).where(Case.id > after).order_by(Case.id).limit(BATCH)
    query = query if only is None else query.where(Case.number == only)
    return list(session.execute(query))


def _streams(session: Session, names: list[str]) -> dict[str, Stream]:
    found = {name: Stream(name) for name in names}
    columns = TrailEntry.__table__.columns
    query = select(*columns).where(TrailEntry.stream.in_(names)).order_by(TrailEntry.stream, TrailEntry.number)
    for row in session.execute(query):
        is_numbered = isinstance(row.number, int) and row.number > 0
        (found[row.stream].rows if is_numbered else found[row.stream].unnumbered).append(row)
    for row in session.execute(select(*Disclosure.__table__.columns).where(Disclosure.stream.in_(names))):
        found[row.stream].disclosures.setdefault(row.number, {})[row.field] = row
    return found


def _rows_with_streams(
    session: Session,
    table: type[Evaluation] | type[Deadline],
    key: str,
    stream_name: Callable[[str, Row[Any]], str],
    only: str | None,
) -> Iterator[tuple[Row[Any], Stream]]:
    """Every row of a table that has streams of its own, with its stream, a batch at a time."""
    after = 0
    while batch := session.execute(
        select(*table.__table__.columns).where(table.id > after).order_by(table.id).limit(BATCH)
    ).all():
        after = batch[-1].id
        named = {stream_name(key, row): row for row in batch}
        wanted = {name: row for name, row in named.items() if only in (None, name)}
        streams = _streams(session, list(wanted))
        yield from ((row, streams[name]) for name, row in wanted.items())


#: Tables besides cases whose rows have streams, with the name and the verification of a row's stream.
_OWN_STREAMS: tuple[tuple[Any, Callable[[str, Row[Any]], str], Callable[[str, Row[Any], Stream], Iterator[Fault]]], ...]
_OWN_STREAMS = (
    (Evaluation, lambda _key, row: str(row.number), evaluation_faults),
    (Deadline, lambda key, row: stream_of(key, row.id), deadline_faults),
)


def _orphan_faults(session: Session, key: str, journal: str) -> Iterator[Fault]:
    """Entries, disclosures and decisions of no case, no evaluation, no deadline and no journal."""
    deadlines = select(stream_of(key, "") + cast(Deadline.id, String))
    for table, code in ((TrailEntry, "entry-without-case"), (Disclosure, "disclosure-without-case")):
        query = select(table.stream, table.number).where(
            table.stream != journal,
            table.stream.not_in(select(Case.number)),
            table.stream.not_in(select(Evaluation.number)),
            table.stream.not_in(deadlines),
        )
        for stream, number in session.execute(query.distinct().limit(BATCH)):
            yield fault(stream, number, code)
    decided = select(Decision.case_id).where(Decision.case_id.not_in(select(Case.id))).limit(BATCH)
    for case_id in session.execute(decided).scalars():
        yield fault(journal, None, "decision-without-case", case_id=case_id)


def _missing_case_faults(session: Session, number: str) -> Iterator[Fault]:
    """A fault where a case that is not there has entries or disclosures; none where there never was such a case."""
    for table in (TrailEntry, Disclosure):
        if session.execute(select(table.number).where(table.stream == number).limit(1)).first() is not None:
            yield fault(number, None, "case-missing")
            return


def _policy_faults(session: Session) -> Iterator[Fault]:
    """Policy versions whose bytes are not those of their digest."""
    for version, digest, canonical in session.execute(
        select(PolicyVersion.version, PolicyVersion.digest, PolicyVersion.canonical)
    ):
        if sha256(canonical.encode(errors="surrogateescape")).hexdigest() != digest:
            yield fault(version, None, "policy-bytes-differ")
