"""Who did what in a story of the check, in the reader's words?

The check names each deed by a short English phrase (`workflow.policy.verification.state_search`); here it is read and
said again. A phrase that nobody here knows is left for the page to show in English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from web.cases.request_labels import TOLD, read_told
from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.terms import ACTIONS, OUTCOMES, ROLES
from web.policies.labels import body_kind_name, request_summary
from web.register.labels import seat_words
from workflow.policy.model import Policy
from workflow.policy.verification.gate_model import MOVED

_FIELD = re.compile(r"(?P<deed>.+), the field (?P<how>filled|empty)")
_CHANGED = re.compile(rf"(?P<deed>.+?) to (?P<request>{TOLD})")
_PRINCIPLE = " as a matter of principle"
_CONFIRM = re.compile(r"confirm (?P<outcome>[a-z-]+) by (?P<who>.+)")
_ACT = re.compile(r"(?P<action>[a-z-]+) by (?P<who>.+)")
_AFTER = re.compile(r"(?P<action>[a-z-]+) after the end")
_SEAT = re.compile(r"(?P<role>[a-z]+)(?: of (?P<body>[a-z-]+))?")
_TOKEN = re.compile(r"[a-z]+@[a-z-]+")


def deed_words(policy: Policy, deed: str) -> str:
    """A deed in the reader's words; raises `ValueError` for a phrase that is not one of the check's."""
    if found := _FIELD.fullmatch(deed):
        told = deed_words(policy, found["deed"])
        if found["how"] == "filled":
            return _("%(deed)s, the field filled in", deed=told)
        return _("%(deed)s, the field left empty", deed=told)
    if found := _CHANGED.fullmatch(deed):
        request = request_summary(policy, read_told(found["request"]))
        return _("%(deed)s, so that it becomes: %(request)s", deed=deed_words(policy, found["deed"]), request=request)
    if deed.endswith(_PRINCIPLE):
        return _("%(deed)s, as a matter of principle", deed=deed_words(policy, deed.removesuffix(_PRINCIPLE)))
    if found := _AFTER.fullmatch(deed):
        action = _known(ACTIONS, found["action"], labels.action_label(found["action"]))
        return _("After the end: %(action)s", action=action)
    if found := _CONFIRM.fullmatch(deed):
        outcome = _known(OUTCOMES, found["outcome"], labels.outcome_label(found["outcome"]))
        return f"{_who(policy, found['who'])}: {labels.action_label('confirm')} – {outcome}"
    if deed == MOVED:
        return f"{labels.role_label('admin')}: {_('Moved to another version of the policy')}"
    if found := _ACT.fullmatch(deed):
        action = _known(ACTIONS, found["action"], labels.action_label(found["action"]))
        return f"{_who(policy, found['who'])}: {action}"
    raise ValueError(deed)


def _who(policy: Policy, who: str) -> str:
    if who == "coordinator or deadline":
        return _("International coordinator, or the last day that passes")
    if who == "a body asked":
        return _("A body asked")
    tokens = who.split(" or ")
    if all(_TOKEN.fullmatch(token) for token in tokens):
        return " / ".join(seat_words(policy, token) for token in tokens)
    if found := _SEAT.fullmatch(who):
        role = _known(ROLES, found["role"], labels.role_label(found["role"]))
        return f"{role}, {body_kind_name(policy, found['body'])}" if found["body"] else role
    raise ValueError(who)


def _known(table: Mapping[str, str], key: str, label: str) -> str:
    if key not in table:
        raise ValueError(key)
    return label
