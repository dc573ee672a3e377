"""Presenter of counterexamples: coded statements in the reader's words, and the path drawn on its routes.

Each state of the path is a numbered line, and the same numbers stand on the picture of the route.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from web.cases.action_labels import action_label
from web.i18n import labels
from web.i18n.gettext import _, ngettext
from web.i18n.tables import label
from web.policies.assumptions.presenter import dependent
from web.policies.labels import body_kind_name, clause_kind_label, request_summary, route_label
from web.policies.verification.counterexample_labels import EVALUATION_PARTS, LABELS, OBJECTIONS
from web.register.labels import seat_words
from web.ui.route_diagram import Stage, stage_at
from workflow.core.messages import Message
from workflow.policy.clauses import MeetingClaim
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Row
from workflow.policy.requirement_kinds import REQUIREMENT_KINDS
from workflow.policy.rules import Rule
from workflow.policy.state_machine import FINAL, Stop, procedure_for
from workflow.policy.verification.result import Path, PathStep
from workflow.policy.verification.runner import Obligation
from workflow.policy.vocabulary import AS_ENTERED


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One state of a story."""

    number: int
    state: str
    #: What leads there.
    event: str
    is_fault: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """One route of the story, with the states on it."""

    route: str
    #: The route in words.
    title: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A counterexample."""

    #: Whom it is said of; empty where the sentence names a request itself or is about a rule.
    request: str
    #: What is wrong.
    wrong: str
    steps: tuple[StoryStep, ...]
    #: One for each route that the story passes, the one with the fault last.
    drawings: tuple[Drawing, ...]
    english: str
    #: From when, where the law is another then; empty where it is so from the beginning.
    since: str = ""


def story_of(policy: Policy, obligation: Obligation) -> Story | None:
    """The counterexample of an obligation that does not hold; None for one that does."""
    found = obligation.counterexample
    if found is None:
        return None
    request = request_summary(policy, found.request) if found.request else ""
    wrong, path = sentence(policy, found.what), found.path
    if path is None:
        return Story(request, wrong, (), (), str(found), since(found.since))
    steps, routes = tuple(_steps(policy, path)), tuple(drawings(policy, path))
    return Story(request, wrong, steps, routes, str(found), since(found.since))


def since(first: date | None) -> str:
    """From which day something is so by an amended law; empty where it is so from the beginning."""
    return "" if first is None else _("By the law from %(day)s", day=labels.day(first))


def sentence(policy: Policy, what: Message) -> str:
    """A coded statement in the reader's language, everything it names called by its name."""
    if what.code == "evaluation-differs":
        what = what.with_values(**_evaluation_values(policy, what.values))
    values = {name: _named(policy, name, value) for name, value in what.values.items()}
    said = label(LABELS, what.code, **values)
    return " ".join((said, *(values[name] for name in _APPENDED if values.get(name))))


#: Values that stand after the sentence they belong to: where else it is so, the example of a meeting, and the reasons.
_APPENDED = ("under", "more", "meeting", "problems", "why")


def _named(policy: Policy, name: str, value: Any) -> str:
    if isinstance(value, Message):
        return sentence(policy, value)
    if isinstance(value, tuple) and value and all(isinstance(one, Message) for one in value):
        return " ".join(sentence(policy, one) for one in value)
    return _NAMES[name](policy, value) if name in _NAMES else str(value)


def _action(_policy: Policy, action: str) -> str:
    return _("Moved to another version of the policy") if action == "move" else action_label(action)


def _seats(policy: Policy, tokens: str | tuple[str, ...]) -> str:
    return " / ".join(seat_words(policy, token) for token in ((tokens,) if isinstance(tokens, str) else tokens))


def _demand(_policy: Policy, id_: str) -> str:
    return ", ".join(labels.field_label(name) for name in REQUIREMENT_KINDS[id_].fields)


def _where(policy: Policy, rule: Rule) -> str:
    return dependent(policy, rule).text


def _route(policy: Policy, name: str) -> str:
    return _("“%(route)s” (%(key)s)", route=route_label(policy, name), key=name) if name in policy.routes else name


def _step_by(policy: Policy, by: tuple[str, ...]) -> str:
    return ", ".join(_seats(policy, who) if "@" in who else body_kind_name(policy, who) for who in by)


def _objections(_policy: Policy, codes: tuple[str, ...]) -> str:
    return "; ".join(label(OBJECTIONS, code) for code in codes)


def _meeting(policy: Policy, claim: MeetingClaim) -> str:
    values = {
        "body": labels.body_kind_label(claim.body),
        "outcome": labels.outcome_label(claim.outcome),
        "members": claim.members,
        "present": claim.present,
    }
    if not claim.votes_for and not claim.votes_against:
        return _("The example: %(body)s of %(members)s members, %(present)s present, decision: %(outcome)s.", **values)
    return _(
        "The example: %(body)s of %(members)s members, %(present)s present, decision: %(outcome)s, "
        "%(votes_for)s for and %(votes_against)s against.",
        votes_for=claim.votes_for or 0,
        votes_against=claim.votes_against or 0,
        **values,
    )


def _evaluation_values(policy: Policy, values: Mapping[str, Any]) -> dict[str, str]:
    """What an evaluation rule has and what is promised of it, called by their names."""
    attribute = str(values["attribute"])

    def named(value: Any) -> str:
        if value is None:
            return _("nothing")
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if attribute in ("every", "before_expiry"):
            return ngettext("%(num)s month", "%(num)s months", int(value))
        if attribute == "reports":
            return _seats(policy, value)
        if isinstance(value, date):
            return str(labels.day(value))
        return _("as it was entered") if value == AS_ENTERED else body_kind_name(policy, value)

    return {
        "attribute": label(EVALUATION_PARTS, attribute),
        "found": named(values["found"]),
        "promised": named(values["promised"]),
    }


#: What a value is called, by its name; other values are shown as they are.
_NAMES: Mapping[str, Callable[[Policy, Any], str]] = {
    "state": lambda policy, state: labels.state_label(state, policy),
    "action": _action,
    "outcome": lambda _policy, outcome: labels.outcome_label(outcome),
    "role": lambda _policy, role: labels.role_label(role),
    "body": body_kind_name,
    "other": body_kind_name,
    "key": labels.body_name,
    "seat": _seats,
    "seats": _seats,
    "request": request_summary,
    "rows": lambda _policy, rows: ", ".join(rows),
    "demand": _demand,
    "where": _where,
    "route": _route,
    "step": lambda _policy, step: labels.step_label(step),
    "by": _step_by,
    "clauses": lambda _policy, clauses: ", ".join(clauses),
    "assumption": lambda _policy, why: labels.pack_text(why),
    "objections": _objections,
    "meeting": _meeting,
    "clause_kind": lambda _policy, kind: clause_kind_label(kind),
}


def _steps(policy: Policy, path: Path) -> Iterator[StoryStep]:
    for number, step in enumerate(path.steps, 1):
        event = sentence(policy, step.event) if step.event else _beginning(step)
        yield StoryStep(number, labels.state_label(step.state, policy), event, number == len(path.steps))


def _beginning(step: PathStep) -> str:
    return _("The request is opened") if step.state == "draft" else _("Others bring it so far")


def drawings(policy: Policy, path: Path) -> Iterator[Drawing]:
    """The routes of a path, each with the numbers of its states; the last one ends where the fault is."""
    routes = dict.fromkeys(step.route for step in path.steps if step.route != path.route)
    for route in (*routes, path.route):
        passed = [(number, step) for number, step in enumerate(path.steps, 1) if step.route == route]
        yield Drawing(route, route_label(policy, route, path.responsible), tuple(_stages(policy, path, passed, route)))


def routes_of(policy: Policy, responsible: str) -> tuple[Drawing, ...]:
    """Every route that some row of a policy sends a body's matters on, drawn without numbers."""
    kind = policy.body(responsible).kind
    rows = (*policy.competence, *policy.law.rows)
    names = dict.fromkeys(row.route for row in rows if row.route and _concerns(row, kind))
    return tuple(
        Drawing(
            name,
            route_label(policy, name, kind),
            tuple(_stage(policy, stop, kind, responsible) for stop in procedure_for(policy, name, kind).stops),
        )
        for name in names
    )


def _concerns(row: Row, kind: str) -> bool:
    admitted = row.when.values_of("responsible")
    return admitted is None or (isinstance(admitted, tuple) and kind in admitted)


def _stages(policy: Policy, path: Path, passed: list[tuple[int, PathStep]], route: str) -> Iterator[Stage]:
    last = len(path.steps)
    for stop in procedure_for(policy, route, path.responsible).stops:
        numbers = tuple(number for number, step in passed if step.state in stop.states)
        yield _marked(_stage(policy, stop, path.responsible), numbers, last)
    for state in FINAL:
        if numbers := tuple(number for number, step in passed if step.state == state):
            yield _marked(Stage(state, "", "", (), "ahead"), numbers, last)


def _marked(stage: Stage, numbers: tuple[int, ...], last: int) -> Stage:
    status = "ahead" if not numbers else "fault" if last in numbers else "passed"
    return replace(stage, status=status, numbers=numbers)


def _stage(policy: Policy, stop: Stop, kind: str, key: str = "") -> Stage:
    """A stop as it is drawn, of a body or the first of its kind; a pack with a fault may have nobody there."""
    try:
        return stage_at(policy, stop, key or policy.bodies_of(kind)[0].key, "ahead")
    except (LookupError, ValueError):
        return Stage(stop.step, "", "", (), "ahead")
