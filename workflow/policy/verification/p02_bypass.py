"""P2: does the competent body's own decision come before everything that binds?

Binding are a yes, a no and everything after a decision. Competent is whom the tables name for the request as it then
stands, whatever it was when the case began. What has been decided stays decided.

The laws know somebody who may decide what is urgent (KL 6:39, koml. 11-8, stl. 31). No procedure has an act for it, so
none can get past the competent body that way: what is decided so is decided outside, and enters the register with its
source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.policy.state_machine import procedure_for
from workflow.policy.verification.result import Fault, Finding, Passed, shortest
from workflow.policy.verification.state_search import BINDING, Compiled, Journeys, Leg, Spot, alike, legs


def no_bypass(all_journeys: Iterable[Journeys], compiled: Compiled = procedure_for) -> Finding:
    """Whether no case of any request comes to a binding state past the competent body."""
    all_journeys = tuple(all_journeys)
    checked = sum(len(journeys.reached) for journeys in all_journeys)
    return shortest(checked, (fault for some in alike(all_journeys) for fault in _faults(some, compiled)))


def _faults(some: list[Journeys], compiled: Compiled) -> Iterator[Fault]:
    first = some[0]
    for spot in first.reached:
        if spot.state not in BINDING:
            continue
        if what := _bypass(first, spot):
            yield from (journeys.fault(spot, what) for journeys in some)
            return
        if undone := _undone(first, spot, compiled):
            what = f"is decided by {spot.decided} and then undone, back to {undone.to}"
            after = Passed(spot.route, undone.to, undone.deed)
            yield from (journeys.fault(spot, what, after) for journeys in some)
            return


def _bypass(journeys: Journeys, spot: Spot) -> str:
    said = journeys.matter.rulings[spot.request]
    if not said.body or spot.decided == said.body:
        return ""
    instead = f", on a decision of {spot.decided}" if spot.decided else ""
    return f"reaches {spot.state} without a decision of {said.body}{instead}"


def _undone(journeys: Journeys, spot: Spot, compiled: Compiled) -> Leg | None:
    procedure = compiled(journeys.matter.policy, spot.route, journeys.matter.responsible)
    return next((leg for leg in legs(procedure).get(spot.state, ()) if leg.to not in BINDING), None)
