"""P8: every path by which a forbidden request could be under way is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.small_pack import small
from workflow.policy.conditions import Condition
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Requirement, Row
from workflow.policy.verification.gate_model import PROMISES, Promises
from workflow.policy.verification.p08_refusals import refusals_hold
from workflow.policy.verification.state_search import state_spaces


def found(policy: Policy, kept: Promises = PROMISES) -> str:
    """The counterexample in a policy."""
    return str(refusals_hold(state_spaces(policy, kept)).counterexample or "nothing")


def forbidding(**terms: tuple[object, ...]) -> Policy:
    """The small pack with one prohibition."""
    row = Row("forbidden", Condition(tuple(terms.items())), ("lillby/aid",))
    return replace(small(), prohibitions=(row,))


@pytest.mark.parametrize("key", KEYS)
def test_in_no_pack_is_a_forbidden_request_ever_under_way(key: str) -> None:
    assert found(pack(key)) == "nothing"


def test_a_forbidden_request_that_is_opened_unjudged_is_found() -> None:
    story = found(small(), replace(PROMISES, rejudges=PROMISES.rejudges - {"open"}))
    assert story == (
        "enter aid-project, responsible executive-board, scope own-area comes to draft as enter aid-project, "
        "responsible executive-board, scope own-area, which no-own-aid refuses"
    )


def test_an_amendment_into_a_forbidden_shape_is_found() -> None:
    story = found(small(), replace(PROMISES, rejudges=PROMISES.rejudges - {"amend"}))
    assert story == (
        "enter aid-project, responsible executive-board, scope own-area, 100 % paid by others comes to draft as enter "
        "aid-project, responsible executive-board, scope own-area, which no-own-aid refuses: amend by officer to "
        "enter aid-project, responsible executive-board, scope own-area"
    )


def test_a_forbidden_matter_of_principle_raised_in_review_is_found() -> None:
    policy = forbidding(engagement=("visit",), principal=(True,))
    assert found(policy) == "nothing"
    story = found(policy, replace(PROMISES, rejudges=PROMISES.rejudges - {"endorse"}))
    assert story == (
        "enter visit, responsible executive-board, scope own-area comes to decide:responsible as enter visit, "
        "responsible executive-board, scope own-area, a matter of principle, which forbidden refuses: submit by "
        "officer, endorse by manager as a matter of principle"
    )


def test_an_approval_with_changes_into_a_forbidden_shape_is_found() -> None:
    story = found(small(), replace(PROMISES, rejudges=PROMISES.rejudges - {"approve-amended"}))
    assert story == (
        "enter aid-project, responsible executive-board, scope own-area, 100 % paid by others comes to sign as enter "
        "aid-project, responsible executive-board, scope own-area, which no-own-aid refuses: submit by officer, "
        "endorse by manager, enter-decision by secretary of executive-board, confirm approve-amended by chair of "
        "executive-board to enter aid-project, responsible executive-board, scope own-area"
    )


def test_a_prohibition_that_silence_about_the_initiative_avoids_is_found() -> None:
    policy = replace(forbidding(engagement=("exchange",), initiative=("external",)), requirements=())
    assert found(policy) == (
        "enter exchange, responsible executive-board, scope own-area, initiative external is refused by forbidden, and "
        "passes as enter exchange, responsible executive-board, scope own-area"
    )
    asked = Requirement("initiative", Condition((("engagement", ("exchange",)),)), "review", (), "asked")
    assert found(replace(policy, requirements=(asked,))) == "nothing", "who asks for it hears it before the decision"
    late = replace(asked, before="sign")
    assert "is refused by forbidden" in found(replace(policy, requirements=(late,)))


def test_a_prohibition_that_another_responsible_body_avoids_is_found() -> None:
    policy = forbidding(engagement=("exchange",), responsible=("committee",))
    assert found(policy) == (
        "enter exchange, responsible committee, scope own-area is refused by forbidden, and passes as enter exchange, "
        "responsible executive-board, scope own-area"
    )
