"""Cross references of tables, requirements and evaluations: names exist, rows and routes agree.

A row leads to a route on which the body it names decides, and which ends in a signature exactly when its requests are
signed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from workflow.policy.conditions import Condition, pairs
from workflow.policy.loading.cross_references_routes import (
    Declared,
    Fault,
    body_faults,
    duplicates,
    seat_faults,
    unknown_clauses,
)
from workflow.policy.loading.schemas import Pack
from workflow.policy.loading.yaml_positions import KeyPath
from workflow.policy.pack_messages import pack_message, unknown
from workflow.policy.pack_rules import EvaluationRule, Ladder, Requirement, Row, Rung, Step
from workflow.policy.request_domain import Span, is_signed
from workflow.policy.request_space import overlap
from workflow.policy.vocabulary import AS_ENTERED, ENDS_BY_ITSELF, ROLES, TURN


def pack_rules(pack: Pack, declared: Declared) -> Iterator[Fault]:
    """Faults in the rules of a pack."""
    yield from row_faults(pack.prohibitions, "prohibitions", declared)
    yield from row_faults(pack.competence, "competence", declared)
    yield from _without_days(pack.competence)
    yield from duplicates([*ids("prohibitions", pack.prohibitions), *ids("competence", pack.competence)])
    for position, requirement in enumerate(pack.requirements):
        yield from _requirement(
            requirement, [group.group for group in pack.goals], ("requirements", position), declared
        )
    yield from _asked_twice(pack.requirements)
    yield from duplicates(ids("evaluations", pack.evaluations))
    yield from _evaluated_twice(pack.evaluations)
    for position, rule in enumerate(pack.evaluations):
        yield from _evaluation(rule, ("evaluations", position), declared)
    for name, ladder in pack.ladders.items():
        yield from _ladder(name, ladder, declared)


def _without_days(rows: Sequence[Row]) -> Iterator[Fault]:
    """A pack's own rows hold as long as its version governs; only rows of the law have days of their own."""
    for position, row in enumerate(rows):
        for name in ("valid_from", "valid_until"):
            if getattr(row, name) is not None:
                yield Fault(("competence", position, name), pack_message("days-of-law"))


def ids(table: str, rows: Sequence[Row | EvaluationRule]) -> list[tuple[KeyPath, str]]:
    """The ids of a table's rows with their places."""
    return [((table, position, "id"), row.id) for position, row in enumerate(rows)]


def _when(condition: Condition, path: KeyPath, declared: Declared) -> Iterator[Fault]:
    for name, wanted in condition.terms:
        if name != "responsible" or isinstance(wanted, Span):
            continue
        for kind in wanted:
            if kind not in declared.present:
                yield Fault((*path, "when", name), pack_message("no-such-body", kind=kind))


def row_faults(rows: Sequence[Row], table: str, declared: Declared) -> Iterator[Fault]:
    """Faults in the rows of a table: their clauses, conditions, bodies and routes."""
    for position, row in enumerate(rows):
        path: KeyPath = (table, position)
        yield from unknown_clauses(row.clauses, (*path, "clauses"), declared, row.where)
        yield from _when(row.when, path, declared)
        if row.decides is None or row.route is None:
            continue
        yield from body_faults(row.decides, (*path, "decides"), declared)
        if row.route not in declared.routes:
            yield Fault((*path, "route"), unknown("route", row.route, declared.routes))
        else:
            yield from _agree(row, declared.routes[row.route], path)


def _agree(row: Row, steps: Sequence[Step], path: KeyPath) -> Iterator[Fault]:
    decides = [step.by[0] for step in steps if step.step == "decide"]
    if decides and decides != [row.decides]:
        yield Fault(
            (*path, "route"), pack_message("other-body-on-route", route=row.route, body=decides[0], row=row.decides)
        )
    signed = {is_signed(engagement, act) for engagement, act in pairs(row.when)}
    has_sign = any(step.step == "sign" for step in steps)
    if len(signed) == 2:
        yield Fault((*path, "when"), pack_message("two-rows-needed"))
    elif signed == {True} and not has_sign:
        yield Fault((*path, "route"), pack_message("sign-step-needed", route=row.route))
    elif signed == {False} and has_sign:
        yield Fault((*path, "route"), pack_message("sign-step-in-vain", route=row.route))


def _requirement(
    requirement: Requirement, groups: Collection[str], path: KeyPath, declared: Declared
) -> Iterator[Fault]:
    yield from unknown_clauses(requirement.clauses, (*path, "clauses"), declared)
    yield from _when(requirement.when, path, declared)
    if requirement.kind.has_groups and requirement.group is None:
        yield Fault(path, pack_message("goal-needs-group"))
    elif not requirement.kind.has_groups and requirement.group is not None:
        yield Fault((*path, "group"), pack_message("only-goal-has-group"))
    elif requirement.group is not None and requirement.group not in groups:
        yield Fault((*path, "group"), unknown("goal group", requirement.group, groups))
    if requirement.before == "sign" and not all(is_signed(*pair) for pair in pairs(requirement.when)):
        yield Fault((*path, "before"), pack_message("never-signed"))


def _asked_twice(requirements: Sequence[Requirement]) -> Iterator[Fault]:
    for (_, one), (position, other) in combinations(enumerate(requirements), 2):
        if (one.id, one.group, one.before) == (other.id, other.group, other.before) and overlap(one.when, other.when):
            yield Fault(("requirements", position), pack_message("asked-twice", id=other.id))


def _evaluated_twice(rules: Sequence[EvaluationRule]) -> Iterator[Fault]:
    for (_, one), (position, other) in combinations(enumerate(rules), 2):
        if one.every is not None and other.every is not None and overlap(one.when, other.when):
            yield Fault(("evaluations", position, "when"), pack_message("evaluated-twice", id=one.id))


def _evaluation(rule: EvaluationRule, path: KeyPath, declared: Declared) -> Iterator[Fault]:
    yield from unknown_clauses(rule.clauses, (*path, "clauses"), declared)
    yield from _when(rule.when, path, declared)
    if sum(due is not None for due in (rule.every, rule.before_expiry, rule.on)) != 1:
        yield Fault(path, pack_message("evaluation-has-one"))
    yield from body_faults(rule.decides, (*path, "decides"), declared, extra=("responsible", AS_ENTERED))
    yield from seat_faults(rule.reports, (*path, "reports"), declared)
    yield from duplicates(((*path, "questions", i, "key"), question.key) for i, question in enumerate(rule.questions))
    yield from _rungs(rule.ladder, (*path, "ladder"), declared, may_turn=False)
    if rule.ladder and rule.ladder[0].after.amount < 0:
        yield Fault((*path, "ladder", 0), pack_message("ladder-begins"))


def _rungs(rungs: Sequence[Rung], path: KeyPath, declared: Declared, *, may_turn: bool) -> Iterator[Fault]:
    for position, rung in enumerate(rungs):
        if rung.tell != TURN:
            yield from seat_faults(rung.tell, (*path, position, "tell"), declared, roles=ROLES)
        elif not may_turn:
            yield Fault((*path, position, "tell"), pack_message("nobodys-turn"))
        if position and rung.after.amount <= rungs[position - 1].after.amount:
            yield Fault((*path, position), pack_message("rung-later"))


def _ladder(name: str, ladder: Ladder, declared: Declared) -> Iterator[Fault]:
    path: KeyPath = ("ladders", name, "rungs")
    yield from _rungs(ladder.rungs, path, declared, may_turn=name in ("step", "consultation"))
    if name in ENDS_BY_ITSELF and ladder.rungs[-1].after.amount > 0:
        yield Fault((*path, len(ladder.rungs) - 1), pack_message("nothing-late"))
