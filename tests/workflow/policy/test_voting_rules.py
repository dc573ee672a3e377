"""Voting rules in three countries: quorum, ties, abstention and minorities."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.packs import shipped
from workflow.policy.actions import DECIDING, RECOMMENDING
from workflow.policy.vocabulary import COLLEGIAL
from workflow.policy.voting_rules import Votes, VotingRules, carried_by_minority, needed_for_quorum, objections

COUNTRIES = {"se": "orebro", "no": "oslo", "dk": "odense"}
BODIES = ("council", "executive-board", "committee")
OUTCOMES = tuple(dict.fromkeys((*RECOMMENDING, *DECIDING)))


def rules_of(country: str) -> VotingRules:
    """How bodies vote in a country."""
    return shipped(COUNTRIES[country]).law.collegial.on(date(2026, 11, 30))


def faults(country: str, kind: str, votes: Votes, outcome: str = "approve", *, minority_used: bool = False) -> set[str]:
    """Codes of what stands against a decision."""
    found = objections(rules_of(country), kind, {"en": kind}, votes, outcome, minority_used=minority_used)
    return {reason.code for reason in found}


def cited(country: str, kind: str, votes: Votes, outcome: str = "approve") -> set[str]:
    """Clauses that the objections rest on."""
    found = objections(rules_of(country), kind, {"en": kind}, votes, outcome, minority_used=False)
    return {clause for reason in found for clause in reason.clauses}


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize(
    ("country", "members", "too_few"),
    [
        # more than half, KL 5:45 and 6:27
        ("se", 10, 5),
        ("se", 11, 5),
        ("se", 61, 30),
        # at least half, kommuneloven 11-9 and styrelsesloven § 11
        ("no", 10, 4),
        ("no", 11, 5),
        ("no", 59, 29),
        ("dk", 10, 4),
        ("dk", 11, 5),
        ("dk", 29, 14),
    ],
)
def test_body_with_one_too_few_cannot_decide(country: str, kind: str, members: int, too_few: int) -> None:
    assert faults(country, kind, Votes(members, too_few, 0)) == {"not-quorate"}
    assert faults(country, kind, Votes(members, too_few + 1, 0)) == set()


@pytest.mark.parametrize(("country", "clause"), [("se", "se/kl.5-45"), ("no", "no/koml.11-9"), ("dk", "dk/stl.11")])
def test_missing_quorum_names_its_section(country: str, clause: str) -> None:
    assert clause in cited(country, "council", Votes(11, 1, 0))


def test_a_meeting_is_held_against_the_rules_of_its_day() -> None:
    law = shipped("orebro").law.collegial
    last, first = date(2029, 12, 31), date(2030, 1, 1)
    (was,) = law.tie
    amended = replace(law, tie=(replace(was, valid_until=last), replace(was, rule="lapses", valid_from=first)))
    assert amended.periods() == (date.min, first)
    assert (amended.on(last).tie.rule, amended.on(first).tie.rule) == ("casting-vote", "lapses")
    tie = Votes(11, 10, 0, 5, 5, 0, casting_vote="for")
    codes = [
        [why.code for why in objections(amended.on(day), "council", {}, tie, "approve", minority_used=False)]
        for day in (last, first)
    ]
    assert codes == [[], ["tie-lapses"]]


def test_half_of_ten_is_enough_in_norway_and_not_in_sweden() -> None:
    assert faults("no", "council", Votes(10, 5, 0)) == set()
    assert faults("se", "council", Votes(10, 5, 0)) == {"not-quorate"}


def test_conflicts_break_the_quorum_of_a_swedish_board() -> None:
    assert faults("se", "executive-board", Votes(11, 7, 2)) == {"not-quorate"}
    assert faults("se", "committee", Votes(11, 7, 2)) == {"not-quorate"}


def test_conflicts_do_not_break_the_quorum_of_a_swedish_council() -> None:
    assert faults("se", "council", Votes(11, 7, 2)) == set()
    assert faults("se", "council", Votes(11, 7, 6)) == set()


def test_council_of_which_nobody_is_left_cannot_decide() -> None:
    assert faults("se", "council", Votes(11, 7, 7)) == {"not-quorate"}


@pytest.mark.parametrize("country", ["no", "dk"])
@pytest.mark.parametrize("kind", BODIES)
def test_conflicts_break_the_quorum_in_norway_and_denmark(country: str, kind: str) -> None:
    assert faults(country, kind, Votes(11, 7, 2)) == {"not-quorate"}
    assert faults(country, kind, Votes(11, 7, 1)) == set()


@pytest.mark.parametrize("country", COUNTRIES)
def test_body_without_members_cannot_decide(country: str) -> None:
    assert faults(country, "council", Votes(0, 0, 0)) == {"not-quorate"}


@pytest.mark.parametrize("country", COUNTRIES)
def test_more_present_than_there_are_members_is_refused(country: str) -> None:
    assert faults(country, "council", Votes(11, 12, 0)) == {"too-many-present"}


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("votes", [(7, 3), (7, 5), (0, 1), (11, 11)])
def test_votes_that_do_not_add_up_are_refused(country: str, votes: tuple[int, int]) -> None:
    assert faults(country, "council", Votes(11, 11, 0, *votes)) == {"votes-do-not-add-up"}


@pytest.mark.parametrize("country", COUNTRIES)
def test_those_who_left_for_a_conflict_do_not_vote(country: str) -> None:
    assert faults(country, "council", Votes(11, 11, 2, 6, 5)) == {"votes-do-not-add-up"}
    assert faults(country, "council", Votes(11, 11, 2, 5, 4)) == set()


def test_members_who_are_present_must_vote_in_norway() -> None:
    assert faults("no", "council", Votes(11, 11, 0, 6, 4, 1)) == {"must-vote"}
    assert cited("no", "council", Votes(11, 11, 0, 6, 4, 1)) == {"no/koml.8-1"}


@pytest.mark.parametrize("country", ["se", "dk"])
def test_members_may_abstain_in_sweden_and_denmark(country: str) -> None:
    assert faults(country, "council", Votes(11, 11, 0, 6, 4, 1)) == set()
    assert faults(country, "council", Votes(11, 11, 0, 1, 0, 10)) == set()


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("outcome", ["approve", "approve-amended", "take-note", "recommend", "withdraw", "not-raised"])
def test_minority_does_not_carry_a_decision(country: str, outcome: str) -> None:
    assert faults(country, "council", Votes(11, 11, 0, 5, 6), outcome) == {"no-majority"}
    assert faults(country, "council", Votes(11, 11, 0, 6, 5), outcome) == set()


@pytest.mark.parametrize("country", COUNTRIES)
def test_rejection_needs_a_majority_against(country: str) -> None:
    assert faults(country, "council", Votes(11, 11, 0, 6, 5), "reject") == {"no-majority"}
    assert faults(country, "council", Votes(11, 11, 0, 5, 6), "reject") == set()


@pytest.mark.parametrize("country", ["se", "no"])
def test_tie_waits_for_the_chairs_casting_vote(country: str) -> None:
    assert faults(country, "council", Votes(10, 10, 0, 5, 5)) == {"casting-vote-needed"}
    assert faults(country, "council", Votes(10, 10, 0, 5, 5, casting_vote="against")) == {"no-majority"}
    assert faults(country, "council", Votes(10, 10, 0, 5, 5, casting_vote="for")) == set()
    assert faults(country, "council", Votes(10, 10, 0, 5, 5, casting_vote="against"), "reject") == set()
    assert faults(country, "council", Votes(10, 10, 0, 5, 5, casting_vote="for"), "reject") == {"no-majority"}


@pytest.mark.parametrize("country", COUNTRIES)
def test_casting_vote_does_not_overturn_a_majority(country: str) -> None:
    assert faults(country, "council", Votes(11, 11, 0, 4, 7, casting_vote="for")) == {"no-majority"}


def test_proposal_lapses_in_a_danish_tie() -> None:
    assert faults("dk", "council", Votes(10, 10, 0, 5, 5)) == {"tie-lapses"}
    assert faults("dk", "council", Votes(10, 10, 0, 5, 5), "recommend") == {"tie-lapses"}
    assert faults("dk", "council", Votes(10, 10, 0, 5, 5), "reject") == set()


def test_there_is_no_casting_vote_in_denmark() -> None:
    assert faults("dk", "council", Votes(10, 10, 0, 5, 5, casting_vote="for")) == {"tie-lapses"}


@pytest.mark.parametrize("outcome", ["postpone", "refer-back"])
def test_third_of_those_present_postpones_once_in_a_swedish_council(outcome: str) -> None:
    less, third = Votes(11, 9, 0, 2, 7), Votes(11, 9, 0, 3, 6)
    assert faults("se", "council", less, outcome) == {"no-majority"}
    assert faults("se", "council", third, outcome) == set()
    assert faults("se", "council", third, outcome, minority_used=True) == {"no-majority"}


def test_third_is_of_those_present_and_not_of_the_members() -> None:
    assert faults("se", "council", Votes(11, 6, 0, 2, 4), "postpone") == set()
    assert faults("se", "council", Votes(11, 8, 0, 2, 6), "postpone") == {"no-majority"}


@pytest.mark.parametrize("outcome", ["approve", "take-note", "withdraw", "not-raised", "recommend"])
def test_third_of_a_swedish_council_can_do_nothing_else(outcome: str) -> None:
    assert faults("se", "council", Votes(11, 9, 0, 4, 5), outcome) == {"no-majority"}


@pytest.mark.parametrize(
    ("country", "kind"), [("se", "executive-board"), ("se", "committee"), ("no", "council"), ("dk", "council")]
)
@pytest.mark.parametrize("outcome", ["postpone", "refer-back"])
def test_majority_postpones_everywhere_else(country: str, kind: str, outcome: str) -> None:
    assert faults(country, kind, Votes(11, 11, 0, 5, 6), outcome) == {"no-majority"}
    assert faults(country, kind, Votes(11, 11, 0, 6, 5), outcome) == set()


def test_minority_has_used_its_right_only_where_the_majority_was_against() -> None:
    rules = rules_of("se")
    assert carried_by_minority(rules, "council", Votes(11, 9, 0, 3, 6), "postpone")
    assert not carried_by_minority(rules, "council", Votes(11, 9, 0, 6, 3), "postpone")
    assert not carried_by_minority(rules, "council", Votes(11, 9, 0), "postpone")
    assert not carried_by_minority(rules, "council", Votes(10, 8, 0, 4, 4, casting_vote="for"), "postpone")
    assert not carried_by_minority(rules, "committee", Votes(11, 9, 0, 3, 6), "postpone")
    assert not carried_by_minority(rules, "council", Votes(11, 9, 0, 3, 6), "approve")


@pytest.mark.parametrize("country", COUNTRIES)
def test_decision_without_a_count_stands(country: str) -> None:
    for kind in BODIES:
        for outcome in OUTCOMES:
            assert faults(country, kind, Votes(11, 11, 0), outcome) == set()


# -- what holds for every body, country and count

countries, bodies, outcomes = st.sampled_from(sorted(COUNTRIES)), st.sampled_from(COLLEGIAL), st.sampled_from(OUTCOMES)
counts = st.integers(0, 40)


@st.composite
def votes_cast(draw: st.DrawFn) -> Votes:
    """A meeting at which votes were counted and add up."""
    members = draw(st.integers(1, 40))
    present = draw(st.integers(1, members))
    conflicted = draw(st.integers(0, present - 1))
    voters = present - conflicted
    in_favour = draw(st.integers(0, voters))
    abstained = draw(st.integers(0, voters - in_favour))
    against = voters - in_favour - abstained
    return Votes(members, present, conflicted, in_favour, against, abstained, draw(st.sampled_from(("", "for"))))


@given(countries, st.integers(1, 200))
def test_quorum_is_the_smallest_number_that_reaches_half(country: str, members: int) -> None:
    for kind in COLLEGIAL:
        rule = rules_of(country).quorum_of(kind)
        needed = needed_for_quorum(rule, members)
        half = Fraction(members, 2)
        assert (needed > half) if country == "se" else (needed >= half)
        assert (needed - 1 <= half) if country == "se" else (needed - 1 < half)


@given(countries, bodies, votes_cast())
def test_nothing_is_both_approved_and_rejected(country: str, kind: str, votes: Votes) -> None:
    assert faults(country, kind, votes, "approve") or faults(country, kind, votes, "reject")


@given(countries, bodies, votes_cast())
def test_approval_has_more_for_than_against_or_the_chairs_vote(country: str, kind: str, votes: Votes) -> None:
    assert votes.votes_for is not None
    assert votes.votes_against is not None
    if not faults(country, kind, votes, "approve"):
        tie_broken = votes.votes_for == votes.votes_against and votes.casting_vote == "for" and country != "dk"
        assert votes.votes_for > votes.votes_against or tie_broken


@given(countries, bodies, outcomes, votes_cast())
def test_one_more_member_in_favour_never_takes_a_yes_away(country: str, kind: str, outcome: str, votes: Votes) -> None:
    assert votes.votes_for is not None
    assert votes.votes_against is not None
    moved = replace(votes, votes_for=votes.votes_for + 1, votes_against=votes.votes_against - 1)
    if outcome != "reject" and votes.votes_against and not faults(country, kind, votes, outcome):
        assert not faults(country, kind, moved, outcome)


@given(countries, bodies, outcomes, counts, counts, counts)
def test_no_decision_stands_with_fewer_than_half(
    country: str, kind: str, outcome: str, members: int, present: int, conflicted: int
) -> None:
    if not faults(country, kind, Votes(members, present, conflicted), outcome):
        assert 2 * present >= members
        assert present <= members
        assert present > conflicted
