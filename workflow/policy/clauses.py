"""Clauses: the citable places of a document, with the examples they promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from workflow.policy.claims import Claim, claims
from workflow.policy.pack_rules import Where
from workflow.policy.shape import Assumed, Key, Text, Texts
from workflow.policy.validity import Day
from workflow.policy.value_readers import clause_id, number, one_of, several, text
from workflow.policy.vocabulary import COLLEGIAL
from workflow.policy.voting_rules import MINORITY_OUTCOMES

CLAUSE_KINDS = ("competence", "representation", "requirement", "prohibition", "evaluation", "duty", "guidance")
#: What the system itself does for a clause.
SYSTEM_DOES = (
    "register",
    "notice",
    "report",
    "glossary",
    "scope",
    "monitoring",
    "case-form",
    "signatories",
    "funding-lines",
    "goals",
)

_count = number(0, 1000)
Count = Annotated[int, Key(_count)]


@dataclass(frozen=True, slots=True)
class MeetingClaim:
    """An example that a clause of the law promises: how a body met and voted, and whether its decision stands."""

    body: Annotated[str, Key(one_of(COLLEGIAL, "body kind"))]
    members: Annotated[int, Key(number(1, 1000))]
    present: Count
    stands: bool
    outcome: Annotated[str, Key(one_of(("approve", "reject", *MINORITY_OUTCOMES), "outcome"))] = "approve"
    conflicted: Count = 0
    votes_for: Annotated[int | None, Key(_count, name="for")] = None
    votes_against: Annotated[int | None, Key(_count, name="against")] = None
    abstained: Annotated[int | None, Key(_count)] = None
    casting_vote: Annotated[str, Key(one_of(("for", "against"), "vote"))] = ""
    #: Whether a minority has had this outcome before in the case.
    minority_used: bool = False
    #: Whether somebody takes part who prepared the matter as an employee.
    prepared: bool = False
    #: Whether that it comes out so is our reading of the clause.
    reading: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """A citable place in a document."""

    id: Annotated[str, Key(clause_id)]
    kind: Annotated[str, Key(one_of(CLAUSE_KINDS, "clause kind"))]
    says: Texts
    section: Text = ""
    voice: Annotated[str | None, Key(one_of(("proposal", "response"), "voice"))] = None
    assumed: Assumed = None
    reason: Annotated[str | None, Key(text)] = None
    enforced_by: Annotated[tuple[str, ...], Key(several(one_of(SYSTEM_DOES, "way to enforce"), at_least=1))] = ()
    claims: Annotated[tuple[Claim, ...], Key(claims)] = ()
    #: Examples of meetings; this and the rest in a law alone.
    meetings: tuple[MeetingClaim, ...] = ()
    where: Where = None
    valid_from: Day = None
    valid_until: Day = None
