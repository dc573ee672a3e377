"""Assumptions of a policy as pages show them: the rules that rest on each, and the municipality's ruling.

All rulings of the reader's municipality are read in one statement per request. `web.policies.assumptions.views` records
a ruling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, g
from flask_login import current_user

from models.database import reading
from web.auth.session import signed_in
from web.core.services import services
from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.tables import Table, label
from web.policies.assumptions.labels import count_label, partly_assumed, ruling_label
from web.policies.labels import body_kind_name, condition_phrases, listed, requirement_label
from web.register.labels import rhythm, seat_words
from workflow.core.messages import N_
from workflow.policy.assumptions import assumption_ids, rules_by_assumption
from workflow.policy.conditions import Condition
from workflow.policy.model import Policy
from workflow.policy.rules import Rule
from workflow.policy.voting_rules import Quorum
from workflow.versions.assumption_reviews import Ruling, rulings

#: States of an assumption, the worst first.
STATES = ("rejected", "open", "confirmed")


# -- rulings


def current_rulings() -> Mapping[str, Ruling]:
    """The valid ruling on every assumption, by identity; none for a stranger."""
    if not current_user.is_authenticated:
        return {}
    if "rulings" not in g:
        here, tenant = services(), signed_in().municipality
        with reading(here.engine, tenant.id) as db:
            g.rulings = rulings(db, tenant.id)
    found: Mapping[str, Ruling] = g.rulings
    return found


def ruling_on(policy: Policy, why: str) -> Ruling | None:
    """The ruling on an assumption of a policy, by its reason; None while there is none."""
    return current_rulings().get(assumption_ids(policy).get(why, ""))


def state_of(policy: Policy, whys: Iterable[str]) -> str:
    """The state of several assumptions of one answer: rejected if one is, open if one is, else confirmed."""
    found = {ruling.verdict if (ruling := ruling_on(policy, why)) else "open" for why in whys}
    return next((state for state in STATES if state in found), "confirmed")


def identity_of(policy: Policy, why: str) -> str:
    """The identity of an assumption by its reason; empty where the policy does not make it."""
    return assumption_ids(policy).get(why, "")


def counts(policy: Policy) -> dict[str, int]:
    """Number of assumptions of a policy by state."""
    found = [state_of(policy, (why,)) for why in assumption_ids(policy)]
    return {state: found.count(state) for state in STATES}


def register(app: Flask) -> None:
    """Make rulings known to every template."""
    app.jinja_env.globals.update(
        ruling_on=ruling_on,
        assumption_id=identity_of,
        assumption_counts=counts,
        assumption_count=count_label,
        assumptions_state=state_of,
        ruling_label=ruling_label,
        partly_assumed=partly_assumed,
    )


# -- rules that rest on an assumption


@dataclass(frozen=True, slots=True)
class Dependent:
    """One rule of a policy that rests on an assumption, and the clauses it cites."""

    text: str
    clauses: tuple[str, ...]


def dependent(policy: Policy, rule: Rule) -> Dependent:
    """A rule that rests on an assumption."""
    return Dependent(_TEXTS[rule.tier](policy, rule), rule.clauses)


def dependent_texts(policy: Policy, places: Iterable[str]) -> tuple[str, ...]:
    """Rules that rest on assumptions, by their place in the policy, without repetition."""
    known = {rule.where: rule for rules in rules_by_assumption(policy).values() for rule in rules}
    return tuple(dict.fromkeys(dependent(policy, known[where]).text for where in places))


#: Rows of the competence tables, by tier of the rule.
_ROWS: Table = {
    "competence": N_("%(body)s decides: %(what)s"),
    "founding": N_("%(body)s decides without a policy: %(what)s"),
    "law": N_("%(body)s decides by law: %(what)s"),
}
#: Rules for meetings that hold for every body.
_MEETING_RULES: Table = {
    "tie": N_("How equal votes are settled"),
    "abstention": N_("Whether members may abstain"),
    "preparer": N_("Whether who prepared a matter may take part in deciding it"),
}


def _row(policy: Policy, rule: Rule) -> str:
    row: Any = rule.source
    return label(_ROWS, rule.tier, body=body_kind_name(policy, row.decides), what=_when(policy, row.when))


def _prohibition(policy: Policy, rule: Rule) -> str:
    row: Any = rule.source
    return _("Nobody may decide it: %(what)s", what=_when(policy, row.when))


def _requirement(policy: Policy, rule: Rule) -> str:
    requirement: Any = rule.source
    return _(
        "%(field)s is required %(before)s: %(what)s",
        field=requirement_label(policy, requirement),
        before=labels.before_step(requirement.before),
        what=_when(policy, requirement.when),
    )


def _step(policy: Policy, rule: Rule) -> str:
    step: Any = rule.source
    decides = next(stop for stop in policy.routes[rule.part] if stop.step == "decide")
    return _(
        "On the way to a decision (%(body)s): %(step)s – %(who)s",
        body=body_kind_name(policy, decides.by[0]),
        step=labels.step_label(step.step),
        who="; ".join(seat_words(policy, token) for token in step.by),
    )


def _evaluation(policy: Policy, rule: Rule) -> str:
    evaluation: Any = rule.source
    return _("Evaluation, %(when)s: %(what)s", when=rhythm(evaluation), what=_when(policy, evaluation.when))


def _also(policy: Policy, rule: Rule) -> str:
    cited: Any = rule.source
    return _("Cited besides the rule itself: %(what)s", what=_when(policy, cited.when))


def _meeting(policy: Policy, rule: Rule) -> str:
    if rule.part:
        return label(_MEETING_RULES, rule.part)
    source: Any = rule.source
    bodies = listed(body_kind_name(policy, kind) for kind in source.bodies)
    if isinstance(source, Quorum):
        return _("How many must be present in: %(bodies)s", bodies=bodies)
    return _("What a minority can bring about in: %(bodies)s", bodies=bodies)


def _ladder(_policy: Policy, rule: Rule) -> str:
    what = _("A consultation’s last day") if rule.part == "consultation" else labels.duty_label(rule.part)
    return _("Who is told before and after the last day: %(what)s", what=what)


def _body(policy: Policy, rule: Rule) -> str:
    body: Any = rule.source
    return _("That there is: %(body)s", body=labels.body_name(policy, body.key))


def _named_twins(_policy: Policy, rule: Rule) -> str:
    named: Any = rule.source
    return _("The Nordic twin towns that the policy excepts: %(names)s", names=listed(named.partners))


def _clause(policy: Policy, rule: Rule) -> str:
    return _("How the clause is read: %(says)s", says=labels.clause_says(policy, rule.clauses[0]))


_TEXTS: Mapping[str, Callable[[Policy, Rule], str]] = {
    "document": lambda _policy, _rule: _("The document as a whole"),
    "body": _body,
    "named-twins": _named_twins,
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


def _when(policy: Policy, when: Condition) -> str:
    return "; ".join(condition_phrases(policy, when)) or _("everything")
