"""Answers of a policy to a question, and the differences between two answers.

The policy page shows one answer, the what-if page two. Nothing is opened or recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from web.cases.route_labels import stage_label, stage_who
from web.i18n import labels
from web.i18n.gettext import _
from web.policies import request_query
from web.policies.labels import requirement_label
from web.policies.request_query import PARTNER
from web.ui.route_diagram import Stage, planned
from workflow.policy.competence import Answer, deciding_body_key, look_up
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Requirement
from workflow.policy.request_domain import FACTS, Request
from workflow.policy.requirements import required
from workflow.policy.state_machine import procedure_for


@dataclass(frozen=True, slots=True)
class PolicyAnswer:
    """The answer to a request, with its route and requirements."""

    policy: Policy
    request: Request
    #: Key of the responsible body.
    responsible: str
    answer: Answer
    #: Key of the deciding body; empty when the request is refused.
    body: str
    stages: tuple[Stage, ...]
    requirements: tuple[Requirement, ...]


def answer_question(policy: Policy, args: Mapping[str, str], responsible: str) -> PolicyAnswer:
    """The answer to a query string; `responsible` where it names no body. Raises `Malformed`, naming the field."""
    given = {name: args[name] for name in (*FACTS, PARTNER) if args.get(name)}
    given["responsible"] = args.get("responsible") or responsible
    request, key = request_query.read_request(policy, args.get("engagement", ""), args.get("act", ""), given)
    return answer_request(policy, request, key)


def answer_request(policy: Policy, request: Request, responsible: str) -> PolicyAnswer:
    """The answer of a policy on one day (`Policy.on`) to a request of a responsible body, by its key."""
    answer = look_up(policy, request)
    if answer.route is None:
        return PolicyAnswer(policy, request, responsible, answer, "", (), ())
    stages = planned(policy, procedure_for(policy, answer.route, request.responsible), responsible)
    body = deciding_body_key(policy, answer, responsible)
    return PolicyAnswer(policy, request, responsible, answer, body, stages, required(policy, request))


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two answers."""

    #: other, more or less; shown as a shape.
    kind: str
    text: str


def differences(left: PolicyAnswer, right: PolicyAnswer) -> tuple[Difference, ...]:
    """Everything in which the right answer differs: body, route, requirements, clauses, assumptions."""
    return (
        *_bodies(left, right),
        *_lists(_stops(left), _stops(right), _("Step")),
        *_requirements(left, right),
        *_lists(left.answer.clauses, right.answer.clauses, _("Clause")),
        *_lists(_assumed(left), _assumed(right), _("Assumed")),
    )


def _bodies(left: PolicyAnswer, right: PolicyAnswer) -> Iterator[Difference]:
    one, other = _body(left), _body(right)
    if one and not other:
        yield Difference("less", _("Nobody may decide it any more: the policy forbids it."))
    elif other and not one:
        yield Difference("more", _("It may be decided now: %(body)s.", body=other))
    elif one != other:
        yield Difference("other", _("Another body decides: %(body)s instead of %(before)s.", body=other, before=one))


def _body(side: PolicyAnswer) -> str:
    return labels.body_name(side.policy, side.body) if side.body else ""


def _stops(side: PolicyAnswer) -> list[str]:
    return [f"{stage_label(stage)} ({stage_who(stage, side.policy)})" for stage in side.stages]


def _assumed(side: PolicyAnswer) -> list[str]:
    return [labels.pack_text(why) for why in side.answer.assumptions]


def _requirements(left: PolicyAnswer, right: PolicyAnswer) -> Iterator[Difference]:
    one, other = requirement_deadlines(left), requirement_deadlines(right)
    yield from _lists(one, other, _("Required"))
    for name in one:
        if name in other and one[name] != other[name]:
            text = _("Required: %(what)s, %(now)s instead of %(before)s", what=name, now=other[name], before=one[name])
            yield Difference("other", text)


def requirement_deadlines(side: PolicyAnswer) -> dict[str, str]:
    """Labels of the requirements, with the step before which each must be met."""
    return {requirement_label(side.policy, one): labels.before_step(one.before) for one in side.requirements}


def _lists(left: Iterable[str], right: Iterable[str], what: str) -> Iterator[Difference]:
    before, now = Counter(iter(left)), Counter(iter(right))
    for name in (now - before).elements():
        yield Difference("more", _("Now also: %(what)s – %(name)s", what=what, name=name))
    for name in (before - now).elements():
        yield Difference("less", _("No longer: %(what)s – %(name)s", what=what, name=name))
