"""State machine of a case: the states of its route and the actions open in each.

A route of the policy compiles to one `transitions` machine per (policy version, route, kind of responsible body). The
machine is shared, holds no case and is fired unbound; only trigger, source and destination come from data.
`workflow.cases.authorization` decides who may act, `workflow.cases.actions` what an action does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from transitions import Machine, MachineError

from workflow.core.errors import ActionNotOpen
from workflow.core.messages import reason
from workflow.policy.actions import (
    ACTIONS,
    ANYWHERE,
    AWAITING_COUNTERPART,
    BY_OUTCOME,
    CONFIRM,
    DECIDING,
    HERE,
    ONWARD,
    OUTCOMES,
    RECOMMENDING,
    TRANSITIONS,
    UP_TO_FIRST_BODY,
    Transition,
)
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Step
from workflow.policy.vocabulary import COLLEGIAL

#: States in which a case has ended.
FINAL = ("concluded", "rejected", "withdrawn", "not-raised")


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of a compiled route."""

    #: draft, review, consult, recommend, decide or sign.
    step: str
    #: The state a case is in while it waits here.
    state: str
    #: `responsible` or a body kind, or for draft, review and sign the seats ROLE@BODY; kinds consulted.
    by: tuple[str, ...]
    #: Kind of the body that acts here.
    kind: str
    source: Step

    @property
    def is_collegial(self) -> bool:
        """Whether a body that meets acts here, so that a decision is entered and confirmed."""
        return self.step in ("recommend", "decide") and self.kind in COLLEGIAL

    @property
    def form(self) -> str:
        """The stop's key in `TRANSITIONS`: its step, or for a body how it decides."""
        if self.step not in ("recommend", "decide"):
            return self.step
        return "collegial" if self.is_collegial else "administrative"

    @property
    def confirm_state(self) -> str:
        """The state in which an entered decision waits for the chair."""
        return f"confirm-{self.state}"

    @property
    def states(self) -> tuple[str, ...]:
        """The states in which a case waits here, in order."""
        if self.step == "sign":
            return self.state, AWAITING_COUNTERPART
        return (self.state, self.confirm_state) if self.is_collegial else (self.state,)


#: (action, source, destination, outcome or None)
Move = tuple[str, str, str, str | None]


class _Position:
    """What the shared machine moves: a state and nothing else."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class Procedure:
    """A compiled route: its stops, its states and the machine over them."""

    def __init__(self, stops: tuple[Stop, ...]) -> None:
        self.stops = stops
        self._stop_by_state = {state: stop for stop in stops for state in stop.states}
        self.states = (*self._stop_by_state, *FINAL)
        moves = _moves(stops, [state for state in self.states if state not in FINAL])
        self.moves = tuple(moves)
        self.machine = Machine(
            model=None,
            states=list(self.states),
            initial="draft",
            auto_transitions=False,
            queued=False,
            transitions=[
                {"trigger": action, "source": source, "dest": to, "conditions": [_when(outcome)]}
                for action, source, to, outcome in moves
            ],
        )

    def fire(self, state: str, action: str, outcome: str | None = None) -> str:
        """The state an action leads to; raises `ActionNotOpen` when it is not open at this state."""
        position = _Position(state)
        event = self.machine.events.get(action) if state in self._stop_by_state else None
        try:
            moved = event is not None and event.trigger(position, outcome=outcome)
        except MachineError:
            moved = False
        if not moved:
            raise ActionNotOpen(reason("not-open", state=state))
        return position.state

    def open_at(self, state: str) -> tuple[str, ...]:
        """Actions that are open at a state, in the order of `ACTIONS`."""
        found = {action for action, source, _to, _outcome in self.moves if source == state}
        return tuple(action for action in ACTIONS if action in found)

    def states_for(self, action: str) -> tuple[str, ...]:
        """States at which an action is open."""
        return tuple(dict.fromkeys(source for known, source, _to, _outcome in self.moves if known == action))

    def outcomes_at(self, state: str) -> tuple[str, ...]:
        """Outcomes the body at a state can choose; empty where no body decides."""
        stop = self._stop_by_state.get(state)
        if stop is None or not stop.is_collegial:
            return ()
        return tuple(o for a, s, _to, o in self.moves if a == "confirm" and s == stop.confirm_state and o is not None)

    def stop_at(self, state: str) -> Stop | None:
        """The stop a state belongs to; None for a final state."""
        return self._stop_by_state.get(state)

    def after(self, stop: Stop) -> str:
        """The state after a stop when it passes the case on."""
        index = self.stops.index(stop) + 1
        return self.stops[index].state if index < len(self.stops) else "concluded"

    @property
    def first_body(self) -> Stop:
        """The stop of the first body that acts on the case."""
        return next(stop for stop in self.stops if stop.step in ("recommend", "decide"))

    @property
    def deciding(self) -> Stop:
        """The stop of the competent body."""
        return next(stop for stop in self.stops if stop.step == "decide")


def _when(outcome: str | None) -> Callable[..., bool]:
    def chosen(*, outcome: str | None, wanted: str | None = outcome) -> bool:
        return outcome == wanted

    return chosen


def _moves(stops: tuple[Stop, ...], waiting: list[str]) -> list[Move]:
    moves: list[Move] = [(row.action, state, state, None) for row in ANYWHERE for state in waiting]
    first = next(stop for stop in stops if stop.step in ("recommend", "decide"))
    for index, stop in enumerate(stops):
        onward = stops[index + 1].state if index + 1 < len(stops) else "concluded"
        rows = (*TRANSITIONS[stop.form], *(UP_TO_FIRST_BODY if index <= stops.index(first) else ()))
        for row in rows:
            moves += _moves_by(row, stop, onward, is_first=stop is first)
    return moves


def _moves_by(row: Transition, stop: Stop, onward: str, *, is_first: bool) -> Iterator[Move]:
    """What a transition of the table amounts to at a stop: one move, or one for each outcome."""
    relative = {HERE: stop.state, CONFIRM: stop.confirm_state, ONWARD: onward}
    source = relative.get(row.source, row.source)
    if row.to != BY_OUTCOME:
        yield row.action, source, relative.get(row.to, row.to), None
        return
    for name in row.outcomes or (RECOMMENDING if stop.step == "recommend" else DECIDING):
        outcome = OUTCOMES[name]
        if is_first or stop.step not in outcome.first_body_only_at:
            yield row.action, source, relative.get(outcome.to, outcome.to), name


def stops_of(steps: tuple[Step, ...], responsible_kind: str) -> tuple[Stop, ...]:
    """The stops of a route for a kind of responsible body: consecutive steps of the same body merged."""
    stops = [_stop(step, responsible_kind) for step in steps]
    decides = next(stop for stop in stops if stop.step == "decide")
    # nobody recommends to himself
    stops = [stop for stop in stops if not (stop.step == "recommend" and stop.kind == decides.kind)]
    if responsible_kind == "administration":  # its manager reviews, recommends or decides, once
        stops = [stop for stop in stops if not (stop.step == "recommend" and stop.kind == "administration")]
        if decides.kind == "administration":
            stops = [stop for stop in stops if stop.step != "review"]
    merged: list[Stop] = []
    for stop in stops:
        if merged and merged[-1].step == stop.step == "recommend" and merged[-1].kind == stop.kind:
            merged.pop()
        merged.append(stop)
    return tuple(merged)


def _stop(step: Step, responsible_kind: str) -> Stop:
    if step.step in ("recommend", "decide"):
        (by,) = step.by
        kind = responsible_kind if by == "responsible" else by
        return Stop(step.step, f"{step.step}:{by}", step.by, kind, step)
    if step.step == "consult":
        return Stop("consult", "consult", step.by, "consulted", step)
    return Stop(step.step, step.step, step.by, "administration", step)


def procedure_for(policy: Policy, route: str, responsible_kind: str) -> Procedure:
    """The compiled procedure of a policy's route, cached for good: a version never changes."""
    found: Procedure | None = policy.compiled.get((route, responsible_kind))
    if found is None:
        found = policy.compiled[route, responsible_kind] = _compiled(policy.routes[route], responsible_kind)
    return found


@cache
def _compiled(steps: tuple[Step, ...], responsible_kind: str) -> Procedure:
    return Procedure(stops_of(steps, responsible_kind))
