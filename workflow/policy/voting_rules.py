"""Voting rules of a country: quorum, ties, abstention, minority rights, and what they object to a decision.

A decision is held against the rules of the day on which the body met.
Votes `for` and `against` are cast on the proposal, or on the motion to refer back, postpone, withdraw or not raise it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from workflow.core.messages import Reason, reason
from workflow.policy.shape import Assumed, AtLeast, Clauses, Key
from workflow.policy.validity import Day, first_days, holding
from workflow.policy.value_readers import number, one_of, several
from workflow.policy.vocabulary import COLLEGIAL

TIES = ("casting-vote", "lapses")
#: What a minority can bring about.
MINORITY_OUTCOMES = ("postpone", "refer-back")


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many members must be present."""

    bodies: Annotated[tuple[str, ...], Key(several(one_of(COLLEGIAL, "body kind"), at_least=1))]
    #: True: more than half; False: at least half.
    more_than_half: bool
    #: Whether members with a conflict of interest still count.
    conflicted_count: bool
    clauses: Clauses
    assumed: Assumed = None
    valid_from: Day = None
    valid_until: Day = None


@dataclass(frozen=True, slots=True)
class Minority:
    """A share of those present that is enough for an outcome."""

    bodies: Annotated[tuple[str, ...], Key(several(one_of(COLLEGIAL, "body kind"), at_least=1))]
    outcomes: Annotated[tuple[str, ...], Key(several(one_of(MINORITY_OUTCOMES, "outcome"), at_least=1))]
    numerator: Annotated[int, Key(number(1, 100))]
    denominator: Annotated[int, Key(number(2, 100))]
    #: Whether it works only the first time in a case.
    once: bool
    clauses: Clauses
    assumed: Assumed = None
    valid_from: Day = None
    valid_until: Day = None


@dataclass(frozen=True, slots=True)
class TieRule:
    """What happens when votes are equal."""

    rule: Annotated[str, Key(one_of(TIES, "rule for ties"))]
    clauses: Clauses
    assumed: Assumed = None
    valid_from: Day = None
    valid_until: Day = None


@dataclass(frozen=True, slots=True)
class AbstentionRule:
    """Whether a member may abstain."""

    allowed: bool
    clauses: Clauses
    assumed: Assumed = None
    valid_from: Day = None
    valid_until: Day = None


@dataclass(frozen=True, slots=True)
class PreparerRule:
    """Whether whoever prepared a matter as an employee is excluded from deciding it."""

    excluded: bool
    clauses: Clauses
    assumed: Assumed = None
    valid_from: Day = None
    valid_until: Day = None


@dataclass(frozen=True, slots=True)
class VotingRules:
    """How bodies vote in a country on one day."""

    quorum: tuple[Quorum, ...]
    tie: TieRule
    abstention: AbstentionRule
    preparer: PreparerRule
    minority: tuple[Minority, ...] = ()

    def quorum_of(self, kind: str) -> Quorum:
        """The quorum rule of a kind of body."""
        return next(rule for rule in self.quorum if kind in rule.bodies)


@dataclass(frozen=True, slots=True)
class CollegialRules:
    """How bodies vote in a country: every rule with the days on which it holds, one of each subject on any day."""

    quorum: Annotated[tuple[Quorum, ...], AtLeast(1)]
    tie: Annotated[tuple[TieRule, ...], AtLeast(1)]
    abstention: Annotated[tuple[AbstentionRule, ...], AtLeast(1)]
    preparer: Annotated[tuple[PreparerRule, ...], AtLeast(1)]
    minority: tuple[Minority, ...] = ()

    def on(self, day: date) -> VotingRules:
        """The rules for a body that meets on a day."""
        (tie,), (abstention,), (preparer,) = (
            holding(self.tie, day),
            holding(self.abstention, day),
            holding(self.preparer, day),
        )
        return VotingRules(holding(self.quorum, day), tie, abstention, preparer, minority=holding(self.minority, day))

    def all(self) -> tuple[Quorum | TieRule | AbstentionRule | PreparerRule | Minority, ...]:
        """Every rule, whenever it holds."""
        return (*self.quorum, *self.tie, *self.abstention, *self.preparer, *self.minority)

    def periods(self) -> tuple[date, ...]:
        """First days of the periods in which the same rules hold."""
        return first_days(self.all())


@dataclass(frozen=True, slots=True)
class Votes:
    """How a body took part in one matter."""

    members: int
    present: int
    conflicted: int
    #: None when nobody called for a count.
    votes_for: int | None = None
    votes_against: int | None = None
    abstained: int | None = None
    casting_vote: str = ""

    @property
    def is_counted(self) -> bool:
        """Whether votes were counted."""
        return any((self.votes_for, self.votes_against, self.abstained))

    @property
    def taking_part(self) -> int:
        """Members present who did not leave for a conflict of interest."""
        return self.present - self.conflicted


def needed_for_quorum(rule: Quorum, members: int) -> int:
    """How many of the members must take part."""
    return members // 2 + 1 if rule.more_than_half else (members + 1) // 2


def is_quorate(rule: Quorum, votes: Votes) -> bool:
    """Whether enough took part; where conflicts of interest cannot break the quorum, those who left count."""
    counted = votes.present if rule.conflicted_count else votes.taking_part
    return votes.taking_part > 0 and counted >= needed_for_quorum(rule, votes.members)


def objections(
    rules: VotingRules, kind: str, body_names: object, votes: Votes, outcome: str, *, minority_used: bool
) -> Iterator[Reason]:
    """Why a body's decision cannot stand; nothing when it can."""
    rule = rules.quorum_of(kind)
    about: dict[str, Any] = {"body": kind, "body_names": body_names, "members": votes.members}
    if votes.present > votes.members:
        yield reason("too-many-present", present=votes.present, **about)
        return
    if not is_quorate(rule, votes):
        counted = votes.present if rule.conflicted_count else votes.taking_part
        needed = needed_for_quorum(rule, votes.members)
        yield reason("not-quorate", clauses=rule.clauses, present=counted, needed=needed, **about)
        return
    if not votes.is_counted:
        return  # nobody called for a vote
    in_favour, against, abstained = votes.votes_for or 0, votes.votes_against or 0, votes.abstained or 0
    if in_favour + against + abstained != votes.taking_part:
        yield reason("votes-do-not-add-up", sum=in_favour + against + abstained, voters=votes.taking_part)
        return
    if abstained and not rules.abstention.allowed:
        yield reason("must-vote", clauses=rules.abstention.clauses)
        return
    right = _minority_right(rules, kind, outcome)
    enough_minority = right is not None and not (right.once and minority_used) and _share(right, votes, in_favour)
    if not enough_minority:
        yield from _majority(rules, votes, outcome, in_favour, against)


def carried_by_minority(rules: VotingRules, kind: str, votes: Votes, outcome: str) -> bool:
    """Whether the outcome rests on a minority's right, because the majority did not want it."""
    if not votes.is_counted or _minority_right(rules, kind, outcome) is None:
        return False
    return any(_majority(rules, votes, outcome, votes.votes_for or 0, votes.votes_against or 0))


def _minority_right(rules: VotingRules, kind: str, outcome: str) -> Minority | None:
    return next((m for m in rules.minority if kind in m.bodies and outcome in m.outcomes), None)


def _share(right: Minority, votes: Votes, in_favour: int) -> bool:
    return in_favour * right.denominator >= votes.present * right.numerator


def _majority(rules: VotingRules, votes: Votes, outcome: str, in_favour: int, against: int) -> Iterator[Reason]:
    wanted = "against" if outcome == "reject" else "for"
    counted: dict[str, Any] = {"for": in_favour, "against": against}
    if in_favour == against:
        if rules.tie.rule == "lapses":
            if wanted == "for":
                yield reason("tie-lapses", clauses=rules.tie.clauses)
        elif not votes.casting_vote:
            yield reason("casting-vote-needed", clauses=rules.tie.clauses)
        elif votes.casting_vote != wanted:
            yield reason("no-majority", clauses=rules.tie.clauses, **counted)
    elif (in_favour > against) != (wanted == "for"):
        yield reason("no-majority", **counted)
