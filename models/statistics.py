"""How does SQLite know which index is the short way, before it has met a million rows?

Its planner believes what stands in `sqlite_stat1`. Where nothing does, it takes all rows of a municipality for ten,
walks through them and finds out; what `ANALYZE` writes depends on the day it was run. So a database is given figures of
a large municipality that has it to itself: a screen takes the same way among ten cases as among a million. PostgreSQL
counts for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, inspect, text

#: Rows of a table, where they are not `MANY`.
FEW = {"municipality": 4, "body": 100, "policy_version": 20, "policy_activation": 20, "case_number": 100}
SOME = {"person": 2_000, "appointment": 5_000, "substitute": 2_000, "mandate": 500, "meeting": 10_000}
MANY = 1_000_000
#: How many different values a column has, where they are not nearly as many as there are rows.
DIFFERENT = {
    "municipality_id": 1,
    "actor": 1_000,
    "actor_body": 50,
    "action": 20,
    "body_id": 50,
    "due_on": 5_000,
    "ends_on": 5_000,
    "is_dispatched": 2,
    "kind": 10,
    "mentioned": 100_000,
    "officer_id": 500,
    "opened_by_id": 500,
    "partner_country": 100,
    "partner_key": 5_000,
    "person_id": 500,
    "responsible_body_id": 50,
    "role": 8,
    "round": 2,
    "state": 5,
    "status": 3,
    "stream": 200_000,
    "to_body_id": 50,
    "version": 3,
    "waits_body_id": 50,
    "waits_person_id": 500,
    "waits_role": 8,
    "what": 4,
    "word": 100_000,
}
#: Indexes most of whose rows share one value: hardly a document is kept with an engagement.
SHARED = {"ix_document_municipality_id_engagement_id_id": [MANY, MANY, MANY, 1]}


def assume(connection: Connection) -> None:
    """Write the figures for every table and index there is, in place of those of before; nothing on PostgreSQL."""
    if connection.dialect.name != "sqlite":
        return
    connection.execute(text("PRAGMA analysis_limit = 1"))
    connection.execute(text("ANALYZE"))  # makes the table, which nothing else may
    connection.execute(text("DELETE FROM sqlite_stat1"))
    rows = [row for table in inspect(connection).get_table_names() for row in _of_table(connection, table)]
    connection.execute(text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:table, :index, :figures)"), rows)
    connection.execute(text("ANALYZE sqlite_schema"))  # reads what was written


def _of_table(connection: Connection, table: str) -> Iterable[dict[str, str | None]]:
    rows = {**FEW, **SOME}.get(table, MANY)
    yield {"table": table, "index": None, "figures": str(rows)}
    quoted = connection.dialect.identifier_preparer.quote
    for _place, name, is_unique, *_more in connection.execute(text(f"PRAGMA index_list({quoted(table)})")).all():
        found = connection.execute(text(f"PRAGMA index_info({quoted(name)})")).all()
        figures = _figures(rows, [column for _rank, _id, column in found], is_unique=bool(is_unique))
        figures = SHARED.get(name, figures)
        yield {"table": table, "index": name, "figures": " ".join(map(str, figures))}


def _figures(rows: int, columns: Sequence[str], *, is_unique: bool) -> list[int]:
    """All rows, then for each beginning of the index how many rows share its values."""
    shared, found = rows, [rows]
    for column in columns:
        shared = max(1, shared // min(DIFFERENT.get(column, rows), rows))
        found.append(shared)
    if is_unique:
        found[-1] = 1
    return found
