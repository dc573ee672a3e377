"""Labels of engagements, their evaluations and their acting roles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from web.i18n import labels
from web.i18n.countries import country_name
from web.i18n.gettext import _, ngettext
from web.i18n.tables import Table, label
from web.register.presenter import NEAR, DueEvaluation, EngagementView
from workflow.core.messages import N_
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.policy.named_twins import is_named_twin
from workflow.policy.pack_rules import EvaluationRule
from workflow.policy.roles import Seat
from workflow.trail.entry import from_text

#: A label and its value.
Fact = tuple[str, str]

STATUSES: Table = {
    "active": N_("Active"),
    "noted": N_("Taken note of"),
    "lapsed": N_("Lapsed"),
    "ended": N_("Ended"),
}
STATUS_HINTS: Table = {
    "active": N_("It runs."),
    "noted": N_("The council took note of it; it runs."),
    "lapsed": N_("Its time ran out, and nobody renewed it."),
    "ended": N_("It was brought to an end."),
}
EVALUATION_STATES: Table = {
    "pending": N_("Not begun"),
    "under-way": N_("Under way"),
    "reported": N_("Reported, not decided"),
    "decided": N_("Decided"),
    "cancelled": N_("Cancelled"),
}
#: Outcomes of the evaluation of a policy; those of other engagements are shared (`web.i18n.labels`).
POLICY_OUTCOMES: Table = {
    "continue": N_("Keep the policy as it stands"),
    "renegotiate": N_("Revise the policy"),
    "terminate": N_("Repeal the policy"),
}
SIGNATURE_METHODS: Table = {"paper": N_("On paper"), "electronic": N_("Electronically")}

status_label = partial(label, STATUSES)
status_hint = partial(label, STATUS_HINTS)
evaluation_state = partial(label, EVALUATION_STATES)


def evaluation_outcome(outcome: str, kind: str = "") -> str:
    """What an evaluation proposes or has led to, for an engagement of a kind."""
    return label(POLICY_OUTCOMES, outcome) if kind == "policy" else labels.evaluation_outcome(outcome)


# -- facts of an engagement


def period(starts_on: date | None, ends_on: date | None) -> str:
    """First and last day of an engagement."""
    if starts_on and ends_on:
        return _("%(first)s to %(last)s", first=labels.day(starts_on), last=labels.day(ends_on))
    if ends_on:
        return _("until %(day)s", day=labels.day(ends_on))
    if starts_on:
        return _("from %(day)s, no end agreed", day=labels.day(starts_on))
    return _("no dates known")


def partner(name: str, country: str) -> str:
    """Name and country of a partner."""
    return ", ".join(part for part in (name, country_name(country) if country else "") if part)


def facts_of(view: EngagementView) -> tuple[Fact, ...]:
    """The facts of an engagement in reading order; empty ones are left out."""
    row = view.row
    known = [
        (_("With"), partner(row.partner_name, row.partner_country)),
        (_("Responsible body"), str(labels.body_name(view.policy, view.responsible))),
        (_("Whom it concerns"), labels.scope_label(row.scope)),
        (_("Runs"), period(row.starts_on, row.ends_on)),
        (_("Notice given"), str(labels.day(row.notice_on))),
        (_("Goals"), "; ".join(str(labels.goal_label(view.policy, goal)) for goal in row.goals)),
        (_("Paid by others"), f"{row.external_funding} %" if row.external_funding else ""),
        (_("Paid by the EU"), _("In part") if row.eu_funded else ""),
        (
            _("Time limit"),
            _("None needed: a Nordic twin town that the policy excepts") if _is_excepted(view) else "",
        ),
        *(fact for name, value in dict(row.fields).items() if (fact := _field(name, value))),
    ]
    return tuple((name, value) for name, value in known if value)


def _is_excepted(view: EngagementView) -> bool:
    named, row = view.policy.named_nordic_twins, view.row
    return is_named_twin(named, row.partner_name, registered=row.named_nordic_twin)


#: Fields that are columns of the register, or that concerned the case alone.
_HIDDEN_FIELDS = ("starts_on", "ends_on", "notice_on", "consultation_ends_on", "principal_reason")


def _field(name: str, value: object) -> Fact | None:
    if name in _HIDDEN_FIELDS:
        return None
    text = ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
    return str(labels.field_label(name)), text


def signature_of(signature: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Signatories, dates and method of a signature; what was left empty is said to be unknown."""
    if not signature:
        return ()
    method = str(signature.get("method"))
    known = [
        (_("Signed for us"), ", ".join(_names(signature.get("signatories")))),
        (_("Signed for the partner"), str(signature.get("counterparty") or "")),
        (_("We signed"), _day(signature.get("signed_on"))),
        (_("The partner signed"), _day(signature.get("counter_signed_on"))),
        (_("In force since"), _day(signature.get("in_force_on"))),
        (_("How"), label(SIGNATURE_METHODS, method) if method in SIGNATURE_METHODS else ""),
    ]
    return tuple((name, value or _("Not known")) for name, value in known)


def _names(text: object) -> list[str]:
    """Names stored as a JSON list; any other text unchanged."""
    try:
        found = from_text(str(text or "[]"))
    except ValueError:
        return [str(text)]
    return [str(name) for name in found] if isinstance(found, list) else [str(found)]


def _day(text: object) -> str:
    return str(labels.day(date.fromisoformat(str(text)))) if text else ""


# -- evaluations and acting roles


def due_label(due: DueEvaluation, today: date) -> str:
    """When an evaluation is due, and how late it is."""
    days = (due.due_on - today).days
    if due.state == "decided":
        return _("Done; it was due on %(day)s.", day=labels.day(due.due_on))
    if due.state == "cancelled":
        return _("Cancelled; it was due on %(day)s.", day=labels.day(due.due_on))
    if days < 0:
        late = ngettext("%(num)s day late", "%(num)s days late", -days)
        return _("It was due on %(day)s and is %(late)s.", day=labels.day(due.due_on), late=late)
    if days == 0:
        return _("It is due today.")
    if days > NEAR:
        return _("It is due on %(day)s.", day=labels.day(due.due_on))
    left = ngettext("%(num)s day left", "%(num)s days left", days)
    return _("It is due on %(day)s: %(left)s.", day=labels.day(due.due_on), left=left)


def seat_label(seat: Seat, where: Policy | Tenant) -> str:
    """An acting role: the role and the body's name."""
    role, body = seat
    return f"{labels.role_label(role)}, {labels.body_name(where, body)}"


def seat_words(policy: Policy, token: str, responsible: str | None = None) -> str:
    """A policy's `ROLE@BODY`, `BODY` or `ROLE@responsible` as the role and the body's name."""
    role, _at, where = token.partition("@")
    if not where:
        role, where = "", token
    if where == "responsible" and responsible is not None:
        key = policy.administration_of(responsible).key if role in ("officer", "manager") else responsible
        body = str(labels.body_name(policy, key))
    elif len(bodies := policy.bodies_of(where)) == 1:
        body = str(labels.localized(bodies[0].names))
    else:
        body = str(labels.body_kind_label(where))
    return f"{labels.role_label(role)}, {body}" if role else body


def rhythm(rule: EvaluationRule) -> str:
    """How often, or when, a rule demands an evaluation."""
    if rule.on is not None:
        return _("once, by %(day)s", day=labels.day(rule.on))
    if rule.every is not None:
        return ngettext("every month", "every %(num)s months", rule.every)
    return ngettext("a month before it ends", "%(num)s months before it ends", rule.before_expiry or 0)
