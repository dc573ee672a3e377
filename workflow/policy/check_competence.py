"""P1: does every request get exactly one answer?

Asks `who_decides` itself, the function that cases are decided by, for every request over the attributes that the
tables look at; an attribute that no row looks at cannot change an answer and keeps its usual value. The country's
founding rows, which serve alone where no pack is in force, are asked the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from workflow.errors import PolicyGap
from workflow.policy.competence import who_decides
from workflow.policy.domain import mentioned, requests, told
from workflow.policy.finding import Finding, first_of
from workflow.policy.values import Answer, Policy, Request


@dataclass(frozen=True, slots=True)
class Given:
    """What a policy, or its country's law alone, answers to one request."""

    policy: Policy
    request: Request
    #: None where there is no answer or more than one.
    answer: Answer | None
    #: Ids of the rows that compete; empty where none answers.
    rows: tuple[str, ...] = ()


def founding_alone(policy: Policy) -> Policy:
    """The policy with the country's founding rows as its only table."""
    return replace(policy, prohibitions=(), competence=policy.law.founding, requirements=(), evaluations=())


def answers(policy: Policy) -> Iterator[Given]:
    """Every request with its answer, under the policy and under the law alone."""
    for tables in (policy, founding_alone(policy)):
        rows = (*tables.prohibitions, *tables.law.rows, *tables.competence)
        conditions = [row.when for row in rows] + [also.when for also in tables.law.also]
        for request in requests(tables, mentioned(conditions)):
            try:
                yield Given(tables, request, who_decides(tables, request))
            except PolicyGap as gap:
                yield Given(tables, request, None, gap.rows)


def complete_and_unique(given: Iterable[Given]) -> Finding:
    """Whether every request has an answer and only one."""
    return first_of(_gap(one) for one in given)


def _gap(one: Given) -> str | None:
    if one.answer is not None:
        return None
    table = "the law alone: " if one.policy.competence is one.policy.law.founding else ""
    problem = f"rows {' and '.join(one.rows)} both answer" if one.rows else "no row answers"
    return f"{table}{problem}: {told(one.request)}"
