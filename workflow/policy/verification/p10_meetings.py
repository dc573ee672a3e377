"""P10, of meetings: is what the law's clauses promise by example kept by the rules that votes are weighed by?

An example is a body that met, how many took part and how they voted, and whether the decision stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from workflow.policy.clauses import Clause, MeetingClaim
from workflow.policy.model import Policy
from workflow.policy.voting_rules import CollegialRules, Votes, objections


def meetings_kept(policy: Policy) -> Iterator[str | None]:
    """For every example of a meeting: why it does not hold, or None."""
    for clause in policy.clauses.values():
        for claim in clause.meetings:
            yield _broken(policy, clause, claim)


def _broken(policy: Policy, clause: Clause, claim: MeetingClaim) -> str | None:
    votes = Votes(
        claim.members,
        claim.present,
        claim.conflicted,
        claim.votes_for,
        claim.votes_against,
        claim.abstained,
        claim.casting_vote,
    )
    rules = policy.law.collegial
    against = [
        why.code for why in objections(rules, claim.body, {}, votes, claim.outcome, minority_used=claim.minority_used)
    ]
    if claim.prepared and rules.preparer.excluded:
        against.append("prepared-it")
    promised = "stands" if claim.stands else "does not stand"
    why = ", ".join(against) or "nothing speaks against it"
    if bool(against) != claim.stands:
        marks = [assumed for clauses, assumed in _rules(rules, claim.body) if clause.id in clauses]
        if marks and (any(marks) or not claim.reading):
            return None
        why = "nothing marks it as assumed" if marks else "no rule for meetings cites the clause"
    return f"{clause.id} promises of {_told(claim)}: it {promised}; but {why}"


def _rules(rules: CollegialRules, body: str) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """What each rule for a kind of body cites and assumes."""
    yield rules.tie.clauses, rules.tie.assumed
    yield rules.abstention.clauses, rules.abstention.assumed
    yield rules.preparer.clauses, rules.preparer.assumed
    yield from ((quorum.clauses, quorum.assumed) for quorum in rules.quorum if body in quorum.bodies)
    yield from ((minority.clauses, minority.assumed) for minority in rules.minority if body in minority.bodies)


def _told(claim: MeetingClaim) -> str:
    words = [f"{claim.outcome} in a {claim.body} of {claim.members}, {claim.present} present"]
    words += [f"{claim.conflicted} with a conflict of interest"] if claim.conflicted else []
    if claim.votes_for or claim.votes_against:
        words += [f"{claim.votes_for or 0} for, {claim.votes_against or 0} against, {claim.abstained or 0} abstaining"]
    words += [f"the chair {claim.casting_vote}"] if claim.casting_vote else []
    words += ["a minority having had its way before"] if claim.minority_used else []
    words += ["one of them having prepared it as an employee"] if claim.prepared else []
    return ", ".join(words)
