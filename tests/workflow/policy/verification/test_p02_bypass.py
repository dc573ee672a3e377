"""P2: every path past the competent body is found and reported at its shortest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflow import contract
from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.planting import besides, with_moves
from tests.workflow.policy.small_pack import small
from workflow.policy.model import Policy
from workflow.policy.state_machine import Move, procedure_for
from workflow.policy.verification.gate_model import PROMISES
from workflow.policy.verification.p02_bypass import no_bypass
from workflow.policy.verification.result import Finding
from workflow.policy.verification.state_search import state_spaces, transitions


def found(policy: Policy, change: object = None, kept: object = PROMISES) -> str:
    """The counterexample, with moves changed or a promise taken away."""
    compiled = procedure_for if change is None else with_moves(policy, change)  # type: ignore[arg-type]
    story = str(no_bypass(state_spaces(policy, kept, compiled), compiled).counterexample)  # type: ignore[arg-type]
    return story


@pytest.mark.parametrize("key", KEYS)
def test_no_pack_has_a_way_past_the_competent_body(key: str) -> None:
    result = no_bypass(state_spaces(pack(key)))
    assert result.counterexample is None
    assert result.checked > 1000


def test_a_recommendation_that_concludes_is_told_by_its_shortest_way() -> None:
    def change(move: Move) -> tuple[Move, ...]:
        action, source, _to, outcome = move
        is_board = source == "confirm-recommend:executive-board" and outcome == "recommend"
        return ((action, source, "concluded", outcome),) if is_board else (move,)

    assert found(small(), change) == (
        "evaluate twin-agreement, responsible executive-board, scope own-area reaches concluded without a decision of "
        "council: submit by officer, endorse by manager, enter-decision by secretary of executive-board, "
        "confirm recommend by chair of executive-board"
    )


def test_a_signature_before_the_decision_is_found() -> None:
    assert found(small(), besides("submit", "draft", "sign")) == (
        "enter twin-agreement, responsible executive-board, scope own-area reaches sign without a decision of council: "
        "submit by officer"
    )


def test_a_rejection_by_the_manager_in_review_is_found() -> None:
    assert found(small(), besides("reject", "review", "rejected")) == (
        "enter twin-agreement, responsible executive-board, scope own-area reaches rejected without a decision of "
        "council: submit by officer, reject by manager"
    )


def test_a_route_on_which_another_body_decides_is_found() -> None:
    policy = small()
    routes = {**policy.routes, "council-agreement": policy.routes["own-agreement"]}
    story = found(replace(policy, routes=routes))
    assert story == (
        "enter twin-agreement, responsible administration, scope own-area reaches sign without a decision of council, "
        "on a decision of administration: submit by officer, approve by manager of administration"
    )


@pytest.mark.parametrize(
    ("act", "story"),
    [
        (
            "endorse",
            "enter cooperation-agreement, responsible executive-board, scope own-area reaches sign without a decision "
            "of council, on a decision of executive-board: submit by officer, endorse by manager as a matter of "
            "principle, enter-decision by secretary of executive-board, confirm approve by chair of executive-board",
        ),
        (
            "amend",
            "enter cooperation-agreement, responsible administration, scope own-area reaches sign without a decision "
            "of council, on a decision of administration: amend by officer to enter cooperation-agreement, "
            "responsible administration, scope own-area, a matter of principle, submit by officer, approve by manager "
            "of administration",
        ),
        (
            "approve-amended",
            "enter cooperation-agreement, responsible executive-board, scope own-area reaches sign without a decision "
            "of council, on a decision of executive-board: submit by officer, endorse by manager, enter-decision by "
            "secretary of executive-board, confirm approve-amended by chair of executive-board to enter "
            "cooperation-agreement, responsible executive-board, scope own-area, a matter of principle",
        ),
    ],
)
def test_a_change_that_is_not_judged_again_is_found(act: str, story: str) -> None:
    kept = replace(PROMISES, rejudges=PROMISES.rejudges - {act})
    assert found(small(), kept=kept) == story


def test_a_story_says_where_it_passes_even_from_one_route_to_another() -> None:
    policy = small()
    compiled = with_moves(policy, _signs_what_the_board_recommends)
    found = state_spaces(policy, PROMISES, compiled)
    agreements = [one for one in found if one.matter.requests[0].engagement == "cooperation-agreement"]
    shown = no_bypass(agreements, compiled).counterexample
    assert shown is not None
    path = shown.path
    assert path is not None
    assert path.responsible == "executive-board"
    assert [(step.route, step.state) for step in path.steps] == [
        ("own-agreement", "draft"),
        ("own-agreement", "review"),
        ("principal-agreement", "recommend:executive-board"),
        ("principal-agreement", "confirm-recommend:executive-board"),
        ("principal-agreement", "sign"),
    ]
    assert str(path.events[1]) == "endorse by manager as a matter of principle"


def _signs_what_the_board_recommends(move: Move) -> tuple[Move, ...]:
    action, source, _to, outcome = move
    is_board = source == "confirm-recommend:executive-board" and outcome == "recommend"
    return ((action, source, "sign", outcome),) if is_board else (move,)


def test_a_decision_that_can_be_undone_is_found() -> None:
    story = found(small(), besides("withdraw", "sign", "withdrawn"))
    assert story == (
        "enter cooperation-agreement, responsible administration, scope own-area is decided by administration and then "
        "undone, back to withdrawn: submit by officer, approve by manager of administration, withdraw by officer"
    )


@pytest.mark.parametrize("key", KEYS)
def test_no_procedure_has_an_act_in_urgency(key: str) -> None:
    """Whom the law lets decide what is urgent has no act here; one that came would have to be proved to be reported."""
    procedures = [one.matter for one in state_spaces(pack(key))]
    acts = {
        one.action
        for matter in procedures
        for said in matter.rulings
        if said.route
        for some in transitions(procedure_for(matter.policy, said.route, matter.responsible)).values()
        for one in some
    }
    assert acts <= set(contract.ACTIONS)


def test_the_count_is_of_situations() -> None:
    result = no_bypass(state_spaces(small()))
    assert result == Finding(sum(len(one.reached) for one in state_spaces(small())), None)
