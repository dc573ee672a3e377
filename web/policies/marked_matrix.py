"""Where does the table of who decides have a gap or an overlap?

The table of the policy page (`web.policies.matrix`) for a version that the check has looked at: each cell with its
answer as far as there is one, and a mark for every gap and overlap among the requests it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from web.cases.request_labels import unusual_words
from web.policies.matrix import Cell, cell_of
from web.policies.proof.presenter import unanswered_here
from workflow.core.errors import PolicyGap
from workflow.policy.model import Policy
from workflow.policy.request_domain import ENGAGEMENTS, Request, acts_of
from workflow.policy.verification.runner import Report


@dataclass(frozen=True, slots=True)
class Mark:
    """A gap or an overlap in one cell."""

    #: Ids of the rows that compete; empty for a gap.
    rows: tuple[str, ...]
    #: Whether it is the plain request itself that has no answer, and not only one with other facts.
    is_whole: bool
    #: What is unusual about the plainest request it is about.
    example: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Neighbouring acts of one kind that look the same."""

    acts: tuple[str, ...]
    #: None where the plain request has no single answer.
    cell: Cell | None
    marks: tuple[Mark, ...]
    #: What any of the answers assumes.
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """All cells of one kind of engagement."""

    kind: str
    stretches: tuple[Marked, ...]


def marked_matrix(policy: Policy, report: Report, responsible: str, scope: str) -> tuple[MarkedLine, ...]:
    """Every kind and act, the policy itself last, with gaps and overlaps marked."""
    return tuple(
        MarkedLine(kind, tuple(_joined(_cells(policy, report, responsible, scope, kind)))) for kind in ENGAGEMENTS
    )


def _cells(policy: Policy, report: Report, responsible: str, scope: str, kind: str) -> Iterator[Marked]:
    body = policy.body(responsible).kind
    for act in acts_of(kind):
        plain = Request(kind, act, body, scope=scope)
        try:
            cell = cell_of(policy, plain, responsible)
        except PolicyGap:
            cell = None
        lots = unanswered_here(report, kind, act, body, scope)
        yield Marked((act,), cell, tuple(_mark(policy, lot.rows, plain, lot.requests) for lot in lots))


def _mark(policy: Policy, rows: tuple[str, ...], plain: Request, requests: tuple[Request, ...]) -> Mark:
    return Mark(rows, plain in requests, unusual_words(policy, requests[0]))


def _joined(cells: Iterator[Marked]) -> Iterator[Marked]:
    for _look, some in groupby(cells, key=_look_of):
        together = tuple(some)
        acts = tuple(act for one in together for act in one.acts)
        whys = dict.fromkeys(why for one in together if one.cell for why in one.cell.answer.assumptions)
        yield Marked(acts, together[0].cell, together[0].marks, tuple(whys))


def _look_of(one: Marked) -> tuple[object, ...]:
    """What a reader sees of a cell."""
    marks = tuple((mark.rows, mark.is_whole) for mark in one.marks)
    if one.cell is None:
        return None, marks
    return (one.cell.body, one.cell.answer.clauses, bool(one.cell.answer.assumptions), one.cell.depends_on), marks
