"""What does the page of a proof show: obligations, gaps and overlaps, and which clauses something carries out?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from web.policies.labels import clause_kind_label, enforcement, request_summary
from web.policies.proof.counterexample import Story, story_of
from web.policies.proof.labels import meaning, title, tried
from workflow.policy.domain import oddity
from workflow.policy.model import Clause, Policy, Request
from workflow.policy.verification.p01_competence import Unanswered
from workflow.policy.verification.p07_clauses import MAY_BE_IDLE
from workflow.policy.verification.runner import Report

#: Requests shown of each gap or overlap; squares of a bar.
SHOWN, SQUARES = 3, 10


@dataclass(frozen=True, slots=True)
class Proved:
    """One obligation, and whether it holds."""

    id: str
    title: str
    meaning: str
    #: What was tried: requests, situations, rules.
    tried: str
    checked: int
    ok: bool
    story: Story | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as one can ask for it again."""

    words: str
    #: Arguments of the pages that answer a request.
    args: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hole:
    """Requests of one kind that no row answers, or for which the same rows compete."""

    engagement: str
    acts: tuple[str, ...]
    #: Rows that compete; empty for a gap.
    rows: tuple[str, ...]
    law_alone: bool
    count: int
    #: The plainest of them.
    requests: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Carried:
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


def proved(policy: Policy, report: Report) -> tuple[Proved, ...]:
    """Every obligation in plain words, with the story of one that does not hold."""
    return tuple(
        Proved(one.id, title(one), meaning(one.id), tried(one.id), one.checked, one.ok, story_of(policy, one))
        for one in report.obligations
    )


def holes(policy: Policy, report: Report) -> tuple[Hole, ...]:
    """Every gap and overlap, the acts of a kind that share one put together, each with its plainest requests."""
    together: dict[tuple[str, tuple[str, ...], bool], list[Unanswered]] = {}
    for lot in report.unanswered:
        together.setdefault((lot.engagement, lot.rows, lot.law_alone), []).append(lot)
    return tuple(_hole(policy, lots) for lots in together.values())


def _hole(policy: Policy, lots: list[Unanswered]) -> Hole:
    requests = sorted((one for lot in lots for one in lot.requests), key=oddity)
    return Hole(
        lots[0].engagement,
        tuple(lot.act for lot in lots),
        lots[0].rows,
        lots[0].law_alone,
        len(requests),
        tuple(Asked(request_summary(policy, one), arguments(policy, one)) for one in requests[:SHOWN]),
    )


def arguments(policy: Policy, request: Request) -> dict[str, Any]:
    """A request as the arguments of a page: what is as usual is left out."""
    given: dict[str, Any] = {"engagement": request.engagement, "act": request.act, "scope": request.scope}
    given["responsible"] = policy.bodies_of(request.responsible)[0].key
    given |= {"initiative": request.initiative} if request.initiative else {}
    ticks = ("principal", "named_nordic_twin", "eu_funded")
    given |= {name: "yes" for name in ticks if getattr(request, name)}
    return given | ({"external_funding": request.external_funding} if request.external_funding else {})


def carried(policy: Policy, report: Report) -> tuple[Carried, ...]:
    """Clause coverage by kind, those kinds first that something must carry out."""
    return tuple(sorted(_carried(policy, report), key=lambda one: one.kind in MAY_BE_IDLE))


def _carried(policy: Policy, report: Report) -> Iterator[Carried]:
    enforced = enforcement(policy)
    for kind, found in report.coverage.items():
        if not found.total:
            continue
        clauses = tuple((one, enforced.get(one.id, ())) for one in policy.clauses.values() if one.kind == kind)
        left_over = () if kind in MAY_BE_IDLE else found.unenforced
        filled = found.enforced * SQUARES // found.total
        yield Carried(kind, clause_kind_label(kind), found.enforced, found.total, filled, clauses, left_over)


def unanswered_here(report: Report, engagement: str, act: str, responsible: str, scope: str) -> Iterator[Unanswered]:
    """Gaps and overlaps among the requests of one cell of the table of who decides."""
    for lot in report.unanswered:
        here = [one for one in lot.requests if (one.responsible, one.scope) == (responsible, scope)]
        if here and (lot.engagement, lot.act, lot.law_alone) == (engagement, act, False):
            yield Unanswered(lot.engagement, lot.act, lot.rows, lot.law_alone, tuple(here))
