"""Which sentences does the check tell its counterexamples in, and how do we say each?

The check says them in English (`workflow.policy.verification.p02_bypass` and its neighbours). Each pattern here is
one of its
sentences without the request it begins with and the deeds it ends with. Whatever is not here is shown in English.
"""

from __future__ import annotations

from web.cases.request_labels import TOLD
from workflow.core.messages import N_

_STATE, _BODY, _ROUTE, _ROW = r"(?P<state>\S+)", r"(?P<body>[a-z-]+)", r"(?P<route>\S+)", r"(?P<row>\S+)"
_VERSION = r"(?P<version>\S+)"

#: The check's sentence, and ours.
SHAPES: tuple[tuple[str, str], ...] = (
    # P1
    (rf"(?:the law alone: )?no row answers: (?P<request>{TOLD})(?: \(.*\))?", N_("No row answers: %(request)s.")),
    (
        rf"(?:the law alone: )?rows (?P<rows>\S+(?: and \S+)+) both answer: (?P<request>{TOLD})(?: \(.*\))?",
        N_("Several rows answer (%(rows)s): %(request)s."),
    ),
    # P2
    (
        rf"reaches {_STATE} without a decision of {_BODY}, on a decision of (?P<other>[a-z-]+)",
        N_("It comes to “%(state)s” on a decision of: %(other)s. Only this body may decide it: %(body)s."),
    ),
    (
        rf"reaches {_STATE} without a decision of {_BODY}",
        N_("It comes to “%(state)s” without a decision of the only body that may decide it: %(body)s."),
    ),
    (
        rf"is decided by {_BODY} and then undone, back to {_STATE}",
        N_("It has been decided (%(body)s), and afterwards it goes back to “%(state)s”."),
    ),
    # P2 and P8, of cases that have been moved from another version
    (
        rf"reaches {_STATE} under {_VERSION} without a decision of {_BODY}, on a decision of (?P<other>[a-z-]+)",
        N_(
            "Moved to %(version)s, it comes to “%(state)s” on a decision of: %(other)s. "
            "Only this body may decide it: %(body)s."
        ),
    ),
    (
        rf"reaches {_STATE} under {_VERSION} without a decision of {_BODY}",
        N_(
            "Moved to %(version)s, it comes to “%(state)s” without a decision of the only body that may decide it: "
            "%(body)s."
        ),
    ),
    (
        rf"comes to {_STATE} under {_VERSION} past the step .*",
        N_("Moved to %(version)s, it comes to “%(state)s” past a step that it has not taken."),
    ),
    (
        rf"is under way under {_VERSION}, where no row answers",
        N_("Moved to %(version)s, it is under way although no row answers it."),
    ),
    (
        rf"is under way under {_VERSION}, where {_ROW} refuses",
        N_("Moved to %(version)s, it is under way although row %(row)s forbids it."),
    ),
    # P3
    (
        rf"is stranded at {_STATE} of {_ROUTE}, where it can never be concluded",
        N_("From “%(state)s” on the route %(route)s it can never be concluded."),
    ),
    (
        rf"is stranded at {_STATE} of {_ROUTE}, where nobody can act for (?P<key>\S+) \(.*\)",
        N_("At “%(state)s” on the route %(route)s nobody can act in a matter of: %(key)s."),
    ),
    (
        rf"is stranded at {_STATE} of {_ROUTE}, where it may wait for ever \(.*\)",
        N_("At “%(state)s” on the route %(route)s it may wait for ever: the step has no last day."),
    ),
    (
        rf"is stranded at {_STATE} of {_ROUTE}, where nobody is told when it is late \(.*\)",
        N_("At “%(state)s” on the route %(route)s nobody is told when it is late."),
    ),
    (
        rf"is stranded at {_STATE} of {_ROUTE}, where no chair is told when it is late \(.*\)",
        N_("At “%(state)s” on the route %(route)s no chair is told when it is late."),
    ),
    # P4
    (rf"reaches {_STATE} by one person alone", N_("One person alone brings it to “%(state)s”.")),
    (
        rf"has a body's act made by one person alone, and comes to {_STATE}",
        N_("One person alone makes a body’s act, and it comes to “%(state)s”."),
    ),
    (
        rf"comes before a body, to {_STATE}, by one person alone",
        N_("One person alone brings it before a body: “%(state)s”."),
    ),
    (
        r"is reviewed by (?P<seat>[a-z]+@[a-z-]+), who is not its officer's manager",
        N_("It is reviewed by somebody who is not its officer’s manager: %(seat)s."),
    ),
    (
        r"is signed by (?P<seat>[a-z]+@[a-z-]+), who leads nobody and may have drafted it",
        N_("It is signed by somebody who leads nobody and may have drafted it: %(seat)s."),
    ),
    # P5
    (rf"comes to {_STATE} by silence alone", N_("It comes to “%(state)s” by silence alone.")),
    (
        rf"goes by {_ROUTE}, where others may act once nothing has a deadline",
        N_("On the route %(route)s others may act once nothing has a last day."),
    ),
    (r"is decided by others once evaluations end", N_("It would be decided by others if there were no evaluations.")),
    (
        r"evaluation (?P<rule>\S+): when it is late, no chair is told; it ends with \S+",
        N_("When the evaluation %(rule)s is late, no chair is told."),
    ),
    (
        r"evaluation (?P<rule>\S+): its ladder begins with \S+, not with who has the work",
        N_("When the evaluation %(rule)s is late, whoever has the work is not told first."),
    ),
    (
        r"evaluation (?P<rule>\S+): there is no (?P<seat>\S+) for (?P<key>\S+)",
        N_("The evaluation %(rule)s names somebody who cannot be there in a matter of %(key)s: %(seat)s."),
    ),
    (
        rf"evaluation (?P<rule>\S+) lets {_BODY} decide what (?P<other>[a-z-]+) decides: (?P<request>{TOLD})",
        N_("The evaluation %(rule)s is decided by %(body)s, and the matter itself by %(other)s: %(request)s."),
    ),
    # P6
    (
        rf"reaches {_STATE} without the demand (?P<demand>[a-z-]+)(?: of \S+)? met",
        N_("It comes to “%(state)s” though something demanded is missing: %(demand)s."),
    ),
    (
        r"can never be concluded: nobody on its way can fill in what (?P<demand>[a-z-]+)(?: of \S+)? asks for",
        N_("It can never be concluded: nobody on its way can fill in what is demanded: %(demand)s."),
    ),
    # P8
    (
        rf"comes to {_STATE} as (?P<request>{TOLD}), which {_ROW} refuses",
        N_("It comes to “%(state)s” as something that row %(row)s forbids: %(request)s."),
    ),
    (
        rf"is refused by {_ROW}, and passes as (?P<request>{TOLD})",
        N_("Row %(row)s forbids it, and yet it passes when it is told as: %(request)s."),
    ),
    # P9
    (
        rf"is answered by row {_ROW}, though row (?P<other_row>\S+) stands above it",
        N_("Row %(row)s answers it, though row %(other_row)s stands above it."),
    ),
    (
        rf"goes by row {_ROW} of the law to {_BODY}, below (?P<other>[a-z-]+), whom the policy names",
        N_("Row %(row)s of the law gives it to a lower body (%(body)s) than the policy names (%(other)s)."),
    ),
    (
        rf"goes by row {_ROW} to {_BODY}, below the council",
        N_("It is a matter of principle, and row %(row)s gives it to a body below the council: %(body)s."),
    ),
    (
        r"is decided by (?P<key>\S+), and no body that meets could give it a mandate",
        N_("An administration decides it, and no body that meets could give it a mandate: %(key)s."),
    ),
    (
        rf"is decided by an administration without a mandate, at {_STATE} by .*",
        N_("An administration decides it without a mandate, at “%(state)s”."),
    ),
    (
        rf"comes from the council to {_STATE} without the executive-board having been heard",
        N_("It comes from the council to “%(state)s” without the executive board having been heard."),
    ),
    (rf"is recommended by {_BODY} to itself", N_("A body recommends it to itself: %(body)s.")),
    (
        rf"comes to {_STATE} with {_BODY}, whose matter it is, heard only after the executive-board",
        N_("It comes to “%(state)s”, and the body whose matter it is (%(body)s) was heard after the executive board."),
    ),
    (
        rf"reaches {_STATE} before the council has taken a position",
        N_("It comes to “%(state)s” before the council has taken a position."),
    ),
    (
        rf"reaches {_STATE} without {_BODY} having been heard, whose matter it is",
        N_("It comes to “%(state)s” without the body having been heard whose matter it is: %(body)s."),
    ),
    (
        rf"goes by row {_ROW} of the law, though the policy itself gives it to the council on a way of its own",
        N_("Row %(row)s of the law takes it over, though the policy itself gives it to the council."),
    ),
    (
        rf"goes by {_ROUTE}, where {_BODY} is asked for its opinion on what it decides",
        N_("On the route %(route)s a body is asked for its opinion on what it decides itself: %(body)s."),
    ),
    # P7
    (
        r"(?P<where>.+) cites no clause and does not say that it is assumed",
        N_("A rule cites no clause and does not say that it is assumed: %(where)s."),
    ),
    (
        r"(?P<where>.+) cites no clause that asks for one and does not say that it is assumed",
        N_("An evaluation cites no clause that asks for one and does not say that it is assumed: %(where)s."),
    ),
    (
        r"(?P<where>.+) rests on (?P<clause>\S+), which is guidance and binds nobody",
        N_("A rule rests on %(clause)s, which is guidance and binds nobody: %(where)s."),
    ),
    (
        rf"row {_ROW} cites no clause and names {_BODY}, where silence means (?P<other>[a-z-]+)",
        N_("Row %(row)s cites no clause and names %(body)s; where a document is silent, we read: %(other)s."),
    ),
    (
        r"nothing carries out (?P<clause>\S+), a (?P<clause_kind>[a-z]+)",
        N_("Nothing carries out the clause %(clause)s (%(clause_kind)s)."),
    ),
    # P10
    (
        rf"(?P<clause>\S+) promises of (?P<request>{TOLD}): refused; but .*",
        N_("The clause %(clause)s promises that this is refused, and the tables do not keep it: %(request)s."),
    ),
    (
        rf"(?P<clause>\S+) promises of (?P<request>{TOLD}): decided by {_BODY}; but .*",
        N_("The clause %(clause)s promises a decision of %(body)s, and the tables do not keep it: %(request)s."),
    ),
    (
        rf"(?P<clause>\S+) promises of (?P<request>{TOLD}): {_BODY} heard; but .*",
        N_("The clause %(clause)s promises that %(body)s is heard, and the routes do not keep it: %(request)s."),
    ),
    (
        rf"(?P<clause>\S+) promises of (?P<request>{TOLD}): (?:requires|does not require) (?P<demand>[a-z-]+)"
        r"(?: of \S+)?; but .*",
        N_("What the clause %(clause)s says of a demand (%(demand)s) the requirements do not keep: %(request)s."),
    ),
    (
        rf"(?P<clause>\S+) promises of (?P<request>{TOLD}): evaluated; but .*",
        N_("The clause %(clause)s promises that this is evaluated, and the rules do not keep it: %(request)s."),
    ),
    (
        rf"(?P<clause>\S+) promises of (?P<request>{TOLD}): not evaluated for it; but .*",
        N_("The clause %(clause)s promises that it asks for no evaluation of this, and a rule does: %(request)s."),
    ),
    (
        rf"(?P<clause>\S+) promises of (?P<request>{TOLD}): signed by (?P<seat>\S+); but .*",
        N_("The clause %(clause)s promises a signature (%(seat)s), and the routes do not keep it: %(request)s."),
    ),
    (
        rf"(?P<clause>\S+) promises of (?P<request>{TOLD}): not by this clause; but .*",
        N_("The clause %(clause)s promises that it does not decide this, and a row cites it: %(request)s."),
    ),
    (
        r"(?P<clause>\S+) promises of [a-z-]+ in an? [a-z-]+ of \d+.*: it (?:stands|does not stand); but .*",
        N_("The clause %(clause)s gives an example of a meeting, and the rules of meetings do not keep it."),
    ),
)
