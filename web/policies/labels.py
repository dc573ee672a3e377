"""In which words does the policy page speak of conditions, rules and what enforces them?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from web.i18n import common_labels, labels
from web.i18n.gettext import _, ngettext
from workflow.core.calendar import Within
from workflow.policy.conditions import Condition
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Requirement, Rung
from workflow.policy.request_domain import ATTRIBUTES, Span
from workflow.policy.rules import rules

#: What people say between two things of a list.
_COMMA = ", "


def listed(items: Iterator[str] | list[str]) -> str:
    """A list in one line."""
    return _COMMA.join(items)


def condition_words(policy: Policy, condition: Condition) -> tuple[str, ...]:
    """When a row applies, one phrase per attribute; nothing for one that applies always."""
    terms = sorted(condition.terms, key=lambda term: _TOLD_FIRST.index(term[0]) if term[0] in _TOLD_FIRST else 99)
    return tuple(_term(policy, name, wanted) for name, wanted in terms)


#: Attributes in the order they are told; the others follow.
_TOLD_FIRST = ("engagement", "act", "responsible", "scope")


def _term(policy: Policy, name: str, wanted: tuple[object, ...] | Span) -> str:
    if isinstance(wanted, Span) and name != "external_funding":
        return f"{labels.field_label(name)}: {wanted.low}–{wanted.high}"
    if isinstance(wanted, Span):
        return _("others pay %(low)s to %(high)s percent", low=wanted.low, high=wanted.high)
    values = list(wanted)
    if name in _YES_NO and len(values) == 1:
        return _YES_NO[name](bool(values[0]))
    if name == "external_funding":
        return _("others pay %(share)s percent", share=listed([str(value) for value in values]))
    names = listed([_value(policy, name, value) for value in values])
    if name in _PHRASES:
        return _PHRASES[name](names)
    return f"{labels.field_label(name)}: {names}" if ATTRIBUTES[name].is_yes_no else names


def _value(policy: Policy, name: str, value: object) -> str:
    if name == "engagement":
        return str(labels.kind_label(policy, str(value)))
    if name == "act":
        return labels.act_label(str(value)).lower()
    if name in ("responsible", "otherwise"):
        return body_words(policy, str(value))
    if name == "scope":
        return common_labels.scope_label(str(value))
    if name == "initiative":
        return common_labels.initiative_label(None if value is None else str(value))
    return {True: _("Yes"), False: _("No")}.get(bool(value), str(value))


_YES_NO: Mapping[str, Callable[[bool], str]] = {
    "principal": lambda yes: _("a matter of principle") if yes else _("not a matter of principle"),
    "named_nordic_twin": lambda yes: (
        _("with a Nordic twin town that the policy names")
        if yes
        else _("not with a Nordic twin town that the policy names")
    ),
    "eu_funded": lambda yes: _("the EU pays a part") if yes else _("the EU pays nothing"),
}
_PHRASES: Mapping[str, Callable[[str], str]] = {
    "responsible": lambda names: _("the matter of: %(names)s", names=names),
    "otherwise": lambda names: _("which would else be decided by: %(names)s", names=names),
    "initiative": lambda names: _("initiative: %(names)s", names=names),
}


def body_words(policy: Policy, kind: str) -> str:
    """A kind of body as the municipality calls it where it has one, or `responsible`."""
    if len(bodies := policy.bodies_of(kind)) == 1 and kind != "administration":
        return str(labels.words(bodies[0].names))
    return str(labels.body_kind_label(kind))


def asked_for(policy: Policy, requirement: Requirement) -> str:
    """What a requirement asks for."""
    if requirement.group is not None:
        group = next(group for group in policy.goals if group.group == requirement.group)
        return _("A goal: %(group)s", group=labels.words(group.names))
    return listed([str(labels.field_label(name)) for name in requirement.fields])


def clause_kind_label(kind: str) -> str:
    """What a clause does."""
    return {
        "competence": _("Says who decides"),
        "representation": _("Says who represents"),
        "requirement": _("Asks for something"),
        "prohibition": _("Forbids"),
        "evaluation": _("Asks for evaluation"),
        "duty": _("A duty of the municipality"),
        "guidance": _("Guidance: binds nobody"),
        "law": _("Law"),
    }[kind]


def voice_label(voice: str) -> str:
    """Whose words a clause of a consultation rests on."""
    return {"proposal": _("The proposal says so"), "response": _("One administration’s response says so")}[voice]


def status_label(status: str) -> str:
    """What a policy's status is called."""
    return {
        "adopted": _("Adopted"),
        "proposed": _("Proposed, not adopted"),
        "law": _("The country’s law alone"),
    }[status]


def standing_of(row: Any, in_force: str) -> str:
    """How a stored version stands among the others: in force, waiting, or what it is."""
    if row.version == in_force:
        return _("in force")
    return status_label(row.status) if row.governs_from or row.status == "law" else _("waits, governs nothing")


#: What the system itself does about a clause, by code of the pack.
_DONE: Mapping[str, Callable[[], str]] = {
    "register": lambda: _("It is kept per engagement in the register."),
    "notice": lambda: _("The body is told by itself."),
    "report": lambda: _("It goes into the annual report."),
    "glossary": lambda: _("The common words are in the system."),
    "scope": lambda: _("The rules hold for every body."),
    "monitoring": lambda: _("A list of what happens abroad is kept."),
    "case-form": lambda: _("The parts of a case are fields of its form."),
    "signatories": lambda: _("Who signs follows from the route."),
    "funding-lines": lambda: _("Funding lines and reporting dates are kept."),
    "goals": lambda: _("Goals can be named on every engagement."),
}
_CITED: Mapping[str, Callable[[], str]] = {
    "prohibition": lambda: _("The gate refuses every such request, whoever asks."),
    "competence": lambda: _("It decides which body is competent."),
    "law": lambda: _("It raises matters to another body than the policy would."),
    "founding": lambda: _("It decides who is competent while no policy is in force."),
    "also": lambda: _("It is cited with the decisions it bears on."),
    "requirement": lambda: _("The gate stops the step it stands before until it is met."),
    "route": lambda: _("It puts a step on the way of a case."),
    "evaluation": lambda: _("It plans evaluations and raises them when they are late."),
    "meeting": lambda: _("The gate holds every entered decision against it."),
}


def enforcement(policy: Policy) -> dict[str, tuple[str, ...]]:
    """By clause: what enforces it, in sentences; a clause that nothing enforces is not there."""
    found: dict[str, dict[str, None]] = {}
    for rule in rules(policy):
        for clause in rule.clauses:
            found.setdefault(clause, {})[_CITED[rule.tier]()] = None
    for own in policy.clauses.values():
        for code in own.enforced_by:
            if code in _DONE:
                found.setdefault(own.id, {})[_DONE[code]()] = None
    return {clause: tuple(sentences) for clause, sentences in found.items()}


def done_words(codes: Iterable[str]) -> str:
    """What the system itself does about a clause."""
    return " ".join(_DONE[code]() for code in codes if code in _DONE)


def within_words(within: Within | None) -> str:
    """How long a step may take."""
    if within is None:
        return _("no time is set")
    if within.unit == "workdays":
        return ngettext("within a working day", "within %(num)s working days", within.amount)
    return ngettext("within a day", "within %(num)s days", within.amount)


def rung_words(rung: Rung) -> str:
    """When somebody is told that an evaluation is late."""
    if rung.after.amount == 0:
        return _("on the day it is due")
    if rung.after.unit == "workdays":
        return ngettext("a working day late", "%(num)s working days late", rung.after.amount)
    return ngettext("a day late", "%(num)s days late", rung.after.amount)
