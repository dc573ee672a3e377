"""Cross references of a law whose rows have days."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.workflow.policy.amended_law import BEFORE, FIRST, WHOLE, amended
from tests.workflow.policy.small_pack import changed
from workflow.core.errors import PolicyInvalid
from workflow.policy.competence import who_decides


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (f"valid_until: {FIRST}", f"valid_from: {FIRST}", r": second answers some of these requests on the same days"),
        (
            f"valid_until: {BEFORE - timedelta(days=1)}",
            f"valid_from: {FIRST}",
            rf"\.valid_until: no row answers these requests on {BEFORE}, before second does",
        ),
        (
            f"valid_from: {FIRST}, valid_until: {BEFORE}",
            "valid_from: 2030-01-01",
            r"\.valid_until: is before valid_from",
        ),
    ],
)
def test_rows_neither_overlap_on_a_day_nor_leave_one_out(tmp_path: Path, first: str, second: str, says: str) -> None:
    row = (
        "  - {{id: {}, when: {{engagement: membership, scope: municipality, principal: false, otherwise: "
        "executive-board}}, decides: council, route: principal-matter, clauses: [se/law.principal], {}}}\n"
    )
    rows = row.format("first", first) + row.format("second", second)
    with pytest.raises(PolicyInvalid, match=rf"rows\[3\]{says}"):
        changed(tmp_path, law=(("\nfounding:\n", f"{rows}\nfounding:\n"),))


def test_rows_that_follow_each_other_without_a_gap_are_taken(tmp_path: Path) -> None:
    row = (
        "  - {{id: {}, when: {{engagement: membership, scope: municipality, principal: false, otherwise: "
        "executive-board}}, decides: council, route: principal-matter, clauses: [se/law.principal], {}}}\n"
    )
    rows = row.format("first", f"valid_until: {BEFORE}") + row.format("second", f"valid_from: {FIRST}")
    policy = changed(tmp_path, law=(("\nfounding:\n", f"{rows}\nfounding:\n"),))
    assert [who_decides(policy, WHOLE, day).row for day in (BEFORE, FIRST)] == ["first", "second"]


def test_rows_of_different_bodies_share_no_request(tmp_path: Path) -> None:
    """A row that raises from one body, and another with days that raises from another."""
    policy = amended(tmp_path, f"valid_from: {FIRST}, valid_until: 2027-01-01")
    assert policy.periods == (date.min, FIRST, date(2027, 1, 2))


@pytest.mark.parametrize("days", [f"valid_until: {BEFORE}", f"valid_from: {FIRST}"])
def test_founding_rows_leave_no_day_out(tmp_path: Path, days: str) -> None:
    old = "{id: founding-policy, when"
    with pytest.raises(PolicyInvalid, match=r"founding\[0\]\.valid_\w+: no row answers these requests on 2026-09-"):
        changed(tmp_path, law=((old, f"{{id: founding-policy, {days}, when"),))


def test_a_cited_clause_holds_on_every_day_of_the_row(tmp_path: Path) -> None:
    clause = ("section: L 2\n    kind: law", f"section: L 2\n    kind: law\n    valid_from: {FIRST}")
    with pytest.raises(PolicyInvalid, match=r"also\[0\]\.clauses\[0\]: se/law\.delegation does not hold on every day"):
        changed(tmp_path, law=(clause,))


@pytest.mark.parametrize("name", ["valid_from", "valid_until"])
def test_a_row_of_a_pack_has_no_days(tmp_path: Path, name: str) -> None:
    old = "{id: visits, when"
    with pytest.raises(PolicyInvalid, match=rf"competence\[7\]\.{name}: only a row of the law has days of its own"):
        changed(tmp_path, (old, f"{{id: visits, {name}: 2026-01-01, when"))
