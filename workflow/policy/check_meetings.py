"""P10, of meetings: is what the law's clauses promise by example kept by the rules that votes are weighed by?

An example is a body that met, how many took part and how they voted, and whether the decision stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from workflow.policy.values import Clause, MeetingClaim, Policy
from workflow.voting import Votes, objections


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
    if claim.prepared and rules.preparer_excluded:
        against.append("prepared-it")
    if bool(against) != claim.stands:
        return None
    promised = "stands" if claim.stands else "does not stand"
    why = ", ".join(against) or "nothing speaks against it"
    return f"{clause.id} promises of {_told(claim)}: it {promised}; but {why}"


def _told(claim: MeetingClaim) -> str:
    words = [f"{claim.outcome} in a {claim.body} of {claim.members}, {claim.present} present"]
    words += [f"{claim.conflicted} with a conflict of interest"] if claim.conflicted else []
    if claim.votes_for or claim.votes_against:
        words += [f"{claim.votes_for or 0} for, {claim.votes_against or 0} against, {claim.abstained or 0} abstaining"]
    words += [f"the chair {claim.casting_vote}"] if claim.casting_vote else []
    words += ["a minority having had its way before"] if claim.minority_used else []
    words += ["one of them having prepared it as an employee"] if claim.prepared else []
    return ", ".join(words)
