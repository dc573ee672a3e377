"""Impact of another version of the policy on one case, or on one engagement.

A pure rule over two versions, each as its law stands on one day (`Policy.on`). For a case: whether the new version
forbids it, another body decides, its route has other steps, or more is required; and where it would be if it were
moved, or why it must stay (`workflow.policy.diff.migration`). For an engagement: the same for each act that can be
asked of it, and by which rules it would be evaluated. `workflow.versions.impact` counts the cases and engagements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from workflow.core.messages import Reason, reason
from workflow.policy.competence import Answer, deciding_body_key
from workflow.policy.diff.answers import answer_to
from workflow.policy.diff.diff_answers import demands
from workflow.policy.diff.diff_routes import StepChange, step_changes
from workflow.policy.diff.migration import CasePosition, Destination, acting_body, destination
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule, Requirement
from workflow.policy.request_domain import Purpose, Request, acts_for, acts_of
from workflow.policy.state_machine import Procedure, procedure_for
from workflow.policy.vocabulary import STEPS

#: What can come of it, the gravest first: nobody may decide it, it travels otherwise, more is required, or neither.
REFUSED, CHANGED_ROUTE, NEW_REQUIREMENT, UNCHANGED = "refused", "changed-route", "new-requirement", "unchanged"
KINDS = (REFUSED, CHANGED_ROUTE, NEW_REQUIREMENT, UNCHANGED)


@dataclass(frozen=True, slots=True)
class Demanded:
    """A requirement that is new, gone, or stands before another step."""

    #: new, gone or moved.
    what: str
    #: As the new version has it; as the old one had it where it is gone.
    requirement: Requirement
    #: Whether the case has come to that step already; it is then asked for with what the next step needs, if at all.
    is_passed: bool = False


@dataclass(frozen=True, slots=True)
class Impact:
    """What comes of a request under the new version."""

    #: The gravest of what is found: one of `KINDS`.
    kind: str
    #: Keys of the bodies that decide it; empty where nobody may.
    was: str
    now: str
    steps: tuple[StepChange, ...] = ()
    demands: tuple[Demanded, ...] = ()
    #: Why nobody may decide it.
    reasons: tuple[Reason, ...] = ()
    #: Where a case would stand; None for what is no case.
    to: Destination | None = None


@dataclass(frozen=True, slots=True)
class Altered:
    """An evaluation rule that asks an engagement otherwise."""

    was: EvaluationRule
    now: EvaluationRule


@dataclass(frozen=True, slots=True)
class EngagementImpact:
    """What comes of an engagement under the new version."""

    kind: str
    #: By act, each that it may undergo.
    acts: tuple[tuple[str, Impact], ...]
    #: Rules by which it would be evaluated and was not, or was and would not be, or would be otherwise.
    begins: tuple[EvaluationRule, ...] = ()
    ceases: tuple[EvaluationRule, ...] = ()
    altered: tuple[Altered, ...] = ()


def impact_on_case(stand: CasePosition, new: Policy, request: Request | None = None) -> Impact:
    """What another version would mean for an open case where it stands; `request` is the case's as that reads it."""
    request = request or stand.request
    to = destination(replace(stand, request=request), new)
    was = acting_body(stand.policy, stand.procedure.deciding, stand.responsible)
    if to.answer is None or to.answer.route is None:
        return Impact(REFUSED, was, "", reasons=to.reasons, to=to)
    after = procedure_for(new, to.answer.route, stand.request.responsible)
    here = stand.procedure.stop_at(stand.state)
    demands = tuple(_demands(stand.policy, new, stand.request, request, here.step if here is not None else "sign"))
    now = deciding_body_key(new, to.answer, stand.responsible)
    return _impact(was, now, stand.procedure, after, demands, to)


def impact_on_request(old: Policy, new: Policy, asked: Request, request: Request, responsible: str) -> Impact:
    """What another version would mean for a request that somebody may come to make, as either version reads it."""
    before = answer_to(old, asked) if old.has_body(responsible) else None
    after = answer_to(new, request) if _knows(new, request, responsible) else None
    was, now = _decider(old, before, responsible), _decider(new, after, responsible)
    if before is None or after is None or before.route is None or after.route is None:
        kind = UNCHANGED if was == now else CHANGED_ROUTE if now else REFUSED
        return Impact(kind, was, now, reasons=() if now else (_refused(after),))
    ways = [
        procedure_for(policy, str(answer.route), request.responsible)
        for policy, answer in ((old, before), (new, after))
    ]
    return _impact(was, now, ways[0], ways[1], tuple(_demands(old, new, asked, request, "")), None)


def _knows(policy: Policy, request: Request, responsible: str) -> bool:
    return policy.has_body(responsible) and policy.body(responsible).kind == request.responsible


def _decider(policy: Policy, answer: Answer | None, responsible: str) -> str:
    return "" if answer is None or answer.body is None else deciding_body_key(policy, answer, responsible)


def _refused(answer: Answer | None) -> Reason:
    return reason("move-no-answer") if answer is None else reason("refused-by-clause", clauses=answer.clauses)


def _impact(
    was: str, now: str, before: Procedure, after: Procedure, demands: tuple[Demanded, ...], to: Destination | None
) -> Impact:
    steps = tuple(change for change in step_changes(before, after) if change.alters_the_way)
    if was != now or steps:
        kind = CHANGED_ROUTE
    else:
        kind = NEW_REQUIREMENT if any(one.what != "gone" for one in demands) else UNCHANGED
    return Impact(kind, was, now, steps, demands, to=to)


def _demands(old: Policy, new: Policy, asked: Request, request: Request, here: str) -> Iterator[Demanded]:
    """Requirements that are new, gone or moved, for a request at a step (none: it has not begun)."""
    was, now = demands(old, asked), demands(new, request)
    for key, demand in now.items():
        if key not in was or was[key].before != demand.before:
            passed = here not in ("", "draft") and STEPS.index(demand.before) <= STEPS.index(here)
            yield Demanded("new" if key not in was else "moved", demand, passed)
    yield from (Demanded("gone", demand) for key, demand in was.items() if key not in now)


def impact_on_engagement(
    old: Policy, new: Policy, before: Request, after: Request, responsible: str
) -> EngagementImpact:
    """What another version would mean for an engagement, given the request by which either would have it entered."""
    acts = [act for act in acts_of(before.engagement) if act not in acts_for(Purpose.BEGIN)]
    found = tuple(
        (act, impact_on_request(old, new, before.with_(act=act), after.with_(act=act), responsible)) for act in acts
    )
    was, now = (
        {rule.id: rule for rule in policy.evaluations if rule.when.holds(request)}
        for policy, request in ((old, before), (new, after))
    )
    begins = tuple(rule for key, rule in now.items() if key not in was)
    ceases = tuple(rule for key, rule in was.items() if key not in now)
    altered = tuple(
        Altered(was[key], rule) for key, rule in now.items() if key in was and _asks(was[key]) != _asks(rule)
    )
    kind = min((impact.kind for _act, impact in found), key=KINDS.index)
    if kind == UNCHANGED and (begins or altered):
        kind = NEW_REQUIREMENT
    return EngagementImpact(kind, found, begins, ceases, altered)


def _asks(rule: EvaluationRule) -> tuple[object, ...]:
    """What an evaluation rule asks of somebody."""
    rhythm = rule.every, rule.before_expiry, rule.on
    return (*rhythm, rule.reports, rule.decides, rule.weighs_value, tuple(one.key for one in rule.questions))
