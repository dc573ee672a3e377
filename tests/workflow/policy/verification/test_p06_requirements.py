"""P6: every path on which a yes binds without what the policy demands is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.small_pack import small
from workflow.cases import payloads
from workflow.cases.actions.decide import EnterDecision
from workflow.policy.model import Policy
from workflow.policy.requirement_kinds import CASE_FIELDS
from workflow.policy.verification import p06_requirements
from workflow.policy.verification.gate_model import PROMISES, Promises
from workflow.policy.verification.p06_requirements import demands_are_met
from workflow.policy.verification.state_search import state_spaces


def found(policy: Policy, kept: Promises = PROMISES) -> str:
    """The counterexample in a policy."""
    return str(demands_are_met(state_spaces(policy, kept), kept).counterexample or "nothing")


@pytest.mark.parametrize("key", KEYS)
def test_every_demand_of_every_pack_is_met_on_every_way(key: str) -> None:
    result = demands_are_met(state_spaces(pack(key)))
    assert result.counterexample is None
    assert result.checked > 1000


def test_a_demand_that_is_asked_only_at_the_signature_is_found() -> None:
    policy = small()
    late = replace(policy.requirements[1], before="sign")
    assert late.id == "time-limited"
    story = found(replace(policy, requirements=(policy.requirements[0], late)))
    assert story == (
        "enter twin-agreement, responsible executive-board, scope own-area reaches sign without the demand "
        "time-limited met: submit by officer, endorse by manager, close-consultation by coordinator or deadline, "
        "enter-decision by secretary of executive-board, confirm recommend by chair of executive-board, "
        "enter-decision by secretary of council, confirm approve by chair of council"
    )


@pytest.mark.parametrize(
    ("outcome", "story"),
    [
        (
            "approve",
            "enter twin-agreement, responsible executive-board, scope own-area reaches sign without the demand "
            "representation met: submit by officer, endorse by manager, enter-decision by secretary of "
            "executive-board, confirm recommend by chair of executive-board, enter-decision by secretary of council, "
            "confirm approve by chair of council",
        ),
        (
            "approve-amended",
            "enter cooperation-agreement, responsible executive-board, scope own-area reaches sign without the demand "
            "goal of engagement-goals met: amend by officer, the field filled, submit by officer, endorse by manager, "
            "enter-decision by secretary of executive-board, confirm approve-amended by chair of executive-board, the "
            "field empty",
        ),
        (
            "take-note",
            "enter twin-agreement, responsible executive-board, scope own-area reaches concluded without the demand "
            "representation met: submit by officer, endorse by manager, enter-decision by secretary of "
            "executive-board, confirm recommend by chair of executive-board, enter-decision by secretary of council, "
            "confirm take-note by chair of council",
        ),
    ],
)
def test_a_yes_that_asks_for_nothing_is_found(outcome: str, story: str) -> None:
    kept = replace(PROMISES, asks_for_own=PROMISES.asks_for_own - {outcome})
    assert found(pack("orebro"), kept) == story


def test_what_a_manager_raises_is_asked_of_the_body_that_decides() -> None:
    policy = small()
    raised = replace(policy.requirements[0], when=replace(policy.requirements[0].when, terms=(("principal", (True,)),)))
    policy = replace(policy, requirements=(raised,))
    assert found(policy) == "nothing", "not asked at the review, and still before the decision"
    asks_nothing = replace(PROMISES, asks_for_own=frozenset(), asks_for_next=frozenset({"submit"}))
    assert found(policy, asks_nothing) == (
        "evaluate twin-agreement, responsible executive-board, scope own-area reaches concluded without the demand "
        "goal of aims met: submit by officer, endorse by manager, enter-decision by secretary of executive-board, "
        "confirm recommend by chair of executive-board, enter-decision by secretary of council, confirm "
        "approve-amended by chair of council to evaluate twin-agreement, responsible executive-board, scope own-area, "
        "a matter of principle, the field empty"
    )


def test_a_goal_of_a_group_without_goals_can_never_be_met() -> None:
    policy = small()
    empty = (replace(policy.goals[0], items=()),)
    assert found(replace(policy, goals=empty)) == (
        "enter twin-agreement, responsible executive-board, scope own-area can never be concluded: nobody on its way "
        "can fill in what goal of aims asks for"
    )


def test_a_field_that_no_form_offers_can_never_be_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(p06_requirements, "CASE_FIELDS", ("purpose",))
    assert "nobody on its way can fill in what time-limited asks for" in found(small())


def test_what_a_form_offers_both_the_officer_and_the_deciding_body_can_send() -> None:
    assert set(CASE_FIELDS) <= set(payloads.CaseFields().fields)
    for schema in (payloads.Amendment(), EnterDecision()):
        assert {"fields_", "goals", "attributes"} <= set(schema.fields)
    assert "initiative" in payloads.Attributes().fields
