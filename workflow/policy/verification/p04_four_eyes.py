"""P4: no person alone, however appointed, carries a request to where it binds.

Imagines one person who holds every seat there is, and lets nobody else act: from a draft of theirs, and from every
state to which others have brought a case. Alone they must neither bring a case before a body, nor make a body's
recommendation or decision, nor take two individual acts one after the other that end in a binding state. A body's
decision that another entered is many persons' act, whoever confirms it.

That person's acts are all that count for them: taken by themselves in their own seats or as a substitute for somebody
away, and taken by their substitutes. Every such act is barred by what marks them and marks them, because the gate
counts an act for both; so one walk answers for every way to name substitutes. Did it count for the acting person alone,
somebody could have each act taken by another substitute, and no bar would ever apply.

Whoever opened, changed, submitted or endorsed a case confirms no body's decision on it, whatever seats they gain. That
whoever chaired a meeting confirms its records, and not whoever chairs the body since, takes seats away from the person
imagined here and gives none.

An administrator who moves the case to another version of the policy has chosen its rules, and so is one of those who
have acted on it. Where it is afterwards some other version's walk begins; here it stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from workflow.core.messages import Message
from workflow.policy.actions import ACTED, ENTERED, HANDLED, PREPARED, names_where
from workflow.policy.request_domain import Request
from workflow.policy.state_machine import FINAL, Procedure, procedure_for
from workflow.policy.verification.gate_model import MOVED, PROMISES, Promises
from workflow.policy.verification.messages import message
from workflow.policy.verification.reference_answers import traversed
from workflow.policy.verification.result import Counterexample, Finding, Path, PathStep, shortest
from workflow.policy.verification.state_search import BINDING, Compiled, StateSpace, Transition, transitions

#: The seat that reviews: the line manager of whoever drafted.
LINE_MANAGER = ("manager@responsible",)
#: Roles that can stand for the municipality.
LEADERS = ("manager", "chair")
#: Acts of one person, not of a body.
INDIVIDUAL = names_where(lambda rule: ACTED in rule.marks) | {"submit"}


class LoneState(NamedTuple):
    """How far one person has come."""

    state: str
    marks: frozenset[str]
    #: Individual acts of theirs, counted to two.
    acts: int
    #: Whether the decision that waits was entered by them.
    entered: bool


#: State to the one before it and what happened between, the nearest first.
Reached = Mapping[LoneState, tuple[LoneState | None, Message | None]]


def four_eyes(
    spaces: Iterable[StateSpace], promises: Promises = PROMISES, compiled: Compiled = procedure_for
) -> Finding:
    """Whether every path to a binding state takes several people."""
    checked, found = 0, []
    for policy, route, responsible, request in traversed(space.matter for space in spaces):
        procedure = compiled(policy, route, responsible)
        found += [Counterexample(what, request) for what in _by_others(procedure)]
        for start in _starts(procedure):
            reached = _reached(procedure, start, promises)
            checked += len(reached)
            found += list(_violations(procedure, route, request, reached))
    return shortest(checked, found)


def _by_others(procedure: Procedure) -> Iterator[Message]:
    """A review by anybody else than the line manager, a signature by somebody who leads nobody."""
    for stop in procedure.stops:
        if stop.step == "review" and stop.by != LINE_MANAGER:
            yield message("reviewed-by-other", seat=stop.by)
        for seat in stop.by if stop.step == "sign" else ():
            if seat.partition("@")[0] not in LEADERS:
                yield message("signed-by-no-leader", seat=seat)


def _starts(procedure: Procedure) -> Iterator[LoneState]:
    """A draft of one's own, and every state to which others have brought a case."""
    yield LoneState("draft", frozenset({PREPARED}), 0, False)
    others = (state for state in procedure.states if state not in (*FINAL, "draft"))
    yield from (LoneState(state, frozenset(), 0, False) for state in others)
    # what they have prepared, and others have brought before a body
    entered = (stop.confirm_state for stop in procedure.stops if stop.is_collegial)
    yield from (LoneState(state, frozenset({HANDLED}), 0, False) for state in entered)


@cache
def _reached(procedure: Procedure, start: LoneState, promises: Promises) -> Reached:
    reached: dict[LoneState, tuple[LoneState | None, Message | None]] = {start: (None, None)}
    queue = [start]
    for here in queue:
        for one in (*transitions(procedure).get(here.state, ()), *_moves(procedure, here.state)):
            if promises.counts_for_both and promises.bars.get(one.action, frozenset()) & here.marks:
                continue
            acts = min(2, here.acts + (one.action in INDIVIDUAL))
            entered = one.to.startswith("confirm-") and (here.entered or one.action == "enter-decision")
            to = LoneState(one.to, _marked(here, one, promises), acts, entered)
            if to not in reached:
                reached[to] = (here, one.event)
                queue.append(to)
    return reached


def _moves(procedure: Procedure, state: str) -> tuple[Transition, ...]:
    """That an administrator moves the case to another version; a decision that waits for its chair stays."""
    stop = procedure.stop_at(state)
    if stop is None or state != stop.state:
        return ()
    return (Transition("move", None, state, MOVED, stop.step, stop.kind),)


def _marked(here: LoneState, one: Transition, promises: Promises) -> frozenset[str]:
    marks = set(here.marks)
    if one.action == "submit":
        marks.discard(ACTED)  # a new way through the route begins
    if not one.to.startswith("confirm-"):
        marks.discard(ENTERED)  # no decision waits
    return frozenset(marks | promises.marks.get(one.action, frozenset()))


def _violations(procedure: Procedure, route: str, request: Request, reached: Reached) -> Iterator[Counterexample]:
    start = next(iter(reached))
    for here, (before, event) in reached.items():
        if before is None or event is None:
            continue
        what = _alone_too_far(procedure, start, before, here, event)
        if what:
            yield Counterexample(what, request, _path(reached, here, route, request.responsible))
            return


def _alone_too_far(
    procedure: Procedure, start: LoneState, before: LoneState, here: LoneState, event: Message
) -> Message | None:
    if here.state in BINDING and here.acts > 1:
        return message("reached-alone", state=here.state)
    if before.entered and event.values["action"] == "confirm":
        return message("body-act-alone", state=here.state)
    if HANDLED in before.marks and event.values["action"] == "confirm":
        return message("confirmed-by-preparer", state=here.state)
    stop = procedure.stop_at(here.state)
    if start.state == "draft" and stop is not None and stop.is_collegial:
        return message("before-body-alone", state=here.state)
    return None


def _path(reached: Reached, end: LoneState, route: str, responsible: str) -> Path:
    steps: list[PathStep] = []
    here: LoneState | None = end
    while here is not None:
        state = here.state
        here, event = reached[here]
        steps.insert(0, PathStep(route, state, event))
    return Path(responsible, tuple(steps), by_one_person=True)
