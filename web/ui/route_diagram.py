"""Route diagram: the stages of a case or a route, and their geometry.

Stages from left to right in a swimlane per body. Labels come from the caller; `templates/cases/_route.html` and
`web.cli.diagram` draw the picture.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from workflow.policy.model import Policy
from workflow.policy.roles import body_at, consulted, preparing_seat, seats_for
from workflow.policy.state_machine import FINAL, Procedure, Stop

#: Pixels of the drawing.
LABEL, COLUMN, BOX, LANE, BOX_HEIGHT, TOP = 204, 156, 140, 84, 58, 6
#: Characters that fit in a lane's label.
LABEL_CHARACTERS = 25


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a route, and its status in a case."""

    #: draft, review, consult, recommend, decide or sign; in a counterexample also a final state.
    step: str
    #: Key of the body that acts; empty in a consultation, which has several, and where there is no such body.
    body: str
    #: Role that acts for the body; empty where the body itself acts.
    role: str
    #: Keys of the bodies consulted.
    consulted: tuple[str, ...]
    #: done, here, ahead, or ended where a case was closed early; in a counterexample passed, or fault where it must
    #: never come.
    status: str
    #: Whether an entered decision waits for the chair's confirmation.
    is_entered: bool = False
    #: The day the case left this step, where it has.
    passed_on: date | None = None
    #: Last day of the step, while the case is here.
    due_on: date | None = None
    #: In a counterexample: numbers of its steps that are here, from one.
    numbers: tuple[int, ...] = ()

    @property
    def lane(self) -> str:
        """Key of the stage's lane: a body's key, or `consulted`, `end` or `nobody`."""
        if self.body:
            return self.body
        return "consulted" if self.step == "consult" else "end" if self.step in FINAL else "nobody"


def planned(policy: Policy, procedure: Procedure, responsible: str) -> tuple[Stage, ...]:
    """The stages of a route that no case has started."""
    return tuple(stage_at(policy, stop, responsible, "ahead") for stop in procedure.stops)


def travelled(
    policy: Policy,
    procedure: Procedure,
    responsible: str,
    state: str,
    left: Mapping[str, date],
    *,
    ended_at: str = "",
    due_on: date | None = None,
) -> tuple[Stage, ...]:
    """The stages of a case at a state; `left`: last day at each state, `ended_at`: the state it was closed at."""
    reached = _reached(procedure, state, ended_at)
    stages = []
    for index, stop in enumerate(procedure.stops):
        status = "done" if index < reached else "ahead"
        if index == reached:
            status = "ended" if state in FINAL else "here"
        passed = max((left[s] for s in stop.states if s in left), default=None)
        stages.append(
            stage_at(
                policy,
                stop,
                responsible,
                status,
                is_entered=state == stop.confirm_state,
                passed_on=passed if status in ("done", "ended") else None,
                due_on=due_on if status == "here" else None,
            )
        )
    return tuple(stages)


def _reached(procedure: Procedure, state: str, ended_at: str) -> int:
    """Index of the stop a case has reached; beyond the last one when it is concluded."""
    if state == "concluded":
        return len(procedure.stops)
    stop = procedure.stop_at(ended_at if state in FINAL else state)
    return procedure.stops.index(stop) if stop is not None else 0


def stage_at(
    policy: Policy,
    stop: Stop,
    responsible: str,
    status: str,
    *,
    is_entered: bool = False,
    passed_on: date | None = None,
    due_on: date | None = None,
) -> Stage:
    """One stop as a stage; raises `LookupError` or `ValueError` where the policy has no body or role for it."""
    role, body, bodies = "", "", tuple[str, ...]()
    if stop.step == "consult":
        bodies = consulted(policy, stop, responsible)
    elif stop.step == "draft":
        role, body = preparing_seat(policy, "officer", responsible)
    elif stop.step in ("review", "sign"):
        action = "endorse" if stop.step == "review" else "sign"
        role, body = seats_for(policy, stop, action, responsible)[0]
    else:
        body = body_at(policy, stop, responsible)
        role = "" if stop.is_collegial else "manager"
    return Stage(stop.step, body, role, bodies, status, is_entered, passed_on, due_on)


@dataclass(frozen=True, slots=True)
class Lane:
    """A swimlane."""

    y: int
    lines: tuple[str, ...]

    @property
    def text_y(self) -> int:
        """Baseline of the first line of the label, centred vertically."""
        return self.y + LANE // 2 + 5 - 9 * (len(self.lines) - 1)


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A stage in the picture."""

    x: int
    y: int
    stage: Stage
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Geometry of the whole diagram, in pixels."""

    width: int
    height: int
    lanes: tuple[Lane, ...]
    boxes: tuple[Rectangle, ...]
    #: Path and arrow head from each box to the next.
    arrows: tuple[tuple[str, str], ...]
    lane_height: int = LANE
    box_width: int = BOX
    box_height: int = BOX_HEIGHT


def picture(
    stages: Sequence[Stage],
    *,
    lane_name: Callable[[str], str],
    label: Callable[[Stage], str],
    note: Callable[[Stage], str],
) -> Picture:
    """Lay stages out in lanes; the callables give the labels."""
    keys = list(dict.fromkeys(stage.lane for stage in stages))
    lanes = tuple(Lane(TOP + i * LANE, _wrapped(lane_name(key))) for i, key in enumerate(keys))
    boxes = tuple(
        Rectangle(
            LABEL + i * COLUMN,
            TOP + keys.index(stage.lane) * LANE + (LANE - BOX_HEIGHT) // 2,
            stage,
            label(stage),
            note(stage),
        )
        for i, stage in enumerate(stages)
    )
    arrows = tuple(_arrow(one, other) for one, other in pairwise(boxes))
    return Picture(LABEL + len(stages) * COLUMN, TOP * 2 + len(keys) * LANE, lanes, boxes, arrows)


def _wrapped(text: str) -> tuple[str, ...]:
    """At most three lines; a single word longer than a line is broken with a hyphen."""
    parts = [part for word in text.split() for part in _parts(word)]
    return tuple(
        textwrap.wrap(" ".join(parts), LABEL_CHARACTERS, max_lines=3, placeholder=" …", break_on_hyphens=False)
    )


def _parts(word: str) -> list[str]:
    if len(word) <= LABEL_CHARACTERS:
        return [word]
    half = len(word) // 2
    return [f"{word[:half]}-", word[half:]]


def _arrow(one: Rectangle, other: Rectangle) -> tuple[str, str]:
    x, y = one.x + BOX, one.y + BOX_HEIGHT // 2
    to_x, to_y = other.x, other.y + BOX_HEIGHT // 2
    bend = (x + to_x) // 2
    path = f"M{x} {y}H{bend}V{to_y}H{to_x - 5}"
    return path, f"{to_x - 6},{to_y - 4} {to_x},{to_y} {to_x - 6},{to_y + 4}"
