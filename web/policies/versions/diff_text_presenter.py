"""Differences of two policy versions that change no answer to a request, as sentences.

The document, bodies, goals, forms, clauses, escalation ladders, the law's rules for meetings, and assumptions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.tables import label
from web.policies.assumptions.presenter import dependent_texts
from web.policies.labels import (
    body_kind_name,
    clause_kind_label,
    clause_source_label,
    enforcement_text,
    listed,
    status_label,
)
from web.policies.versions.labels import CLAUSE_PARTS, DOCUMENT_PARTS, MEETING_RULES, now_and_before, rung_label
from workflow.policy.diff.change import Change
from workflow.policy.model import Policy

#: A sentence, and details line by line.
Text = tuple[str, tuple[str, ...]]


def sentence(old: Policy, new: Policy, change: Change) -> Text:
    """One difference."""
    return _SENTENCES[change.section](old, new, change)


def _document(old: Policy, new: Policy, change: Change) -> Text:
    part = label(DOCUMENT_PARTS, change.what)
    if isinstance(change.now or change.was, Mapping):
        return part, _now_and_before_lines(change.now, change.was)
    now, was = (_document_value(policy, change.what, value) for policy, value in _sides(old, new, change))
    return now_and_before(part, now, was), ()


def _now_and_before_lines(now: Any, was: Any) -> tuple[str, ...]:
    """A text of the new version and of the old one on a line each; a text that is not there has no line."""
    both = ((_("Now"), now), (_("Before"), was))
    return tuple(f"{when}: {labels.localized(names)}" for when, names in both if names)


def _sides(old: Policy, new: Policy, change: Change) -> tuple[tuple[Policy, object], ...]:
    return (new, change.now), (old, change.was)


def _document_value(policy: Policy, what: str, value: object) -> str:
    if value is None:
        return ""
    if what == "status":
        return status_label(str(value))
    if what == "default-responsible":
        return body_kind_name(policy, str(value))
    if isinstance(value, tuple):
        return listed(value)
    return labels.day(value) if isinstance(value, date) else str(value)


def _bodies(old: Policy, new: Policy, change: Change) -> Text:
    if change.what in ("added", "removed"):
        body = change.now or change.was
        name, kind = labels.localized(body.names), labels.body_kind_label(body.kind)
        if change.what == "added":
            return _("New: %(body)s (%(kind)s)", body=name, kind=kind), ()
        return _("No longer there: %(body)s (%(kind)s)", body=name, kind=kind), ()
    name = labels.body_name(new, change.key)
    if change.what == "renamed":
        return _("Name"), _now_and_before_lines(change.now, change.was)
    if change.what == "kind":
        return now_and_before(name, labels.body_kind_label(change.now), labels.body_kind_label(change.was)), ()
    now, was = (labels.body_name(policy, str(key)) if key else "" for policy, key in _sides(old, new, change))
    return now_and_before(_("%(body)s, below", body=name), now, was), ()


def _ladders(old: Policy, new: Policy, change: Change) -> Text:
    kind, _colon, rule = change.key.partition(":")
    if rule:
        ladder = _("Evaluation “%(rule)s”", rule=rule)
    else:
        ladder = _("A consultation") if kind == "consultation" else labels.duty_label(kind)
    if change.what == "rungs-added":
        return _("%(what)s: told now", what=ladder), tuple(rung_label(new, rung) for rung in change.now)
    return _("%(what)s: no longer told", what=ladder), tuple(rung_label(old, rung) for rung in change.was)


def _law(_old: Policy, _new: Policy, change: Change) -> Text:
    about, _colon, kind = (change.key if change.what == "cites" else f"{change.what}:{change.key}").partition(":")
    rule = label(MEETING_RULES, about, body=labels.body_kind_label(kind) if about in ("quorum", "minority") else "")
    if change.what == "cites":
        return _("%(what)s: on other grounds than before.", what=rule), ()
    return now_and_before(rule, _meeting_rule(change.what, change.now), _meeting_rule(change.what, change.was)), ()


def _meeting_rule(what: str, rule: Any) -> str:
    if rule is None:
        return ""
    if what == "quorum":
        share = _("more than half of the members") if rule[0] else _("at least half of the members")
        counted = (
            _("Members with a conflict of interest still count.")
            if rule[1]
            else _("Members with a conflict of interest do not count.")
        )
        return f"{share} ({counted.rstrip('.')})"
    if what == "minority":
        numerator, denominator, outcomes, is_once = rule
        text = f"{numerator}/{denominator}: {listed(labels.outcome_label(one).lower() for one in outcomes)}"
        once = _("(once in a case)")
        return f"{text} {once}" if is_once else text
    if what == "tie":
        return _("the chair’s casting vote decides") if rule == "casting-vote" else _("the proposal lapses")
    if what == "abstention":
        return _("allowed") if rule else _("members who are present must vote")
    return _("may not take part in the decision") if rule else _("is not excluded for that alone")


def _assumptions(old: Policy, new: Policy, change: Change) -> Text:
    if change.now is None:
        return _("Assumed no longer"), dependent_texts(old, change.was)
    return _("Assumed now"), dependent_texts(new, change.now)


def _goals(_old: Policy, _new: Policy, change: Change) -> Text:
    if change.what in ("group-added", "group-removed"):
        group = change.now or change.was
        name, goals = labels.localized(group.names), tuple(labels.localized(goal.names) for goal in group.items)
        if change.now:
            return _("New group of goals: %(group)s", group=name), goals
        return _("Group of goals no longer there: %(group)s", group=name), goals
    if change.what == "renamed":
        return _("Name of a goal"), _now_and_before_lines(change.now, change.was)
    if change.what == "added":
        return _("New goal: %(goal)s", goal=labels.localized(change.now)), ()
    return _("Goal no longer there: %(goal)s", goal=labels.localized(change.was)), ()


def _forms(_old: Policy, new: Policy, change: Change) -> Text:
    kind = labels.kind_label(new, change.key)
    if change.what == "renamed":
        return _("Name"), _now_and_before_lines(change.now, change.was)
    names = listed(labels.field_label(name) for name in change.now or change.was)
    if change.what == "fields-added":
        return _("%(kind)s: the form also offers %(fields)s", kind=kind, fields=names), ()
    return _("%(kind)s: the form no longer offers %(fields)s", kind=kind, fields=names), ()


def _clauses(_old: Policy, _new: Policy, change: Change) -> Text:
    if change.what in ("added", "removed"):
        says = (labels.localized((change.now or change.was).says),)
        if change.now:
            return _("New: %(clause)s", clause=change.key), says
        return _("No longer there: %(clause)s", clause=change.key), says
    if change.what == "reworded":
        return _("%(clause)s, in other words", clause=change.key), _now_and_before_lines(change.now, change.was)
    now, was = (_CLAUSE_VALUES[change.what](value) if value else "" for value in (change.now, change.was))
    return now_and_before(f"{change.key}, {label(CLAUSE_PARTS, change.what)}", now, was), ()


_CLAUSE_VALUES: Mapping[str, Callable[[Any], str]] = {
    "kind": clause_kind_label,
    "section": str,
    "voice": clause_source_label,
    "enforced-by": enforcement_text,
    "reason": labels.pack_text,
}
_SENTENCES: Mapping[str, Callable[[Policy, Policy, Change], Text]] = {
    "document": _document,
    "bodies": _bodies,
    "ladders": _ladders,
    "law": _law,
    "assumptions": _assumptions,
    "goals": _goals,
    "forms": _forms,
    "clauses": _clauses,
}
