"""Number series of a municipality.

Case, engagement and registration numbers are drawn in the transaction that uses them.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_NEXT = text(
    "INSERT INTO case_number (municipality_id, series, last) VALUES (:municipality_id, :series, :some)"
    " ON CONFLICT (municipality_id, series) DO UPDATE SET last = case_number.last + :some RETURNING last"
)


def next_in(connection: Connection, municipality_id: int, series: str, some: int = 1) -> int:
    """The next number of a municipality's series, from 1, or the first of `some`; locked until the transaction ends."""
    given = {"municipality_id": municipality_id, "series": series, "some": some}
    return int(connection.execute(_NEXT, given).scalar_one()) - some + 1
