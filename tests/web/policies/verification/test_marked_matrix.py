"""The table of who decides with its gaps and overlaps."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflow.policy.amended_law import FIRST, amended
from tests.workflow.policy.small_pack import changed, small
from web.policies.verification.marked_matrix import Mark, MarkedRow, marked_matrix
from workflow.policy.model import Policy
from workflow.policy.request_domain import ENGAGEMENTS
from workflow.policy.verification.runner import check

pytestmark = pytest.mark.usefixtures("speaking")


def rows_of(policy: Policy, scope: str = "own-area") -> dict[str, MarkedRow]:
    """The table of the committee's matters by the law of the first day."""
    responsible = policy.bodies_of("committee")[0].key
    shown = marked_matrix(policy.on(FIRST), check(policy), responsible, scope)
    return {row.kind: row for row in shown}


def test_a_sound_pack_has_every_kind_and_no_mark() -> None:
    rows = rows_of(small())
    assert tuple(rows) == ENGAGEMENTS
    assert not [group for row in rows.values() for group in row.groups if group.marks or group.cell is None]


def test_a_gap_stands_in_its_cells_without_an_answer(tmp_path: Path) -> None:
    rows = rows_of(
        changed(tmp_path, ("{engagement: visit}, decides", "{engagement: visit, act: [enter, renew]}, decides"))
    )
    answered, hole = rows["visit"].groups
    assert (answered.acts, answered.marks) == (("enter", "renew"), ())
    assert (hole.acts, hole.cell, hole.marks) == (("evaluate", "terminate"), None, (Mark((), True, ""),))


def test_what_only_an_unusual_request_meets_is_marked_beside_the_answer(tmp_path: Path) -> None:
    both = (
        "  - {id: visits,",
        "  - {id: eu-visits, when: {engagement: visit, eu_funded: true}, decides: responsible, route: own-matter, "
        "clauses: [lillby/own-area]}\n  - {id: visits,",
    )
    (group,) = rows_of(changed(tmp_path, both))["visit"].groups
    assert group.cell is not None
    (mark,) = group.marks
    assert set(mark.rows) == {"visits", "eu-visits"}
    assert not mark.is_whole
    assert mark.example == "the EU pays a part"


def test_a_fault_that_an_amended_law_brings_is_marked_with_its_day(tmp_path: Path) -> None:
    policy = amended(tmp_path)
    object.__setattr__(policy.on(FIRST), "competence", policy.competence[:-1])  # the pack's row on visits is gone
    (group,) = rows_of(policy)["visit"].groups
    assert [mark.since for mark in group.marks] == ["By the law from 20 September 2026"]
