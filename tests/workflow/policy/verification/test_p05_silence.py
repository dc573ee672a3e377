"""P5: a clock that decides, or changes who may, is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.planting import with_moves
from tests.workflow.policy.small_pack import changed, small
from workflow.policy.model import Policy
from workflow.policy.state_machine import Move, Procedure, procedure_for, stops_of
from workflow.policy.verification.gate_model import PROMISES
from workflow.policy.verification.p05_silence import silence_decides_nothing, timeless
from workflow.policy.verification.state_search import Compiled, state_spaces


def found(policy: Policy, compiled: Compiled = procedure_for, kept: object = PROMISES) -> str:
    """The counterexample in a policy."""
    ways = state_spaces(policy)
    return str(silence_decides_nothing(ways, kept, compiled).counterexample or "nothing")  # type: ignore[arg-type]


@pytest.mark.parametrize("key", KEYS)
def test_in_no_pack_does_silence_decide(key: str) -> None:
    assert found(pack(key)) == "nothing"


def test_a_consultation_whose_silence_decides_is_found() -> None:
    def change(move: Move) -> tuple[Move, ...]:
        action, source, _to, outcome = move
        return ((action, source, "sign", outcome),) if action == "close-consultation" else (move,)

    assert found(small(), with_moves(small(), change)) == (
        "enter twin-agreement, responsible executive-board, scope own-area comes to sign by silence alone: "
        "submit by officer, endorse by manager, close-consultation by coordinator or deadline"
    )


def test_any_other_act_left_to_the_clock_is_found() -> None:
    kept = replace(PROMISES, by_deadline=frozenset({"close-consultation", "approve"}))
    assert found(small(), kept=kept) == (
        "enter cooperation-agreement, responsible administration, scope own-area comes to sign by silence alone: "
        "submit by officer, approve by manager of administration"
    )


def test_a_deadline_that_gives_others_the_right_to_act_is_found() -> None:
    def compiled(policy: Policy, route: str, responsible: str) -> Procedure:
        steps = policy.routes[route]
        late = any(step.within for step in steps)
        return Procedure(stops_of(steps if late else policy.routes["council-matter"], responsible))

    assert found(small(), compiled) == (
        "enter twin-agreement, responsible executive-board, scope own-area goes by council-agreement, where others may "
        "act once nothing has a deadline"
    )


def test_timeless_keeps_every_step() -> None:
    policy = small()
    bare = timeless(policy)
    assert not bare.evaluations
    assert {name: [(s.step, s.by) for s in steps] for name, steps in bare.routes.items()} == {
        name: [(s.step, s.by) for s in steps] for name, steps in policy.routes.items()
    }


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "      - {after: 31 days, tell: chair@council}\n",
            "",
            "evaluation revision: when it is late, no chair is told; it ends with coordinator@executive-board",
        ),
        (
            "      - {after: 31 days, tell: chair@council}\n",
            "      - {after: 31 days, tell: chair@responsible}\n",
            "evaluation revision: there is no chair@responsible for kontoret",
        ),
        (
            "      - {after: 0 days, tell: officer@responsible}\n",
            "",
            "evaluation twins: its ladder begins with manager@responsible, not with who has the work",
        ),
        (
            "    decides: council\n",
            "    decides: executive-board\n",
            "evaluation revision lets executive-board decide what council decides: "
            "revise policy, responsible executive-board, scope own-area",
        ),
    ],
)
def test_a_ladder_that_does_not_lead_up_is_found(old: str, new: str, says: str, tmp_path: Path) -> None:
    assert found(changed(tmp_path, (old, new))) == says
