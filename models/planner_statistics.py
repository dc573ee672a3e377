"""Planner statistics of SQLite, as for a large municipality.

Without statistics the planner assumes ten rows per municipality and scans them all; those of `ANALYZE` depend on the
day it was run. Fixed figures in `sqlite_stat1` give every query the same plan among ten cases and among a million.
PostgreSQL gathers its own statistics.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, inspect, text

#: Assumed rows of a table; `MANY` for tables not named.
FEW = {"municipality": 4, "body": 100, "policy_version": 20, "policy_activation": 20, "case_number": 100}
SOME = {"person": 2_000, "appointment": 5_000, "substitute": 2_000, "mandate": 500, "meeting": 10_000, "set_aside": 100}
MANY = 1_000_000
#: Assumed distinct values of a column; as many as rows for columns not named.
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
#: Figures of indexes in which most rows share one value: few documents belong to an engagement.
SHARED = {"ix_document_municipality_id_engagement_id_id": [MANY, MANY, MANY, 1]}


def write_statistics(connection: Connection) -> None:
    """Replace the statistics of every table and index; does nothing on PostgreSQL."""
    if connection.dialect.name != "sqlite":
        return
    connection.execute(text("PRAGMA analysis_limit = 1"))
    connection.execute(text("ANALYZE"))  # creates sqlite_stat1, which no other statement may
    connection.execute(text("DELETE FROM sqlite_stat1"))
    rows = [row for table in inspect(connection).get_table_names() for row in _of_table(connection, table)]
    connection.execute(text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:table, :index, :figures)"), rows)
    connection.execute(text("ANALYZE sqlite_schema"))  # reloads the statistics


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
    """Number of rows, then for each prefix of the index the number of rows that share its values."""
    shared, found = rows, [rows]
    for column in columns:
        shared = max(1, shared // min(DIFFERENT.get(column, rows), rows))
        found.append(shared)
    if is_unique:
        found[-1] = 1
    return found
