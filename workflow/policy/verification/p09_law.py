"""P9: the law's rows hold, whatever the policy's own tables and routes say.

What is forbidden stands above the law, the law above the policy. A matter of principle is decided by the council, or
by a company's board after the council has taken a position; no row of the law gives a matter to a lower body. The
executive board is heard before the council, whose matter it is before either of them, and nobody recommends to
himself. An administration decides by acts that need a mandate, from a body that can give one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.core.errors import PolicyGap
from workflow.core.messages import Message
from workflow.policy.competence import look_up
from workflow.policy.request_domain import Request
from workflow.policy.state_machine import procedure_for
from workflow.policy.verification.gate_model import PROMISES, Promises
from workflow.policy.verification.messages import message
from workflow.policy.verification.reference_answers import RANK, Matter, Ruling
from workflow.policy.verification.result import Counterexample, Finding, shortest
from workflow.policy.verification.state_search import (
    CaseState,
    Compiled,
    StateSpace,
    sharing_states,
    transitions,
)
from workflow.policy.vocabulary import COLLEGIAL

#: Kinds of body that a municipality has one of; of the others one can be asked about another's matter.
SINGLE = ("council", "executive-board")


def law_holds(
    spaces: Iterable[StateSpace], promises: Promises = PROMISES, compiled: Compiled = procedure_for
) -> Finding:
    """Whether the law is kept in every answer and on every path."""
    spaces = tuple(spaces)
    checked = sum(len(space.reached) + len(space.matter.requests) for space in spaces)
    in_answers = [one for space in spaces for one in _in_answers(space.matter, promises, compiled)]
    return shortest(checked, [*in_answers, *(one for group in sharing_states(spaces) for one in _on_paths(group))])


def _in_answers(matter: Matter, promises: Promises, compiled: Compiled) -> Iterator[Counterexample]:
    for request, said in zip(matter.requests, matter.rulings, strict=True):
        what = (
            _out_of_order(matter, request, said)
            or _too_low(request, said)
            or _asks_itself(matter, said, compiled)
            or _unmandated(matter, said, promises, compiled)
        )
        if what:
            yield Counterexample(what, request)


def _out_of_order(matter: Matter, request: Request, said: Ruling) -> Message | None:
    """Cases are decided by another reading of the tables than prohibition, law, policy."""
    try:
        answer = look_up(matter.policy, request)
    except PolicyGap:
        return message("answer-lost", row=said.row)
    if (answer.row, answer.body or "", answer.route or "", answer.is_decided) == (
        said.row,
        said.body,
        said.route,
        not said.is_refused,
    ):
        return None
    return message("answered-below", row=answer.row, other_row=said.row)


def _too_low(request: Request, said: Ruling) -> Message | None:
    if said.is_refused:
        return None
    if said.tier == "law" and said.own == said.body == "council":
        return message("taken-from-council", row=said.row)
    if RANK[said.body] < RANK[said.own]:
        return message("lowered-by-law", row=said.row, body=said.body, other=said.own)
    by_company = said.body == "company-board" and said.tier == "law"
    if request.principal and said.body != "council" and not by_company:
        return message("principle-below-council", row=said.row, body=said.body)
    return None


def _asks_itself(matter: Matter, said: Ruling, compiled: Compiled) -> Message | None:
    if said.is_refused:
        return None
    stops = compiled(matter.policy, said.route, matter.responsible).stops
    asks = any(stop.step == "consult" and said.body in stop.by and said.body in SINGLE for stop in stops)
    return message("asks-itself", route=said.route, body=said.body) if asks else None


def _unmandated(matter: Matter, said: Ruling, promises: Promises, compiled: Compiled) -> Message | None:
    if said.body != "administration":
        return None
    policy = matter.policy
    for body in policy.bodies_of("administration"):
        if body.parent is None or policy.body(body.parent).kind not in COLLEGIAL:
            return message("mandate-impossible", key=body.key)
    for state, some in transitions(compiled(policy, said.route, matter.responsible)).items():
        for one in some:
            if one.decides and one.kind == "administration" and one.action not in promises.need_mandate:
                return message("mandate-missing", state=state, deed=one.event)
    return None


def _on_paths(group: list[StateSpace]) -> Iterator[Counterexample]:
    checked = set()
    for space in group:
        matter = space.matter
        policy = matter.requests[0].engagement == "policy"
        kind = (policy, tuple((r.principal, s.tier) for r, s in zip(matter.requests, matter.rulings, strict=True)))
        if kind in checked:
            continue
        for here in space.reached:
            if (here.heard or here.decided) and (what := _unheard(matter, here)):
                yield space.counterexample(here, what)
                break
        else:
            checked.add(kind)


def _unheard(matter: Matter, here: CaseState) -> Message | None:
    acted = (*here.heard, here.decided) if here.decided else here.heard
    said, request = matter.rulings[here.request], matter.requests[here.request]
    if "council" in acted and "executive-board" not in acted[: acted.index("council")]:
        return message("board-not-heard", state=here.state)
    if here.decided and here.decided in here.heard:
        return message("recommends-to-itself", body=here.decided)
    whose = matter.responsible
    if whose in here.heard and "executive-board" in here.heard[: here.heard.index(whose)]:
        return message("heard-after-board", state=here.state, body=whose)
    if not here.decided:
        return None
    of_company = said.tier == "law" and request.principal and here.decided == "company-board"
    if of_company and "council" not in here.heard:
        return message("before-council", state=here.state)
    if whose in COLLEGIAL and whose not in acted and request.engagement != "policy":
        return message("owner-not-heard", state=here.state, body=whose)
    return None
