"""P3: every state leads on to a conclusion, somebody can act in it, and somebody is notified if nobody does.

Checks the compiled procedures that some request takes. That somebody can act means: for every body whose matter it
can be, a seat from which the case can be brought nearer to a yes exists in a body that has such seats. Whether a person
holds it is no part of the policy. Every state but the draft has a last day and a ladder that ends with a chair; a
consultation ends by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.core.messages import Message
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.request_space import unusual_count
from workflow.policy.roles import Seat, seats_for
from workflow.policy.state_machine import FINAL, Procedure, procedure_for
from workflow.policy.verification.messages import message
from workflow.policy.verification.p01_competence import RequestAnswer
from workflow.policy.verification.result import Counterexample, Finding, shortest
from workflow.policy.verification.state_search import path_to

#: Roles that only a body that meets has.
IN_MEETINGS = ("secretary", "chair", "member")


def every_state_ends(policy: Policy, given: Iterable[RequestAnswer]) -> Finding:
    """Whether no case can be stranded."""
    plainest: dict[tuple[str, str], Request] = {}
    for one in given:
        if one.answer is not None and one.answer.route:
            key = one.answer.route, one.request.responsible
            plainest[key] = min(plainest.get(key, one.request), one.request, key=unusual_count)
    checked, found = 0, []
    for (route, responsible), request in plainest.items():
        procedure = procedure_for(policy, route, responsible)
        for state, what in stranding(policy, procedure, route, responsible):
            checked += 1
            if what is not None:
                found.append(Counterexample(what, request, path_to(procedure, route, responsible, state)))
    return shortest(checked, found)


def stranding(
    policy: Policy, procedure: Procedure, route: str, responsible: str
) -> Iterator[tuple[str, Message | None]]:
    """Each state a case can come to, twice: why nobody could bring it on, and why nobody would be notified."""
    left = _steps_left(procedure)
    for state in _reached(procedure):
        if state in FINAL:
            continue
        if state not in left:
            yield state, message("never-concluded", state=state, route=route)
            continue
        moves = [move for move in procedure.moves if move[1] == state and left.get(move[2], left[state]) < left[state]]
        onward = tuple(dict.fromkeys(action for action, *_ in moves))
        for found in (
            _without_actor(policy, procedure, state, onward, responsible),
            _without_notice(policy, procedure, state),
        ):
            what = next(found, None)
            yield state, what and what.with_values(state=state, route=route)


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


def _without_actor(
    policy: Policy, procedure: Procedure, state: str, onward: tuple[str, ...], responsible: str
) -> Iterator[Message]:
    """Why nobody can bring a case on from a state, for each body whose matter it can be."""
    stop = procedure.stop_at(state)
    assert stop is not None  # the state is not final
    for body in policy.bodies_of(responsible):
        problems: list[Message] = []
        for action in onward:
            try:
                seats = seats_for(policy, stop, action, body.key)
            except (KeyError, ValueError):
                problems.append(message("no-acting-body", action=action))
                continue
            if any(_exists(policy, seat) for seat in seats):
                break
            empty = [message("seat-empty", role=role, key=key) for role, key in seats]
            problems += empty or [message("no-seat", action=action)]
        else:
            distinct = tuple(one for number, one in enumerate(problems) if one not in problems[:number])
            yield message("nobody-acts", key=body.key, problems=distinct)


def _without_notice(policy: Policy, procedure: Procedure, state: str) -> Iterator[Message]:
    """Why a case could wait in a state and nobody would be notified."""
    stop = procedure.stop_at(state)
    assert stop is not None  # the state is not final
    if stop.step == "draft":
        return
    if stop.source.within is None:
        yield message("no-last-day")
        return
    ladder = policy.ladder("consultation" if stop.step == "consult" else "step")
    if not ladder:
        yield message("nobody-notified")
    elif stop.step != "consult" and not ladder[-1].tell.startswith("chair@"):
        yield message("no-chair-notified", last=ladder[-1].tell)


def _exists(policy: Policy, seat: Seat) -> bool:
    role, key = seat
    return role not in IN_MEETINGS or policy.body(key).is_collegial
