"""Matrix of who decides, and the routes in use, for one responsible body and one scope.

A cell for every kind of engagement and act, answered by the table that the gate uses (`workflow.policy.competence`), of
a policy as its law stands on one day (`Policy.on`). A cell also names the other attributes of a request that would
change its answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from workflow.core.errors import PolicyGap
from workflow.policy.competence import Answer, deciding_body_key, look_up
from workflow.policy.model import Policy
from workflow.policy.request_domain import ATTRIBUTES, ENGAGEMENTS, POLICY, Request, acts_of
from workflow.policy.request_space import conditions, mentioned, value_classes
from workflow.policy.state_machine import Procedure, procedure_for

#: Attributes that are fixed in a cell and chosen on the page.
FIXED = ("engagement", "act", "responsible", "scope")


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer of the matrix."""

    act: str
    answer: Answer
    #: Key of the deciding body; empty when it is refused.
    body: str
    #: Attributes with another value that gives another answer.
    depends_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellGroup:
    """Adjacent acts with the same answer, shown as one cell."""

    acts: tuple[str, ...]
    #: The first cell; the others show the same.
    cell: Cell
    #: Reasons of the assumptions of any of the answers.
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """All answers for one kind of engagement."""

    kind: str
    cells: tuple[Cell, ...]

    @property
    def groups(self) -> tuple[CellGroup, ...]:
        """The cells, adjacent ones with the same answer grouped."""
        groups = (tuple(cells) for _shown, cells in groupby(self.cells, key=_shown_of))
        return tuple(CellGroup(tuple(cell.act for cell in cells), cells[0], _assumed(cells)) for cells in groups)


def _assumed(cells: Iterable[Cell]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(why for cell in cells for why in cell.answer.assumptions))


def _shown_of(cell: Cell) -> tuple[object, ...]:
    """The part of a cell that is shown."""
    return cell.body, cell.answer.clauses, bool(cell.answer.assumptions), cell.depends_on


def matrix(policy: Policy, responsible: str, scope: str) -> tuple[MatrixRow, ...]:
    """Answers for every kind and act except those for the policy itself."""
    return tuple(_row(policy, responsible, scope, kind) for kind in ENGAGEMENTS if kind != POLICY)


def policy_row(policy: Policy, responsible: str, scope: str) -> MatrixRow:
    """Answers for adopting, revising and repealing the policy itself."""
    return _row(policy, responsible, scope, POLICY)


def _row(policy: Policy, responsible: str, scope: str, kind: str) -> MatrixRow:
    body_kind = policy.body(responsible).kind
    requests = (Request(kind, act, body_kind, scope=scope) for act in acts_of(kind))
    return MatrixRow(kind, tuple(cell_of(policy, request, responsible) for request in requests))


def cell_of(policy: Policy, request: Request, responsible: str) -> Cell:
    """One answer of the table; raises `PolicyGap` where there is none, or more than one."""
    answer = look_up(policy, request)
    body = deciding_body_key(policy, answer, responsible) if answer.is_decided else ""
    return Cell(request.act, answer, body, tuple(_depends(policy, request, answer)))


def _depends(policy: Policy, request: Request, answer: Answer) -> Iterator[str]:
    """Attributes with another value that leads to another body, another route or a refusal."""
    known = tuple(conditions(policy))
    used = mentioned(known) - {*FIXED, "otherwise"}
    for name in ATTRIBUTES:
        if name not in used:
            continue
        others = (_outcome(policy, request.with_(**{name: value})) for value in value_classes(name, known))
        if any(other != (answer.outcome, answer.body, answer.route) for other in others):
            yield name


def _outcome(policy: Policy, request: Request) -> tuple[str, str | None, str | None]:
    """The part of an answer that a reader would notice; an empty one for a gap."""
    try:
        answer = look_up(policy, request)
    except PolicyGap:
        return "", None, None
    return answer.outcome, answer.body, answer.route


@dataclass(frozen=True, slots=True)
class RouteInUse:
    """One route for one responsible body, and the requests that take it."""

    name: str
    procedure: Procedure
    #: Key of the deciding body.
    body: str
    is_signed: bool
    is_principal: bool
    #: (engagement kind, acts)
    requests: tuple[tuple[str, tuple[str, ...]], ...]


def routes_in_use(policy: Policy, responsible: str, scope: str) -> tuple[RouteInUse, ...]:
    """The routes that requests of a responsible body take, the most used first, those for matters of principle last."""
    kind = policy.body(responsible).kind
    found: dict[tuple[str, bool], dict[str, list[str]]] = {}
    answers: dict[str, Answer] = {}
    for principal in (False, True):
        for engagement in ENGAGEMENTS:
            for act in acts_of(engagement):
                answer = look_up(policy, _fully_funded(Request(engagement, act, kind, scope=scope), principal))
                if answer.route is None or (principal and (answer.route, False) in found):
                    continue
                found.setdefault((answer.route, principal), {}).setdefault(engagement, []).append(act)
                answers[answer.route] = answer
    order = sorted(found.items(), key=lambda item: (item[0][1], -sum(len(acts) for acts in item[1].values())))
    return tuple(
        RouteInUse(
            name,
            procedure := procedure_for(policy, name, kind),
            deciding_body_key(policy, answers[name], responsible),
            procedure.stops[-1].step == "sign",
            principal,
            tuple((engagement, tuple(acts)) for engagement, acts in requests.items()),
        )
        for (name, principal), requests in order
    )


def _fully_funded(request: Request, principal: bool) -> Request:
    """The request with full external funding, so that no route is hidden by a refusal for lack of funding."""
    return request.with_(principal=principal, external_funding=100)
