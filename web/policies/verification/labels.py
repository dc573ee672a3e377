"""Labels of the obligations of the policy check."""

from __future__ import annotations

from collections.abc import Mapping

from web.i18n.gettext import _
from workflow.core.messages import N_
from workflow.policy.verification.runner import Obligation

#: Title and meaning by obligation.
OBLIGATIONS: Mapping[str, tuple[str, str]] = {
    "P1": (
        N_("One answer to every request"),
        N_("Whatever somebody asks for, the tables name exactly one body, or forbid it: no gap and no overlap."),
    ),
    "P2": (
        N_("No way past the competent body"),
        N_(
            "Nothing binds the municipality before the body that may decide has decided and its decision is confirmed; "
            "and what is decided is not undone."
        ),
    ),
    "P3": (
        N_("No dead end"),
        N_(
            "From wherever a case can come to, it can still be concluded: somebody can act, there is a last day, and "
            "somebody is told when it is over."
        ),
    ),
    "P4": (
        N_("Never one person alone"),
        N_(
            "Nobody, whatever seats they hold and whoever stands in for them, brings a request alone to where it binds."
        ),
    ),
    "P5": (
        N_("Silence decides nothing"),
        N_("Time that passes, reminders and late evaluations decide nothing and change nobody’s right to decide."),
    ),
    "P6": (
        N_("What is demanded is there"),
        N_("What the policy demands is there before a yes binds, on every way, and somebody can fill it in."),
    ),
    "P7": (
        N_("Every rule rests on something"),
        N_("Every rule cites a clause or says that it is our reading, and every binding clause is carried out."),
    ),
    "P8": (
        N_("What is forbidden stays forbidden"),
        N_("What the policy forbids is refused however it is told, and whatever a case is changed into later."),
    ),
    "P9": (
        N_("The law stands above the policy"),
        N_("Matters of principle, who must be heard, who needs a mandate: the law’s rows hold in every answer."),
    ),
    "P10": (
        N_("Every clause keeps its examples"),
        N_("What each clause promises by example, the table, the routes and the requirements keep."),
    ),
}
#: What is counted, by obligation; situations for all others.
CHECKED: Mapping[str, str] = {
    "P1": N_("Requests tried"),
    "P3": N_("Places tried"),
    "P7": N_("Rules and clauses tried"),
    "P10": N_("Examples tried"),
}


def title(obligation: Obligation) -> str:
    """What an obligation is called; the check's English where there is no label."""
    return _(OBLIGATIONS[obligation.id][0]) if obligation.id in OBLIGATIONS else obligation.title


def meaning(id_: str) -> str:
    """What an obligation means, in one sentence."""
    return _(OBLIGATIONS[id_][1]) if id_ in OBLIGATIONS else ""


def checked(id_: str) -> str:
    """What was checked for an obligation to hold."""
    return _(CHECKED[id_]) if id_ in CHECKED else _("Situations tried")
