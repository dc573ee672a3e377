"""What is the next number in a series?

Case numbers, engagement numbers and registration numbers are given out in the transaction that uses them.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_NEXT = text(
    "INSERT INTO case_number (municipality_id, series, last) VALUES (:municipality_id, :series, 1)"
    " ON CONFLICT (municipality_id, series) DO UPDATE SET last = case_number.last + 1 RETURNING last"
)


def next_in(connection: Connection, municipality_id: int, series: str) -> int:
    """The next number of a municipality's series, from 1; the row stays locked until the transaction ends."""
    return int(connection.execute(_NEXT, {"municipality_id": municipality_id, "series": series}).scalar_one())
