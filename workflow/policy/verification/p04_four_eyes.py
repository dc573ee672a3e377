"""P4: does no person alone, however appointed, carry a request to where it binds?

Imagines one person who holds every seat there is, and lets nobody else act: from a draft of theirs, and from every
place to which others have brought a case. Alone they must neither bring a case before a body, nor make a body's
recommendation or decision, nor take two individual acts one after the other that end in a binding state. A body's
decision that another entered is many persons' act, whoever confirms it.

That person's acts are all that touch them: done by themselves in their own seats or in the seat of somebody away, and
done by whoever stands in for them. Every such act is barred by what marks them and marks them, because the gate counts
an act for both; so one walk answers for every way to name substitutes. Did it count for who acts alone, a person could
have each act taken by another substitute, and no bar would ever meet them.

An administrator who moves the case to another version of the policy has chosen its rules, and so is one of those who
have acted on it. Where it stands afterwards some other version's walk begins; here it stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from workflow.policy.request_domain import Request
from workflow.policy.request_space import request_text, unusual_count
from workflow.policy.state_machine import FINAL, Procedure, procedure_for
from workflow.policy.verification.gate_model import ACTED, ENTERED, MOVED, PREPARED, PROMISES, Promises
from workflow.policy.verification.reference_answers import traversed
from workflow.policy.verification.result import Fault, Finding, Passed, Way, shortest
from workflow.policy.verification.state_search import BINDING, Compiled, Journeys, Leg, legs

#: The seat that reviews: the line manager of whoever drafted.
LINE_MANAGER = ("manager@responsible",)
#: Roles that can stand for the municipality.
LEADERS = ("manager", "chair")
#: Acts of one person, not of a body.
INDIVIDUAL = ("submit", "endorse", "approve", "reject", "sign", "move")


class Alone(NamedTuple):
    """How far one person has come."""

    state: str
    marks: frozenset[str]
    #: Individual acts of theirs, counted to two.
    acts: int
    #: Whether the decision that waits was entered by them.
    entered: bool


def four_eyes(
    all_journeys: Iterable[Journeys], promises: Promises = PROMISES, compiled: Compiled = procedure_for
) -> Finding:
    """Whether every way to a binding state takes several people."""
    checked, faults = 0, []
    for policy, route, responsible, request in traversed(journeys.matter for journeys in all_journeys):
        procedure = compiled(policy, route, responsible)
        faults += [
            Fault(0, f"{request_text(request)} {what}", odd=unusual_count(request)) for what in _elsewhere(procedure)
        ]
        for start in _starts(procedure):
            reached = _walk(procedure, start, promises)
            checked += len(reached)
            faults += list(_faults(procedure, route, request, reached))
    return shortest(checked, faults)


def _elsewhere(procedure: Procedure) -> Iterator[str]:
    """A review by anybody else than the line manager, a signature by who leads nobody."""
    for stop in procedure.stops:
        if stop.step == "review" and stop.by != LINE_MANAGER:
            yield f"is reviewed by {', '.join(stop.by)}, who is not its officer's manager"
        for seat in stop.by if stop.step == "sign" else ():
            if seat.partition("@")[0] not in LEADERS:
                yield f"is signed by {seat}, who leads nobody and may have drafted it"


def _starts(procedure: Procedure) -> Iterator[Alone]:
    """A draft of one's own, and every place to which others have brought a case."""
    yield Alone("draft", frozenset({PREPARED}), 0, False)
    yield from (Alone(state, frozenset(), 0, False) for state in procedure.states if state not in (*FINAL, "draft"))


@cache
def _walk(procedure: Procedure, start: Alone, promises: Promises) -> Mapping[Alone, tuple[Alone | None, str]]:
    reached: dict[Alone, tuple[Alone | None, str]] = {start: (None, "")}
    queue = [start]
    for here in queue:
        for leg in (*legs(procedure).get(here.state, ()), *_moves(procedure, here.state)):
            if promises.counts_for_both and promises.bars.get(leg.action, frozenset()) & here.marks:
                continue
            acts = min(2, here.acts + (leg.action in INDIVIDUAL))
            entered = leg.to.startswith("confirm-") and (here.entered or leg.action == "enter-decision")
            to = Alone(leg.to, _marked(here, leg, promises), acts, entered)
            if to not in reached:
                reached[to] = (here, leg.deed)
                queue.append(to)
    return reached


def _moves(procedure: Procedure, state: str) -> tuple[Leg, ...]:
    """That an administrator moves the case to another version; a decision that waits for its chair stays."""
    stop = procedure.stop_at(state)
    if stop is None or state != stop.state:
        return ()
    return (Leg("move", None, state, MOVED, stop.step, stop.kind),)


def _marked(here: Alone, leg: Leg, promises: Promises) -> frozenset[str]:
    kept = set(here.marks)
    if leg.action == "submit":
        kept.discard(ACTED)  # a new way begins
    if not leg.to.startswith("confirm-"):
        kept.discard(ENTERED)  # no decision waits
    return frozenset(kept | promises.marks.get(leg.action, frozenset()))


def _faults(
    procedure: Procedure, route: str, request: Request, reached: Mapping[Alone, tuple[Alone | None, str]]
) -> Iterator[Fault]:
    start = next(iter(reached))
    for here, (before, deed) in reached.items():
        if before is None:
            continue
        what = _alone_too_far(procedure, start, before, here, deed)
        if what:
            way = _way(reached, here, route, request.responsible)
            opened = (
                "one person opens it and" if start.state == "draft" else f"others bring it to {start.state}, then one"
            )
            story = f"{request_text(request)} {what}: {opened} does all of {', '.join(way.deeds)}"
            yield Fault(len(way.deeds), story, way, unusual_count(request))
            return


def _alone_too_far(procedure: Procedure, start: Alone, before: Alone, here: Alone, deed: str) -> str:
    if here.state in BINDING and here.acts > 1:
        return f"reaches {here.state} by one person alone"
    if before.entered and deed.startswith("confirm"):
        return f"has a body's act made by one person alone, and comes to {here.state}"
    stop = procedure.stop_at(here.state)
    if start.state == "draft" and stop is not None and stop.is_collegial:
        return f"comes before a body, to {here.state}, by one person alone"
    return ""


def _way(reached: Mapping[Alone, tuple[Alone | None, str]], end: Alone, route: str, responsible: str) -> Way:
    passed: list[Passed] = []
    here: Alone | None = end
    while here is not None:
        state = here.state
        here, deed = reached[here]
        passed.insert(0, Passed(route, state, deed))
    return Way(responsible, tuple(passed))
