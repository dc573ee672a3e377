"""What does the reader call it?

Code words become the reader's words: from a policy's own names where it has some, else from `web.i18n.terms` in the
reader's language. Every function here is also a filter and a global of the templates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask, has_request_context
from flask_babel import format_date, format_datetime, gettext, ngettext
from flask_login import current_user

from web.core.services import services
from web.i18n.locale import language, timezone
from web.i18n.terms import (
    ACTIONS,
    ACTS,
    BODY_KINDS,
    BODY_STATES,
    DUTIES,
    EVALUATION_OUTCOMES,
    FIELDS,
    KINDS,
    NOTICES,
    NOTICES_LATE,
    OUTCOMES,
    PROPOSALS,
    PURPOSES,
    ROLES,
    STATES,
    STEPS,
    WHY_SHAPES,
    WHYS,
    WORTHS,
)
from workflow.core.messages import SENTENCES, Reason
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy


def words(names: Mapping[str, str] | None) -> str:
    """A text in the reader's language; else in the municipality's, else in English, else in whatever there is."""
    if not names:
        return ""
    if not has_request_context():  # a command speaks English
        return names.get("en") or next(iter(names.values()))
    own = current_user.municipality.language if current_user and current_user.is_authenticated else ""
    code = next((code for code in (language(), own, "en") if code in names), next(iter(names)))
    return names[code]


def _word(table: Mapping[str, str], key: str) -> str:
    return str(gettext(table[key])) if key in table else key


def state_label(state: str, policy: Policy | None = None, responsible: str | None = None) -> str:
    """Where a case is; with the policy, and the responsible body's key, the body is called by its name."""
    step, _colon, by = state.partition(":")
    if not by:
        return _word(STATES, state)
    if step not in BODY_STATES:
        return state
    return str(gettext(BODY_STATES[step], body=_body_at(by, policy, responsible)))


def _body_at(by: str, policy: Policy | None, responsible: str | None) -> str:
    if policy is not None and by == "responsible" and responsible is not None and policy.has_body(responsible):
        return words(policy.body(responsible).names)
    if policy is not None and len(bodies := policy.bodies_of(by)) == 1:
        return words(bodies[0].names)
    return _word(BODY_KINDS, by)


def phase(state: str) -> str:
    """The part of a state that a badge shows as a shape: draft, review, recommend, confirm, concluded, …"""
    return "confirm" if state.startswith("confirm-") else state.partition(":")[0]


def step_label(step: str) -> str:
    """What a step of a route is called."""
    return _word(STEPS, step)


def action_label(action: str) -> str:
    """What an action is called, as an order."""
    return _word(ACTIONS, action)


def act_label(act: str) -> str:
    """What a request wants done."""
    return _word(ACTS, act)


def outcome_label(outcome: str) -> str:
    """What a body chose, or how a case ended."""
    return _word(OUTCOMES, outcome)


def proposal_label(proposal: str) -> str:
    """What a recommending body proposes."""
    return _word(PROPOSALS, proposal)


def evaluation_outcome(outcome: str) -> str:
    """What can come of an evaluation."""
    return _word(EVALUATION_OUTCOMES, outcome)


def worth_label(worth: str) -> str:
    """Value against cost, as an evaluation found it."""
    return _word(WORTHS, worth)


def duty_label(kind: str) -> str:
    """What kind of thing waits with a last day."""
    return _word(DUTIES, kind)


def role_label(role: str) -> str:
    """What a role is called."""
    return _word(ROLES, role)


def role_purpose(role: str) -> str:
    """What a role is for, in one sentence."""
    return _word(PURPOSES, role)


def body_kind_label(kind: str) -> str:
    """What a kind of body is called."""
    return _word(BODY_KINDS, kind)


def notice_label(kind: str, is_late: bool = False) -> str:
    """What a notice tells of; a reminder tells whether its last day is over."""
    return _word(NOTICES_LATE if is_late and kind in NOTICES_LATE else NOTICES, kind)


def field_label(name: str) -> str:
    """What a field is called; of a path like `fields.ends_on` the last part is named."""
    return _word(FIELDS, name.rpartition(".")[2].rstrip("_"))


def kind_label(policy: Policy | None, kind: str) -> str:
    """What a municipality calls a kind of engagement."""
    if policy is not None and kind in policy.kinds:
        return words(policy.kinds[kind].names)
    return _word(KINDS, kind)


def body_name(where: Policy | Tenant, key: str) -> str:
    """What a body is called; its key where nobody has named it."""
    if isinstance(where, Policy):
        return words(where.body(key).names) if where.has_body(key) else key
    return words(services().body_names(where).get(key)) or key


def goal_label(policy: Policy, key: str) -> str:
    """What a goal of a policy is called."""
    return next((words(goal.names) for group in policy.goals for goal in group.items if goal.key == key), key)


def clause_says(policy: Policy, clause: str) -> str:
    """What a clause says, in our words."""
    return words(policy.clauses[clause].says) if clause in policy.clauses else clause


def pack_text(told: str) -> str:
    """Why a pack assumes something or enforces nothing; a text that no catalogue knows stays as the pack gives it."""
    return str(gettext(told)) if told else ""


def reason_text(why: Reason) -> str:
    """A reason in the reader's language, everything it names called by its name."""
    values = {name: _value(name, value, why.values) for name, value in why.values.items()}
    return str(gettext(SENTENCES[why.code])) % values


def _value(name: str, value: object, values: Mapping[str, object]) -> object:
    """One value of a reason as the reader calls it."""
    names = values.get(f"{name}_names")
    if isinstance(names, Mapping):
        return words(names)
    if name == "officer" and not value:
        return gettext("another officer")
    readers: dict[str, Callable[[str], str]] = {
        "role": role_label,
        "step": step_label,
        "state": state_label,
        "field": field_label,
        "outcome": outcome_label,
        "action": action_label,
        "why": why_text,
        "assumption": pack_text,
    }
    return readers[name](str(value)) if name in readers else value


def why_text(why: str) -> str:
    """Why a value is not valid."""
    for shape, told in WHY_SHAPES:
        if found := re.fullmatch(shape, why):
            return str(gettext(told)) % found.groupdict()
    return str(gettext(why)) if why in WHYS else why


def day(value: date | None) -> str:
    """A date as the reader writes it; as a computer does where a command tells it."""
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
    """How late something is, in words; empty when it is not."""
    if due is None or due >= today:
        return ""
    return str(ngettext("%(num)s day late", "%(num)s days late", (today - due).days))


SHOWN = (
    words,
    state_label,
    phase,
    step_label,
    action_label,
    act_label,
    outcome_label,
    proposal_label,
    role_label,
    role_purpose,
    body_kind_label,
    notice_label,
    field_label,
    kind_label,
    body_name,
    goal_label,
    clause_says,
    pack_text,
    reason_text,
    why_text,
    day,
    moment,
    late,
)


def register(app: Flask) -> None:
    """Let every template speak with these words."""
    for label in SHOWN:
        app.jinja_env.filters[label.__name__] = label
        app.jinja_env.globals[label.__name__] = label
