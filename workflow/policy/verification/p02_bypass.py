"""P2: the competent body's own decision comes before everything that binds.

Binding are a yes, a no and everything after a decision. Competent is whom the tables name for the request as it then
stands, whatever it was when the case began. What has been decided stays decided.

The laws know somebody who may decide what is urgent (KL 6:39, koml. 11-8, stl. 31). No procedure has an action for it,
so none can get past the competent body that way: what is decided so is decided outside, and enters the register with
its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.core.messages import Message
from workflow.policy.state_machine import procedure_for
from workflow.policy.verification.messages import message
from workflow.policy.verification.result import Counterexample, Finding, PathStep, shortest
from workflow.policy.verification.state_search import (
    BINDING,
    CaseState,
    Compiled,
    StateSpace,
    Transition,
    sharing_states,
    transitions,
)


def no_bypass(spaces: Iterable[StateSpace], compiled: Compiled = procedure_for) -> Finding:
    """Whether no case of any request comes to a binding state past the competent body."""
    spaces = tuple(spaces)
    checked = sum(len(space.reached) for space in spaces)
    return shortest(checked, (one for group in sharing_states(spaces) for one in _violations(group, compiled)))


def _violations(group: list[StateSpace], compiled: Compiled) -> Iterator[Counterexample]:
    first = group[0]
    for here in first.reached:
        if here.state not in BINDING:
            continue
        if what := _bypass(first, here):
            yield from (space.counterexample(here, what) for space in group)
            return
        if undone := _undone(first, here, compiled):
            what = message("decision-undone", body=here.decided, state=undone.to)
            after = PathStep(here.route, undone.to, undone.event)
            yield from (space.counterexample(here, what, after) for space in group)
            return


def _bypass(space: StateSpace, here: CaseState) -> Message | None:
    said = space.matter.rulings[here.request]
    if not said.body or here.decided == said.body:
        return None
    if here.decided:
        return message("reaches-decided-by-other", state=here.state, body=said.body, other=here.decided)
    return message("reaches-undecided", state=here.state, body=said.body)


def _undone(space: StateSpace, here: CaseState, compiled: Compiled) -> Transition | None:
    procedure = compiled(space.matter.policy, here.route, space.matter.responsible)
    return next((one for one in transitions(procedure).get(here.state, ()) if one.to not in BINDING), None)
