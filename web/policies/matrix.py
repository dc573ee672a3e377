"""Who decides what, at one glance?

Every engagement kind and act for one responsible body and one reach, each answered by the same table as the gate uses
(`workflow.policy.competence`). A cell also says which other facts of a request would change its answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from workflow.core.errors import PolicyGap
from workflow.policy.competence import Answer, deciding_body_key, who_decides
from workflow.policy.model import Policy
from workflow.policy.request_domain import ATTRIBUTES, ENGAGEMENTS, POLICY, Request, acts_of
from workflow.policy.request_space import conditions, mentioned, value_classes
from workflow.policy.state_machine import Procedure, procedure_for

#: Attributes that a cell holds still, and that the page offers to change.
HELD = ("engagement", "act", "responsible", "scope")


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer."""

    act: str
    answer: Answer
    #: Key of the deciding body; empty when it is refused.
    body: str
    #: Attributes that would give another answer with another value.
    depends_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring acts that get the same answer."""

    acts: tuple[str, ...]
    #: The first one's; the others differ in nothing that is shown.
    cell: Cell
    #: What any of the answers assumes.
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """All answers for one engagement kind."""

    kind: str
    cells: tuple[Cell, ...]

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The cells with neighbours of the same answer drawn together."""
        groups = (tuple(cells) for _shown, cells in groupby(self.cells, key=_shown_of))
        return tuple(Stretch(tuple(cell.act for cell in cells), cells[0], _assumed(cells)) for cells in groups)


def _assumed(cells: Iterable[Cell]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(why for cell in cells for why in cell.answer.assumptions))


def _shown_of(cell: Cell) -> tuple[object, ...]:
    """What a reader sees of a cell."""
    return cell.body, cell.answer.clauses, bool(cell.answer.assumptions), cell.depends_on


def matrix(policy: Policy, responsible: str, scope: str) -> tuple[Line, ...]:
    """Answers for every kind and act that a policy knows but those for the policy itself."""
    return tuple(_line(policy, responsible, scope, kind) for kind in ENGAGEMENTS if kind != POLICY)


def policy_line(policy: Policy, responsible: str, scope: str) -> Line:
    """Answers for adopting, revising and repealing the policy itself."""
    return _line(policy, responsible, scope, POLICY)


def _line(policy: Policy, responsible: str, scope: str, kind: str) -> Line:
    body_kind = policy.body(responsible).kind
    requests = (Request(kind, act, body_kind, scope=scope) for act in acts_of(kind))
    return Line(kind, tuple(cell_of(policy, request, responsible) for request in requests))


def cell_of(policy: Policy, request: Request, responsible: str) -> Cell:
    """One answer of the table; raises `PolicyGap` where there is none, or more than one."""
    answer = who_decides(policy, request)
    body = deciding_body_key(policy, answer, responsible) if answer.is_decided else ""
    return Cell(request.act, answer, body, tuple(_depends(policy, request, answer)))


def _depends(policy: Policy, request: Request, answer: Answer) -> Iterator[str]:
    """Attributes of which some other value leads to another body, another route or a refusal."""
    known = tuple(conditions(policy))
    looked_at = mentioned(known) - {*HELD, "otherwise"}
    for name in ATTRIBUTES:
        if name not in looked_at:
            continue
        others = (_told(policy, request.with_(**{name: value})) for value in value_classes(name, known))
        if any(other != (answer.outcome, answer.body, answer.route) for other in others):
            yield name


def _told(policy: Policy, request: Request) -> tuple[str, str | None, str | None]:
    """What a reader would notice of an answer; that there is not one is noticed too."""
    try:
        answer = who_decides(policy, request)
    except PolicyGap:
        return "", None, None
    return answer.outcome, answer.body, answer.route


@dataclass(frozen=True, slots=True)
class Way:
    """One route for one responsible body, and the requests that travel it."""

    name: str
    procedure: Procedure
    #: Key of the deciding body.
    body: str
    is_signed: bool
    is_principal: bool
    #: (engagement kind, acts)
    travelled_by: tuple[tuple[str, tuple[str, ...]], ...]


def ways(policy: Policy, responsible: str, scope: str) -> tuple[Way, ...]:
    """The routes that requests of a responsible body travel, the busiest first, those for matters of principle last."""
    kind = policy.body(responsible).kind
    found: dict[tuple[str, bool], dict[str, list[str]]] = {}
    answers: dict[str, Answer] = {}
    for principal in (False, True):
        for engagement in ENGAGEMENTS:
            for act in acts_of(engagement):
                answer = who_decides(policy, _payable(Request(engagement, act, kind, scope=scope), principal))
                if answer.route is None or (principal and (answer.route, False) in found):
                    continue
                found.setdefault((answer.route, principal), {}).setdefault(engagement, []).append(act)
                answers[answer.route] = answer
    order = sorted(found.items(), key=lambda item: (item[0][1], -sum(len(acts) for acts in item[1].values())))
    return tuple(
        Way(
            name,
            procedure := procedure_for(policy, name, kind),
            deciding_body_key(policy, answers[name], responsible),
            procedure.stops[-1].step == "sign",
            principal,
            tuple((engagement, tuple(acts)) for engagement, acts in travellers.items()),
        )
        for (name, principal), travellers in order
    )


def _payable(request: Request, principal: bool) -> Request:
    """The request as others pay for it in full, so that no way is hidden behind a refusal for money alone."""
    return request.with_(principal=principal, external_funding=100)
