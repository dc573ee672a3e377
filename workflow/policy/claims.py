"""Claims: the examples that clauses promise, and the readers of their YAML.

A claim is a request in the attributes that conditions look at, with the one thing that must come of it. Keys that came
later may be left out, so that a pack stored before them reads as it did. `workflow.policy.verification.p10_claims`
checks them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from marshmallow import ValidationError

from workflow.policy.conditions import Condition, attribute_reader, pairs
from workflow.policy.pack_messages import invalid, pack_message, unknown
from workflow.policy.request_domain import ATTRIBUTES
from workflow.policy.requirement_kinds import REQUIREMENT_KINDS
from workflow.policy.value_readers import day, months, one_of, seat, slug, truth
from workflow.policy.vocabulary import AS_ENTERED, DECIDES, DECIDING_KINDS

#: What can come of a request; an example says one of these.
OUTCOMES = (
    "decided_by",
    "refused",
    "requires",
    "requires_not",
    "heard",
    "signed_by",
    "evaluated",
    "evaluated_not",
    "cited_not",
)
Reader = Callable[[object], Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """An example that a clause promises: a request and what must come of it."""

    #: Attributes given; everything else is free where it does not matter, the default here.
    given: tuple[tuple[str, object], ...]
    decided_by: str | None = None
    refused: bool = False
    requires: str | None = None
    requires_not: str | None = None
    #: Kind of body that recommends or gives its opinion before the decision.
    heard: str | None = None
    #: Whether what comes of it is our reading; an answer that rests on words alone breaks the claim, and the reverse.
    reading: bool = False
    #: Which of its clause's examples it is written in; one with several values makes several claims.
    position: int = 0
    #: Goal group, where `goal` is required or not.
    group: str | None = None
    #: ROLE@BODY that may sign.
    signed_by: str | None = None
    #: What is known of the evaluation that it leads to, as a rule's keys and values; an empty one is none.
    evaluated: tuple[tuple[str, object], ...] = ()
    #: Whether no evaluation of this clause comes of it.
    evaluated_not: bool = False
    #: Whether the answer does not rest on this clause.
    cited_not: bool = False


def claims(value: object) -> tuple[Claim, ...]:
    """Examples; one whose attributes have several values is one example for each."""
    found: list[Claim] = []
    for position, item in enumerate(value if isinstance(value, list) else [None]):
        try:
            found += [claim(one, position) for one in _each(item)]
        except ValidationError as error:
            raise ValidationError({position: error.messages}) from None
    return tuple(found)


def _each(item: object) -> list[object]:
    if not isinstance(item, dict):
        return [item]
    lists = {name: item[name] for name in ATTRIBUTES if isinstance(item.get(name), list)}
    for name, values in lists.items():
        if not values:
            raise ValidationError({name: [pack_message("empty")]})
    return [{**item, **dict(zip(lists, one, strict=True))} for one in product(*lists.values())]


def _only_true(value: object) -> bool:
    if value is not True:
        raise invalid("only-true")
    return True


#: What an example can say of an evaluation.
EVALUATION_PARTS: Mapping[str, Reader] = {
    "every": months,
    "before_expiry": months,
    "on": day,
    "reports": seat,
    "weighs_value": truth,
    "decides": one_of((AS_ENTERED, *DECIDES), "deciding body kind"),
}


def _evaluation_claim(value: object) -> tuple[tuple[str, Any], ...]:
    """What is known of an evaluation: any of the keys a rule has."""
    if not isinstance(value, dict) or not value:
        raise invalid("some-of", known=", ".join(EVALUATION_PARTS))
    return tuple(_read(value, EVALUATION_PARTS, "key").items())


_READERS: Mapping[str, Reader] = {
    "decided_by": one_of(DECIDING_KINDS, "body kind"),
    "refused": _only_true,
    "requires": one_of(REQUIREMENT_KINDS, "requirement"),
    "requires_not": one_of(REQUIREMENT_KINDS, "requirement"),
    "group": slug,
    "heard": one_of(DECIDING_KINDS, "body kind"),
    "signed_by": seat,
    "evaluated": _evaluation_claim,
    "evaluated_not": _only_true,
    "cited_not": _only_true,
    "reading": _only_true,
}


_ATTRIBUTES: Mapping[str, Reader] = {name: attribute_reader(name) for name in ATTRIBUTES}
_ALL = {**_ATTRIBUTES, **_READERS}


def claim(value: object, position: int = 0) -> Claim:
    """An example: what is given of a request, and the one thing that must come of it."""
    if not isinstance(value, dict):
        raise invalid("no-map")
    read = _read(value, _ALL, "attribute")
    given = tuple((name, item) for name, item in read.items() if name in _ATTRIBUTES)
    came = {name: item for name, item in read.items() if name in _READERS}
    return _sound(Claim(given, position=position, **came), came)


def _read(value: Mapping[str, object], readers: Mapping[str, Reader], what: str) -> dict[str, Any]:
    found = {}
    for name, item in value.items():
        try:
            if name not in readers:
                raise ValidationError([unknown(what, name, tuple(readers))])
            found[name] = readers[name](item)
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from None
    return found


def _sound(claim: Claim, came: Collection[str]) -> Claim:
    given = dict(claim.given)
    for name in ("engagement", "act"):
        if name not in given:
            raise invalid("example-names", name=name)
    if len([name for name in came if name in OUTCOMES]) != 1:
        raise invalid("example-has-one", known=", ".join(OUTCOMES))
    if claim.group is not None and not any(
        kind is not None and REQUIREMENT_KINDS[kind].has_groups for kind in (claim.requires, claim.requires_not)
    ):
        raise ValidationError({"group": [pack_message("only-goal-has-group")]})
    if not any(pairs(Condition(tuple((name, (given[name],)) for name in ("engagement", "act"))))):
        raise invalid("no-such-act")
    return claim
