"""Sentences for the coded statements of the check, by code.

`web.policies.verification.counterexample` names the values.
`workflow.policy.verification.messages` has the codes with their values and the English of the command line.
"""

from __future__ import annotations

from collections.abc import Mapping

from workflow.core.messages import N_

LABELS: Mapping[str, str] = {
    # -- P1
    "no-row-answers": N_("No row answers: %(request)s."),
    "rows-compete": N_("Several rows answer (%(rows)s): %(request)s."),
    "law-alone": N_("It is so under the country’s law alone."),
    "more-requests": N_("So it is with more requests: %(count)s."),
    # -- P2
    "reaches-undecided": N_(
        "It comes to “%(state)s” without a decision of the only body that may decide it: %(body)s."
    ),
    "reaches-decided-by-other": N_(
        "It comes to “%(state)s” on a decision of: %(other)s. Only this body may decide it: %(body)s."
    ),
    "decision-undone": N_("It has been decided (%(body)s), and afterwards it goes back to “%(state)s”."),
    # -- P2 and P8, of cases moved from another version
    "moved-undecided": N_(
        "Moved to %(version)s, it comes to “%(state)s” without a decision of the only body that may decide it: "
        "%(body)s."
    ),
    "moved-decided-by-other": N_(
        "Moved to %(version)s, it comes to “%(state)s” on a decision of: %(other)s. "
        "Only this body may decide it: %(body)s."
    ),
    "moved-past-step": N_("Moved to %(version)s, it comes to “%(state)s” past a step that it has not taken."),
    "moved-unanswered": N_("Moved to %(version)s, it is under way although no row answers it."),
    "moved-refused": N_("Moved to %(version)s, it is under way although row %(row)s forbids it."),
    # -- P3
    "never-concluded": N_("From “%(state)s” on the route %(route)s it can never be concluded."),
    "nobody-acts": N_("At “%(state)s” on the route %(route)s nobody can act in a matter of: %(key)s."),
    "no-last-day": N_("At “%(state)s” on the route %(route)s it may wait for ever: the step has no last day."),
    "nobody-notified": N_("At “%(state)s” on the route %(route)s nobody is told when it is late."),
    "no-chair-notified": N_("At “%(state)s” on the route %(route)s no chair is told when it is late."),
    "no-acting-body": N_("The body that would act (%(action)s) is not there, or there is more than one."),
    "seat-empty": N_("Nobody can be %(role)s in: %(key)s."),
    "no-seat": N_("There is no seat for it: %(action)s."),
    # -- P4
    "reached-alone": N_("One person alone brings it to “%(state)s”."),
    "confirmed-by-preparer": N_("Who prepared the matter confirms a body’s act, and it comes to “%(state)s”."),
    "body-act-alone": N_("One person alone makes a body’s act, and it comes to “%(state)s”."),
    "before-body-alone": N_("One person alone brings it before a body: “%(state)s”."),
    "reviewed-by-other": N_("It is reviewed by somebody who is not its officer’s manager: %(seat)s."),
    "signed-by-no-leader": N_("It is signed by somebody who leads nobody and may have drafted it: %(seat)s."),
    # -- P5
    "reached-by-silence": N_("It comes to “%(state)s” by silence alone."),
    "deadlines-decide": N_("On the route %(route)s others may act once nothing has a last day."),
    "evaluations-decide": N_("It would be decided by others if there were no evaluations."),
    "evaluation-no-seat": N_(
        "The evaluation %(rule)s names somebody who cannot be there in a matter of %(key)s: %(seat)s."
    ),
    "evaluation-no-chair": N_("When the evaluation %(rule)s is late, no chair is told."),
    "evaluation-wrong-start": N_("When the evaluation %(rule)s is late, whoever has the work is not told first."),
    "evaluation-decided-by-other": N_(
        "The evaluation %(rule)s is decided by %(body)s, and the matter itself by %(other)s: %(request)s."
    ),
    # -- P6
    "demand-unmet": N_("It comes to “%(state)s” though something demanded is missing: %(demand)s."),
    "demand-unfillable": N_("It can never be concluded: nobody on its way can fill in what is demanded: %(demand)s."),
    "demand-of-group": "%(demand)s",
    # -- P7
    "rule-without-clause": N_("A rule cites no clause and does not say that it is assumed: %(where)s."),
    "evaluation-without-clause": N_(
        "An evaluation cites no clause that asks for one and does not say that it is assumed: %(where)s."
    ),
    "rule-rests-on-guidance": N_("A rule rests on %(clause)s, which is guidance and binds nobody: %(where)s."),
    "silence-read-otherwise": N_(
        "Row %(row)s cites no clause and names %(body)s; where a document is silent, we read: %(other)s."
    ),
    "clause-not-carried-out": N_("Nothing carries out the clause %(clause)s (%(clause_kind)s)."),
    # -- P8
    "becomes-forbidden": N_("It comes to “%(state)s” as something that row %(row)s forbids: %(request)s."),
    "passes-otherwise": N_("Row %(row)s forbids it, and yet it passes when it is told as: %(request)s."),
    # -- P9
    "answer-lost": N_("Row %(row)s answers it, and yet the request finds no answer."),
    "answered-below": N_("Row %(row)s answers it, though row %(other_row)s stands above it."),
    "taken-from-council": N_("Row %(row)s of the law takes it over, though the policy itself gives it to the council."),
    "lowered-by-law": N_(
        "Row %(row)s of the law gives it to a lower body (%(body)s) than the policy names (%(other)s)."
    ),
    "principle-below-council": N_(
        "It is a matter of principle, and row %(row)s gives it to a body below the council: %(body)s."
    ),
    "asks-itself": N_("On the route %(route)s a body is asked for its opinion on what it decides itself: %(body)s."),
    "mandate-impossible": N_("An administration decides it, and no body that meets could give it a mandate: %(key)s."),
    "mandate-missing": N_("An administration decides it without a mandate, at “%(state)s”."),
    "board-not-heard": N_("It comes from the council to “%(state)s” without the executive board having been heard."),
    "recommends-to-itself": N_("A body recommends it to itself: %(body)s."),
    "heard-after-board": N_(
        "It comes to “%(state)s”, and the body whose matter it is (%(body)s) was heard after the executive board."
    ),
    "before-council": N_("It comes to “%(state)s” before the council has taken a position."),
    "owner-not-heard": N_("It comes to “%(state)s” without the body having been heard whose matter it is: %(body)s."),
    # -- P10
    "promised-refused": N_(
        "The clause %(clause)s promises that this is refused, and the tables do not keep it: %(request)s."
    ),
    "promised-decided": N_(
        "The clause %(clause)s promises a decision of %(body)s, and the tables do not keep it: %(request)s."
    ),
    "promised-heard": N_(
        "The clause %(clause)s promises that %(body)s is heard, and the routes do not keep it: %(request)s."
    ),
    "promised-required": N_(
        "What the clause %(clause)s says of a demand (%(demand)s) the requirements do not keep: %(request)s."
    ),
    "promised-not-required": N_(
        "What the clause %(clause)s says of a demand (%(demand)s) the requirements do not keep: %(request)s."
    ),
    "promised-evaluated": N_(
        "The clause %(clause)s promises that this is evaluated, and the rules do not keep it: %(request)s."
    ),
    "promised-not-evaluated": N_(
        "The clause %(clause)s promises that it asks for no evaluation of this, and a rule does: %(request)s."
    ),
    "promised-signed": N_(
        "The clause %(clause)s promises a signature (%(seat)s), and the routes do not keep it: %(request)s."
    ),
    "promised-not-cited": N_(
        "The clause %(clause)s promises that it does not decide this, and a row cites it: %(request)s."
    ),
    "promised-to-stand": N_(
        "The clause %(clause)s gives an example of a meeting, and the rules of meetings do not keep it."
    ),
    "promised-to-fall": N_(
        "The clause %(clause)s gives an example of a meeting, and the rules of meetings do not keep it."
    ),
    # -- P10, why a promise is not kept
    "no-single-answer": N_("It has not exactly one answer."),
    "refused-by-row": N_("Row %(row)s refuses it."),
    "cited-by-row": N_("Row %(row)s cites the clause."),
    "decided-by-row": N_("By row %(row)s another body decides: %(body)s."),
    "refused-uncited": N_("Row %(row)s refuses it without citing the clause."),
    "row-uncited": N_("Row %(row)s does not cite the clause."),
    "route-decided-by": N_("On its route %(route)s another body decides: %(body)s."),
    "not-heard": N_("On its route %(route)s nobody asks: %(body)s."),
    "not-signed": N_("On its route %(route)s nobody signs from this seat: %(seat)s."),
    "step-uncited": N_("A step does not cite the clause: %(step)s, %(by)s."),
    "required-by": N_("These clauses require it: %(clauses)s."),
    "required-by-rule": N_("A rule requires it."),
    "not-required": N_("Nothing requires it."),
    "requirement-uncited": N_("The requirement does not cite the clause."),
    "step-missing": N_("Its route %(route)s never comes to the step: %(step)s."),
    "evaluation-made": N_("The evaluation %(rule)s is made of it."),
    "evaluation-not-made": N_("No evaluation that cites the clause is made of it."),
    "evaluation-differs": N_(
        "The evaluation %(rule)s differs: %(attribute)s is “%(found)s”, and “%(promised)s” is promised."
    ),
    "not-assumed": N_("Nothing marks it as our reading."),
    "assumed": N_("It is marked as our reading: %(assumption)s"),
    "objections": N_("By the rules for meetings: %(objections)s."),
    "no-objection": N_("By the rules for meetings nothing speaks against it."),
    "meeting-uncited": N_("No rule for meetings cites the clause."),
    # -- what leads from one state to the next
    "act": "%(actor)s: %(action)s",
    "confirm": "%(actor)s: %(action)s – %(outcome)s",
    "after-end": N_("After the end: %(action)s"),
    "as-principle": N_("%(deed)s, as a matter of principle"),
    "changed": N_("%(deed)s, so that it becomes: %(request)s"),
    "field-filled": N_("%(deed)s, the field filled in"),
    "field-empty": N_("%(deed)s, the field left empty"),
    # -- who acts
    "role": "%(role)s",
    "role-of-body": "%(role)s, %(body)s",
    "seats": "%(seats)s",
    "coordinator-or-deadline": N_("International coordinator, or the last day that passes"),
    "consulted-body": N_("A body asked"),
}
#: What speaks against a decision in an example of a meeting.
OBJECTIONS: Mapping[str, str] = {
    "too-many-present": N_("more are present than there are members"),
    "not-quorate": N_("too few take part"),
    "votes-do-not-add-up": N_("the votes do not add up to those who take part"),
    "must-vote": N_("nobody may abstain"),
    "tie-lapses": N_("the votes are equal, and the proposal lapses"),
    "casting-vote-needed": N_("the votes are equal, and the chair has not decided"),
    "no-majority": N_("there is no majority"),
    "prepared-it": N_("one of them prepared the matter as an employee"),
}
#: Parts of an evaluation rule of which an example can speak.
EVALUATION_PARTS: Mapping[str, str] = {
    "every": N_("how often"),
    "before_expiry": N_("how long before the end"),
    "on": N_("on which day"),
    "reports": N_("who reports"),
    "weighs_value": N_("whether cost and value are weighed"),
    "decides": N_("who decides"),
}
