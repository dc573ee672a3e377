"""P8: is what the policy forbids refused under every spelling and after every change?

No case may come to stand, anywhere on its way, for a request that the policy forbids, whether it was opened so, amended
into it, raised to it in review or decided with changes. Nor may a forbidden request pass because something is left
unsaid or because another body is called responsible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.request_space import request_text, unusual_count
from workflow.policy.verification.reference_answers import Matter, Ruling, meets
from workflow.policy.verification.result import Fault, Finding, shortest
from workflow.policy.verification.state_search import Journeys, alike
from workflow.policy.vocabulary import RESPONSIBLE_KINDS, STEPS


def refusals_hold(all_journeys: Iterable[Journeys]) -> Finding:
    """Whether no forbidden request is ever under way."""
    all_journeys = tuple(all_journeys)
    faults = [fault for some in alike(all_journeys) for fault in _on_the_way(some)]
    spellings = 0
    for matters in _of_one_policy(all_journeys):
        said = {request: ruling for matter in matters for request, ruling in _said(matter)}
        for request, ruling in said.items():
            for other in _spellings(request) if ruling.is_refused else ():
                spellings += 1
                if other in said and not said[other].is_refused and not _asked_later(matters[0].policy, request, other):
                    story = f"{request_text(request)} is refused by {ruling.row}, and passes as {request_text(other)}"
                    faults.append(Fault(0, story, odd=unusual_count(request)))
    return shortest(spellings + sum(len(journeys.reached) for journeys in all_journeys), faults)


def _on_the_way(some: list[Journeys]) -> Iterator[Fault]:
    for spot in some[0].reached:
        if some[0].matter.rulings[spot.request].is_refused:
            for journeys in some:
                request, said = journeys.matter.requests[spot.request], journeys.matter.rulings[spot.request]
                yield journeys.fault(
                    spot, f"comes to {spot.state} as {request_text(request)}, which {said.row} refuses"
                )
            return


def _of_one_policy(all_journeys: Iterable[Journeys]) -> Iterable[list[Matter]]:
    found: dict[int, list[Matter]] = {}
    for journeys in all_journeys:
        found.setdefault(id(journeys.matter.policy), []).append(journeys.matter)
    return found.values()


def _said(matter: Matter) -> Iterator[tuple[Request, Ruling]]:
    return zip(matter.requests, matter.rulings, strict=True)


def _spellings(request: Request) -> Iterator[Request]:
    """The same matter told otherwise: nobody says whose initiative it is, another body is called responsible."""
    if request.initiative is not None:
        yield request.with_(initiative=None)
    yield from (request.with_(responsible=kind) for kind in RESPONSIBLE_KINDS if kind != request.responsible)


def _asked_later(policy: Policy, request: Request, other: Request) -> bool:
    """What is left unsaid must be said before the decision, so that the case is judged anew."""
    if other.initiative == request.initiative:
        return False
    values = {name: getattr(other, name) for name in Request.__slots__}
    asked = [demand for demand in policy.requirements if demand.id == "initiative" and meets(demand.when, values)]
    return any(STEPS.index(demand.before) <= STEPS.index("decide") for demand in asked)
