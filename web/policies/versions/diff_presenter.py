"""Differences of two policy versions as sentences, for the pages and the command line.

Each difference is one sentence; under it the requests that it holds for, the clauses that the new version cites, and
assumptions. Differences of text rather than of answers are written by `web.policies.versions.diff_text_presenter`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.tables import label
from web.policies.labels import condition_phrases, listed, requirement_label
from web.policies.versions import diff_text_presenter
from web.policies.versions.labels import (
    QUESTIONS,
    decider_label,
    now_and_before,
    seats_label,
    section_label,
    step_change,
)
from web.register.labels import rhythm
from workflow.policy.conditions import Condition
from workflow.policy.diff.change import Change
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule
from workflow.policy.request_domain import ENGAGEMENTS


@dataclass(frozen=True, slots=True)
class ChangeText:
    """One difference."""

    sentence: str
    #: Requests that it holds for, one line for each condition.
    holds_for: tuple[str, ...] = ()
    #: Ids of clauses that the new version cites for it, and of those that it no longer cites.
    clauses: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    #: English reasons of assumptions, and of former ones; `web.i18n.labels.pack_text` translates them.
    assumptions: tuple[str, ...] = ()
    assumed_before: tuple[str, ...] = ()
    #: Details, line by line.
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the policy with all its differences."""

    name: str
    title: str
    changes: tuple[ChangeText, ...]


def sections(old: Policy, new: Policy, found: Iterable[Change]) -> tuple[Section, ...]:
    """All differences, section by section, in the order given."""
    return tuple(
        Section(name, section_label(name), tuple(change_text(old, new, change) for change in changes))
        for name, changes in groupby(found, key=lambda change: change.section)
    )


def change_text(old: Policy, new: Policy, change: Change) -> ChangeText:
    """One difference."""
    lines: tuple[str, ...] = ()
    if change.section in _SENTENCES:
        sentence = _SENTENCES[change.section](old, new, change)
    else:
        sentence, lines = diff_text_presenter.sentence(old, new, change)
    cites, rests = change.what.endswith("cites"), change.what.endswith("rests")
    assumed, before = (change.now, change.was) if rests else (change.assumptions, ())
    if change.section == "assumptions":
        assumed, before = ((), change.key) if change.now is None else (change.key, ())
    return ChangeText(
        sentence,
        tuple(_condition(old, new, one) for one in change.when),
        _several(change.now) if cites else change.clauses,
        _several(change.was) if cites else (),
        _several(assumed),
        _several(before),
        lines,
    )


def _several(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, tuple) else ()


def _condition(old: Policy, new: Policy, condition: Condition) -> str:
    """A condition in one line; one that leaves out a few kinds of engagement is written as an exception."""
    names = {kind for name, wanted in condition.terms if name == "responsible" for kind in tuple(wanted)}  # type: ignore[arg-type]
    policy = new if all(new.bodies_of(str(kind)) for kind in names) else old
    wanted = condition.values_of("engagement")
    left_out = [kind for kind in ENGAGEMENTS if isinstance(wanted, tuple) and kind not in wanted]
    if left_out and len(left_out) <= len(ENGAGEMENTS) // 3:
        rest = Condition(tuple(term for term in condition.terms if term[0] != "engagement"))
        but = _("Everything but: %(kinds)s", kinds=listed(labels.kind_label(policy, kind) for kind in left_out))
        return "; ".join((but, *condition_phrases(policy, rest)))
    return "; ".join(condition_phrases(policy, condition)) or _("Everything")


def _competence(old: Policy, new: Policy, change: Change) -> str:
    if change.what == "cites":
        return _("The same body decides, on other clauses than before.")
    if change.what == "rests":
        return _("The same body decides, on other assumptions than before.")
    return now_and_before("", decider_label(new, change.now), decider_label(old, change.was))


def _routes(old: Policy, new: Policy, change: Change) -> str:
    return step_change(old, new, change.what, change.key, change.was, change.now)


def _founding(old: Policy, new: Policy, change: Change) -> str:
    if change.what.startswith("step-"):
        return _routes(old, new, replace(change, what=change.what.removeprefix("step-")))
    return _competence(old, new, change)


def _requirements(old: Policy, new: Policy, change: Change) -> str:
    what = _requirement(old if change.what == "removed" else new, change.key)
    if change.what == "added":
        return _("Now required %(before)s: %(what)s", what=what, before=labels.before_step(change.now))
    if change.what == "removed":
        return _("No longer required: %(what)s", what=what)
    if change.what == "moved":
        return now_and_before(what, labels.before_step(change.now), labels.before_step(change.was))
    return _("%(what)s: on other grounds than before.", what=what)


def _requirement(policy: Policy, key: str) -> str:
    id_, _colon, group = key.partition(":")
    found = (one for one in policy.requirements if one.id == id_ and (one.group or "") == group)
    return requirement_label(policy, next(found))


def _evaluations(old: Policy, new: Policy, change: Change) -> str:
    if change.what == "begins":
        return _("Must be evaluated now: %(how)s", how=_rule(new, change.now))
    if change.what == "ceases":
        return _("Need no longer be evaluated: %(how)s", how=_rule(old, change.was))
    what = _("Evaluation “%(rule)s”", rule=change.key)
    if change.what in ("reports", "decides"):
        duty = {"reports": _("Reports"), "decides": _("Decides whether it goes on")}[change.what]
        return now_and_before(f"{what}, {duty}", _seat(new, change.now), _seat(old, change.was))
    if change.what == "rhythm":
        return now_and_before(what, rhythm(change.now), rhythm(change.was))
    if change.what == "weighs":
        weighed = _("value is weighed against cost"), _("value is not weighed against cost")
        return now_and_before(what, weighed[not change.now], weighed[not change.was])
    if change.what in ("cites", "rests"):
        return _("%(what)s: on other grounds than before.", what=what)
    questions = change.was if change.what == "questions-removed" else change.now
    return label(QUESTIONS, change.what, what=what, questions=" ".join(labels.localized(names) for names in questions))


def _rule(policy: Policy, rule: EvaluationRule) -> str:
    seat, body = _seat(policy, rule.reports), _seat(policy, rule.decides)
    how = _("reported by %(seat)s, decided by %(body)s", seat=seat, body=body)
    return f"{rhythm(rule)}, {how}"


def _seat(policy: Policy, token: str) -> str:
    return _("the body that entered it") if token == "as-entered" else seats_label(policy, (token,))  # noqa: S105


_SENTENCES: Mapping[str, Callable[[Policy, Policy, Change], str]] = {
    "competence": _competence,
    "routes": _routes,
    "requirements": _requirements,
    "evaluations": _evaluations,
    "founding": _founding,
}
