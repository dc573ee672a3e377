"""Competence: who decides a request, on which route and by which clause.

Prohibitions first, then the country's law rows, then the pack's competence table; in each tier at most one row may
match (hit policy unique). The law's rows are those of the day that is asked about: of a body's decision, the day of its
meeting. `workflow.policy.verification.runner` proves that the table leaves no request without an answer on any day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflow.core.errors import PolicyGap
from workflow.policy.model import Policy
from workflow.policy.pack_rules import AlsoCites, Row
from workflow.policy.request_domain import Request


@dataclass(frozen=True, slots=True)
class Answer:
    """Who decides a request: a body and a route, or a refusal; always with the clauses it rests on."""

    #: decided or refused.
    outcome: str
    #: Id of the row that answered.
    row: str
    clauses: tuple[str, ...]
    #: Kind of the deciding body; None when refused.
    body: str | None = None
    route: str | None = None
    #: Reasons of every assumption that the answer rests on.
    assumptions: tuple[str, ...] = ()
    #: prohibition, law, pack or founding: the tier the row stands in.
    tier: str = "pack"

    @property
    def is_decided(self) -> bool:
        """Whether some body may decide it."""
        return self.outcome == "decided"


def who_decides(policy: Policy, request: Request, on: date) -> Answer:
    """The one answer a policy gives to a request by the law of a day; raises `PolicyGap` as `look_up`."""
    return look_up(policy.on(on), request)


def look_up(policy: Policy, request: Request) -> Answer:
    """The one answer of tables without dates (`Policy.on`); raises `PolicyGap` when no row or more than one matches."""
    if row := _only(policy.prohibitions, request, None, policy):
        return Answer("refused", row.id, row.clauses, assumptions=_assumptions(policy, row), tier="prohibition")
    own = _only(policy.competence, request, None, policy)
    otherwise = None if own is None else _kind(own, request)
    if law := _only(policy.law.rows, request, otherwise, policy):
        return _decided(policy, request, law, "law")
    if own is None:
        raise PolicyGap(policy.version, request, ())
    return _decided(policy, request, own, "founding" if policy.document.status == "law" else "pack")


def _only(rows: tuple[Row, ...], request: Request, otherwise: str | None, policy: Policy) -> Row | None:
    matching = [row for row in rows if row.when.holds(request, otherwise)]
    if len(matching) > 1:
        raise PolicyGap(policy.version, request, tuple(row.id for row in matching))
    return matching[0] if matching else None


def _kind(row: Row, request: Request) -> str:
    assert row.decides is not None  # only prohibitions name no body
    return request.responsible if row.decides == "responsible" else row.decides


def _decided(policy: Policy, request: Request, row: Row, tier: str) -> Answer:
    body = _kind(row, request)
    besides = [also for also in policy.law.also if also.decides in (None, body) and also.when.holds(request, body)]
    rules: tuple[Row | AlsoCites, ...] = (row, *besides)
    clauses = tuple(dict.fromkeys(clause for rule in rules for clause in rule.clauses))
    return Answer("decided", row.id, clauses, body, row.route, _assumptions(policy, *rules), tier)


def _assumptions(policy: Policy, *rules: Row | AlsoCites) -> tuple[str, ...]:
    own = [rule.assumed for rule in rules]
    cited = [policy.clauses[clause].assumed for rule in rules for clause in rule.clauses]
    return tuple(dict.fromkeys(reason for reason in (*own, *cited) if reason))


def deciding_body_key(policy: Policy, answer: Answer, responsible_key: str) -> str:
    """Key of the body an answer names, for a case of a given responsible body."""
    assert answer.body is not None
    if policy.body(responsible_key).kind == answer.body:
        return responsible_key
    return policy.only(answer.body).key
