"""Matrix of who decides with the gaps and overlaps that verification found.

The matrix of the policy page (`web.policies.matrix`): each cell with its answer as far as there is one, and a mark for
every gap and overlap among the requests that it covers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from web.policies.labels import unusual_attributes
from web.policies.matrix import Cell, cell_of
from web.policies.verification.counterexample import since
from web.policies.verification.presenter import unanswered_here
from workflow.core.errors import PolicyGap
from workflow.policy.model import Policy
from workflow.policy.request_domain import ENGAGEMENTS, Request, acts_of
from workflow.policy.verification.p01_competence import Unanswered
from workflow.policy.verification.runner import Report


@dataclass(frozen=True, slots=True)
class Mark:
    """A gap or an overlap in one cell."""

    #: Ids of the rows that compete; empty for a gap.
    rows: tuple[str, ...]
    #: Whether the plain request itself has no answer, and not only one with other attributes.
    is_whole: bool
    #: Unusual attributes of the plainest request that is affected.
    example: str
    #: From when, where the law is another then; empty where it is so from the beginning.
    since: str = ""


@dataclass(frozen=True, slots=True)
class MarkedGroup:
    """Adjacent acts of one kind with the same answer and marks, shown as one cell."""

    acts: tuple[str, ...]
    #: None where the plain request has no single answer.
    cell: Cell | None
    marks: tuple[Mark, ...]
    #: Reasons of the assumptions of any of the answers.
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedRow:
    """All cells of one kind of engagement."""

    kind: str
    groups: tuple[MarkedGroup, ...]


def marked_matrix(policy: Policy, report: Report, responsible: str, scope: str) -> tuple[MarkedRow, ...]:
    """Every kind and act, the policy itself last, with gaps and overlaps marked."""
    return tuple(
        MarkedRow(kind, tuple(_joined(_cells(policy, report, responsible, scope, kind)))) for kind in ENGAGEMENTS
    )


def _cells(policy: Policy, report: Report, responsible: str, scope: str, kind: str) -> Iterator[MarkedGroup]:
    body = policy.body(responsible).kind
    for act in acts_of(kind):
        plain = Request(kind, act, body, scope=scope)
        try:
            cell = cell_of(policy, plain, responsible)
        except PolicyGap:
            cell = None
        lots = unanswered_here(report, kind, act, body, scope)
        yield MarkedGroup((act,), cell, tuple(_mark(policy, lot, plain) for lot in lots))


def _mark(policy: Policy, lot: Unanswered, plain: Request) -> Mark:
    example = unusual_attributes(policy, lot.requests[0])
    return Mark(lot.rows, plain in lot.requests, example, since(lot.since))


def _joined(cells: Iterator[MarkedGroup]) -> Iterator[MarkedGroup]:
    for _shown, some in groupby(cells, key=_shown_of):
        together = tuple(some)
        acts = tuple(act for one in together for act in one.acts)
        whys = dict.fromkeys(why for one in together if one.cell for why in one.cell.answer.assumptions)
        yield MarkedGroup(acts, together[0].cell, together[0].marks, tuple(whys))


def _shown_of(one: MarkedGroup) -> tuple[object, ...]:
    """The part of a cell that is shown."""
    marks = tuple((mark.rows, mark.is_whole, mark.since) for mark in one.marks)
    if one.cell is None:
        return None, marks
    return (one.cell.body, one.cell.answer.clauses, bool(one.cell.answer.assumptions), one.cell.depends_on), marks
