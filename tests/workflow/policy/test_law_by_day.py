"""Rows of a law that has been amended: the row of the day answers."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.workflow.policy.amended_law import BEFORE, FIRST, WHOLE, amended
from tests.workflow.policy.small_pack import changed, small
from workflow.core.errors import PolicyGap
from workflow.policy.competence import look_up, who_decides
from workflow.policy.loading.loader import law_only
from workflow.policy.request_domain import Request
from workflow.policy.verification.p01_competence import answers, unanswered_in
from workflow.policy.verification.runner import check


def test_the_row_of_the_day_answers(tmp_path: Path) -> None:
    policy = amended(tmp_path)
    assert policy.periods == (date.min, FIRST)
    assert [who_decides(policy, WHOLE, day).body for day in (BEFORE, FIRST, date.max)] == [
        "executive-board",
        "council",
        "council",
    ]
    assert who_decides(policy, WHOLE, FIRST).row == "memberships-to-council"


def test_a_row_holds_on_its_last_day_and_not_after_it(tmp_path: Path) -> None:
    policy = amended(tmp_path, f"valid_until: {FIRST}")
    assert who_decides(policy, WHOLE, FIRST).body == "council"
    assert who_decides(policy, WHOLE, FIRST + timedelta(days=1)).body == "executive-board"


def test_a_citation_besides_has_days_too(tmp_path: Path) -> None:
    policy = changed(
        tmp_path,
        law=(("{decides: administration, clauses", f"{{decides: administration, valid_until: {BEFORE}, clauses"),),
    )
    visit = Request("visit", "enter", "administration")
    assert "se/law.delegation" in who_decides(policy, visit, BEFORE).clauses
    assert "se/law.delegation" not in who_decides(policy, visit, FIRST).clauses


def test_a_law_without_days_is_the_same_on_every_day() -> None:
    policy = small()
    assert policy.on(date.min) is policy.on(date.max) is policy


def test_the_policy_of_a_day_is_made_once_and_keeps_its_digest(tmp_path: Path) -> None:
    policy = amended(tmp_path)
    assert policy.on(FIRST) is policy.on(date.max)
    assert policy.on(FIRST).digest == policy.digest


def test_founding_rows_follow_each_other_in_the_law_alone(tmp_path: Path) -> None:
    row = (
        "  - {id: founding-matters, when: {engagement: [membership, visit]}, decides: council, route: principal-matter"
    )
    later = row.replace("founding-matters", "later-matters")
    rest = ", clauses: [se/law.principal], assumed: without a policy the council decides}"
    found = f"{row}{rest}"
    both = f"{row}, valid_until: {BEFORE}{rest}\n{later}, valid_from: {FIRST}{rest}"
    alone = law_only(changed(tmp_path, law=((found, both),)))
    visit = Request("visit", "enter", "committee")
    assert who_decides(alone, visit, BEFORE).row == "founding-matters"
    assert who_decides(alone, visit, FIRST).row == "later-matters"
    with pytest.raises(PolicyGap):
        look_up(alone, visit)  # tables of no particular day


def test_the_check_holds_in_every_period(tmp_path: Path) -> None:
    report = check(amended(tmp_path))
    assert report.ok
    plain = {one.id: one.checked for one in check(small()).obligations}
    counted = {one.id: one.checked for one in report.obligations}
    assert all(counted[id_] > plain[id_] for id_ in ("P1", "P2", "P4", "P9", "P10"))


def test_an_example_that_the_amended_law_breaks_is_reported_with_the_day(tmp_path: Path) -> None:
    policy = changed(
        tmp_path,
        law=(
            (
                "\nfounding:\n",
                "  - {id: visits-to-council, when: {engagement: visit, principal: false, otherwise: [committee, "
                "administration]}, decides: council, route: principal-matter, clauses: [se/law.principal], "
                f"valid_from: {FIRST}}}\n\nfounding:\n",
            ),
        ),
    )
    report = check(policy)
    (broken,) = (one for one in report.obligations if not one.ok)
    assert broken.id == "P10"
    assert broken.counterexample is not None
    assert broken.counterexample.since == FIRST
    assert str(broken.counterexample).startswith(f"from {FIRST}: lillby/own-area promises of enter visit")


def test_a_gap_of_a_later_period_is_named_with_its_day(tmp_path: Path) -> None:
    policy = amended(tmp_path)
    object.__setattr__(policy.on(FIRST), "competence", policy.competence[1:])
    found = unanswered_in({first: tuple(answers(policy.on(first))) for first in policy.periods})
    assert {one.since for one in found} == {FIRST}
    assert {one.engagement for one in found} == {"policy"}
