"""In which words is it told what a new version of a policy changes?

Each difference is one sentence, and under it for which requests it holds, which clauses the new version cites, and what
is assumed. The command line reads the same words in English. What stands otherwise without any request being asked is
told by `web.policies.versions.diff_text_labels`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from web.i18n import common_labels, labels
from web.i18n.gettext import _
from web.policies import labels as policies_labels
from web.policies.labels import asked_for, condition_words, listed
from web.policies.versions import diff_text_labels
from web.policies.versions.diff_phrases import now_and_before, seats_words, step_change_words
from web.register.labels import rhythm
from workflow.policy.conditions import Condition
from workflow.policy.diff.change import NOBODY, REFUSED, RESPONSIBLE, UNKNOWN, Change
from workflow.policy.model import Policy
from workflow.policy.pack_rules import EvaluationRule
from workflow.policy.request_domain import ENGAGEMENTS


@dataclass(frozen=True, slots=True)
class Told:
    """One difference, as it is read."""

    sentence: str
    #: For which requests, one line for each condition.
    holds_for: tuple[str, ...] = ()
    #: Ids of clauses that the new version cites for it, and of those that it cites no longer.
    clauses: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    #: English reasons of what is assumed, and of what no longer is; `web.i18n.labels.pack_text` translates them.
    assumptions: tuple[str, ...] = ()
    assumed_before: tuple[str, ...] = ()
    #: What belongs to it, line by line.
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the policy with all its differences."""

    name: str
    title: str
    told: tuple[Told, ...]


def sections(old: Policy, new: Policy, found: Iterable[Change]) -> tuple[Section, ...]:
    """All differences in words, section by section, in the order they are given."""
    return tuple(
        Section(name, section_label(name), tuple(told(old, new, change) for change in changes))
        for name, changes in groupby(found, key=lambda change: change.section)
    )


def section_label(name: str) -> str:
    """What a part of a policy is called."""
    return {
        "document": _("The document"),
        "bodies": _("Bodies"),
        "competence": _("Who decides"),
        "routes": _("The way of a case"),
        "requirements": _("Requirements"),
        "evaluations": _("Evaluations"),
        "ladders": _("Who is told of what is late"),
        "founding": _("While no policy is in force"),
        "law": _("Rules for bodies that meet"),
        "assumptions": _("Assumptions"),
        "goals": _("Goals"),
        "forms": _("Kinds of engagement and their forms"),
        "clauses": _("Clauses"),
    }[name]


def told(old: Policy, new: Policy, change: Change) -> Told:
    """One difference in words."""
    lines: tuple[str, ...] = ()
    if change.section in _SPOKEN:
        sentence = _SPOKEN[change.section](old, new, change)
    else:
        sentence, lines = diff_text_labels.sentence(old, new, change)
    cites, rests = change.what.endswith("cites"), change.what.endswith("rests")
    assumed, before = (change.now, change.was) if rests else (change.assumptions, ())
    if change.section == "assumptions":
        assumed, before = ((), change.key) if change.now is None else (change.key, ())
    return Told(
        sentence,
        holds_for(old, new, change.when),
        _several(change.now) if cites else change.clauses,
        _several(change.was) if cites else (),
        _several(assumed),
        _several(before),
        lines,
    )


def _several(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, tuple) else ()


def holds_for(old: Policy, new: Policy, when: Iterable[Condition]) -> tuple[str, ...]:
    """For which requests, one line for each condition; a kind that is nearly always meant is told by what is not."""
    return tuple(_condition(old, new, one) for one in when)


def _condition(old: Policy, new: Policy, condition: Condition) -> str:
    names = {kind for name, wanted in condition.terms if name == "responsible" for kind in tuple(wanted)}  # type: ignore[arg-type]
    policy = new if all(new.bodies_of(str(kind)) for kind in names) else old
    wanted = condition.values_of("engagement")
    left_out = [kind for kind in ENGAGEMENTS if isinstance(wanted, tuple) and kind not in wanted]
    if left_out and len(left_out) <= len(ENGAGEMENTS) // 3:
        rest = Condition(tuple(term for term in condition.terms if term[0] != "engagement"))
        but = _("Everything but: %(kinds)s", kinds=listed([str(labels.kind_label(policy, kind)) for kind in left_out]))
        return "; ".join((but, *condition_words(policy, rest)))
    return "; ".join(condition_words(policy, condition)) or _("Everything")


# -- who decides


def _competence(old: Policy, new: Policy, change: Change) -> str:
    if change.what == "cites":
        return _("The same body decides, on other clauses than before.")
    if change.what == "rests":
        return _("The same body decides, on other assumptions than before.")
    return now_and_before("", _decider(new, change.now), _decider(old, change.was))


def _decider(policy: Policy, who: str) -> str:
    special = {
        REFUSED: lambda: _("forbidden, nobody may decide it"),
        NOBODY: lambda: _("without an answer"),
        UNKNOWN: lambda: _("no such body was known"),
        RESPONSIBLE: lambda: _("decided by the body whose matter it is"),
    }
    if who in special:
        return special[who]()
    return _("decided by %(body)s", body=policies_labels.body_words(policy, who))


# -- the way


def _routes(old: Policy, new: Policy, change: Change) -> str:
    return step_change_words(old, new, change.what, change.key, change.was, change.now)


# -- what must be shown


def _requirements(old: Policy, new: Policy, change: Change) -> str:
    what = _demand(old if change.what == "removed" else new, change.key)
    if change.what == "added":
        return _("Now required %(before)s: %(what)s", what=what, before=common_labels.before_step(change.now))
    if change.what == "removed":
        return _("No longer required: %(what)s", what=what)
    if change.what == "moved":
        return now_and_before(what, common_labels.before_step(change.now), common_labels.before_step(change.was))
    return _("%(what)s: on other grounds than before.", what=what)


def _demand(policy: Policy, key: str) -> str:
    id_, _colon, group = key.partition(":")
    found = (one for one in policy.requirements if one.id == id_ and (one.group or "") == group)
    return asked_for(policy, next(found))


# -- evaluations


def _evaluations(old: Policy, new: Policy, change: Change) -> str:
    if change.what == "begins":
        return _("Must be evaluated now: %(how)s", how=_rule(new, change.now))
    if change.what == "ceases":
        return _("Need no longer be evaluated: %(how)s", how=_rule(old, change.was))
    what = _("Evaluation “%(rule)s”", rule=change.key)
    if change.what in ("reports", "decides"):
        label = {"reports": _("Reports"), "decides": _("Decides whether it goes on")}[change.what]
        return now_and_before(f"{what}, {label}", _seat(new, change.now), _seat(old, change.was))
    if change.what == "rhythm":
        return now_and_before(what, rhythm(change.now), rhythm(change.was))
    if change.what == "weighs":
        weighed = _("value is weighed against cost"), _("value is not weighed against cost")
        return now_and_before(what, weighed[not change.now], weighed[not change.was])
    if change.what in ("cites", "rests"):
        return _("%(what)s: on other grounds than before.", what=what)
    return _questions(what, change)


def _rule(policy: Policy, rule: EvaluationRule) -> str:
    how = _(
        "reported by %(seat)s, decided by %(body)s", seat=_seat(policy, rule.reports), body=_seat(policy, rule.decides)
    )
    return f"{rhythm(rule)}, {how}"


def _seat(policy: Policy, token: str) -> str:
    return _("the body that entered it") if token == "as-entered" else seats_words(policy, (token,))  # noqa: S105


def _questions(what: str, change: Change) -> str:
    said = {
        "questions-added": _("%(what)s asks more: %(questions)s"),
        "questions-removed": _("%(what)s no longer asks: %(questions)s"),
        "questions-reworded": _("%(what)s asks in other words: %(questions)s"),
    }[change.what]
    asked = change.was if change.what == "questions-removed" else change.now
    return said % {"what": what, "questions": " ".join(str(labels.words(names)) for names in asked)}


def _founding(old: Policy, new: Policy, change: Change) -> str:
    if change.what.startswith("step-"):
        return _routes(old, new, replace(change, what=change.what.removeprefix("step-")))
    return _competence(old, new, change)


_SPOKEN: Mapping[str, Callable[[Policy, Policy, Change], str]] = {
    "competence": _competence,
    "routes": _routes,
    "requirements": _requirements,
    "evaluations": _evaluations,
    "founding": _founding,
}
