"""Findings of the policy check, and how those of several parts or periods become one."""

from __future__ import annotations

from datetime import date

from workflow.policy.request_domain import Request
from workflow.policy.verification.messages import message
from workflow.policy.verification.result import (
    Counterexample,
    Finding,
    Path,
    PathStep,
    combined,
    first_failure,
    over_periods,
    shortest,
)

LATER = date(2027, 1, 1)
ACT = message("act", action="submit", actor=message("role", role="officer"))
WRONG = message("reached-alone", state="sign")


def counterexample(events: int, request: Request | None = None) -> Counterexample:
    steps = (PathStep("r", "draft"), *(PathStep("r", f"state-{n}", ACT) for n in range(events)))
    return Counterexample(WRONG, request, Path("committee", steps))


def test_the_shortest_is_told_and_of_two_the_plainest() -> None:
    plain, unusual = Request("visit", "enter", "committee"), Request("visit", "enter", "committee", principal=True)
    found = shortest(9, [counterexample(3), counterexample(1, unusual), counterexample(1, plain)])
    assert found == Finding(9, counterexample(1, plain))
    assert shortest(4, []).counterexample is None


def test_two_halves_count_together_and_tell_the_shorter() -> None:
    assert combined(Finding(2, counterexample(5)), Finding(3, counterexample(2))) == Finding(5, counterexample(2))
    assert combined(Finding(2), Finding(3)) == Finding(5)


def test_the_first_check_that_fails_is_told() -> None:
    assert first_failure([None, WRONG, message("reached-by-silence", state="sign"), None]) == Finding(
        4, Counterexample(WRONG)
    )


def test_of_several_periods_the_earliest_fault_is_told_with_its_day() -> None:
    found = over_periods([(date.min, Finding(7)), (LATER, Finding(8, counterexample(1))), (date.max, Finding(1))])
    assert found.checked == 16
    assert found.counterexample is not None
    assert found.counterexample.since == LATER
    assert str(found.counterexample).startswith("from 2027-01-01: reaches sign by one person alone")


def test_what_has_always_been_so_names_no_day() -> None:
    found = over_periods([(date.min, Finding(1, counterexample(1))), (LATER, Finding(1, counterexample(1)))])
    assert found.counterexample is not None
    assert found.counterexample.since is None


def test_a_path_is_told_and_printed() -> None:
    path = counterexample(2).path
    assert path is not None
    assert path.states == ("draft", "state-0", "state-1")
    assert str(path) == ": submit by officer, submit by officer"
    assert path.as_json()["passed"][0] == {"route": "r", "state": "draft", "deed": ""}
    alone = Path("committee", path.steps, by_one_person=True)
    assert str(alone).startswith(": one person opens it and does all of")
