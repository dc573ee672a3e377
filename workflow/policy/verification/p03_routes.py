"""P3: does every state of every way lead on to a conclusion, can somebody act in it, and is somebody told if not?

Looks at the compiled procedures that some request takes. That somebody can act means: for every body whose matter it
can be, a seat from which the case can be brought nearer to a yes exists in a body that has such seats. Whether a person
sits there is no question of the policy. Every state but the draft has a last day and a ladder that ends with a chair; a
consultation ends by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.request_space import request_text, unusual_count
from workflow.policy.roles import Seat, seats_for
from workflow.policy.state_machine import FINAL, Procedure, procedure_for
from workflow.policy.verification.p01_competence import Given
from workflow.policy.verification.result import Fault, Finding, shortest
from workflow.policy.verification.state_search import way_to

#: Roles that only a body that meets has.
IN_MEETINGS = ("secretary", "chair", "member")


def every_state_ends(policy: Policy, given: Iterable[Given]) -> Finding:
    """Whether no case can be stranded."""
    ways: dict[tuple[str, str], Request] = {}
    for one in given:
        if one.answer is not None and one.answer.route:
            way = one.answer.route, one.request.responsible
            ways[way] = min(ways.get(way, one.request), one.request, key=unusual_count)
    checked, faults = 0, []
    for (route, responsible), request in ways.items():
        procedure = procedure_for(policy, route, responsible)
        for state, why in stranding(policy, procedure, responsible):
            checked += 1
            if why is not None:
                there = way_to(procedure, route, responsible, state)
                story = f"{request_text(request)} is stranded at {state} of {route}, where {why}{there.told}"
                faults.append(Fault(len(there.deeds), story, there, unusual_count(request)))
    return shortest(checked, faults)


def stranding(policy: Policy, procedure: Procedure, responsible: str) -> Iterator[tuple[str, str | None]]:
    """Each state a case can come to, twice: why nobody could bring it on from there, why nobody would hear of it."""
    left = _steps_left(procedure)
    for state in _reached(procedure):
        if state in FINAL:
            continue
        if state not in left:
            yield state, "it can never be concluded"
            continue
        moves = [move for move in procedure.moves if move[1] == state and left.get(move[2], left[state]) < left[state]]
        onward = tuple(dict.fromkeys(action for action, *_ in moves))
        yield state, next(_unseated(policy, procedure, state, onward, responsible), None)
        yield state, next(_forgotten(policy, procedure, state), None)


def _reached(procedure: Procedure) -> tuple[str, ...]:
    found = ["draft"]
    for state in found:
        found += dict.fromkeys(to for _, source, to, _ in procedure.moves if source == state and to not in found)
    return tuple(found)


def _steps_left(procedure: Procedure) -> dict[str, int]:
    """How many moves each state is from a yes; that a body may take note of a matter is no yes."""
    left = {"concluded": 0}
    for state in (queue := ["concluded"]):
        for _, source, to, outcome in procedure.moves:
            if to == state and outcome != "take-note" and source not in left:
                left[source] = left[state] + 1
                queue.append(source)
    return left


def _unseated(
    policy: Policy, procedure: Procedure, state: str, onward: tuple[str, ...], responsible: str
) -> Iterator[str]:
    """Reasons why nobody can bring a case on from a state, for each body whose matter it can be."""
    stop = procedure.stop_at(state)
    assert stop is not None  # the state is not final
    for body in policy.bodies_of(responsible):
        problems = []
        for action in onward:
            try:
                seats = seats_for(policy, stop, state, action, body.key)
            except (KeyError, ValueError):
                problems.append(f"the body that would {action} is not there or not one alone")
                continue
            if any(_exists(policy, seat) for seat in seats):
                break
            problems += [f"no {role} sits in {key}" for role, key in seats] or [f"nobody is there to {action}"]
        else:
            yield f"nobody can act for {body.key} ({', '.join(dict.fromkeys(problems))})"


def _forgotten(policy: Policy, procedure: Procedure, state: str) -> Iterator[str]:
    """Reasons why a case could wait here and nobody would hear of it."""
    stop = procedure.stop_at(state)
    assert stop is not None  # the state is not final
    if stop.step == "draft":
        return
    if stop.source.within is None:
        yield "it may wait for ever (the step has no last day)"
        return
    ladder = policy.ladder("consultation" if stop.step == "consult" else "step")
    if not ladder:
        yield "nobody is told when it is late (there is no ladder)"
    elif stop.step != "consult" and not ladder[-1].tell.startswith("chair@"):
        yield f"no chair is told when it is late (the ladder ends with {ladder[-1].tell})"


def _exists(policy: Policy, seat: Seat) -> bool:
    role, key = seat
    return role not in IN_MEETINGS or policy.body(key).is_collegial
