"""Coded statements of the policy check, with their English sentences.

A finding, a step of a path and the reason why a promise fails are each a code with values: codes, keys, names, numbers
and requests, never prose. The command line says them in English (`str`), `web` in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from workflow.core.messages import Message
from workflow.policy.clauses import MeetingClaim
from workflow.policy.request_domain import Request
from workflow.policy.request_space import request_text
from workflow.policy.rules import Rule

#: What can be wrong, who did what, and who acts. `web` has a sentence for each of these.
SENTENCES: Mapping[str, str] = {
    # -- P1
    "no-row-answers": "%(under)sno row answers: %(request)s%(more)s",
    "rows-compete": "%(under)srows %(rows)s both answer: %(request)s%(more)s",
    # -- P2
    "reaches-undecided": "reaches %(state)s without a decision of %(body)s",
    "reaches-decided-by-other": "reaches %(state)s without a decision of %(body)s, on a decision of %(other)s",
    "decision-undone": "is decided by %(body)s and then undone, back to %(state)s",
    # -- P2 and P8, of cases moved from another version
    "moved-undecided": "reaches %(state)s under %(version)s without a decision of %(body)s",
    "moved-decided-by-other": (
        "reaches %(state)s under %(version)s without a decision of %(body)s, on a decision of %(other)s"
    ),
    "moved-past-step": "comes to %(state)s under %(version)s past the step %(step)s by %(by)s",
    "moved-unanswered": "is under way under %(version)s, where no row answers",
    "moved-refused": "is under way under %(version)s, where %(row)s refuses",
    # -- P3
    "never-concluded": "is stranded at %(state)s of %(route)s, where it can never be concluded",
    "nobody-acts": "is stranded at %(state)s of %(route)s, where nobody can act for %(key)s (%(problems)s)",
    "no-last-day": "is stranded at %(state)s of %(route)s, where it may wait for ever (the step has no last day)",
    "nobody-notified": (
        "is stranded at %(state)s of %(route)s, where nobody is told when it is late (there is no ladder)"
    ),
    "no-chair-notified": (
        "is stranded at %(state)s of %(route)s, where no chair is told when it is late (the ladder ends with %(last)s)"
    ),
    # -- P4
    "reached-alone": "reaches %(state)s by one person alone",
    "confirmed-by-preparer": "has a body's act confirmed by who prepared the matter, and comes to %(state)s",
    "body-act-alone": "has a body's act made by one person alone, and comes to %(state)s",
    "before-body-alone": "comes before a body, to %(state)s, by one person alone",
    "reviewed-by-other": "is reviewed by %(seat)s, who is not its officer's manager",
    "signed-by-no-leader": "is signed by %(seat)s, who leads nobody and may have drafted it",
    # -- P5
    "reached-by-silence": "comes to %(state)s by silence alone",
    "deadlines-decide": "goes by %(route)s, where others may act once nothing has a deadline",
    "evaluations-decide": "is decided by others once evaluations end",
    "evaluation-no-seat": "evaluation %(rule)s: there is no %(seat)s for %(key)s",
    "evaluation-no-chair": "evaluation %(rule)s: when it is late, no chair is told; it ends with %(last)s",
    "evaluation-wrong-start": ("evaluation %(rule)s: its ladder begins with %(first)s, not with who has the work"),
    "evaluation-decided-by-other": "evaluation %(rule)s lets %(body)s decide what %(other)s decides: %(request)s",
    # -- P6
    "demand-unmet": "reaches %(state)s without the demand %(demand)s met",
    "demand-unfillable": "can never be concluded: nobody on its way can fill in what %(demand)s asks for",
    "demand-of-group": "%(demand)s of %(group)s",
    # -- P7
    "rule-without-clause": "%(where)s cites no clause and does not say that it is assumed",
    "evaluation-without-clause": "%(where)s cites no clause that asks for one and does not say that it is assumed",
    "rule-rests-on-guidance": "%(where)s rests on %(clause)s, which is guidance and binds nobody",
    "silence-read-otherwise": "row %(row)s cites no clause and names %(body)s, where silence means %(other)s",
    "clause-not-carried-out": "nothing carries out %(clause)s, a %(clause_kind)s",
    # -- P8
    "becomes-forbidden": "comes to %(state)s as %(request)s, which %(row)s refuses",
    "passes-otherwise": "is refused by %(row)s, and passes as %(request)s",
    # -- P9
    "answer-lost": "is answered by row %(row)s and yet finds no answer",
    "answered-below": "is answered by row %(row)s, though row %(other_row)s stands above it",
    "taken-from-council": (
        "goes by row %(row)s of the law, though the policy itself gives it to the council on a way of its own"
    ),
    "lowered-by-law": "goes by row %(row)s of the law to %(body)s, below %(other)s, whom the policy names",
    "principle-below-council": "goes by row %(row)s to %(body)s, below the council",
    "asks-itself": "goes by %(route)s, where %(body)s is asked for its opinion on what it decides",
    "mandate-impossible": "is decided by %(key)s, and no body that meets could give it a mandate",
    "mandate-missing": "is decided by an administration without a mandate, at %(state)s by %(deed)s",
    "board-not-heard": "comes from the council to %(state)s without the executive-board having been heard",
    "recommends-to-itself": "is recommended by %(body)s to itself",
    "heard-after-board": ("comes to %(state)s with %(body)s, whose matter it is, heard only after the executive-board"),
    "before-council": "reaches %(state)s before the council has taken a position",
    "owner-not-heard": "reaches %(state)s without %(body)s having been heard, whose matter it is",
    # -- P10
    "promised-refused": "%(clause)s promises of %(request)s: refused; but %(why)s",
    "promised-decided": "%(clause)s promises of %(request)s: decided by %(body)s; but %(why)s",
    "promised-heard": "%(clause)s promises of %(request)s: %(body)s heard; but %(why)s",
    "promised-required": "%(clause)s promises of %(request)s: requires %(demand)s; but %(why)s",
    "promised-not-required": "%(clause)s promises of %(request)s: does not require %(demand)s; but %(why)s",
    "promised-evaluated": "%(clause)s promises of %(request)s: evaluated; but %(why)s",
    "promised-not-evaluated": "%(clause)s promises of %(request)s: not evaluated for it; but %(why)s",
    "promised-signed": "%(clause)s promises of %(request)s: signed by %(seat)s; but %(why)s",
    "promised-not-cited": "%(clause)s promises of %(request)s: not by this clause; but %(why)s",
    "promised-to-stand": "%(clause)s promises of %(meeting)s: it stands; but %(why)s",
    "promised-to-fall": "%(clause)s promises of %(meeting)s: it does not stand; but %(why)s",
    # -- what leads from one state to the next
    "act": "%(action)s by %(actor)s",
    "confirm": "%(action)s %(outcome)s by %(actor)s",
    "after-end": "%(action)s after the end",
    "as-principle": "%(deed)s as a matter of principle",
    "changed": "%(deed)s to %(request)s",
    "field-filled": "%(deed)s, the field filled",
    "field-empty": "%(deed)s, the field empty",
    # -- who acts
    "role": "%(role)s",
    "role-of-body": "%(role)s of %(body)s",
    "seats": "%(seats)s",
    "coordinator-or-deadline": "coordinator or deadline",
    "consulted-body": "a body asked",
}
#: Details that only the English sentence gives.
DETAILS: Mapping[str, str] = {
    # -- P0: a pack that cannot be read has no other finding
    "unreadable": "%(error)s",
    # -- P1
    "law-alone": "the law alone: ",
    "more-requests": " (and %(count)s more like it)",
    # -- P3
    "no-acting-body": "the body that would %(action)s is not there or not one alone",
    "seat-empty": "no %(role)s sits in %(key)s",
    "no-seat": "nobody is there to %(action)s",
    # -- P10
    "no-single-answer": "it has not one answer",
    "refused-by-row": "it is refused by %(row)s",
    "cited-by-row": "row %(row)s cites it",
    "decided-by-row": "row %(row)s lets %(body)s decide it",
    "refused-uncited": "row %(row)s refuses it without citing the clause",
    "row-uncited": "row %(row)s does not cite the clause",
    "route-decided-by": "on its route %(route)s %(body)s decides",
    "not-heard": "on its route %(route)s nobody asks %(body)s",
    "not-signed": "on its route %(route)s %(seat)s does not sign",
    "step-uncited": "the step %(step)s by %(by)s does not cite the clause",
    "required-by": "%(clauses)s requires it",
    "required-by-rule": "a rule requires it",
    "not-required": "nothing requires it",
    "requirement-uncited": "the requirement does not cite the clause",
    "step-missing": "its route %(route)s never comes to the step %(step)s",
    "evaluation-made": "evaluation %(rule)s is made of it",
    "evaluation-not-made": "no evaluation that cites the clause is made of it",
    "evaluation-differs": "evaluation %(rule)s has %(attribute)s %(found)s, not %(promised)s",
    "not-assumed": "nothing marks it as assumed",
    "assumed": "it is marked as assumed (%(assumption)s)",
    "objections": "%(objections)s",
    "no-objection": "nothing speaks against it",
    "meeting-uncited": "no rule for meetings cites the clause",
}
#: How several values of one name are joined; with commas where nothing is said.
_JOINED = {"rows": " and ", "seats": " or "}


@dataclass(frozen=True, slots=True)
class PolicyMessage(Message):
    """A statement of the policy check.

    Its values are codes, keys, names, numbers, `Request`, `MeetingClaim`, `Rule`, other messages, or tuples of these.
    """

    sentences: ClassVar = {**SENTENCES, **DETAILS}

    def value_text(self, name: str, value: object) -> str:
        """A value in English."""
        if value is None:
            return "nobody"
        if isinstance(value, Request):
            return request_text(value)
        if isinstance(value, MeetingClaim):
            return _meeting(value)
        if isinstance(value, Rule):
            return value.where
        if type(value) is tuple:
            return _JOINED.get(name, ", ").join(self.value_text("", one) for one in value)
        return str(value)


def message(code: str, **values: object) -> PolicyMessage:
    """A statement by its code."""
    return PolicyMessage(code, values)


def _meeting(claim: MeetingClaim) -> str:
    words = [f"{claim.outcome} in a {claim.body} of {claim.members}, {claim.present} present"]
    words += [f"{claim.conflicted} with a conflict of interest"] if claim.conflicted else []
    if claim.votes_for or claim.votes_against:
        words += [f"{claim.votes_for or 0} for, {claim.votes_against or 0} against, {claim.abstained or 0} abstaining"]
    words += [f"the chair {claim.casting_vote}"] if claim.casting_vote else []
    words += ["a minority having had its way before"] if claim.minority_used else []
    words += ["one of them having prepared it as an employee"] if claim.prepared else []
    return ", ".join(words)
