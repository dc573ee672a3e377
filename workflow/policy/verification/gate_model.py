"""What does the gate promise of every act, whoever takes it?

The promises as data, apart from the gate's own code: the proofs assume them, and the tests hold the gate to them act by
act on a real database. Take one away, and the proofs tell the shortest story of what would then happen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

#: What a person can have done with a case: opened, changed or submitted it, ever; acted on its present way; entered
#: the decision that waits.
PREPARED, ACTED, ENTERED = "prepared", "acted", "entered"
#: How the stories tell that a case is moved to another version of the policy.
MOVED = "move by admin"


def _table(**rows: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    return MappingProxyType({name.replace("_", "-"): frozenset(row) for name, row in rows.items()})


@dataclass(frozen=True, slots=True, eq=False)  # each is its own, so that what follows from it can be kept
class Promises:
    """What holds of every act."""

    #: Acts that may change a request, and that ask the tables anew when they do.
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
    #: An act counts for who takes it and for whoever is away and acted for: the same bars and marks hold for both.
    counts_for_both: bool = True
    #: Acts that nobody but the clock need take.
    by_deadline: frozenset[str] = frozenset({"close-consultation"})
    #: Acts of a non-collegial body that need a mandate of the body above it.
    need_mandate: frozenset[str] = frozenset({"approve", "reject"})
    #: Acts refused while something is missing that must be there before the step they lead into …
    asks_for_next: frozenset[str] = frozenset({"submit", "endorse"})
    #: … or before the step they take; of a body's outcomes, those that say yes.
    asks_for_own: frozenset[str] = frozenset({"approve", "sign", "approve-amended", "take-note"})


PROMISES = Promises()
