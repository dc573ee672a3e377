"""What becomes otherwise when a request, or the version it is asked under, is changed?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from web.cases.route_labels import stage_label, stage_who
from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.labels import before_step
from web.policies.labels import asked_for
from web.policies.what_if.query import Told
from workflow.policy.model import Policy


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two requests: the version it is asked under, and the answer."""

    policy: Policy
    told: Told


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise."""

    #: other, more or less; a shape stands for it beside the words.
    kind: str
    text: str


def differences(left: Side, right: Side) -> tuple[Difference, ...]:
    """Everything that the right side answers otherwise than the left: body, way, requirements, clauses, assumptions."""
    return (
        *_bodies(left, right),
        *_lists(_stops(left), _stops(right), _("Step")),
        *_requirements(left, right),
        *_lists(left.told.answer.clauses, right.told.answer.clauses, _("Clause")),
        *_lists(_assumed(left), _assumed(right), _("Assumed")),
    )


def _bodies(left: Side, right: Side) -> Iterator[Difference]:
    one, other = _body(left), _body(right)
    if one and not other:
        yield Difference("less", _("Nobody may decide it any more: the policy forbids it."))
    elif other and not one:
        yield Difference("more", _("It may be decided now: %(body)s.", body=other))
    elif one != other:
        yield Difference("other", _("Another body decides: %(body)s instead of %(before)s.", body=other, before=one))


def _body(side: Side) -> str:
    return labels.body_name(side.policy, side.told.body) if side.told.body else ""


def _stops(side: Side) -> list[str]:
    return [f"{stage_label(stage)} ({stage_who(stage, side.policy)})" for stage in side.told.stages]


def _assumed(side: Side) -> list[str]:
    return [labels.pack_text(why) for why in side.told.answer.assumptions]


def _requirements(left: Side, right: Side) -> Iterator[Difference]:
    one, other = demanded(left), demanded(right)
    yield from _lists(one, other, _("Required"))
    for name in one:
        if name in other and one[name] != other[name]:
            told = _("Required: %(what)s, %(now)s instead of %(before)s", what=name, now=other[name], before=one[name])
            yield Difference("other", told)


def demanded(side: Side) -> dict[str, str]:
    """What must be shown, and before which step."""
    return {asked_for(side.policy, one): before_step(one.before) for one in side.told.requirements}


def _lists(left: Iterable[str], right: Iterable[str], what: str) -> Iterator[Difference]:
    before, now = Counter(iter(left)), Counter(iter(right))
    for name in (now - before).elements():
        yield Difference("more", _("Now also: %(what)s – %(name)s", what=what, name=name))
    for name in (before - now).elements():
        yield Difference("less", _("No longer: %(what)s – %(name)s", what=what, name=name))
