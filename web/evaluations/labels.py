"""In which words do the screens speak of an evaluation, and of what is done about a late duty?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from web.audit.trail_labels import done
from web.i18n import labels
from web.i18n.gettext import _
from web.register import labels as register_labels
from web.register.labels import rhythm, seat_words
from workflow.cases.payloads import EVALUATION_OUTCOMES, WORTHS
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule
from workflow.policy.roles import Seat

__all__ = ["EVALUATION_OUTCOMES", "WORTHS", "rhythm", "seat_words"]


def section_title(name: str) -> str:
    """The heading of a part of the calendar."""
    return {
        "late": _("Late"),
        "month": _("This month"),
        "next": _("Next month"),
        "later": _("Later"),
        "reported": _("Reported, and waiting for a body"),
        "decided": _("Decided"),
    }[name]


def section_empty(name: str) -> str:
    """What is said where a part of the calendar holds nothing."""
    return {
        "late": _("Nothing is late."),
        "month": _("Nothing more is due this month."),
        "next": _("Nothing is due next month."),
        "later": _("Nothing is planned after that."),
        "reported": _("No report waits for a body."),
        "decided": _("Nothing has been decided yet."),
    }[name]


def state_label(state: str) -> str:
    """How far an evaluation has come."""
    return register_labels.due_state(state)


def proposal_label(outcome: str, kind: str = "") -> str:
    """What can come of an evaluation; of a policy's own, what can come of the policy."""
    if kind == "policy":
        return {
            "continue": _("Keep the policy as it stands"),
            "renegotiate": _("Revise the policy"),
            "terminate": _("Repeal the policy"),
        }[outcome]
    return labels.evaluation_outcome(outcome)


def proposal_hint(outcome: str) -> str:
    """What follows when a report proposes so."""
    return {
        "continue": _("A case is opened in which the competent body decides that it goes on."),
        "renegotiate": _("A case is opened in which the competent body decides that it is to be negotiated anew."),
        "terminate": _("A case to end it is opened, on the way that the policy has for that."),
    }[outcome]


def worth_label(worth: str) -> str:
    """Value against cost."""
    return labels.worth_label(worth)


def worth_hint(worth: str) -> str:
    """What the policy makes of it."""
    return {
        "enough": "",
        "less": _("Going on needs reasons."),
        "none": _("Then the report can only propose to end it."),
    }[worth]


def rule_words(rule: EvaluationRule | None) -> str:
    """A rule of the policy in a few words."""
    return rhythm(rule) if rule is not None else ""


def seat_label(seat: Seat, where: Policy | Tenant) -> str:
    """A seat as people say it."""
    role, body = seat
    return f"{labels.role_label(role)}, {labels.body_name(where, body)}"


def seats_told(told: object, tenant: Tenant) -> str:
    """The seats that a rung told, from the trail."""
    seats = [str(one).partition("@") for one in told] if isinstance(told, list) else []
    return "; ".join(seat_label((role, body), tenant) for role, _at, body in seats)


def days_told(data: Mapping[str, Any]) -> str:
    """From which last day to which, as an entry tells it."""
    days = [_day(data.get(name)) for name in ("from", "until")]
    return " → ".join(day for day in days if day)


def _day(text: object) -> str:
    try:
        return str(labels.day(date.fromisoformat(str(text))))
    except ValueError:
        return ""


def event_title(action: str) -> str:
    """What was done, told afterwards."""
    return done(action)
