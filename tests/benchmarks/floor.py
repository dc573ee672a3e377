"""What is the least that the gate's own SQL could cost?

The very statements the gate ran, with the same parameters, replayed through the driver alone: no policy, no hashing, no
mapping. Only the ids that a database gives out are taken from the replay itself, where processes replay beside each
other: each goes on with the rows that it has written, as the gate did, and waits for no lock that the gate did not.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Engine, event

#: A statement as the driver got it.
Statement = tuple[str, Any]

#: Parameters that bear the id of a row written before in the same way, by the beginning of what wrote it.
OWN = {"INSERT INTO decision": "of_decision", "INSERT INTO engagement ": "engagement_id"}
_NAMES = frozenset(OWN.values())


class Recorder:
    """Keeps what the driver is given while an act runs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen: list[Statement] = []

    def __enter__(self) -> list[Statement]:
        event.listen(self._engine, "before_cursor_execute", self._keep)
        return self._seen

    def __exit__(self, *_error: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._keep)
        self._seen[:] = [(sql, given) for sql, given in self._seen if not sql.startswith("BEGIN")]

    def _keep(self, _connection: Any, _cursor: Any, sql: str, given: Any, _context: Any, many: bool) -> None:
        self._seen.append((sql, list(given) if many else given))


def run_floor(connection: Any, recorded: list[list[Statement]], seen: list[str] | None = None) -> None:
    """Replay acts, one transaction each; `seen` collects the statements for the test."""
    on_sqlite = isinstance(connection, sqlite3.Connection)
    begin = "BEGIN IMMEDIATE" if on_sqlite else "BEGIN"
    cursor = connection.cursor()
    latest: dict[str, int] = {}
    for act in recorded:
        cursor.execute(begin)
        for sql, given in act:
            told = given if on_sqlite else _with_own_ids(given, latest)
            if isinstance(told, list):
                cursor.executemany(sql, told)
            else:
                cursor.execute(sql, told)
                if cursor.description is not None:
                    rows = cursor.fetchall()
                    if not on_sqlite and sql.startswith("INSERT"):
                        latest |= {name: rows[0][0] for start, name in OWN.items() if sql.startswith(start)}
            if seen is not None:
                seen.append(sql)
        cursor.execute("COMMIT")


def _with_own_ids(given: Any, latest: dict[str, int]) -> Any:
    """The same parameters with the ids of the rows that this replay has written."""
    if isinstance(given, list):
        return [_with_own_ids(row, latest) for row in given]
    names = given.keys() & _NAMES & latest.keys()
    return {**given, **{name: latest[name] for name in names if given[name] is not None}} if names else given
