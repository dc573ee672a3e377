"""P1: every request gets exactly one answer.

Calls `look_up` itself, the function that cases are decided by, for every request over the attributes that the tables of
a day look at; an attribute that no row looks at cannot change an answer and keeps its usual value, and rows of other
kinds and acts are left out beforehand (that this changes nothing, P9 checks on the whole table). The country's founding
rows, which serve alone where no pack is in force, are checked in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from workflow.core.errors import PolicyGap
from workflow.core.messages import Message
from workflow.policy.competence import Answer, look_up
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.request_space import founding_alone, mentioned, requests, restricted_to, unusual_count
from workflow.policy.verification.messages import message
from workflow.policy.verification.result import Counterexample, Finding, shortest


@dataclass(frozen=True, slots=True)
class RequestAnswer:
    """What a policy, or its country's law alone, answers to one request."""

    policy: Policy
    request: Request
    #: None where there is no answer or more than one.
    answer: Answer | None
    #: Ids of the rows that compete; empty where none answers.
    rows: tuple[str, ...] = ()


def answers(policy: Policy) -> Iterator[RequestAnswer]:
    """Every request with its answer, under a policy on one day (`Policy.on`) and under the law alone."""
    for tables in (policy, founding_alone(policy)):
        rows = (*tables.prohibitions, *tables.law.rows, *tables.competence)
        conditions = [row.when for row in rows] + [also.when for also in tables.law.also]
        of_pair: dict[tuple[str, str], Policy] = {}
        for request in requests(tables, mentioned(conditions)):
            pair = request.engagement, request.act
            if pair not in of_pair:
                of_pair[pair] = restricted_to(tables, *pair)
            try:
                yield RequestAnswer(tables, request, look_up(of_pair[pair], request))
            except PolicyGap as gap:
                yield RequestAnswer(tables, request, None, gap.rows)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Requests of one kind and act that no row answers, or that the same rows compete for."""

    engagement: str
    act: str
    #: Ids of the rows that all answer; empty where none does.
    rows: tuple[str, ...]
    #: Whether it is the country's law alone that does not answer.
    law_alone: bool
    #: The plainest first.
    requests: tuple[Request, ...]
    #: First day of the period of the law in which it is so; None in the first period.
    since: date | None = None

    @property
    def what(self) -> Message:
        """What is wrong, with the plainest request and how many more there are."""
        first, *others = self.requests
        under = message("law-alone") if self.law_alone else ""
        more = message("more-requests", count=len(others)) if others else ""
        if self.rows:
            return message("rows-compete", rows=self.rows, request=first, under=under, more=more)
        return message("no-row-answers", request=first, under=under, more=more)


def unanswered_in(given: Mapping[date, Iterable[RequestAnswer]]) -> tuple[Unanswered, ...]:
    """Every gap and overlap of the periods of a law, by their first days; each in the first period that has it."""
    found: dict[Unanswered, date] = {}
    for first, some in given.items():
        for one in unanswered(some):
            found.setdefault(one, first)
    return tuple(one if first == date.min else replace(one, since=first) for one, first in found.items())


def unanswered(given: Iterable[RequestAnswer]) -> tuple[Unanswered, ...]:
    """Every gap and every overlap, the requests of a kind and act that share one put together."""
    found: dict[tuple[str, str, tuple[str, ...], bool], list[Request]] = {}
    for one in given:
        if one.answer is None:
            law_alone = one.policy.competence is one.policy.law.founding
            shared = one.request.engagement, one.request.act, one.rows, law_alone
            found.setdefault(shared, []).append(one.request)
    return tuple(Unanswered(*shared, tuple(sorted(some, key=unusual_count))) for shared, some in found.items())


def complete_and_unique(given: Iterable[RequestAnswer]) -> Finding:
    """Whether every request has an answer and only one."""
    given = tuple(given)
    return shortest(len(given), (Counterexample(one.what) for one in unanswered(given)))
