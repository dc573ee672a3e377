"""Steps by which two routes differ.

Routes are compared stop by stop as a case travels them, whatever they are called and however they are written: a
body's recommendation or decision by the body, every other step by its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from workflow.policy.state_machine import Procedure, Stop


@dataclass(frozen=True, slots=True)
class StepChange:
    """One step of a way that is otherwise on the new one."""

    #: added, removed, moved, seats, period, cites or rests.
    what: str
    #: The step, and the body where it is one of a body: `recommend:executive-board`, `review`.
    stop: str
    #: Who acts, how long it may take, or what it rests on; None where there was or is no such step.
    was: Any = None
    now: Any = None
    #: What the new step rests on.
    clauses: tuple[str, ...] = ()

    @property
    def alters_the_way(self) -> bool:
        """Whether a case would meet other steps, other people or other times; not only other grounds."""
        return self.what not in ("cites", "rests")


@cache
def step_changes(old: Procedure, new: Procedure) -> tuple[StepChange, ...]:
    """What differs; that another body decides is left to whoever compares the answers."""
    was, now = ({_mark(stop): stop for stop in way.stops} for way in (old, new))
    found: list[StepChange] = []
    for mark, stop in was.items():
        if mark not in now and stop.step != "decide":
            found.append(StepChange("removed", stop.state, was=stop.by))
    for mark, stop in now.items():
        if mark in was:
            found += _of_stop(was[mark], stop)
        elif stop.step != "decide":
            found.append(StepChange("added", stop.state, None, stop.by, stop.source.clauses))
    return (*found, *_moved([stop for mark, stop in was.items() if mark in now], list(now.values()), set(was)))


@cache
def concerns(change: StepChange, old: Procedure, new: Procedure) -> bool:
    """Whether a change applies to two routes; who acts and how long only where both have the step."""
    if change.what not in ("seats", "period"):
        return True
    return all(any(stop.state == change.stop for stop in way.stops) for way in (old, new))


def _mark(stop: Stop) -> tuple[str, str]:
    """A stop by what is done there and by which kind of body, whether a route names the body or says `responsible`."""
    return stop.step, stop.kind if stop.step in ("recommend", "decide") else ""


def _of_stop(was: Stop, now: Stop) -> Iterator[StepChange]:
    of_a_body = now.step in ("recommend", "decide")
    values = (
        ("seats", None if of_a_body else was.by, None if of_a_body else now.by),
        ("period", was.source.within, now.source.within),
        ("cites", was.source.clauses, now.source.clauses),
        ("rests", was.source.assumed, now.source.assumed),
    )
    return (
        StepChange(what, now.state, before, after, now.source.clauses)
        for what, before, after in values
        if before != after
    )


def _moved(was: list[Stop], now: list[Stop], known: set[tuple[str, str]]) -> Iterator[StepChange]:
    """Steps that both ways have and that do not come in the same order, each with the step it followed and follows."""
    before = [_mark(stop) for stop in was]
    after = [stop for stop in now if _mark(stop) in known]
    for index, stop in enumerate(after):
        at = before.index(_mark(stop))
        if set(before[:at]) != {_mark(one) for one in after[:index]}:
            followed, follows = (was[at - 1].state if at else ""), (after[index - 1].state if index else "")
            yield StepChange("moved", stop.state, followed, follows)
