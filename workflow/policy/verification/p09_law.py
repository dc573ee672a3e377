"""P9: do the law's rows hold, whatever the policy's own tables and routes say?

What is forbidden stands above the law, the law above the policy. A matter of principle is decided by the council, or
by a company's board after the council has taken a position; no row of the law gives a matter to a lower body. The
executive board is heard before the council, whose matter it is before either of them, and nobody recommends to
himself. An administration decides by acts that need a mandate, from a body that can give one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.core.errors import PolicyGap
from workflow.policy.competence import who_decides
from workflow.policy.request_domain import Request
from workflow.policy.request_space import request_text, unusual_count
from workflow.policy.state_machine import procedure_for
from workflow.policy.verification.gate_model import PROMISES, Promises
from workflow.policy.verification.reference_answers import RANK, Matter, Ruling
from workflow.policy.verification.result import Fault, Finding, shortest
from workflow.policy.verification.state_search import Compiled, Journeys, Spot, alike, legs
from workflow.policy.vocabulary import COLLEGIAL

#: Kinds of body that a municipality has one of; of the others one can be asked about another's matter.
SINGLE = ("council", "executive-board")


def law_holds(
    all_journeys: Iterable[Journeys], promises: Promises = PROMISES, compiled: Compiled = procedure_for
) -> Finding:
    """Whether the law is kept in every answer and on every way."""
    all_journeys = tuple(all_journeys)
    checked = sum(len(journeys.reached) + len(journeys.matter.requests) for journeys in all_journeys)
    faults = [fault for journeys in all_journeys for fault in _in_answers(journeys.matter, promises, compiled)]
    return shortest(checked, [*faults, *(fault for some in alike(all_journeys) for fault in _on_the_way(some))])


def _in_answers(matter: Matter, promises: Promises, compiled: Compiled) -> Iterator[Fault]:
    for request, said in zip(matter.requests, matter.rulings, strict=True):
        why = (
            _out_of_order(matter, request, said)
            or _too_low(request, said)
            or _asks_itself(matter, said, compiled)
            or _unmandated(matter, said, promises, compiled)
        )
        if why:
            yield Fault(0, f"{request_text(request)} {why}", odd=unusual_count(request))


def _out_of_order(matter: Matter, request: Request, said: Ruling) -> str:
    """Cases are decided by another reading of the tables than prohibition, law, policy."""
    try:
        answer = who_decides(matter.policy, request)
    except PolicyGap:
        return f"is answered by row {said.row} and yet finds no answer"
    if (answer.row, answer.body or "", answer.route or "", answer.is_decided) == (
        said.row,
        said.body,
        said.route,
        not said.is_refused,
    ):
        return ""
    return f"is answered by row {answer.row}, though row {said.row} stands above it"


def _too_low(request: Request, said: Ruling) -> str:
    if said.is_refused:
        return ""
    if said.tier == "law" and said.own == said.body == "council":
        return (
            f"goes by row {said.row} of the law, though the policy itself gives it to the council on a way of its own"
        )
    if RANK[said.body] < RANK[said.own]:
        return f"goes by row {said.row} of the law to {said.body}, below {said.own}, whom the policy names"
    by_company = said.body == "company-board" and said.tier == "law"
    if request.principal and said.body != "council" and not by_company:
        return f"goes by row {said.row} to {said.body}, below the council"
    return ""


def _asks_itself(matter: Matter, said: Ruling, compiled: Compiled) -> str:
    if said.is_refused:
        return ""
    stops = compiled(matter.policy, said.route, matter.responsible).stops
    asks = any(stop.step == "consult" and said.body in stop.by and said.body in SINGLE for stop in stops)
    return f"goes by {said.route}, where {said.body} is asked for its opinion on what it decides" if asks else ""


def _unmandated(matter: Matter, said: Ruling, promises: Promises, compiled: Compiled) -> str:
    if said.body != "administration":
        return ""
    policy = matter.policy
    for body in policy.bodies_of("administration"):
        if body.parent is None or policy.body(body.parent).kind not in COLLEGIAL:
            return f"is decided by {body.key}, and no body that meets could give it a mandate"
    for state, some in legs(compiled(policy, said.route, matter.responsible)).items():
        for leg in some:
            if leg.decides and leg.kind == "administration" and leg.action not in promises.need_mandate:
                return f"is decided by an administration without a mandate, at {state} by {leg.deed}"
    return ""


def _on_the_way(some: list[Journeys]) -> Iterator[Fault]:
    looked_through = set()
    for journeys in some:
        matter = journeys.matter
        policy = matter.requests[0].engagement == "policy"
        kind = (policy, tuple((r.principal, s.tier) for r, s in zip(matter.requests, matter.rulings, strict=True)))
        if kind in looked_through:
            continue
        for spot in journeys.reached:
            if (spot.heard or spot.decided) and (what := _unheard(matter, spot)):
                yield journeys.fault(spot, what)
                break
        else:
            looked_through.add(kind)


def _unheard(matter: Matter, spot: Spot) -> str:
    acted = (*spot.heard, spot.decided) if spot.decided else spot.heard
    said, request = matter.rulings[spot.request], matter.requests[spot.request]
    if "council" in acted and "executive-board" not in acted[: acted.index("council")]:
        return f"comes from the council to {spot.state} without the executive-board having been heard"
    if spot.decided and spot.decided in spot.heard:
        return f"is recommended by {spot.decided} to itself"
    whose = matter.responsible
    if whose in spot.heard and "executive-board" in spot.heard[: spot.heard.index(whose)]:
        return f"comes to {spot.state} with {whose}, whose matter it is, heard only after the executive-board"
    if not spot.decided:
        return ""
    of_company = said.tier == "law" and request.principal and spot.decided == "company-board"
    if of_company and "council" not in spot.heard:
        return f"reaches {spot.state} before the council has taken a position"
    if whose in COLLEGIAL and whose not in acted and request.engagement != "policy":
        return f"reaches {spot.state} without {whose} having been heard, whose matter it is"
    return ""
