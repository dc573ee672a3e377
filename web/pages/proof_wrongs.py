"""What is wrong in a story of the check, in one sentence of the reader's?

The check says it in English (`workflow.policy.prove_bypass` and its neighbours). Each pattern here is one of its
sentences without the request it begins with and the deeds it ends with; what stands in it is called by its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from web import labels
from web.pages.policy_words import body_words, clause_kind_label
from web.pages.register_words import seat_words
from web.pages.request_words import TOLD, read_told, request_words
from web.pages.texts import _
from workflow.policy.values import REQUIREMENT_FIELDS, Policy
from workflow.reasons import N_

_STATE, _BODY, _ROUTE, _ROW = r"(?P<state>\S+)", r"(?P<body>[a-z-]+)", r"(?P<route>\S+)", r"(?P<row>\S+)"

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
        rf"(?P<clause>\S+) promises of (?P<request>{TOLD}): (?:requires|does not require) (?P<demand>[a-z-]+); but .*",
        N_("What the clause %(clause)s says of a demand (%(demand)s) the requirements do not keep: %(request)s."),
    ),
)


def wrong_words(policy: Policy, what: str) -> str:
    """What is wrong, in the reader's words; raises `ValueError` for a sentence that is not one of the check's."""
    for shape, ours in SHAPES:
        if found := re.fullmatch(shape, what):
            values = {name: _NAMES.get(name, _as_it_is)(policy, value) for name, value in found.groupdict().items()}
            return _(ours, **values)
    raise ValueError(what)


def _as_it_is(_policy: Policy, value: str) -> str:
    return value


def _state(policy: Policy, state: str) -> str:
    return str(labels.state_label(state, policy))


def _request(policy: Policy, told: str) -> str:
    return request_words(policy, read_told(told))


_NAMES: Mapping[str, Callable[[Policy, str], str]] = {
    "state": _state,
    "body": body_words,
    "other": body_words,
    "key": labels.body_name,
    "seat": seat_words,
    "request": _request,
    "rows": lambda _policy, rows: rows.replace(" and ", ", "),
    "demand": lambda _policy, demand: ", ".join(labels.field_label(name) for name in REQUIREMENT_FIELDS[demand]),
    "clause_kind": lambda _policy, kind: clause_kind_label(kind),
}
