"""Rows of a law that has been amended: the row of the day answers."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.workflow.policy.amended_law import FIRST, WHOLE, amended
from tests.workflow.policy.small_pack import changed, small
from workflow.core.errors import PolicyGap, PolicyInvalid
from workflow.policy.competence import look_up, who_decides
from workflow.policy.loading.loader import law_only
from workflow.policy.request_domain import Request
from workflow.policy.verification.p01_competence import answers, unanswered_in
from workflow.policy.verification.runner import check

BEFORE = FIRST - timedelta(days=1)


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


# -- the check looks at every period


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


# -- the loader


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
