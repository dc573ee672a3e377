"""Model of the gate: what authorization guarantees of every action, as data.

Read from the declarations of the actions, which authorization reads too. The proofs assume the guarantees, and the
tests hold the gate to them action by action on a real database. Without one of them, the proofs find the shortest
counterexample.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from workflow.policy.actions import APPROVING, OUTCOMES, RECORDED, Requires, names_where
from workflow.policy.verification.messages import message

#: The event by which a case is moved to another version of the policy.
MOVED = message("act", action="move", actor=message("role", role="admin"))


def _bars() -> Mapping[str, frozenset[str]]:
    return MappingProxyType({name: rule.barred_by for name, rule in RECORDED.items() if rule.barred_by})


def _marks() -> Mapping[str, frozenset[str]]:
    return MappingProxyType({name: rule.marks for name, rule in RECORDED.items() if rule.marks})


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity, so that what follows can be cached
class Promises:
    """What holds of every action."""

    #: Actions and outcomes that may change a request, and that ask the tables anew when they do.
    rejudges: frozenset[str] = names_where(lambda rule: rule.changes_request) | {
        name for name, outcome in OUTCOMES.items() if outcome.changes_request
    }
    #: What keeps a person from an action.
    bars: Mapping[str, frozenset[str]] = field(default_factory=_bars)
    #: What an action makes of the person who takes it.
    marks: Mapping[str, frozenset[str]] = field(default_factory=_marks)
    #: An action counts for who takes it and for whoever is away and acted for: bars and marks hold for both.
    counts_for_both: bool = True
    #: Actions that nobody but the clock need take.
    by_deadline: frozenset[str] = names_where(lambda rule: rule.by_deadline)
    #: Actions of a non-collegial body that need a mandate of the body above it.
    need_mandate: frozenset[str] = names_where(lambda rule: rule.needs_mandate)
    #: Actions refused while something is missing that must be there before the step they lead into …
    asks_for_next: frozenset[str] = names_where(lambda rule: rule.requires is Requires.NEXT_STEP)
    #: … or before the step they take; of a body's outcomes, those that say yes.
    asks_for_own: frozenset[str] = names_where(lambda rule: rule.requires is Requires.OWN_STEP) | {*APPROVING}


PROMISES = Promises()
