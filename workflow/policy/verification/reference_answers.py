"""Reference reading of the tables, independent of `workflow.policy.competence`, by which cases are decided.

The two are compared: what is forbidden stands above the country's law, and the law above the policy. Where there is no
answer or more than one there is no ruling; that is the first obligation's subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from workflow.policy.conditions import Condition, pairs
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Row
from workflow.policy.request_domain import ACTS_ON_REGISTERED, ENGAGEMENTS, FACTS, GIVEN, REGISTERED, Request, Span
from workflow.policy.request_space import conditions, mentioned, restricted_to, unusual_count, value_classes

#: A body above another may decide in its place; never the other way round.
RANK: Mapping[str, int] = {
    "administration": 0,
    "committee": 1,
    "company-board": 1,
    "executive-board": 2,
    "council": 3,
}
_FIELDS = tuple(field.name for field in fields(Request))


class Ruling(NamedTuple):
    """What the tables say of one request."""

    #: prohibition, law or own.
    tier: str
    row: str
    #: Kind of the competent body; empty when refused.
    body: str = ""
    route: str = ""
    #: Kind of body that the table names where the law has nothing to add; empty when refused.
    own: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether nobody may decide it."""
        return self.tier == "prohibition"


@dataclass(frozen=True, slots=True)
class Matter:
    """Every spelling of a request that one and the same case can have, with what the tables say of each."""

    policy: Policy
    requests: tuple[Request, ...]
    rulings: tuple[Ruling, ...]

    @property
    def responsible(self) -> str:
        """Kind of the body whose matter it is; no case changes it."""
        return self.requests[0].responsible


def meets(condition: Condition, values: Mapping[str, Any]) -> bool:
    """Whether values satisfy every term of a condition."""
    for name, admitted in condition.terms:
        if isinstance(admitted, Span):
            if values[name] not in range(admitted.low, admitted.high + 1):
                return False
        elif values[name] not in admitted:
            return False
    return True


def ruling(policy: Policy, request: Request) -> Ruling | None:
    """What the tables say of a request; None where they say nothing, or two things."""
    values: dict[str, Any] = {name: getattr(request, name) for name in _FIELDS} | {"otherwise": None}
    forbidden = [row for row in policy.prohibitions if meets(row.when, values)]
    if forbidden:
        return Ruling("prohibition", forbidden[0].id) if len(forbidden) == 1 else None
    own = [row for row in policy.competence if meets(row.when, values)]
    if len(own) != 1:
        return None
    values["otherwise"] = _body(own[0], request)
    law = [row for row in policy.law.rows if meets(row.when, values)]
    if len(law) > 1:
        return None
    tier, row = ("law", law[0]) if law else ("own", own[0])
    return Ruling(tier, row.id, _body(row, request), row.route or "", values["otherwise"])


def _body(row: Row, request: Request) -> str:
    return request.responsible if row.decides == "responsible" else str(row.decides)


def matters(policy: Policy, also: Iterable[Condition] = ()) -> tuple[Matter, ...]:
    """Every matter a policy can meet; what no rule about a kind and act looks at keeps its usual value.

    `also` are conditions of another version that look at it too.
    """
    found = []
    of_pair: dict[tuple[str, str], list[Condition]] = {}
    for condition in (*conditions(policy), *also):
        for pair in pairs(condition):
            of_pair.setdefault(pair, []).append(condition)
    for (engagement, act), looking in sorted(of_pair.items(), key=lambda item: ENGAGEMENTS.index(item[0][0])):
        varying = _values(looking)
        tables = restricted_to(policy, engagement, act)
        for responsible in policy.responsible_kinds():
            for requests in _by_case(engagement, act, responsible, varying):
                rulings = [(request, said) for request in requests if (said := ruling(tables, request)) is not None]
                if rulings:
                    found.append(Matter(policy, tuple(r for r, _ in rulings), tuple(s for _, s in rulings)))
    return tuple(found)


def traversed(all_matters: Iterable[Matter]) -> Iterator[tuple[Policy, str, str, Request]]:
    """Every procedure that some request takes: its policy, route, kind of responsible body and plainest request."""
    found: dict[tuple[int, str, str], tuple[Policy, Request]] = {}
    for matter in all_matters:
        for request, said in zip(matter.requests, matter.rulings, strict=True):
            key = (id(matter.policy), said.route, matter.responsible)
            if not said.is_refused and (key not in found or unusual_count(request) < unusual_count(found[key][1])):
                found[key] = (matter.policy, request)
    return ((policy, route, responsible, request) for (_, route, responsible), (policy, request) in found.items())


def _values(looking: Iterable[Condition]) -> dict[str, tuple[object, ...]]:
    looking = tuple(looking)
    named = mentioned(looking) | {"principal"}  # the law asks for it everywhere, whether or not a rule does
    return {name: value_classes(name, looking) for name in FACTS if name in named}


def _by_case(
    engagement: str, act: str, responsible: str, varying: Mapping[str, tuple[object, ...]]
) -> Iterable[list[Request]]:
    """Requests in groups within which a case can change from one to the other."""
    groups: dict[tuple[object, ...], list[Request]] = {}
    # what the register says of an engagement, nobody changes in a case
    fixed = [name for name in REGISTERED if name not in GIVEN or act in ACTS_ON_REGISTERED]
    chosen: list[dict[str, Any]] = [{}]
    for name, values in varying.items():
        chosen = [{**one, name: value} for one in chosen for value in values]
    for attributes in chosen:
        request = Request(engagement, act, responsible, **attributes)
        groups.setdefault(tuple(getattr(request, name) for name in fixed), []).append(request)
    return groups.values()
