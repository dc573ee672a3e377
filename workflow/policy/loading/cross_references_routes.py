"""Cross references of routes: their bodies exist, and their steps come in order.

Before the council decides, the executive board recommends. `Declared` and `Fault` are shared with
`workflow.policy.loading.cross_references_rules`, which checks tables, requirements and evaluations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workflow.policy.clauses import Clause
from workflow.policy.loading.yaml_positions import KeyPath
from workflow.policy.pack_messages import PackMessage, pack_message, shown, unknown
from workflow.policy.pack_rules import Step
from workflow.policy.vocabulary import BODY_KINDS, COLLEGIAL, ROLES, STEPS

#: Roles that take part in a case; an auditor changes nothing and an administrator decides none.
ACTING_ROLES = tuple(role for role in ROLES if role not in ("auditor", "admin"))
#: Roles that sit in the administration below a body.
STAFF = ("officer", "manager")
#: Roles that only a body that meets has.
ELECTED = ("secretary", "chair", "member")


class Fault(NamedTuple):
    """A fault and its place in the file."""

    path: KeyPath
    #: Text only where marshmallow itself has written it.
    message: PackMessage | str


@dataclass(frozen=True, slots=True)
class Declared:
    """Names that rules may refer to."""

    clauses: Mapping[str, Clause]
    routes: Mapping[str, tuple[Step, ...]]
    #: Kinds of which there is exactly one body, so that the kind alone names it.
    single: tuple[str, ...]
    #: Kinds of which there is at least one.
    present: tuple[str, ...]
    #: The municipality's form of government; None in a law.
    government: str | None = None


def duplicates(named: Iterable[tuple[KeyPath, str]]) -> Iterator[Fault]:
    """Faults for names that occur twice."""
    seen: set[str] = set()
    for path, name in named:
        if name in seen:
            yield Fault(path, pack_message("twice", value=f"'{name}'"))
        seen.add(name)


def unknown_clauses(
    clauses: Iterable[str], path: KeyPath, declared: Declared, where: str | None = None
) -> Iterator[Fault]:
    """Faults for cited clauses that do not exist, or hold under another form of government than the rule, `where`."""
    for position, id_ in enumerate(clauses):
        if (clause := declared.clauses.get(id_)) is None:
            yield Fault((*path, position), unknown("clause", id_, declared.clauses))
        elif clause.where not in (None, where or declared.government):
            yield Fault((*path, position), pack_message("other-government", clause=id_, government=clause.where))


def body_faults(
    kind: str, path: KeyPath, declared: Declared, *, extra: Collection[str] = ("responsible",)
) -> Iterator[Fault]:
    """Faults of a body named by its kind alone."""
    if kind in extra:
        return
    if kind not in declared.present:
        yield Fault(path, pack_message("no-such-body", kind=kind))
    elif kind not in declared.single:
        yield Fault(path, pack_message("several-bodies", kind=kind))


def routes(named: Mapping[str, Sequence[Step]], declared: Declared) -> Iterator[Fault]:
    """Faults in routes."""
    for name, steps in named.items():
        yield from _route(steps, ("routes", name), declared)


def _route(steps: Sequence[Step], path: KeyPath, declared: Declared) -> Iterator[Fault]:
    order = [STEPS.index(step.step) for step in steps]
    for position in range(1, len(steps)):
        if order[position] < order[position - 1]:
            yield Fault((*path, position, "step"), pack_message("step-order", steps=", ".join(STEPS)))
    names = [step.step for step in steps]
    for name in ("draft", "decide"):
        if name not in names:
            yield Fault(path, pack_message("step-needed", step=name))
    for position, name in enumerate(names):
        if name != "recommend" and name in names[:position]:
            yield Fault((*path, position, "step"), pack_message("one-step", step=name))
    for position, step in enumerate(steps):
        yield from _step(step, (*path, position), declared)
    councils = any(step.step == "decide" and step.by == ("council",) for step in steps)
    if councils and not any(step.step == "recommend" and step.by == ("executive-board",) for step in steps):
        yield Fault(path, pack_message("board-before-council"))


def _step(step: Step, path: KeyPath, declared: Declared) -> Iterator[Fault]:
    yield from unknown_clauses(step.clauses, (*path, "clauses"), declared)
    by = (*path, "by")
    if step.step == "consult":
        if step.within is None:
            yield Fault(path, pack_message("consultation-needs-within"))
        for kind in step.by:
            if kind not in BODY_KINDS:
                yield Fault(by, unknown("body kind", kind, BODY_KINDS))
            elif kind not in declared.present:
                yield Fault(by, pack_message("no-such-body", kind=kind))
        return
    if len(step.by) > 1 and step.step != "sign":
        yield Fault(by, pack_message("taken-by-one", step=step.step))
    for who in step.by:
        if step.step in ("recommend", "decide"):
            yield from _decider(who, by, declared)
        else:
            yield from seat_faults(who, by, declared)
    if step.step == "draft" and step.by != ("officer@responsible",):
        yield Fault(by, pack_message("drafted-by-officer"))


def _decider(who: str, path: KeyPath, declared: Declared) -> Iterator[Fault]:
    deciding = (*COLLEGIAL, "administration", "responsible")
    if who not in deciding:
        yield Fault(path, unknown("body kind", who, deciding))
    else:
        yield from body_faults(who, path, declared)


def seat_faults(
    token: str, path: KeyPath, declared: Declared, *, roles: Collection[str] = ACTING_ROLES
) -> Iterator[Fault]:
    """Faults of ROLE@KIND or ROLE@responsible: unknown words, a body that cannot be meant, a role it cannot have."""
    role, at, where = token.partition("@")
    if not at:
        yield Fault(path, pack_message("no-seat", value=shown(token)))
    elif role not in roles:
        yield Fault(path, unknown("role", role, roles))
    elif where not in (*BODY_KINDS, "responsible"):
        yield Fault(path, unknown("body kind", where, (*BODY_KINDS, "responsible")))
    elif role in STAFF and where == "council":
        yield Fault(path, pack_message("role-below-council", role=role))
    elif role in ELECTED and where in ("administration", "office"):
        yield Fault(path, pack_message("body-without-role", kind=where, role=role))
    else:
        yield from body_faults(where, path, declared)
