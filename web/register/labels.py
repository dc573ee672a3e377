"""In which words does the register speak of an engagement?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from web.i18n import labels
from web.i18n.countries import country_name
from web.i18n.gettext import _, ngettext
from web.register.presenter import NEAR, Due, EngagementView
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule
from workflow.trail.entry import from_text

#: One fact: what it is called, and what it is.
Fact = tuple[str, str]


def status_label(status: str) -> str:
    """What an engagement's status is called."""
    return {
        "active": _("Active"),
        "noted": _("Taken note of"),
        "lapsed": _("Lapsed"),
        "ended": _("Ended"),
    }[status]


def status_hint(status: str) -> str:
    """What a status means for the municipality."""
    return {
        "active": _("It runs."),
        "noted": _("The council took note of it; it runs."),
        "lapsed": _("Its time ran out, and nobody renewed it."),
        "ended": _("It was brought to an end."),
    }[status]


def period(starts_on: date | None, ends_on: date | None) -> str:
    """From when to when it runs."""
    if starts_on and ends_on:
        return _("%(first)s to %(last)s", first=labels.day(starts_on), last=labels.day(ends_on))
    if ends_on:
        return _("until %(day)s", day=labels.day(ends_on))
    if starts_on:
        return _("from %(day)s, no end agreed", day=labels.day(starts_on))
    return _("no dates known")


def partner(name: str, country: str) -> str:
    """With whom, and where."""
    return ", ".join(part for part in (name, country_name(country) if country else "") if part)


def facts_of(view: EngagementView) -> tuple[Fact, ...]:
    """What the register knows of an engagement, in reading order; what it does not know is left out."""
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
            _("None needed: a Nordic twin town that the policy excepts") if row.named_nordic_twin else "",
        ),
        *(told for name, value in dict(row.fields).items() if (told := _field(name, value))),
    ]
    return tuple((label, value) for label, value in known if value)


#: Fields that stand in the register as columns of their own, or that concerned the case alone.
_NOT_SHOWN = ("starts_on", "ends_on", "notice_on", "consultation_ends_on", "principal_reason")


def _field(name: str, value: object) -> Fact | None:
    if name in _NOT_SHOWN:
        return None
    text = ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
    return str(labels.field_label(name)), text


def signature_of(signature: Mapping[str, Any]) -> tuple[Fact, ...]:
    """How it was signed: by whom, when, how, and the digest of what was signed."""
    if not signature:
        return ()
    method = {"paper": _("On paper"), "electronic": _("Electronically")}.get(str(signature.get("method")), "")
    known = [
        (_("Signed for us"), ", ".join(_names(signature.get("signatories")))),
        (_("Signed for the partner"), str(signature.get("counterparty") or "")),
        (_("We signed"), _day(signature.get("signed_on"))),
        (_("The partner signed"), _day(signature.get("counter_signed_on"))),
        (_("In force since"), _day(signature.get("in_force_on"))),
        (_("How"), method),
    ]
    return tuple((label, value) for label, value in known if value)


def _names(text: object) -> list[str]:
    """Names kept as a JSON list; anything else as it stands."""
    try:
        found = from_text(str(text or "[]"))
    except ValueError:
        return [str(text)]
    return [str(name) for name in found] if isinstance(found, list) else [str(found)]


def _day(text: object) -> str:
    return str(labels.day(date.fromisoformat(str(text)))) if text else ""


def due_words(due: Due, today: date) -> str:
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


def due_state(state: str) -> str:
    """How far an evaluation has come."""
    return {
        "pending": _("Not begun"),
        "under-way": _("Under way"),
        "reported": _("Reported, not decided"),
        "decided": _("Decided"),
        "cancelled": _("Cancelled"),
    }[state]


def seat_words(policy: Policy, token: str, responsible: str | None = None) -> str:
    """A ROLE@BODY of the policy, as people say it."""
    role, _at, where = token.partition("@")
    if not where:
        role, where = "", token
    if where == "responsible" and responsible is not None:
        key = policy.administration_of(responsible).key if role in ("officer", "manager") else responsible
        body = str(labels.body_name(policy, key))
    elif len(bodies := policy.bodies_of(where)) == 1:
        body = str(labels.words(bodies[0].names))
    else:
        body = str(labels.body_kind_label(where))
    return f"{labels.role_label(role)}, {body}" if role else body


def rhythm(rule: EvaluationRule) -> str:
    """How often, or when, an evaluation rule asks."""
    if rule.on is not None:
        return _("once, by %(day)s", day=labels.day(rule.on))
    if rule.every is not None:
        return ngettext("every month", "every %(num)s months", rule.every)
    return ngettext("a month before it ends", "%(num)s months before it ends", rule.before_expiry or 0)
