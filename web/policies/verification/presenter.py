"""Presenter of a check report: obligations, gaps and overlaps in the tables, and clause coverage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from web.policies.labels import clause_kind_label, enforcement, request_summary
from web.policies.request_query import PARTNER
from web.policies.verification.counterexample import Story, since, story_of
from web.policies.verification.labels import checked, meaning, title
from workflow.policy.clauses import Clause
from workflow.policy.model import Policy
from workflow.policy.named_twins import ATTRIBUTE
from workflow.policy.request_domain import ATTRIBUTES, Request, facts_of
from workflow.policy.request_space import unusual_count
from workflow.policy.verification.p01_competence import Unanswered
from workflow.policy.verification.p07_clauses import MAY_BE_IDLE
from workflow.policy.verification.runner import Report

#: Requests shown of each gap or overlap; squares of a bar.
SHOWN, SQUARES = 3, 10


@dataclass(frozen=True, slots=True)
class ObligationView:
    """One obligation, and whether it holds."""

    id: str
    title: str
    meaning: str
    #: What is counted: requests, situations, rules.
    counted: str
    checked: int
    ok: bool
    story: Story | None


@dataclass(frozen=True, slots=True)
class RequestLink:
    """A request with what leads to its answer."""

    label: str
    #: Arguments of the pages that answer a request.
    args: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TableFault:
    """A gap or overlap: requests of one kind that no row answers, or for which the same rows compete."""

    engagement: str
    acts: tuple[str, ...]
    #: Rows that compete; empty for a gap.
    rows: tuple[str, ...]
    law_alone: bool
    #: From when, where the law is another then; empty where it is so from the beginning.
    since: str
    count: int
    #: The plainest of them.
    requests: tuple[RequestLink, ...]


@dataclass(frozen=True, slots=True)
class KindCoverage:
    """The clauses of one kind."""

    kind: str
    label: str
    enforced: int
    total: int
    #: Squares of its bar that are filled.
    filled: int
    #: Each clause with what enforces it.
    clauses: tuple[tuple[Clause, tuple[str, ...]], ...]
    #: Ids of those that nothing carries out though something must.
    left_over: tuple[str, ...]


def obligations(policy: Policy, report: Report) -> tuple[ObligationView, ...]:
    """Every obligation, with the counterexample of one that does not hold."""
    return tuple(
        ObligationView(one.id, title(one), meaning(one.id), checked(one.id), one.checked, one.ok, story_of(policy, one))
        for one in report.obligations
    )


def table_faults(policy: Policy, report: Report) -> tuple[TableFault, ...]:
    """Every gap and overlap, the acts of a kind that share one put together, each with its plainest requests."""
    together: dict[tuple[object, ...], list[Unanswered]] = {}
    for found in report.unanswered:
        together.setdefault((found.engagement, found.rows, found.law_alone, found.since), []).append(found)
    return tuple(_table_fault(policy, several) for several in together.values())


def _table_fault(policy: Policy, several: list[Unanswered]) -> TableFault:
    requests = sorted((one for found in several for one in found.requests), key=unusual_count)
    return TableFault(
        several[0].engagement,
        tuple(found.act for found in several),
        several[0].rows,
        several[0].law_alone,
        since(several[0].since),
        len(requests),
        tuple(RequestLink(request_summary(policy, one), arguments(policy, one)) for one in requests[:SHOWN]),
    )


def arguments(policy: Policy, request: Request) -> dict[str, Any]:
    """A request as the arguments of a page: what is as usual is left out."""
    given: dict[str, Any] = {"engagement": request.engagement, "act": request.act, "scope": request.scope}
    given["responsible"] = policy.bodies_of(request.responsible)[0].key
    unusual = ((name, value) for name, value in facts_of(request).items() if value != ATTRIBUTES[name].default)
    given |= {name: "yes" if value is True else value for name, value in unusual}
    if policy.named_nordic_twins is not None and given.pop(ATTRIBUTE, None):
        given[PARTNER] = policy.named_nordic_twins.partners[0]
    return given


def coverage(policy: Policy, report: Report) -> tuple[KindCoverage, ...]:
    """Clause coverage by kind, those kinds first that something must carry out."""
    return tuple(sorted(_coverage(policy, report), key=lambda one: one.kind in MAY_BE_IDLE))


def _coverage(policy: Policy, report: Report) -> Iterator[KindCoverage]:
    enforced = enforcement(policy)
    for kind, found in report.coverage.items():
        if not found.total:
            continue
        clauses = tuple((one, enforced.get(one.id, ())) for one in policy.clauses.values() if one.kind == kind)
        left_over = () if kind in MAY_BE_IDLE else found.unenforced
        filled = found.enforced * SQUARES // found.total
        yield KindCoverage(kind, clause_kind_label(kind), found.enforced, found.total, filled, clauses, left_over)


def unanswered_here(report: Report, engagement: str, act: str, responsible: str, scope: str) -> Iterator[Unanswered]:
    """Gaps and overlaps among the requests of one cell of the table of who decides."""
    for found in report.unanswered:
        here = [one for one in found.requests if (one.responsible, one.scope) == (responsible, scope)]
        if here and (found.engagement, found.act, found.law_alone) == (engagement, act, False):
            yield Unanswered(found.engagement, found.act, found.rows, found.law_alone, tuple(here), found.since)
