"""Nordic twin towns that a policy names, and excepts from what it asks of other agreements.

The exception belongs to these towns and is read from the other party of an engagement in the register, so that nobody
can claim it for another town. A version that names none, like those stored before names could be given, goes by what
the register says of the engagement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from workflow.core.text_validation import normal
from workflow.policy.request_domain import REGISTERED, facts_of
from workflow.policy.shape import Assumed, Key
from workflow.policy.value_readers import several, text

#: The attribute of a request that says so.
ATTRIBUTE = "named_nordic_twin"


@dataclass(frozen=True, slots=True)
class NamedTwins:
    """The towns, as the register names the other party of an agreement."""

    partners: Annotated[tuple[str, ...], Key(several(text, at_least=1))]
    assumed: Assumed = None

    def __contains__(self, partner: str) -> bool:
        return _folded(partner) in {_folded(name) for name in self.partners}


def _folded(name: str) -> str:
    return " ".join(normal(name).casefold().split())


def is_named_twin(named: NamedTwins | None, partner: str, *, registered: bool) -> bool:
    """Whether an engagement with a partner is excepted; `registered` is what the register says of it."""
    return registered if named is None else partner in named


def registered_facts(named: NamedTwins | None, row: Any, names: Iterable[str] = REGISTERED) -> dict[str, Any]:
    """Facts that the register has of an engagement, as a policy that names some towns reads them."""
    facts = facts_of(row, names)
    if ATTRIBUTE in facts:
        facts[ATTRIBUTE] = is_named_twin(named, row.partner_name, registered=facts[ATTRIBUTE])
    return facts
