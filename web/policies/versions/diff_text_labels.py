"""In which words is it told what stands otherwise in a new version, whatever is asked?

The document, bodies, goals, forms, clauses, ladders, the law's rules for meetings, and assumptions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from web.i18n import labels
from web.i18n.gettext import _
from web.policies import labels as policies_labels
from web.policies.assumptions import labels as assumptions_labels
from web.policies.labels import listed
from web.policies.versions.diff_phrases import now_and_before, rung_words
from workflow.policy.diff.change import Change
from workflow.policy.model import Policy

#: A sentence, and what belongs to it line by line.
Said = tuple[str, tuple[str, ...]]


def sentence(old: Policy, new: Policy, change: Change) -> Said:
    """One difference of how a version stands."""
    return _SPOKEN[change.section](old, new, change)


def _document(old: Policy, new: Policy, change: Change) -> Said:
    label = {
        "title": _("Title"),
        "status": _("Status"),
        "valid-from": _("In force from"),
        "valid-to": _("In force to"),
        "notice": _("Note on the document"),
        "name": _("The municipality’s name"),
        "timezone": _("Time zone"),
        "default-responsible": _("Whose matter it usually is"),
    }[change.what]
    if isinstance(change.now or change.was, Mapping):
        return label, _texts(change.now, change.was)
    return now_and_before(label, *(_value(policy, change.what, value) for policy, value in _two(old, new, change))), ()


def _texts(now: Any, was: Any) -> tuple[str, ...]:
    """A text as it reads and as it read; where there is or was none, that line is left out."""
    both = ((_("Now"), now), (_("Before"), was))
    return tuple(f"{label}: {labels.words(names)}" for label, names in both if names)


def _two(old: Policy, new: Policy, change: Change) -> tuple[tuple[Policy, object], ...]:
    return (new, change.now), (old, change.was)


def _value(policy: Policy, what: str, value: object) -> str:
    if value is None:
        return ""
    if what == "status":
        return policies_labels.status_label(str(value))
    if what == "default-responsible":
        return policies_labels.body_words(policy, str(value))
    return str(labels.day(value)) if isinstance(value, date) else str(value)


def _bodies(old: Policy, new: Policy, change: Change) -> Said:
    if change.what == "added":
        told = _("New: %(body)s (%(kind)s)", body=labels.words(change.now.names), kind=_kind(change.now.kind))
        return told, ()
    if change.what == "removed":
        told = _(
            "No longer there: %(body)s (%(kind)s)",
            body=labels.words(change.was.names),
            kind=_kind(change.was.kind),
        )
        return told, ()
    name = str(labels.body_name(new, change.key))
    if change.what == "renamed":
        return _("Name"), _texts(change.now, change.was)
    if change.what == "kind":
        return now_and_before(name, _kind(change.now), _kind(change.was)), ()
    below = (str(labels.body_name(policy, str(key))) if key else "" for policy, key in _two(old, new, change))
    return now_and_before(_("%(body)s, below", body=name), *below), ()


def _kind(kind: str) -> str:
    return str(labels.body_kind_label(kind))


def _ladders(old: Policy, new: Policy, change: Change) -> Said:
    kind, _colon, rule = change.key.partition(":")
    ladder = _("Evaluation “%(rule)s”", rule=rule) if rule else _ladder(kind)
    if change.what == "rungs-added":
        return _("%(what)s: told now", what=ladder), tuple(rung_words(new, rung) for rung in change.now)
    return _("%(what)s: no longer told", what=ladder), tuple(rung_words(old, rung) for rung in change.was)


def _ladder(name: str) -> str:
    return _("A consultation") if name == "consultation" else str(labels.duty_label(name))


def _law(old: Policy, new: Policy, change: Change) -> Said:
    about, _colon, kind = (change.key if change.what == "cites" else f"{change.what}:{change.key}").partition(":")
    label = {
        "quorum": lambda: _("Quorum of %(body)s", body=_kind(kind)),
        "tie": lambda: _("Equal votes"),
        "abstention": lambda: _("Abstaining"),
        "minority": lambda: _("What a minority can bring about in %(body)s", body=_kind(kind)),
        "preparer": lambda: _("Who prepared a matter as an employee"),
    }[about]()
    if change.what == "cites":
        return _("%(what)s: on other grounds than before.", what=label), ()
    return now_and_before(label, _meeting(change.what, change.now), _meeting(change.what, change.was)), ()


def _meeting(what: str, rule: object) -> str:
    if rule is None:
        return ""
    if isinstance(rule, tuple) and what == "quorum":
        share = _("more than half of the members") if rule[0] else _("at least half of the members")
        counted = (
            _("Members with a conflict of interest still count.")
            if rule[1]
            else _("Members with a conflict of interest do not count.")
        )
        return f"{share} ({counted.rstrip('.')})"
    if isinstance(rule, tuple):
        numerator, denominator, outcomes, once = rule
        told = f"{numerator}/{denominator}: {listed([str(labels.outcome_label(one)).lower() for one in outcomes])}"
        once_only = _("(once in a case)")
        return f"{told} {once_only}" if once else told
    if what == "tie":
        return _("the chair’s casting vote decides") if rule == "casting-vote" else _("the proposal lapses")
    if what == "abstention":
        return _("allowed") if rule else _("members who are present must vote")
    return _("may not take part in the decision") if rule else _("is not excluded for that alone")


def _assumptions(old: Policy, new: Policy, change: Change) -> Said:
    policy, places = (old, change.was) if change.now is None else (new, change.now)
    told = _("Assumed no longer") if change.now is None else _("Assumed now")
    return told, assumptions_labels.texts_at(policy, places)


def _goals(old: Policy, new: Policy, change: Change) -> Said:
    if change.what in ("group-added", "group-removed"):
        group = change.now or change.was
        told = _("New group of goals: %(group)s") if change.now else _("Group of goals no longer there: %(group)s")
        return told % {"group": labels.words(group.names)}, tuple(str(labels.words(goal.names)) for goal in group.items)
    if change.what == "renamed":
        return _("Name of a goal"), _texts(change.now, change.was)
    if change.what == "added":
        return _("New goal: %(goal)s", goal=labels.words(change.now)), ()
    return _("Goal no longer there: %(goal)s", goal=labels.words(change.was)), ()


def _forms(old: Policy, new: Policy, change: Change) -> Said:
    kind = str(labels.kind_label(new, change.key))
    if change.what == "renamed":
        return _("Name"), _texts(change.now, change.was)
    names = listed([str(labels.field_label(name)) for name in change.now or change.was])
    if change.what == "fields-added":
        return _("%(kind)s: the form also offers %(fields)s", kind=kind, fields=names), ()
    return _("%(kind)s: the form no longer offers %(fields)s", kind=kind, fields=names), ()


def _clauses(old: Policy, new: Policy, change: Change) -> Said:
    if change.what in ("added", "removed"):
        told = _("New: %(clause)s") if change.now else _("No longer there: %(clause)s")
        return told % {"clause": change.key}, (str(labels.words((change.now or change.was).says)),)
    if change.what == "reworded":
        return _("%(clause)s, in other words", clause=change.key), _texts(change.now, change.was)
    words: Mapping[str, tuple[str, Callable[[Any], str]]] = {
        "kind": (_("what it does"), policies_labels.clause_kind_label),
        "section": (_("where it stands"), str),
        "voice": (_("whose words"), policies_labels.voice_label),
        "enforced-by": (_("what is done about it"), policies_labels.done_words),
        "reason": (_("why it enforces nothing"), labels.pack_text),
    }
    label, word = words[change.what]
    now, was = (str(word(value)) if value else "" for value in (change.now, change.was))
    return now_and_before(f"{change.key}, {label}", now, was), ()


_SPOKEN: Mapping[str, Callable[[Policy, Policy, Change], Said]] = {
    "document": _document,
    "bodies": _bodies,
    "ladders": _ladders,
    "law": _law,
    "assumptions": _assumptions,
    "goals": _goals,
    "forms": _forms,
    "clauses": _clauses,
}
