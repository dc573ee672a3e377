"""P10, of meetings: what the law's clauses promise by example, the rules that votes are weighed by keep.

An example is a body that met, how many took part and how they voted, and whether the decision stands. It holds on every
day on which its clause does.
"""

from __future__ import annotations

from collections.abc import Iterator

from workflow.core.messages import Message
from workflow.policy.clauses import Clause, MeetingClaim
from workflow.policy.model import Policy
from workflow.policy.validity import first_days, holding
from workflow.policy.verification.messages import message
from workflow.policy.voting_rules import Votes, VotingRules, objections


def meetings_hold(policy: Policy) -> Iterator[Message | None]:
    """For every example of a meeting: what is wrong with it, or None."""
    for clause in policy.clauses.values():
        for day in first_days((*policy.law.collegial.all(), clause)):
            if holding((clause,), day):
                rules = policy.law.collegial.on(day)
                yield from (_broken(rules, clause, claim) for claim in clause.meetings)


def _broken(rules: VotingRules, clause: Clause, claim: MeetingClaim) -> Message | None:
    votes = Votes(
        claim.members,
        claim.present,
        claim.conflicted,
        claim.votes_for,
        claim.votes_against,
        claim.abstained,
        claim.casting_vote,
    )
    against = [
        why.code for why in objections(rules, claim.body, {}, votes, claim.outcome, minority_used=claim.minority_used)
    ]
    if claim.prepared and rules.preparer.excluded:
        against.append("prepared-it")
    why = message("objections", objections=tuple(against)) if against else message("no-objection")
    if bool(against) != claim.stands:
        marks = [assumed for clauses, assumed in _rules(rules, claim.body) if clause.id in clauses]
        if marks and (any(marks) or not claim.reading):
            return None
        why = message("not-assumed" if marks else "meeting-uncited")
    code = "promised-to-stand" if claim.stands else "promised-to-fall"
    return message(code, clause=clause.id, meeting=claim, why=why)


def _rules(rules: VotingRules, body: str) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """What each rule for a kind of body cites and assumes."""
    yield rules.tie.clauses, rules.tie.assumed
    yield rules.abstention.clauses, rules.abstention.assumed
    yield rules.preparer.clauses, rules.preparer.assumed
    yield from ((quorum.clauses, quorum.assumed) for quorum in rules.quorum if body in quorum.bodies)
    yield from ((minority.clauses, minority.assumed) for minority in rules.minority if body in minority.bodies)
