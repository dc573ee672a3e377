"""Assumptions: where a policy goes further than its document, and why.

Every assumption has its reason, until the municipality confirms it, and none is shown as a citation. Rules with one
reason make one assumption: its identity is taken over the reason and the rules that rest on it, so that an unchanged
one is recognised in a later version. `workflow.versions.assumption_reviews` holds the municipality's rulings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workflow.policy.canonical import canonical, digest_of
from workflow.policy.model import Policy
from workflow.policy.rules import Rule, rules

#: What is no part of a rule: what a version is called, and the examples that a clause is held against.
_NO_RULE = ("version", "claims", "meetings")
#: The law's rows for a time without a policy stand in the law alone as its table of competence.
_ALSO_CALLED = {"founding": "competence"}


@dataclass(frozen=True, slots=True)
class Assumption:
    """One place where a document is silent or our reading goes further."""

    where: str
    reason: str


def assumptions(policy: Policy) -> Iterator[Assumption]:
    """All assumptions of a policy and of its country's law, the document's own first."""
    return (Assumption(rule.where, rule.assumed) for rule in _assumed(policy) if rule.assumed)


def rules_by_assumption(policy: Policy) -> dict[str, tuple[Rule, ...]]:
    """Every rule, body or clause by the assumption it rests on, named by its reason; in the order of `assumptions`."""
    found: dict[str, list[Rule]] = {}
    for rule in _assumed(policy):
        if rule.assumed:
            found.setdefault(rule.assumed, []).append(rule)
    return {why: tuple(several) for why, several in found.items()}


def _assumed(policy: Policy) -> Iterator[Rule]:
    document = policy.document
    yield Rule("document", "document", (), document.assumed, source=document)
    for body in policy.bodies:
        yield Rule("body", f"body {body.key}", (), body.assumed, source=body)
    if policy.named_nordic_twins is not None:
        twins = policy.named_nordic_twins
        yield Rule("named-twins", "named Nordic twin towns", (), twins.assumed, source=twins)
    yield from rules(policy)
    for name, ladder in policy.ladders.items():
        yield Rule("ladder", f"ladder {name}", (), ladder.assumed, source=ladder, part=name)
    for clause in policy.clauses.values():
        yield Rule("clause", f"clause {clause.id}", (clause.id,), clause.assumed, source=clause)


def assumption_ids(policy: Policy) -> Mapping[str, str]:
    """The id of every assumption by its reason: SHA-256, hexadecimal, over the reason and the rules that rest on it.

    Neither the place nor the order of the rules matters. The digest is taken of the pack's own text, and
    stays the same when the program learns to read more of a pack.
    """
    return _assumption_ids(policy.canonical)


@lru_cache(maxsize=64)
def _assumption_ids(text: str) -> Mapping[str, str]:
    document = json.loads(text)
    found: dict[str, set[str]] = {}
    for why, rule in (*_written(document["pack"], ""), *_written(document["law"], "")):
        found.setdefault(why, set()).add(rule)
    return {why: digest_of(canonical({"assumed": why, "rules": sorted(said)})) for why, said in found.items()}


def _written(node: Any, name: str) -> Iterator[tuple[str, str]]:
    """Every reason with one rule that gives it, as canonical JSON under the name it stands at."""
    if isinstance(node, list):
        for item in node:
            yield from _written(item, name)
    elif isinstance(node, dict):
        if isinstance(why := node.get("assumed"), str):
            said = {key: value for key, value in node.items() if key not in _NO_RULE}
            yield why, canonical({"at": name, "rule": said}).decode()
        for key, inner in node.items():
            if key not in _NO_RULE:
                yield from _written(inner, _ALSO_CALLED.get(str(key), str(key)))
