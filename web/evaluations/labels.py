"""Labels of evaluations and of the events in their trails."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from web.i18n import labels
from web.i18n.tables import Table, label, label_or_code
from web.register.labels import rhythm, seat_label
from workflow.core.messages import N_
from workflow.core.tenants import Tenant
from workflow.policy.pack_rules import EvaluationRule

SECTION_TITLES: Table = {
    "late": N_("Late"),
    "month": N_("This month"),
    "next": N_("Next month"),
    "later": N_("Later"),
    "reported": N_("Reported, and waiting for a body"),
    "decided": N_("Decided"),
}
EMPTY_SECTIONS: Table = {
    "late": N_("Nothing is late."),
    "month": N_("Nothing more is due this month."),
    "next": N_("Nothing is due next month."),
    "later": N_("Nothing is planned after that."),
    "reported": N_("No report waits for a body."),
    "decided": N_("Nothing has been decided yet."),
}
#: What follows from a proposal.
OUTCOME_HINTS: Table = {
    "continue": N_("A case is opened in which the competent body decides that it goes on."),
    "renegotiate": N_("A case is opened in which the competent body decides that it is to be negotiated anew."),
    "terminate": N_("A case to end it is opened, on the way that the policy has for that."),
}
#: What follows from value against cost; nothing where it is worth its cost.
WORTH_HINTS: Table = {
    "less": N_("Going on needs reasons."),
    "none": N_("Then the report can only propose to end it."),
}
#: Actions in the trails of evaluations and deadlines, in the past tense.
ACTIONS_DONE: Table = {
    "start-evaluation": N_("Evaluation begun"),
    "report-evaluation": N_("Evaluation reported"),
    "return-evaluation": N_("Evaluation given back"),
    "decide-evaluation": N_("Evaluation decided"),
    "raise": N_("Reminder raised"),
    "extend": N_("More time given"),
}

section_title = partial(label, SECTION_TITLES)
section_empty = partial(label, EMPTY_SECTIONS)
outcome_hint = partial(label, OUTCOME_HINTS)
#: The trail may hold actions of an older version.
event_title = partial(label_or_code, ACTIONS_DONE)
worth_label = labels.worth_label


def worth_hint(worth: str) -> str:
    """The policy's consequence of value against cost; empty where it has none."""
    return label(WORTH_HINTS, worth) if worth in WORTH_HINTS else ""


def rule_interval(rule: EvaluationRule | None) -> str:
    """When a rule demands an evaluation; empty without a rule."""
    return rhythm(rule) if rule is not None else ""


def notified_seats(tokens: object, tenant: Tenant) -> str:
    """The acting roles that a reminder notified, from its entry in the trail."""
    seats = [str(token).partition("@") for token in tokens] if isinstance(tokens, list) else []
    return "; ".join(seat_label((role, body), tenant) for role, _at, body in seats)


def extension_days(data: Mapping[str, Any]) -> str:
    """The old and the new last day, from the entry of an extension."""
    days = [_day(data.get(name)) for name in ("from", "until")]
    return " → ".join(day for day in days if day)


def _day(text: object) -> str:
    try:
        return str(labels.day(date.fromisoformat(str(text))))
    except ValueError:
        return ""
