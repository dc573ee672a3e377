"""A route compiles to a machine that knows its declared moves and no other."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow import contract
from tests.workflow.packs import shipped, way, ways
from tests.worlds import MUNICIPALITIES
from workflow.core.errors import ActionNotOpen
from workflow.policy.actions import ACTIONS, ANYWHERE, AWAITING_COUNTERPART, OUTCOMES
from workflow.policy.state_machine import FINAL, Procedure, procedure_for
from workflow.policy.vocabulary import COLLEGIAL

#: The actions of the contract that move a case.
DECLARED = set(contract.ACTIONS)
ANY_OUTCOME = {None, *OUTCOMES}


@pytest.fixture(params=MUNICIPALITIES)
def all_ways(request: pytest.FixtureRequest) -> list[Procedure]:
    """Every way of a municipality: its own and its country's routes, for every kind of responsible body."""
    return [way(*names) for names in ways(request.param)]


def states_on(procedure: Procedure) -> list[str]:
    """The states of the stops, in order."""
    return [stop.state for stop in procedure.stops]


@cache
def leads_to(procedure: Procedure, state: str) -> set[tuple[str, str | None, str]]:
    """Every action, outcome and destination that fires at a state, found by trying them all."""
    found = set()
    for action in sorted({*DECLARED, *procedure.machine.events}):
        for outcome in sorted(ANY_OUTCOME, key=str):
            try:
                found.add((action, outcome, procedure.fire(state, action, outcome)))
            except ActionNotOpen:
                continue
    return found


def test_machine_knows_declared_actions_only(all_ways: list[Procedure]) -> None:
    for procedure in all_ways:
        events = set(procedure.machine.events)
        assert events <= DECLARED
        assert not any(event.startswith("to_") for event in events)


def test_every_declared_action_is_known_and_no_other() -> None:
    assert set(ACTIONS) == DECLARED
    fired = {event for names in ways() for event in way(*names).machine.events}
    assert fired == DECLARED


@pytest.mark.parametrize("jump", ["to_concluded", "to_sign", "to", "concluded", "may_approve", "__class__", ""])
def test_no_state_can_be_jumped_to(jump: str) -> None:
    procedure = way("orebro", "council-agreement", "committee")
    for state in procedure.states:
        with pytest.raises(ActionNotOpen):
            procedure.fire(state, jump)


@pytest.mark.parametrize("state", ["", "Concluded", "decide:king", "confirm-draft"])
def test_case_at_a_state_its_route_does_not_have_moves_nowhere(state: str) -> None:
    procedure = way("orebro", "council-agreement", "committee")
    for action in ACTIONS:
        with pytest.raises(ActionNotOpen):
            procedure.fire(state, action)


def test_nothing_leaves_a_final_state(all_ways: list[Procedure]) -> None:
    for procedure in all_ways:
        for state in FINAL:
            assert leads_to(procedure, state) == set()
            assert procedure.open_at(state) == ()


def test_every_state_is_reached_and_reaches_an_end(all_ways: list[Procedure]) -> None:
    for procedure in all_ways:
        after = {state: {to for _, _, to in leads_to(procedure, state)} for state in procedure.states}
        reached, ahead = set(), {"draft"}
        while ahead:
            reached |= ahead
            ahead = {to for state in ahead for to in after[state]} - reached
        ends_not_reached = set(FINAL) - reached
        assert set(procedure.states) - reached == ends_not_reached
        ending = set(FINAL)
        while more := {state for state in reached - ending if after[state] & ending}:
            ending |= more
        assert reached <= ending


def test_a_yes_passes_through_the_deciding_body_alone(all_ways: list[Procedure]) -> None:
    """Only a confirmed approval of the `decide` stop leads to `sign` or `concluded`, and nothing else to `rejected`."""
    for procedure in all_ways:
        (decides,) = [stop for stop in procedure.stops if stop.step == "decide"]
        last = f"confirm-{decides.state}" if decides.kind in COLLEGIAL else decides.state
        approving = {"confirm": {"approve", "approve-amended", "take-note"}, "approve": {None}}
        for state in procedure.states:
            for action, outcome, to in leads_to(procedure, state):
                signing = ("sign", AWAITING_COUNTERPART)
                if to in (*signing, "concluded") and state != to and state not in signing:
                    assert state == last
                    assert action in approving
                    assert outcome in approving[action] or action == "approve"
                if to == "rejected":
                    assert state == last
                    assert action == "reject" or outcome == "reject"
                if state == "sign" and to in ("concluded", AWAITING_COUNTERPART):
                    assert action == "sign"
                if state == AWAITING_COUNTERPART and to == "concluded":
                    assert action == "record-counterpart"


def test_agreement_waits_for_the_other_partys_day_after_our_signature() -> None:
    procedure = way("orebro", "council-agreement", "committee")
    assert procedure.fire("sign", "sign", "signed") == "concluded"
    assert procedure.fire("sign", "sign", "counterpart-awaited") == AWAITING_COUNTERPART
    with pytest.raises(ActionNotOpen):
        procedure.fire("sign", "sign")
    assert leads_to(procedure, AWAITING_COUNTERPART) == {
        ("record-counterpart", None, "concluded"),
        ("refer-back", None, "draft"),  # where the engagement has changed
        *((row.action, None, AWAITING_COUNTERPART) for row in ANYWHERE),
    }


def test_nothing_is_signed_before_it_is_decided(all_ways: list[Procedure]) -> None:
    for procedure in all_ways:
        steps = [stop.step for stop in procedure.stops]
        assert steps.count("decide") == 1
        assert all(steps.index("decide") < n for n, step in enumerate(steps) if step == "sign")


def test_recommending_body_cannot_kill_a_matter(all_ways: list[Procedure]) -> None:
    """Its outcomes lead onward, back or nowhere; ending belongs to the first body, unraised or withdrawn."""
    for procedure in all_ways:
        bodies = [stop for stop in procedure.stops if stop.step in ("recommend", "decide")]
        for stop in bodies:
            if stop.step != "recommend":
                continue
            for action, outcome, to in leads_to(procedure, stop.state) | leads_to(procedure, stop.confirm_state):
                assert action not in ("approve", "reject")
                assert to not in ("rejected", "concluded", "sign")
                if to == "not-raised":
                    assert stop is bodies[0]
                    assert outcome == "not-raised"
                if to == "withdrawn":
                    assert stop is bodies[0]


def test_matter_is_unraised_by_the_first_body_alone(all_ways: list[Procedure]) -> None:
    for procedure in all_ways:
        bodies = [stop for stop in procedure.stops if stop.step in ("recommend", "decide")]
        for stop in bodies[1:]:
            assert "not-raised" not in procedure.outcomes_at(stop.state)
        if bodies[0].kind in COLLEGIAL:
            assert "not-raised" in procedure.outcomes_at(bodies[0].state)


def test_requester_withdraws_until_the_first_body_has_acted_and_never_after(all_ways: list[Procedure]) -> None:
    for procedure in all_ways:
        states = states_on(procedure)
        first = next(n for n, stop in enumerate(procedure.stops) if stop.step in ("recommend", "decide"))
        assert procedure.states_for("withdraw") == tuple(states[: first + 1])


def test_no_body_recommends_to_itself_and_none_stands_twice_in_a_row(all_ways: list[Procedure]) -> None:
    for procedure in all_ways:
        stops = procedure.stops
        decides = next(stop for stop in stops if stop.step == "decide")
        assert all(stop.kind != decides.kind for stop in stops if stop.step == "recommend")
        for one, next_ in pairwise(stops):
            assert (one.step, one.kind) != (next_.step, next_.kind)


def test_two_recommendations_of_the_same_body_are_one_stop() -> None:
    procedure = way("orebro", "council-agreement", "executive-board")
    assert states_on(procedure) == ["draft", "review", "recommend:executive-board", "decide:council", "sign"]


def test_body_that_decides_does_not_recommend_first() -> None:
    procedure = way("orebro", "executive-agreement", "executive-board")
    assert states_on(procedure) == ["draft", "review", "decide:executive-board", "sign"]


def test_recommendations_of_different_bodies_stay_apart() -> None:
    procedure = way("orebro", "council-agreement", "committee")
    assert states_on(procedure) == [
        *("draft", "review", "recommend:responsible", "recommend:executive-board", "decide:council", "sign")
    ]


def test_administration_reviews_once_when_another_body_decides() -> None:
    procedure = way("oslo", "council-agreement", "administration")
    assert states_on(procedure) == ["draft", "review", "recommend:executive-board", "decide:council", "sign"]


def test_administration_that_decides_has_no_review_before() -> None:
    procedure = way("odense", "own-agreement", "administration")
    assert states_on(procedure) == ["draft", "decide:responsible", "sign"]
    assert {action for action, _, _ in leads_to(procedure, "decide:responsible")} == {
        *("approve", "reject", "refer-back", "withdraw"),
        *(row.action for row in ANYWHERE),
    }


def test_council_takes_its_position_before_the_company_decides() -> None:
    procedure = way("stockholm", "company-principal-agreement", "company-board")
    assert states_on(procedure) == [
        *("draft", "review", "recommend:executive-board", "recommend:council", "decide:responsible", "sign")
    ]


def test_consultation_stands_before_the_recommendation() -> None:
    procedure = way("stockholm", "policy", "committee")
    assert states_on(procedure) == ["draft", "review", "consult", "recommend:executive-board", "decide:council"]
    assert leads_to(procedure, "consult") >= {
        ("close-consultation", None, "recommend:executive-board"),
        ("give-opinion", None, "consult"),
    }


@pytest.mark.parametrize(
    ("outcome", "to"),
    [
        ("approve", "sign"),
        ("approve-amended", "sign"),
        ("reject", "rejected"),
        ("take-note", "concluded"),
        ("refer-back", "draft"),
        ("postpone", "decide:council"),
        ("withdraw", "withdrawn"),
    ],
)
def test_deciding_body_chooses_where_the_case_goes(outcome: str, to: str) -> None:
    assert way("orebro", "council-agreement", "committee").fire("confirm-decide:council", "confirm", outcome) == to


@pytest.mark.parametrize(
    ("outcome", "to"),
    [
        ("recommend", "recommend:executive-board"),
        ("refer-back", "draft"),
        ("postpone", "recommend:responsible"),
        ("withdraw", "withdrawn"),
        ("not-raised", "not-raised"),
    ],
)
def test_first_recommending_body_chooses_where_the_case_goes(outcome: str, to: str) -> None:
    procedure = way("orebro", "council-agreement", "committee")
    assert procedure.fire("confirm-recommend:responsible", "confirm", outcome) == to


@pytest.mark.parametrize("outcome", ["approve", "reject", "take-note", "not-raised", "withdraw", "invented", None])
def test_later_recommending_body_has_no_other_outcome(outcome: str | None) -> None:
    procedure = way("orebro", "council-agreement", "committee")
    with pytest.raises(ActionNotOpen):
        procedure.fire("confirm-recommend:executive-board", "confirm", outcome)


@given(names=st.sampled_from(list(ways())), data=st.data())
def test_what_is_told_to_be_open_is_what_fires(names: tuple[str, str, str], data: st.DataObject) -> None:
    procedure = way(*names)
    state = data.draw(st.sampled_from(procedure.states))
    assert set(procedure.open_at(state)) == {action for action, _, _ in leads_to(procedure, state)}


def test_a_way_is_compiled_once() -> None:
    policy = shipped("orebro")
    assert procedure_for(policy, "own-matter", "committee") is procedure_for(policy, "own-matter", "committee")


def test_firing_one_case_leaves_no_mark_on_the_next() -> None:
    procedure = way("orebro", "own-matter", "committee")
    assert procedure.fire("draft", "submit") == "review"
    assert procedure.fire("draft", "withdraw") == "withdrawn"
    assert procedure.fire("draft", "submit") == "review"
    assert procedure.machine.models == []
