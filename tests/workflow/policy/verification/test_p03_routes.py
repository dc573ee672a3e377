"""P3: cases that could be stranded are found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.workflow.policy.small_pack import changed, small
from tests.workflow.policy.verification.reports import broken, obligation, only_broken
from workflow.policy.state_machine import Procedure, procedure_for, stops_of
from workflow.policy.verification.p03_routes import stranding
from workflow.policy.verification.runner import check


@pytest.mark.parametrize(
    ("role", "nobody"), [("chair", "nobody is there to sign"), ("secretary", "no secretary sits in kontoret")]
)
def test_a_signatory_who_does_not_exist_is_found(role: str, nobody: str, tmp_path: Path) -> None:
    policy = changed(tmp_path, ("{step: sign, by: manager@responsible", f"{{step: sign, by: {role}@responsible"))
    found = obligation(check(policy), "P3")
    assert str(found.counterexample) == (
        "enter cooperation-agreement, responsible administration, scope own-area is stranded at sign of own-agreement, "
        f"where nobody can act for kontoret ({nobody}): submit by officer, approve by manager of administration"
    )
    path = found.counterexample.path if found.counterexample else None
    assert path is not None
    assert (path.route, path.responsible) == ("own-agreement", "administration")
    assert path.states == ("draft", "decide:responsible", "sign")
    assert [str(event) for event in path.events] == ["submit by officer", "approve by manager of administration"]


def test_a_second_signatory_is_enough(tmp_path: Path) -> None:
    two = "{step: sign, by: [chair@responsible, manager@responsible]"
    assert check(changed(tmp_path, ("{step: sign, by: manager@responsible", two))).ok


def test_a_body_without_an_administration_cannot_even_draft() -> None:
    policy = small()
    policy = replace(policy, bodies=tuple(body for body in policy.bodies if body.key != "skolforvaltningen"))
    assert broken(check(policy))["P3"] == (
        "enter twin-agreement, responsible committee, scope own-area is stranded at draft of council-agreement, where "
        "nobody can act for skolnamnden (the body that would submit is not there or not one alone)"
    )


def test_a_body_that_the_kind_does_not_name_alone_is_found() -> None:
    policy = small()
    second = replace(policy.body("styrelsen"), key="styrelsen-2")
    policy = replace(policy, bodies=(*policy.bodies, second))
    assert "is not there or not one alone" in broken(check(policy))["P3"]


def test_a_state_from_which_no_case_is_concluded_is_found() -> None:
    policy = small()
    procedure = Procedure(stops_of(policy.routes["own-agreement"], "committee"))
    procedure.moves = tuple(move for move in procedure.moves if move[0] != "sign")
    checked = stranding(policy, procedure, "own-agreement", "committee")
    found = [state for state, what in checked if what is not None and what.code == "never-concluded"]
    assert found == ["draft", "review", "decide:responsible", "confirm-decide:responsible", "sign"], (
        "that a body may take note is no yes"
    )


def test_a_state_that_can_only_be_withdrawn_from_is_no_way_on() -> None:
    policy = small()
    procedure = Procedure(stops_of(policy.routes["own-matter"], "committee"))
    procedure.moves = tuple(move for move in procedure.moves if move[0] != "endorse")
    checked = stranding(policy, procedure, "own-matter", "committee")
    assert "review" in [state for state, what in checked if what is not None and what.code == "never-concluded"]


def test_every_state_of_every_way_was_looked_at() -> None:
    policy = small()
    report = check(policy)
    states = {
        (route, kind, state)
        for route in policy.routes
        for kind in policy.responsible_kinds()
        for state in procedure_for(policy, route, kind).states
        if state not in ("concluded", "rejected", "withdrawn", "not-raised")
    }
    assert obligation(report, "P3").checked == 2 * len(states)  # whether it leads on, and whether anybody hears of it


def test_step_that_may_wait_for_ever_is_found(tmp_path: Path) -> None:
    policy = changed(tmp_path)
    routes = {name: tuple(replace(step, within=None) for step in steps) for name, steps in policy.routes.items()}
    assert only_broken(replace(policy, routes=routes), "P3") == (
        "enter twin-agreement, responsible executive-board, scope own-area is stranded at review of council-agreement, "
        "where it may wait for ever (the step has no last day): submit by officer"
    )


def test_ladder_that_tells_no_chair_is_found(tmp_path: Path) -> None:
    policy = changed(tmp_path)
    step = policy.ladders["step"]
    shorter = {**policy.ladders, "step": replace(step, rungs=step.rungs[:-1])}
    where = (
        "enter twin-agreement, responsible executive-board, scope own-area is stranded at review of council-agreement, "
        "where {}: submit by officer"
    )
    found = only_broken(replace(policy, ladders=shorter), "P3")
    assert found == where.format("no chair is told when it is late (the ladder ends with turn)")
    found = only_broken(replace(policy, ladders={}), "P3")
    assert found == where.format("nobody is told when it is late (there is no ladder)")
