"""What the case gate guarantees of every act, as data.

Stated apart from the gate's own code: the proofs assume it, and the tests compare the gate with it act by act on a real
database. Without one of the guarantees the proofs report the shortest path to what would then happen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from workflow.policy.verification.messages import message

#: What a person can have done with a case: opened, changed or submitted it, ever; acted since it was last submitted;
#: entered the decision that waits.
PREPARED, ACTED, ENTERED = "prepared", "acted", "entered"
#: The event by which a case is moved to another version of the policy.
MOVED = message("act", action="move", actor=message("role", role="admin"))


def _table(**rows: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    return MappingProxyType({name.replace("_", "-"): frozenset(row) for name, row in rows.items()})


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity, so that what follows can be cached
class Promises:
    """What the gate guarantees of every act."""

    #: Acts that may change a request, and that then look its answer up again.
    rejudges: frozenset[str] = frozenset({"open", "amend", "endorse", "approve-amended"})
    #: What keeps a person from an act.
    bars: Mapping[str, frozenset[str]] = field(
        default_factory=lambda: _table(
            endorse=(PREPARED, ACTED),
            approve=(PREPARED, ACTED),
            reject=(PREPARED, ACTED),
            sign=(ACTED,),
            confirm=(ENTERED,),
            move=(PREPARED, ACTED),
        )
    )
    #: What an act makes of the person who takes it.
    marks: Mapping[str, frozenset[str]] = field(
        default_factory=lambda: _table(
            amend=(PREPARED,),
            submit=(PREPARED,),
            endorse=(ACTED,),
            approve=(ACTED,),
            reject=(ACTED,),
            sign=(ACTED,),
            enter_decision=(ENTERED,),
            move=(ACTED,),
        )
    )
    #: An act counts for the person who takes it and for the one they substitute for: both have the same bars and marks.
    counts_for_both: bool = True
    #: Acts that a deadline takes without anybody.
    by_deadline: frozenset[str] = frozenset({"close-consultation"})
    #: Acts of a non-collegial body that need a mandate of the body above it.
    need_mandate: frozenset[str] = frozenset({"approve", "reject"})
    #: Acts refused while something is missing that must be there before the step they lead into …
    asks_for_next: frozenset[str] = frozenset({"submit", "endorse"})
    #: … or before the step they take; of a body's outcomes, those that say yes.
    asks_for_own: frozenset[str] = frozenset({"approve", "sign", "approve-amended", "take-note"})


PROMISES = Promises()
