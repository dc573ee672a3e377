"""How is what a new version changes told to a program?

Each difference as `workflow.policy.diff.change.Change` has it: codes and keys are stable, names come in every
language the pack gives them in, and conditions are written as in a pack.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from web.policies.answer_json import Json
from workflow.policy.conditions import Condition
from workflow.policy.diff.change import Change
from workflow.policy.model import Policy
from workflow.policy.request_domain import UNSET, Span


def as_document(old: Policy, new: Policy, changes: Iterable[Change]) -> Json:
    """All differences of two versions."""
    return {
        "municipality": new.municipality.key,
        "old": version_of(old),
        "new": version_of(new),
        "changes": [_change(change) for change in changes],
    }


def version_of(policy: Policy) -> Json:
    """Which version is meant."""
    return {"version": policy.version, "digest": policy.digest}


def _change(change: Change) -> Json:
    return {
        "section": change.section,
        "what": change.what,
        "key": change.key,
        "was": plain(change.was),
        "now": plain(change.now),
        "when": [condition(one) for one in change.when],
        "clauses": list(change.clauses),
        "assumptions": list(change.assumptions),
    }


def condition(one: Condition) -> Json:
    """A condition as a pack writes it; an empty one holds for everything."""
    return {name: _wanted(wanted) for name, wanted in one.terms}


def _wanted(wanted: tuple[object, ...] | Span) -> object:
    if isinstance(wanted, Span):
        return {"from": wanted.low, "to": wanted.high}
    return [UNSET if value is None else value for value in wanted]


def plain(value: Any) -> Any:
    """Any value of a policy as plain JSON."""
    if isinstance(value, Condition):
        return condition(value)
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
