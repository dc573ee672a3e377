"""How is the counterexample of an obligation told, and drawn on the route it takes?

From the places that the check carries along (`workflow.policy.verification.result.Way`): each is a line of the story
with a number,
and the same numbers stand on the picture of the route. What no pattern here knows is shown in the check's own English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from web.cases.request_labels import TOLD, read_told
from web.i18n import labels
from web.i18n.gettext import _
from web.policies.labels import request_summary
from web.policies.proof.counterexample_faults import wrong_words
from web.policies.proof.counterexample_steps import deed_words
from web.ui.route_diagram import Stage, stage_at
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Row
from workflow.policy.state_machine import FINAL, Stop, procedure_for
from workflow.policy.verification.result import Passed, Way
from workflow.policy.verification.runner import Obligation

#: How a story of one person's acts goes on; the places tell the same.
_ALONE = re.compile(r": (?:one person opens it and|others bring it to \S+, then one) does all of .*", re.DOTALL)
_REQUEST = re.compile(rf"({TOLD}) (?=\D)")


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a story."""

    number: int
    state: str
    #: What was done to come there.
    deed: str
    #: Whether the deed is told in English for want of words.
    is_english: bool
    is_fault: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """One route of the story, with the places on it."""

    route: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A counterexample."""

    #: What is asked; empty where the story is about a rule.
    request: str
    #: What is wrong; empty where only the English sentence tells it.
    wrong: str
    places: tuple[Place, ...]
    #: One for each route that the story passes, the one with the fault last.
    drawings: tuple[Drawing, ...]
    english: str


def story_of(policy: Policy, obligation: Obligation) -> Story | None:
    """The counterexample of an obligation that does not hold; None for one that does."""
    english, way = obligation.counterexample, obligation.path
    if english is None:
        return None
    what = _ALONE.sub("", english.removesuffix(way.told) if way else english)
    request = ""
    if found := _REQUEST.match(what):
        request, what = request_summary(policy, read_told(found[1])), what[found.end() :]
    wrong = ""
    with suppress(ValueError):
        wrong = wrong_words(policy, what)
    if way is None:
        return Story(request, wrong, (), (), english)
    return Story(request, wrong, tuple(_places(policy, way)), tuple(drawings(policy, way)), english)


def _places(policy: Policy, way: Way) -> Iterator[Place]:
    for number, place in enumerate(way.passed, 1):
        deed, is_english = place.deed, False
        try:
            deed = deed_words(policy, deed) if deed else _begun(place)
        except ValueError:
            is_english = True
        state = labels.state_label(place.state, policy)
        yield Place(number, state, deed, is_english, number == len(way.passed))


def _begun(place: Passed) -> str:
    return _("The request is opened") if place.state == "draft" else _("Others bring it so far")


def drawings(policy: Policy, way: Way) -> Iterator[Drawing]:
    """The routes of a way, each with the numbers of its places; the last one ends where the fault is."""
    routes = dict.fromkeys(place.route for place in way.passed if place.route != way.route)
    for route in (*routes, way.route):
        passed = [(number, place) for number, place in enumerate(way.passed, 1) if place.route == route]
        yield Drawing(route, tuple(_stages(policy, way, passed, route)))


def routes_of(policy: Policy, responsible: str) -> tuple[Drawing, ...]:
    """Every route that some row of a policy sends a body's matters on, drawn as nobody has gone it yet."""
    kind = policy.body(responsible).kind
    rows = (*policy.competence, *policy.law.rows)
    names = dict.fromkeys(row.route for row in rows if row.route and _concerns(row, kind))
    return tuple(
        Drawing(
            name, tuple(_stage(policy, stop, kind, responsible) for stop in procedure_for(policy, name, kind).stops)
        )
        for name in names
    )


def _concerns(row: Row, kind: str) -> bool:
    wanted = row.when.values_of("responsible")
    return wanted is None or (isinstance(wanted, tuple) and kind in wanted)


def _stages(policy: Policy, way: Way, passed: list[tuple[int, Passed]], route: str) -> Iterator[Stage]:
    last = len(way.passed)
    for stop in procedure_for(policy, route, way.responsible).stops:
        numbers = tuple(number for number, place in passed if place.state in (stop.state, stop.confirm_state))
        yield _marked(_stage(policy, stop, way.responsible), numbers, last)
    for state in FINAL:
        if numbers := tuple(number for number, place in passed if place.state == state):
            yield _marked(Stage(state, "", "", (), "ahead"), numbers, last)


def _marked(stage: Stage, numbers: tuple[int, ...], last: int) -> Stage:
    status = "ahead" if not numbers else "fault" if last in numbers else "passed"
    return replace(stage, status=status, numbers=numbers)


def _stage(policy: Policy, stop: Stop, kind: str, key: str = "") -> Stage:
    """A stop as it is drawn, of a body or the first of its kind; a pack with a fault may have nobody there."""
    try:
        return stage_at(policy, stop, key or policy.bodies_of(kind)[0].key, "ahead")
    except (LookupError, ValueError):
        return Stage(stop.step, "", "", (), "ahead")
