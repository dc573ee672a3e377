"""Graph of a compiled route: tasks, choices and ends.

Derived from the moves of a `Procedure`, so that it cannot differ from it: each state where a case waits is a task; its
actions, and the outcomes of a body's decision, are choices after it; each final state is an end. A move from a state to
itself (amending, reassigning, giving an opinion) is work within the task and has no arrow.
`workflow.policy.interchange.bpmn_layout` lays it out, `workflow.policy.interchange.bpmn` writes the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflow.policy.state_machine import FINAL, Procedure, Stop

START = "start"


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the graph."""

    #: Unique in the file, and a name in XML.
    id: str
    #: start, task, choice or end.
    kind: str
    #: The state a case waits in, is chosen about in, or is over in.
    state: str
    stop: Stop


@dataclass(frozen=True, slots=True)
class Flow:
    """An arrow from one node to the next."""

    source: Node
    target: Node
    #: action or outcome where there is a choice, else empty.
    variable: str = ""
    #: What the variable must be one of.
    values: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Unique in the file."""
        return f"flow.{self.source.id}.{self.target.id}"

    @property
    def condition(self) -> str:
        """The condition of this flow, as an expression that FEEL and Python share; empty where there is no choice."""
        wanted = ", ".join(f'"{value}"' for value in self.values)
        return f"{self.variable} in [{wanted}]" if self.variable else ""


@dataclass(frozen=True, slots=True)
class Graph:
    """A route as nodes, the ends last, and flows; both in the order a case meets them."""

    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]

    def leaving(self, node: Node) -> tuple[Flow, ...]:
        """Flows out of a node."""
        return tuple(flow for flow in self.flows if flow.source == node)


def graph_of(procedure: Procedure) -> Graph:
    """The graph of a compiled route."""
    tasks = {
        state: Node(f"task.{_name(state)}", "task", state, stop) for stop in procedure.stops for state in stop.states
    }
    first = procedure.stops[0]
    flows = [Flow(Node(START, "start", "", first), tasks[first.state])]
    for task in tasks.values():
        flows += _behind(procedure, task, tasks)
    ends = (flow.target for flow in flows if flow.target.kind == "end")
    return Graph(tuple(dict.fromkeys([*(flow.source for flow in flows), *ends])), tuple(flows))


def _name(state: str) -> str:
    return state.replace(":", ".")


def _behind(procedure: Procedure, task: Node, tasks: dict[str, Node]) -> Iterator[Flow]:
    """What follows a task: the choice of an action, and where that is a body's decision, the choice of its outcome."""
    state = task.state
    moves = [move for move in procedure.moves if move[1] == state and move[2] != state]
    plain = {action: to for action, _state, to, outcome in moves if outcome is None}
    decided = {outcome: to for _action, _state, to, outcome in moves if outcome is not None}
    choice, outcomes = (Node(f"{kind}.{_name(state)}", "choice", state, task.stop) for kind in ("action", "outcome"))

    def target(to: str) -> Node:
        return tasks[to] if to not in FINAL else Node(f"end.{to}.{_name(state)}", "end", to, task.stop)

    if len(plain) == 1 and not decided:
        yield Flow(task, target(*plain.values()))
        return
    yield Flow(task, choice)
    if decided:
        (confirming,) = {action for action, _state, _to, outcome in moves if outcome is not None}
        yield Flow(choice, outcomes, "action", (confirming,))
    for to in dict.fromkeys(plain.values()):
        yield Flow(choice, target(to), "action", tuple(action for action in plain if plain[action] == to))
    for to in dict.fromkeys(decided.values()):
        yield Flow(outcomes, target(to), "outcome", tuple(one for one in decided if decided[one] == to))
