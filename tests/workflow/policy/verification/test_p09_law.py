"""P9: every row and path that the law does not allow is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.small_pack import small
from workflow.policy.competence import Answer, look_up
from workflow.policy.conditions import Condition
from workflow.policy.loading.loader import law_only
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Step
from workflow.policy.request_domain import Request
from workflow.policy.state_machine import Procedure, procedure_for, stops_of
from workflow.policy.verification import p09_law
from workflow.policy.verification.gate_model import PROMISES
from workflow.policy.verification.p09_law import law_holds
from workflow.policy.verification.state_search import state_spaces


def found(policy: Policy) -> str:
    """The counterexample in a policy."""
    return str(law_holds(state_spaces(policy)).counterexample or "nothing")


def with_rows(policy: Policy, **changes: object) -> Policy:
    """The policy with one row of the law changed; None drops it."""
    ((id_, new),) = ((name.replace("_", "-"), new) for name, new in changes.items())
    rows = tuple(
        replace(row, **new) if row.id == id_ and isinstance(new, dict) else row
        for row in policy.law.rows
        if row.id != id_ or new is not None
    )
    assert rows != policy.law.rows
    return replace(policy, law=replace(policy.law, rows=rows))


def without_step(policy: Policy, route: str, step: str, by: str) -> Policy:
    """The policy without one step of a route."""

    def is_it(one: Step) -> bool:
        return (one.step, one.by) == (step, (by,))

    assert any(is_it(one) for one in policy.routes[route])
    return replace(
        policy, routes={**policy.routes, route: tuple(one for one in policy.routes[route] if not is_it(one))}
    )


@pytest.mark.parametrize("key", KEYS)
def test_the_law_holds_in_every_pack_and_where_there_is_none(key: str) -> None:
    assert found(pack(key)) == "nothing"
    assert found(law_only(pack(key))) == "nothing"


def test_a_matter_of_principle_that_an_administration_could_decide_is_found() -> None:
    assert found(with_rows(pack("odense"), principal_agreements=None)) == (
        "enter cooperation-agreement, responsible executive-board, scope own-area, a matter of principle goes by row "
        "own-agreements to executive-board, below the council"
    )


def test_a_company_that_decides_a_matter_of_principle_unheard_is_found() -> None:
    story = found(with_rows(pack("orebro"), company_matters=None))
    assert story == (
        "enter membership, responsible company-board, scope own-area, a matter of principle goes by row own-matters "
        "to company-board, below the council"
    )


def test_a_company_that_decides_before_the_council_takes_a_position_is_found() -> None:
    policy = without_step(pack("orebro"), "company-principal-matter", "recommend", "council")
    assert found(policy) == (
        "enter membership, responsible company-board, scope own-area reaches concluded before the council has taken a "
        "position: submit by officer, endorse by manager as a matter of principle, "
        "enter-decision by secretary of executive-board, confirm recommend by chair of executive-board, "
        "enter-decision by secretary of company-board, confirm approve by chair of company-board"
    )


def test_a_council_that_has_not_heard_the_executive_board_is_found() -> None:
    policy = without_step(pack("orebro"), "company-principal-matter", "recommend", "executive-board")
    story = found(policy)
    assert story == (
        "enter membership, responsible company-board, scope own-area comes from the council to decide:responsible "
        "without the executive-board having been heard: submit by officer, endorse by manager as a matter of "
        "principle, enter-decision by secretary of council, confirm recommend by chair of council"
    )


def test_a_decision_over_somebody_elses_matter_unheard_is_found() -> None:
    story = found(without_step(pack("orebro"), "council-matter", "recommend", "responsible"))
    assert story == (
        "evaluate twin-agreement, responsible committee, scope own-area reaches concluded without committee having "
        "been heard, whose matter it is: submit by officer, endorse by manager, enter-decision by secretary of "
        "executive-board, confirm recommend by chair of executive-board, enter-decision by secretary of council, "
        "confirm approve by chair of council"
    )


def test_a_row_of_the_law_that_gives_a_matter_to_a_lower_body_is_found() -> None:
    raised = Condition((("engagement", ("membership", "visit")), ("otherwise", ("council", "executive-board"))))
    policy = with_rows(pack("stockholm"), company_matters={"when": raised})
    assert found(policy) == (
        "enter membership, responsible committee, scope municipality goes by row company-matters of the law to "
        "committee, below executive-board, whom the policy names"
    )


def test_another_order_than_prohibition_law_policy_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = small()

    def law_first(policy: Policy, request: Request) -> Answer:
        answer = look_up(policy, request)
        if request.principal and answer.tier == "prohibition":
            return look_up(replace(policy, prohibitions=()), request)
        return answer

    monkeypatch.setattr(p09_law, "look_up", law_first)
    assert found(policy) == (
        "enter aid-project, responsible executive-board, scope own-area, a matter of principle is answered by row "
        "principal-agreements, though row no-own-aid stands above it"
    )


def test_a_decision_of_an_administration_without_a_mandate_is_found() -> None:
    kept = replace(PROMISES, need_mandate=frozenset({"reject"}))
    story = str(law_holds(state_spaces(pack("oslo")), kept).counterexample)
    assert story == (
        "enter cooperation-agreement, responsible administration, scope own-area is decided by an administration "
        "without a mandate, at decide:responsible by approve by manager of administration"
    )


def test_a_body_that_recommends_to_itself_is_found() -> None:
    policy = pack("orebro")
    steps = policy.routes["executive-matter"]
    stops = stops_of(steps, "committee")
    decide = stops[-1]
    itself = replace(decide, step="recommend", state="recommend:executive-board")
    procedure = Procedure((*stops[:2], itself, decide))

    def compiled(policy: Policy, route: str, responsible: str) -> Procedure:
        return (
            procedure
            if (route, responsible) == ("executive-matter", "committee")
            else procedure_for(policy, route, responsible)
        )

    story = str(law_holds(state_spaces(policy, PROMISES, compiled), PROMISES, compiled).counterexample)
    assert story == (
        "evaluate cooperation-agreement, responsible committee, scope own-area is recommended by executive-board to "
        "itself: submit by officer, endorse by manager, enter-decision by secretary of executive-board, confirm "
        "recommend by chair of executive-board, enter-decision by secretary of executive-board, confirm approve by "
        "chair of executive-board"
    )


def test_a_body_heard_on_its_own_matter_only_after_the_board_is_found() -> None:
    policy = pack("orebro")
    draft, review, own, board, *rest = policy.routes["council-matter"]
    routes = {**policy.routes, "council-matter": (draft, review, board, own, *rest)}
    story = found(replace(policy, routes=routes))
    assert story == (
        "evaluate twin-agreement, responsible committee, scope own-area comes to decide:council with committee, whose "
        "matter it is, heard only after the executive-board: submit by officer, endorse by manager, enter-decision by "
        "secretary of executive-board, confirm recommend by chair of executive-board, enter-decision by secretary of "
        "committee, confirm recommend by chair of committee"
    )


def test_a_row_of_the_law_that_takes_from_the_council_what_it_has_is_found() -> None:
    everything = (("engagement", ("policy",)), ("principal", (True,)))
    assert found(with_rows(pack("orebro"), principal_policy={"when": Condition(everything)})) == (
        "adopt policy, responsible executive-board, scope own-area, a matter of principle goes by row "
        "principal-policy of the law, though the policy itself gives it to the council on a way of its own"
    )


def test_a_body_asked_for_its_opinion_on_what_it_decides_is_found() -> None:
    policy = small()
    steps = tuple(
        replace(step, by=("council",)) if step.step == "consult" else step
        for step in policy.routes["council-agreement"]
    )
    assert found(replace(policy, routes={**policy.routes, "council-agreement": steps})) == (
        "enter twin-agreement, responsible executive-board, scope own-area goes by council-agreement, where council is "
        "asked for its opinion on what it decides"
    )
