"""Moving a case to another version of the policy: the state it would be in, or why it cannot be moved.

A pure rule over two versions: the new one must let somebody decide the request, its route must have a stop at which the
same body acts as where the case is now, every stop before that one must have been passed already, and a decision that
has been taken must be the new version's competent body's own. So no step and no higher body is ever skipped by a move.
`workflow.versions.migrate_case` decides who may move a case, and writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflow.core.errors import PolicyGap
from workflow.core.messages import Reason, reason
from workflow.policy.actions import AWAITING_COUNTERPART
from workflow.policy.competence import Answer, deciding_body_key, look_up
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.state_machine import FINAL, Procedure, Stop, procedure_for

#: Stops at which a body that meets has the matter before it; not having acted, it may do either.
_BEFORE_A_BODY = ("recommend", "decide")


@dataclass(frozen=True, slots=True)
class CasePosition:
    """The place of a case under the version it is pinned to."""

    policy: Policy
    request: Request
    #: Key of the responsible body.
    responsible: str
    route: str
    state: str

    @property
    def procedure(self) -> Procedure:
        """The compiled route of the case."""
        return procedure_for(self.policy, self.route, self.request.responsible)


@dataclass(frozen=True, slots=True)
class Destination:
    """The state it would be in under the other version, or every reason why it cannot be moved."""

    #: Empty where the case cannot be moved.
    state: str
    #: What the other version says of the request; None where it knows no answer.
    answer: Answer | None
    reasons: tuple[Reason, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the case can be moved."""
        return not self.reasons


def destination(stand: CasePosition, new: Policy) -> Destination:
    """Where a case would stand under another version of the policy, as that is on the day of the move (`Policy.on`).

    Never raises for a case that cannot be moved.
    """
    if stand.state in FINAL:
        return _stays(None, reason("move-closed"))
    if not new.has_body(stand.responsible) or new.body(stand.responsible).kind != stand.request.responsible:
        names = stand.policy.body(stand.responsible).names
        return _stays(None, reason("move-no-body", body=stand.responsible, body_names=names))
    try:
        answer = look_up(new, stand.request)
    except PolicyGap:
        return _stays(None, reason("move-no-answer"))
    if answer.route is None:
        return _stays(answer, reason("refused-by-clause", clauses=answer.clauses))
    procedure = procedure_for(new, answer.route, stand.request.responsible)
    if stand.state == "draft":
        return Destination("draft", answer)
    if stand.state.startswith("confirm-"):
        return _stays(answer, reason("pending-first"))
    if stand.state == AWAITING_COUNTERPART:
        return _stays(answer, reason("move-signed"))
    obstacles = tuple(_obstacles(stand, new, answer, procedure))
    if obstacles:
        return _stays(answer, *obstacles)
    return Destination(_same_stop(stand, new, procedure).state, answer)


def _stays(answer: Answer | None, *reasons: Reason) -> Destination:
    return Destination("", answer, reasons)


def _obstacles(stand: CasePosition, new: Policy, answer: Answer, procedure: Procedure) -> Iterator[Reason]:
    """Every reason why the case would skip something there."""
    here = _here(stand)
    if here.step == "sign":
        yield from _decided_by_another(stand, new, answer)
    matching = [stop for stop in procedure.stops if _matches(stand, here, new, stop)]
    if not matching:
        yield _skipped("move-no-stop", stand.policy, here, stand.responsible, answer)
        return
    passed = {_mark(stand.policy, stop, stand.responsible) for stop in _before(stand.procedure, here)}
    for stop in _before(procedure, matching[0]):
        if _mark(new, stop, stand.responsible) not in passed:
            yield _skipped("move-skips", new, stop, stand.responsible, answer)


def _decided_by_another(stand: CasePosition, new: Policy, answer: Answer) -> Iterator[Reason]:
    """What has been decided was decided by the body that the new version names, or the case stays."""
    decided = acting_body(stand.policy, stand.procedure.deciding, stand.responsible)
    competent = deciding_body_key(new, answer, stand.responsible)
    if competent != decided:
        yield reason(
            "move-decided",
            clauses=answer.clauses,
            body=decided,
            body_names=stand.policy.body(decided).names,
            other=competent,
            other_names=new.body(competent).names,
        )


def _skipped(code: str, policy: Policy, stop: Stop, responsible: str, answer: Answer) -> Reason:
    body = acting_body(policy, stop, responsible)
    clauses = stop.source.clauses or answer.clauses
    return reason(code, clauses=clauses, step=stop.step, body=body, body_names=policy.body(body).names)


def _here(stand: CasePosition) -> Stop:
    stop = stand.procedure.stop_at(stand.state)
    assert stop is not None  # the state is not final
    return stop


def _same_stop(stand: CasePosition, new: Policy, procedure: Procedure) -> Stop:
    here = _here(stand)
    return next(stop for stop in procedure.stops if _matches(stand, here, new, stop))


def _matches(stand: CasePosition, here: Stop, new: Policy, stop: Stop) -> bool:
    """Whether the same body, which has not acted, would have the case before it at another stop."""
    mine, theirs = (_mark(stand.policy, here, stand.responsible), _mark(new, stop, stand.responsible))
    if here.step in _BEFORE_A_BODY and stop.step in _BEFORE_A_BODY:
        return mine[1:] == theirs[1:]
    return mine == theirs


def _before(procedure: Procedure, stop: Stop) -> tuple[Stop, ...]:
    return procedure.stops[: procedure.stops.index(stop)]


#: A stop by what has been done when it is passed: the step, the body that did it, and who was consulted.
_Mark = tuple[str, str, tuple[str, ...]]


def _mark(policy: Policy, stop: Stop, responsible: str) -> _Mark:
    consulted = tuple(sorted(_consulted(policy, stop, responsible))) if stop.step == "consult" else ()
    return stop.step, "" if stop.step == "sign" else acting_body(policy, stop, responsible), consulted


def _consulted(policy: Policy, stop: Stop, responsible: str) -> Iterator[str]:
    return (body.key for kind in stop.by for body in policy.bodies_of(kind) if body.key != responsible)


def acting_body(policy: Policy, stop: Stop, responsible: str) -> str:
    """Key of the body whose stop it is: who drafts and reviews prepares the matter, the executive board's coordinator
    gathers opinions, and a signature is the deciding body's matter.
    """
    if stop.step in _BEFORE_A_BODY:
        return responsible if stop.by == ("responsible",) else policy.only(stop.kind).key
    if stop.step in ("draft", "review"):
        return policy.administration_of(responsible).key
    return policy.only("executive-board").key
