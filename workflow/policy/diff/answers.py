"""Answers of two versions of a policy to every request, by the law of one day (`Policy.on`).

Requests run over the classes that the conditions of both versions tell apart; a table is evaluated once for all
requests that it does not tell apart itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflow.core.errors import PolicyGap
from workflow.policy.competence import Answer, look_up
from workflow.policy.conditions import Condition
from workflow.policy.model import Policy
from workflow.policy.request_domain import ALWAYS_GIVEN, Request
from workflow.policy.request_space import mentioned, requests_apart


@dataclass(frozen=True, slots=True)
class AnswerPair:
    """A request with the answers of both versions."""

    request: Request
    #: None where a version gives no answer, or more than one.
    was: Answer | None
    now: Answer | None
    #: Whether each version knows such a body as the one whose matter it is.
    was_known: bool = True
    now_known: bool = True

    @property
    def is_decided_in_both(self) -> bool:
        """Whether somebody may decide it under either version."""
        return self.was is not None and self.now is not None and self.was.is_decided and self.now.is_decided


def answer_pairs(old: Policy, new: Policy) -> tuple[AnswerPair, ...]:
    """Every request that one of the two versions can meet and that one of its tables tells apart, with both answers."""
    return answer_pairs_over(old, new, (*_tables(old), *_tables(new)))


def answer_pairs_over(old: Policy, new: Policy, apart: tuple[Condition, ...]) -> tuple[AnswerPair, ...]:
    """The same for every request that some conditions tell apart, those of both tables among them."""
    kinds = tuple(dict.fromkeys((*old.responsible_kinds(), *new.responsible_kinds())))
    was, now = _Answers(old), _Answers(new)
    return tuple(
        AnswerPair(request, was.to(request), now.to(request), was.knows(request), now.knows(request))
        for request in requests_apart(kinds, apart)
    )


def _tables(policy: Policy) -> tuple[Condition, ...]:
    """Every condition on which it depends who decides."""
    rows = (*policy.prohibitions, *policy.competence, *policy.law.rows)
    return (*(row.when for row in rows), *(also.when for also in policy.law.also))


class _Answers:
    """A policy's answers, each computed once for all requests that its tables do not tell apart."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._names = sorted({*ALWAYS_GIVEN, *mentioned(_tables(policy))} - {"otherwise"})
        self._known: dict[tuple[object, ...], Answer | None] = {}

    def knows(self, request: Request) -> bool:
        """Whether the policy has a body of the kind whose matter it is."""
        return bool(self._policy.bodies_of(request.responsible))

    def to(self, request: Request) -> Answer | None:
        """The answer; None where there is none, or more than one, or no such body."""
        key = tuple(getattr(request, name) for name in self._names)
        if key not in self._known:
            self._known[key] = answer_to(self._policy, request) if self.knows(request) else None
        return self._known[key]


def answer_to(policy: Policy, request: Request) -> Answer | None:
    """The one answer; None where there is none or more than one."""
    try:
        return look_up(policy, request)
    except PolicyGap:
        return None
