"""P8: what the policy forbids is refused under every spelling and after every change.

No case may come, in any state, to a request that the policy forbids, whether it was opened so, amended into it, raised
to it in review or decided with changes. Nor may a forbidden request pass because something is left unsaid or because
another body is called responsible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.verification.messages import message
from workflow.policy.verification.reference_answers import Matter, Ruling, meets
from workflow.policy.verification.result import Counterexample, Finding, shortest
from workflow.policy.verification.state_search import StateSpace, sharing_states
from workflow.policy.vocabulary import RESPONSIBLE_KINDS, STEPS


def refusals_hold(spaces: Iterable[StateSpace]) -> Finding:
    """Whether no forbidden request is ever under way."""
    spaces = tuple(spaces)
    found = [one for group in sharing_states(spaces) for one in _in_states(group)]
    spellings = 0
    for matters in _of_one_policy(spaces):
        said = {request: ruling for matter in matters for request, ruling in _said(matter)}
        for request, ruling in said.items():
            for other in _spellings(request) if ruling.is_refused else ():
                spellings += 1
                if (
                    other in said
                    and not said[other].is_refused
                    and not _demanded_later(matters[0].policy, request, other)
                ):
                    what = message("passes-otherwise", row=ruling.row, request=other)
                    found.append(Counterexample(what, request))
    return shortest(spellings + sum(len(space.reached) for space in spaces), found)


def _in_states(group: list[StateSpace]) -> Iterator[Counterexample]:
    for here in group[0].reached:
        if group[0].matter.rulings[here.request].is_refused:
            for space in group:
                request, said = space.matter.requests[here.request], space.matter.rulings[here.request]
                what = message("becomes-forbidden", state=here.state, request=request, row=said.row)
                yield space.counterexample(here, what)
            return


def _of_one_policy(spaces: Iterable[StateSpace]) -> Iterable[list[Matter]]:
    found: dict[int, list[Matter]] = {}
    for space in spaces:
        found.setdefault(id(space.matter.policy), []).append(space.matter)
    return found.values()


def _said(matter: Matter) -> Iterator[tuple[Request, Ruling]]:
    return zip(matter.requests, matter.rulings, strict=True)


def _spellings(request: Request) -> Iterator[Request]:
    """The same matter in other words: nobody says whose initiative it is, another body is called responsible."""
    if request.initiative is not None:
        yield request.with_(initiative=None)
    yield from (request.with_(responsible=kind) for kind in RESPONSIBLE_KINDS if kind != request.responsible)


def _demanded_later(policy: Policy, request: Request, other: Request) -> bool:
    """What is left unsaid must be said before the decision, so that its answer is looked up again."""
    if other.initiative == request.initiative:
        return False
    values = {name: getattr(other, name) for name in Request.__slots__}
    demands = [demand for demand in policy.requirements if demand.id == "initiative" and meets(demand.when, values)]
    return any(STEPS.index(demand.before) <= STEPS.index("decide") for demand in demands)
