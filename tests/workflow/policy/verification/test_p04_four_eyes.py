"""P4: every path that one person could take alone is found."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.planting import besides, with_moves
from tests.workflow.policy.small_pack import small
from workflow.policy.actions import ACTED, ENTERED, HANDLED, PREPARED
from workflow.policy.verification.gate_model import PROMISES
from workflow.policy.verification.p04_four_eyes import four_eyes
from workflow.policy.verification.state_search import state_spaces


def without_bar(*acts: str, mark: str | None = None) -> str:
    """What one person can do when acts are no longer barred, or no longer by one mark."""
    bars = {act: (by - {mark} if mark else frozenset()) if act in acts else by for act, by in PROMISES.bars.items()}
    kept = replace(PROMISES, bars=MappingProxyType(bars))
    return str(four_eyes(state_spaces(small()), kept).counterexample or "nothing")


@pytest.mark.parametrize("key", KEYS)
def test_in_no_pack_does_one_person_reach_a_binding_state(key: str) -> None:
    assert four_eyes(state_spaces(pack(key))).counterexample is None


def test_who_submitted_and_could_approve_is_found() -> None:
    assert without_bar("approve", mark=PREPARED) == (
        "enter cooperation-agreement, responsible administration, scope own-area reaches sign by one person "
        "alone: one person opens it and does all of submit by officer, approve by manager of administration"
    )


def test_who_submitted_and_could_reject_is_found() -> None:
    assert without_bar("reject", mark=PREPARED) == (
        "enter cooperation-agreement, responsible administration, scope own-area reaches rejected by one person "
        "alone: one person opens it and does all of submit by officer, reject by manager of administration"
    )


def test_substitutes_who_are_asked_for_themselves_alone_are_found() -> None:
    """Did an act count for who takes it alone, one person could have each taken by another substitute."""
    kept = replace(PROMISES, counts_for_both=False)
    story = str(four_eyes(state_spaces(small()), kept).counterexample)
    assert story == (
        "enter twin-agreement, responsible executive-board, scope own-area has a body's act confirmed by who prepared "
        "the matter, and comes to decide:council: others bring it to confirm-recommend:executive-board, then one does "
        "all of confirm recommend by chair of executive-board"
    )


def test_who_endorses_their_own_case_is_found_before_a_body_sees_it() -> None:
    assert without_bar("endorse", mark=PREPARED) == (
        "evaluate twin-agreement, responsible executive-board, scope own-area comes before a body, to "
        "recommend:executive-board, by one person alone: one person opens it and does all of submit by officer, "
        "endorse by manager"
    )


def test_who_prepared_and_could_confirm_is_found() -> None:
    assert without_bar("confirm", mark=HANDLED) == (
        "enter twin-agreement, responsible executive-board, scope own-area has a body's act confirmed by who prepared "
        "the matter, and comes to decide:council: others bring it to confirm-recommend:executive-board, then one does "
        "all of confirm recommend by chair of executive-board"
    )


def test_who_enters_and_could_confirm_is_found() -> None:
    assert without_bar("confirm", mark=ENTERED) == (
        "enter twin-agreement, responsible executive-board, scope own-area has a body's act made by one person alone, "
        "and comes to decide:council: others bring it to recommend:executive-board, then one does all of "
        "enter-decision by secretary of executive-board, confirm recommend by chair of executive-board"
    )


def test_who_approves_and_could_sign_is_found() -> None:
    assert without_bar("sign", mark=ACTED) == (
        "enter twin-agreement, responsible executive-board, scope own-area reaches concluded by one person alone: "
        "others bring it to sign, then one does all of move by admin, "
        "sign by chair@executive-board or chair@council"
    ), "as it does who has approved; moving counts among the acts on a way"


def test_who_moves_and_could_approve_is_found() -> None:
    marks = {act: to for act, to in PROMISES.marks.items() if act != "move"}
    story = str(four_eyes(state_spaces(small()), replace(PROMISES, marks=MappingProxyType(marks))).counterexample)
    assert story == (
        "enter twin-agreement, responsible executive-board, scope own-area reaches concluded by one person alone: "
        "others bring it to sign, then one does all of move by admin, "
        "sign by chair@executive-board or chair@council"
    )


def test_who_prepared_and_could_move_has_acted_once_and_goes_no_further() -> None:
    assert without_bar("move", mark=PREPARED) == "nothing"


def test_a_case_that_comes_before_a_body_without_a_review_is_found() -> None:
    policy = small()
    steps = tuple(step for step in policy.routes["own-matter"] if step.step != "review")
    policy = replace(policy, routes={**policy.routes, "own-matter": steps})
    story = str(four_eyes(state_spaces(policy)).counterexample)
    assert story == (
        "evaluate cooperation-agreement, responsible executive-board, scope own-area comes before a body, to "
        "decide:responsible, by one person alone: one person opens it and does all of submit by officer"
    )


def test_a_review_by_another_than_the_line_manager_is_found() -> None:
    policy = small()
    steps = tuple(
        replace(step, by=("manager@executive-board",)) if step.step == "review" else step
        for step in policy.routes["own-matter"]
    )
    story = str(four_eyes(state_spaces(replace(policy, routes={**policy.routes, "own-matter": steps}))).counterexample)
    assert story == (
        "evaluate cooperation-agreement, responsible executive-board, scope own-area is reviewed by "
        "manager@executive-board, who is not its officer's manager"
    )


def test_a_submission_that_binds_is_found() -> None:
    policy = small()
    compiled = with_moves(policy, besides("reassign", "draft", "recommend:executive-board"))
    story = str(four_eyes(state_spaces(policy, PROMISES, compiled), PROMISES, compiled).counterexample)
    assert story == (
        "enter twin-agreement, responsible executive-board, scope own-area comes before a body, to "
        "recommend:executive-board, by one person alone: one person opens it and does all of reassign by manager"
    )


def test_a_signature_of_somebody_who_leads_nobody_is_found() -> None:
    policy = small()
    steps = tuple(
        replace(step, by=("officer@responsible",)) if step.step == "sign" else step
        for step in policy.routes["own-agreement"]
    )
    story = str(
        four_eyes(state_spaces(replace(policy, routes={**policy.routes, "own-agreement": steps}))).counterexample
    )
    assert story == (
        "enter cooperation-agreement, responsible executive-board, scope own-area is signed by officer@responsible, "
        "who leads nobody and may have drafted it"
    )
