"""In which words is an assumption told: what rests on it, and what the municipality says of it?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_login import current_user

from web.i18n import common_labels, labels
from web.i18n.gettext import _
from web.policies import labels as policies_labels
from web.register import labels as register_labels
from workflow.core.calendar import local_day
from workflow.policy.assumptions import resting
from workflow.policy.conditions import Condition
from workflow.policy.model import Policy
from workflow.policy.rules import Rule
from workflow.policy.voting_rules import Quorum
from workflow.versions.assumption_reviews import Ruling


@dataclass(frozen=True, slots=True)
class Place:
    """One place that rests on an assumption."""

    text: str
    clauses: tuple[str, ...]


def place_of(policy: Policy, rule: Rule) -> Place:
    """What rests on an assumption, as people say it, and the clauses that it reads."""
    return Place(_TOLD[rule.tier](policy, rule), rule.clauses)


def texts_at(policy: Policy, places: Iterable[str]) -> tuple[str, ...]:
    """The same for places of a policy by their names in the engine, each once."""
    known = {rule.where: rule for rules in resting(policy).values() for rule in rules}
    return tuple(dict.fromkeys(place_of(policy, known[where]).text for where in places))


# -- what rests on it


def _row(policy: Policy, rule: Rule) -> str:
    row: Any = rule.source
    body = policies_labels.body_words(policy, row.decides)
    return {
        "competence": _("%(body)s decides: %(what)s", body=body, what=_when(policy, row.when)),
        "founding": _("%(body)s decides without a policy: %(what)s", body=body, what=_when(policy, row.when)),
        "law": _("%(body)s decides by law: %(what)s", body=body, what=_when(policy, row.when)),
    }[rule.tier]


def _prohibition(policy: Policy, rule: Rule) -> str:
    row: Any = rule.source
    return _("Nobody may decide it: %(what)s", what=_when(policy, row.when))


def _requirement(policy: Policy, rule: Rule) -> str:
    asked: Any = rule.source
    return _(
        "%(field)s is required %(before)s: %(what)s",
        field=policies_labels.asked_for(policy, asked),
        before=common_labels.before_step(asked.before),
        what=_when(policy, asked.when),
    )


def _step(policy: Policy, rule: Rule) -> str:
    step: Any = rule.source
    decides = next(stop for stop in policy.routes[rule.part] if stop.step == "decide")
    return _(
        "On the way to a decision (%(body)s): %(step)s – %(who)s",
        body=policies_labels.body_words(policy, decides.by[0]),
        step=labels.step_label(step.step),
        who="; ".join(register_labels.seat_words(policy, token) for token in step.by),
    )


def _evaluation(policy: Policy, rule: Rule) -> str:
    asked: Any = rule.source
    when = _when(policy, asked.when)
    return _("Evaluation, %(when)s: %(what)s", when=register_labels.rhythm(asked), what=when)


def _also(policy: Policy, rule: Rule) -> str:
    cited: Any = rule.source
    return _("Cited besides the rule itself: %(what)s", what=_when(policy, cited.when))


def _meeting(policy: Policy, rule: Rule) -> str:
    if rule.part:
        return {
            "tie": _("How equal votes are settled"),
            "abstention": _("Whether members may abstain"),
            "preparer": _("Whether who prepared a matter may take part in deciding it"),
        }[rule.part]
    source: Any = rule.source
    bodies = policies_labels.listed([policies_labels.body_words(policy, kind) for kind in source.bodies])
    if isinstance(source, Quorum):
        return _("How many must be present in: %(bodies)s", bodies=bodies)
    return _("What a minority can bring about in: %(bodies)s", bodies=bodies)


def _ladder(_policy: Policy, rule: Rule) -> str:
    what = _("A consultation’s last day") if rule.part == "consultation" else labels.duty_label(rule.part)
    return _("Who is told before and after the last day: %(what)s", what=what)


def _clause(policy: Policy, rule: Rule) -> str:
    return _("How the clause is read: %(says)s", says=labels.clause_says(policy, rule.clauses[0]))


_TOLD: Mapping[str, Callable[[Policy, Rule], str]] = {
    "document": lambda _policy, _rule: _("The document as a whole"),
    "body": lambda policy, rule: _("That there is: %(body)s", body=labels.body_name(policy, _key(rule))),
    "prohibition": _prohibition,
    "competence": _row,
    "founding": _row,
    "law": _row,
    "requirement": _requirement,
    "route": _step,
    "evaluation": _evaluation,
    "also": _also,
    "meeting": _meeting,
    "ladder": _ladder,
    "clause": _clause,
}


def _key(rule: Rule) -> str:
    body: Any = rule.source
    return str(body.key)


def _when(policy: Policy, when: Condition) -> str:
    return "; ".join(policies_labels.condition_words(policy, when)) or _("everything")


# -- what is said of it


def state_label(state: str) -> str:
    """How an assumption stands."""
    return {
        "open": _("Not confirmed by the municipality"),
        "confirmed": _("Confirmed by the municipality"),
        "rejected": _("Rejected by the municipality"),
    }[state]


def count_label(state: str, count: int) -> str:
    """How many assumptions stand so; `all` for every one."""
    return {
        "all": _("All: %(count)s", count=count),
        "open": _("Not confirmed: %(count)s", count=count),
        "confirmed": _("Confirmed: %(count)s", count=count),
        "rejected": _("Rejected: %(count)s", count=count),
    }[state]


def ruling_words(ruling: Ruling | None) -> str:
    """How an assumption stands, by whom and since when, and why not; short enough to stand beside its reason."""
    if ruling is None:
        return state_label("open")
    told = {"name": ruling.by, "day": labels.day(local_day(ruling.at, current_user.municipality.timezone))}
    if ruling.verdict == "confirmed":
        return _("Confirmed by %(name)s, %(day)s", **told)
    return _("Rejected by %(name)s, %(day)s: %(note)s", **told, note=ruling.note)


def partly_assumed(state: str) -> str:
    """How the assumptions behind an answer stand, where there is room for no more."""
    return {
        "open": _("Partly assumed, not confirmed"),
        "confirmed": _("Partly assumed, confirmed"),
        "rejected": _("Partly assumed, and rejected"),
    }[state]
