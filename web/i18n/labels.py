"""Labels in the reader's language for the codes that every subject shares.

A policy's own names come first, then the tables of `web.i18n.terms` and `web.i18n.fields`. Everything in
`TEMPLATE_LABELS` is also a filter and a global of the templates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, has_request_context
from flask_babel import format_date, format_datetime, format_decimal
from flask_login import current_user

from web.core.services import services
from web.i18n import terms
from web.i18n.fields import FIELDS, VALIDATION_MESSAGES, VALIDATION_PATTERNS
from web.i18n.gettext import _, ngettext
from web.i18n.locale import language, timezone
from web.i18n.tables import label, label_or_code
from workflow.core.dates import day_of_text
from workflow.core.messages import SENTENCES, Reason
from workflow.core.tenants import Tenant
from workflow.policy.actions import AWAITING_COUNTERPART
from workflow.policy.model import Policy

step_label = partial(label, terms.STEPS)
act_label = partial(label, terms.ACTS)
outcome_label = partial(label, terms.OUTCOMES)
proposal_label = partial(label, terms.PROPOSALS)
evaluation_outcome = partial(label, terms.EVALUATION_OUTCOMES)
worth_label = partial(label, terms.WORTHS)
duty_label = partial(label, terms.DUTIES)
role_label = partial(label, terms.ROLES)
role_purpose = partial(label, terms.PURPOSES)
body_kind_label = partial(label, terms.BODY_KINDS)
before_step = partial(label, terms.BEFORE_STEP)
scope_label = partial(label, terms.SCOPES)
origin_label = partial(label, terms.ORIGINS)
direction_label = partial(label, terms.DIRECTIONS)
file_type = partial(label_or_code, terms.FILE_TYPES)


def localized(names: Mapping[str, str] | None) -> str:
    """A text in the reader's language; else in the municipality's, else in English, else in whatever there is."""
    if not names:
        return ""
    if not has_request_context():  # a command speaks English
        return names.get("en") or next(iter(names.values()))
    own = current_user.municipality.language if current_user and current_user.is_authenticated else ""
    code = next((code for code in (language(), own, "en") if code in names), next(iter(names)))
    return names[code]


def initiative_label(initiative: str | None) -> str:
    """Who took the initiative; None where that is not known."""
    return label(terms.INITIATIVES, initiative or "")


def state_label(state: str, policy: Policy | None = None, responsible: str | None = None) -> str:
    """The state of a case; with the policy, and the responsible body's key, the body is called by its name."""
    step, _colon, by = state.partition(":")
    if not by:
        return label_or_code(terms.STATES, state)
    if step not in terms.BODY_STATES:
        return state
    return label(terms.BODY_STATES, step, body=_body_at(by, policy, responsible))


def _body_at(by: str, policy: Policy | None, responsible: str | None) -> str:
    if policy is not None and by == "responsible" and responsible is not None and policy.has_body(responsible):
        return localized(policy.body(responsible).names)
    if policy is not None and len(bodies := policy.bodies_of(by)) == 1:
        return localized(bodies[0].names)
    return label_or_code(terms.BODY_KINDS, by)


def phase(state: str) -> str:
    """The part of a state that a badge shows as a shape: draft, review, recommend, confirm, concluded, …"""
    if state == AWAITING_COUNTERPART:
        return "sign"
    return "confirm" if state.startswith("confirm-") else state.partition(":")[0]


def notice_label(kind: str, is_late: bool = False) -> str:
    """The text of a notice; a reminder says whether its deadline has passed."""
    return label(terms.NOTICES_LATE if is_late and kind in terms.NOTICES_LATE else terms.NOTICES, kind)


def field_label(name: str) -> str:
    """The label of a field; a path like `fields.ends_on` is labelled by its last part."""
    return label_or_code(FIELDS, name.rpartition(".")[2].rstrip("_"))


def kind_label(policy: Policy | None, kind: str) -> str:
    """A kind of engagement, as the municipality calls it where it has a name of its own."""
    if policy is not None and kind in policy.kinds:
        return localized(policy.kinds[kind].names)
    return label_or_code(terms.KINDS, kind)


def body_name(where: Policy | Tenant, key: str) -> str:
    """The name of a body; its key where it has none."""
    if isinstance(where, Policy):
        return localized(where.body(key).names) if where.has_body(key) else key
    return localized(services().body_names(where).get(key)) or key


def goal_label(policy: Policy, key: str) -> str:
    """The name of a goal of a policy."""
    return next((localized(goal.names) for group in policy.goals for goal in group.items if goal.key == key), key)


def clause_says(policy: Policy, clause: str) -> str:
    """A clause, as the pack summarises it."""
    return localized(policy.clauses[clause].says) if clause in policy.clauses else clause


def pack_text(text: str) -> str:
    """A pack's English reason for an assumption or for guidance; as it stands where no catalogue has it."""
    return _(text) if text else ""


def reason_text(why: Reason) -> str:
    """A reason in the reader's language, its values replaced by their labels."""
    return _(SENTENCES[why.code]) % {name: _value(name, value, why.values) for name, value in why.values.items()}


def returned_text(recorded: Mapping[str, object]) -> str:
    """Why a decided case went back to its officer, as its trail entry records it (`reason` and its values)."""
    code, values = str(recorded["reason"]), {name: value for name, value in recorded.items() if name != "reason"}
    return reason_text(Reason(code, values))


def _value(name: str, value: object, values: Mapping[str, object]) -> object:
    names = values.get(f"{name}_names")
    if isinstance(names, Mapping):
        return localized(names)
    if name == "officer" and not value:
        return _("another officer")
    return _REASON_VALUES[name](str(value)) if name in _REASON_VALUES else value


def _iso_day(text: str) -> str:
    found = day_of_text(text)
    return text if found is None else day(found)


def why_text(why: str) -> str:
    """A validation message."""
    for pattern, message in VALIDATION_PATTERNS:
        if found := re.fullmatch(pattern, why):
            return _(message) % found.groupdict()
    return _(why) if why in VALIDATION_MESSAGES else why


_REASON_VALUES: Mapping[str, Callable[[str], str]] = {
    "role": partial(label_or_code, terms.ROLES),
    "step": partial(label_or_code, terms.STEPS),
    "state": state_label,
    "field": field_label,
    "outcome": partial(label_or_code, terms.OUTCOMES),
    "action": partial(label_or_code, terms.ACTIONS),
    "why": why_text,
    "day": _iso_day,
    "assumption": pack_text,
}


def day(value: date | None) -> str:
    """A date in the reader's long format; in ISO format for a command."""
    if value is None or not has_request_context():
        return value.isoformat() if value else ""
    return str(format_date(value, "long"))


def moment(value: datetime | None, zone: str | None = None) -> str:
    """An instant in the municipality's time zone, to the minute."""
    if value is None:
        return ""
    local = value.astimezone(ZoneInfo(zone or timezone()))
    return str(format_datetime(local, "d MMMM y HH:mm", rebase=False))


def late(due: date | None, today: date) -> str:
    """How late something is; empty when it is not."""
    if due is None or due >= today:
        return ""
    return ngettext("%(num)s day late", "%(num)s days late", (today - due).days)


def until(due: date | None, today: date) -> str:
    """How long is left until a deadline, or how late it is."""
    if due is None:
        return _("no last day is set")
    days = (due - today).days
    if days < 0:
        return ngettext("%(num)s day late", "%(num)s days late", -days)
    if days == 0:
        return _("today is the last day")
    return ngettext("%(num)s day left", "%(num)s days left", days)


def file_size(size: int) -> str:
    """A size in bytes as kilobytes or megabytes."""
    if size < 1_000_000:
        return _("%(size)s kB", size=format_decimal(max(1, round(size / 1000))))
    return _("%(size)s MB", size=format_decimal(round(size / 1_000_000, 1)))


TEMPLATE_LABELS: Mapping[str, Callable[..., Any]] = {
    "localized": localized,
    "state_label": state_label,
    "phase": phase,
    "step_label": step_label,
    "act_label": act_label,
    "outcome_label": outcome_label,
    "proposal_label": proposal_label,
    "role_label": role_label,
    "role_purpose": role_purpose,
    "body_kind_label": body_kind_label,
    "before_step": before_step,
    "scope_label": scope_label,
    "initiative_label": initiative_label,
    "origin_label": origin_label,
    "direction_label": direction_label,
    "notice_label": notice_label,
    "field_label": field_label,
    "kind_label": kind_label,
    "body_name": body_name,
    "goal_label": goal_label,
    "clause_says": clause_says,
    "pack_text": pack_text,
    "reason_text": reason_text,
    "why_text": why_text,
    "day": day,
    "moment": moment,
    "late": late,
    "until": until,
    "file_type": file_type,
    "file_size": file_size,
}


def register(app: Flask) -> None:
    """Make the labels known to every template."""
    app.jinja_env.filters.update(TEMPLATE_LABELS)
    app.jinja_env.globals.update(TEMPLATE_LABELS)
