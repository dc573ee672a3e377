"""Changed texts and parts of a new version, apart from its answers.

The document, its bodies, goals, forms and clauses, the ladders, the law's rules for meetings, and every assumption.
Answers are compared in `workflow.policy.diff.diff_answers`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from workflow.policy.assumptions import assumptions
from workflow.policy.clauses import Clause
from workflow.policy.diff.change import Change
from workflow.policy.model import Policy
from workflow.policy.vocabulary import LADDERS
from workflow.policy.voting_rules import Minority, VotingRules


def document(old: Policy, new: Policy) -> Iterator[Change]:
    """Title, status, dates, notice, whose matter a case usually is, and the Nordic twin towns that are named."""
    one, other = old.document, new.document
    values: tuple[tuple[str, Any, Any], ...] = (
        ("title", one.title, other.title),
        ("status", one.status, other.status),
        ("valid-from", one.valid_from, other.valid_from),
        ("valid-to", one.valid_to, other.valid_to),
        ("notice", one.notice, other.notice),
        ("name", old.municipality.names, new.municipality.names),
        ("timezone", old.municipality.timezone, new.municipality.timezone),
        ("default-responsible", old.default_responsible, new.default_responsible),
        ("named-twins", _named(old), _named(new)),
    )
    return (Change("document", what, was=was, now=now) for what, was, now in values if was != now)


def _named(policy: Policy) -> tuple[str, ...] | None:
    return None if policy.named_nordic_twins is None else policy.named_nordic_twins.partners


def bodies(old: Policy, new: Policy) -> Iterator[Change]:
    """Bodies that are new, gone, called otherwise, of another kind or below another."""
    was, now = ({body.key: body for body in policy.bodies} for policy in (old, new))
    for key, body, after in _both(was, now):
        if body is None or after is None:
            yield Change("bodies", "removed" if after is None else "added", key, body, after)
            continue
        for what, before, later in (
            ("renamed", body.names, after.names),
            ("kind", body.kind, after.kind),
            ("parent", body.parent, after.parent),
        ):
            if before != later:
                yield Change("bodies", what, key, before, later)


def goals(old: Policy, new: Policy) -> Iterator[Change]:
    """Groups of goals, and goals in them, that are new, gone or called otherwise."""
    was, now = ({group.group: group for group in policy.goals} for policy in (old, new))
    for key, group, after in _both(was, now):
        if group is None or after is None:
            yield Change("goals", "group-removed" if after is None else "group-added", key, group, after)
            continue
        if group.names != after.names:
            yield Change("goals", "renamed", key, group.names, after.names)
        for goal, before, later in _both(*({one.key: one.names for one in some.items} for some in (group, after))):
            if before != later:
                what = "added" if before is None else "removed" if later is None else "renamed"
                yield Change("goals", what, f"{key}:{goal}", before, later)


def forms(old: Policy, new: Policy) -> Iterator[Change]:
    """What kinds of engagement are called, and the fields that their forms offer."""
    for kind, before, after in _both(old.kinds, new.kinds):
        names, fields = (before.names, before.fields) if before else ({}, ())
        later, offered = (after.names, after.fields) if after else ({}, ())
        if names != later:
            yield Change("forms", "renamed", kind, names, later)
        if gone := tuple(name for name in fields if name not in offered):
            yield Change("forms", "fields-removed", kind, was=gone)
        if added := tuple(name for name in offered if name not in fields):
            yield Change("forms", "fields-added", kind, now=added)


def clauses(old: Policy, new: Policy) -> Iterator[Change]:
    """Clauses that are new, gone, worded otherwise, of another kind, or enforced by something else."""
    for id_, before, after in _both(old.clauses, new.clauses):
        if before is None or after is None:
            yield Change("clauses", "removed" if after is None else "added", id_, before, after)
            continue
        for what, was, now in _of_clause(before, after):
            if was != now:
                yield Change("clauses", what, id_, was, now)


def _of_clause(before: Clause, after: Clause) -> Iterator[tuple[str, Any, Any]]:
    yield "reworded", before.says, after.says
    yield "kind", before.kind, after.kind
    yield "section", before.section, after.section
    yield "voice", before.voice, after.voice
    yield "enforced-by", before.enforced_by, after.enforced_by
    yield "reason", before.reason, after.reason


def ladders(old: Policy, new: Policy) -> Iterator[Change]:
    """Rungs that are new or gone, of every ladder: who is notified when of what is late."""
    rules = dict.fromkeys(rule.id for policy in (old, new) for rule in policy.evaluations)
    for name in (*LADDERS, *(f"evaluation:{rule}" for rule in rules)):
        was, now = old.ladder(name), new.ladder(name)
        if gone := tuple(rung for rung in was if rung not in now):
            yield Change("ladders", "rungs-removed", name, was=gone)
        if added := tuple(rung for rung in now if rung not in was):
            yield Change("ladders", "rungs-added", name, now=added)


def law(old: Policy, new: Policy) -> Iterator[Change]:
    """The country's rules for bodies that meet: quorum, ties, abstention, minorities, who prepared the matter.

    Of rules that follow each other in time, the last known.
    """
    was, now = _meeting(old.law.collegial.on(date.max)), _meeting(new.law.collegial.on(date.max))
    for key, before, after in _both(was, now):
        if before is None or after is None or before[0] != after[0]:
            kind, _colon, about = key.partition(":")
            rule = after or (None, ())
            yield Change("law", kind, about, before[0] if before else None, rule[0], clauses=rule[1])
        elif before[1] != after[1]:
            yield Change("law", "cites", key, before[1], after[1])


def _meeting(law: VotingRules) -> dict[str, tuple[Any, tuple[str, ...]]]:
    """Each rule with its clauses, by what it is about."""
    rules: dict[str, tuple[Any, tuple[str, ...]]] = {}
    for quorum in law.quorum:
        for kind in quorum.bodies:
            rules[f"quorum:{kind}"] = (quorum.more_than_half, quorum.conflicted_count), quorum.clauses
    rules["tie"] = law.tie.rule, law.tie.clauses
    rules["abstention"] = law.abstention.allowed, law.abstention.clauses
    for right in law.minority:
        for kind in right.bodies:
            rules[f"minority:{kind}"] = _share(right), right.clauses
    rules["preparer"] = law.preparer.excluded, law.preparer.clauses
    return rules


def _share(right: Minority) -> tuple[object, ...]:
    return right.numerator, right.denominator, right.outcomes, right.once


def assumed(old: Policy, new: Policy) -> Iterator[Change]:
    """Assumptions that are new or gone, each with the places that rest on it."""
    was, now = _reasons(old), _reasons(new)
    for why, before, after in _both(was, now):
        if before is None:
            yield Change("assumptions", "added", why, now=after)
        elif after is None:
            yield Change("assumptions", "removed", why, was=before)


def _reasons(policy: Policy) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in assumptions(policy):
        found[one.reason] = (*found.get(one.reason, ()), one.where)
    return found


def _both(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """What stands under each key in the one and in the other; None where there is nothing."""
    return ((key, was.get(key), now.get(key)) for key in dict.fromkeys((*was, *now)))
