"""Labels of policies: conditions, requests, requirements, clauses and what enforces them, time limits and files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from web.i18n import labels
from web.i18n.gettext import _, ngettext
from web.i18n.tables import Table, label
from workflow.core.calendar import Within
from workflow.core.messages import N_
from workflow.policy.conditions import Condition
from workflow.policy.model import Policy
from workflow.policy.named_twins import ATTRIBUTE
from workflow.policy.pack_rules import Requirement, Rung
from workflow.policy.request_domain import ATTRIBUTES, FACTS, Request, Span
from workflow.policy.rules import rules

#: Attributes that a condition names first, in this order.
_FIRST = ("engagement", "act", "responsible", "scope")

#: Yes-or-no attributes of a request, by name and value.
_YES_NO: Mapping[tuple[str, bool], str] = {
    ("principal", True): N_("a matter of principle"),
    ("principal", False): N_("not a matter of principle"),
    ("named_nordic_twin", True): N_("with a Nordic twin town that the policy names"),
    ("named_nordic_twin", False): N_("not with a Nordic twin town that the policy names"),
    ("eu_funded", True): N_("the EU pays a part"),
    ("eu_funded", False): N_("the EU pays nothing"),
}
#: Attributes whose values need an introduction.
_INTRODUCED: Table = {
    "responsible": N_("the matter of: %(names)s"),
    "otherwise": N_("which would else be decided by: %(names)s"),
    "initiative": N_("initiative: %(names)s"),
}

CLAUSE_KINDS: Table = {
    "competence": N_("Says who decides"),
    "representation": N_("Says who represents"),
    "requirement": N_("Asks for something"),
    "prohibition": N_("Forbids"),
    "evaluation": N_("Asks for evaluation"),
    "duty": N_("A duty of the municipality"),
    "guidance": N_("Guidance: binds nobody"),
    "law": N_("Law"),
}
#: Document behind a clause of a policy that is out for consultation.
CLAUSE_SOURCES: Table = {
    "proposal": N_("The proposal says so"),
    "response": N_("One administration’s response says so"),
}
STATUSES: Table = {
    "adopted": N_("Adopted"),
    "proposed": N_("Proposed, not adopted"),
    "law": N_("The country’s law alone"),
}

#: What the system itself does about a clause, by code of the pack.
_SYSTEM_ENFORCES: Table = {
    "register": N_("It is kept per engagement in the register."),
    "notice": N_("The body is told by itself."),
    "report": N_("It goes into the annual report."),
    "glossary": N_("The common words are in the system."),
    "scope": N_("The rules hold for every body."),
    "monitoring": N_("A list of what happens abroad is kept."),
    "case-form": N_("The parts of a case are fields of its form."),
    "signatories": N_("Who signs follows from the route."),
    "funding-lines": N_("Funding lines and reporting dates are kept."),
    "goals": N_("Goals can be named on every engagement."),
}
#: What a rule that cites a clause does, by tier of the rule.
_RULE_ENFORCES: Table = {
    "prohibition": N_("The gate refuses every such request, whoever asks."),
    "competence": N_("It decides which body is competent."),
    "law": N_("It raises matters to another body than the policy would."),
    "founding": N_("It decides who is competent while no policy is in force."),
    "also": N_("It is cited with the decisions it bears on."),
    "requirement": N_("The gate stops the step it stands before until it is met."),
    "route": N_("It puts a step on the way of a case."),
    "evaluation": N_("It plans evaluations and raises them when they are late."),
    "meeting": N_("The gate holds every entered decision against it."),
}


clause_kind_label = partial(label, CLAUSE_KINDS)
clause_source_label = partial(label, CLAUSE_SOURCES)
status_label = partial(label, STATUSES)


def listed(items: Iterable[str]) -> str:
    """Items in one line."""
    return ", ".join(items)


def condition_phrases(policy: Policy, condition: Condition) -> tuple[str, ...]:
    """One phrase per attribute of a condition; none for a condition that always holds."""
    found = sorted(condition.terms, key=lambda term: _FIRST.index(term[0]) if term[0] in _FIRST else len(_FIRST))
    return tuple(_phrase(policy, name, values) + _names_of_twins(policy, name) for name, values in found)


def _names_of_twins(policy: Policy, name: str) -> str:
    named = policy.named_nordic_twins if name == ATTRIBUTE else None
    return "" if named is None else f" ({listed(named.partners)})"


def _phrase(policy: Policy, name: str, values: tuple[object, ...] | Span) -> str:
    if name in FACTS and name != "external_funding" and ATTRIBUTES[name].span is not None:
        return f"{labels.field_label(name)}: {_numbers(values)}"
    if isinstance(values, Span):
        return _("others pay %(low)s to %(high)s percent", low=values.low, high=values.high)
    if len(values) == 1 and (name, bool(values[0])) in _YES_NO:
        return _(_YES_NO[name, bool(values[0])])
    if name == "external_funding":
        return _("others pay %(share)s percent", share=listed(str(value) for value in values))
    names = listed(_value(policy, name, value) for value in values)
    if name in _INTRODUCED:
        return label(_INTRODUCED, name, names=names)
    return f"{labels.field_label(name)}: {names}" if name in FACTS and name != "scope" else names


def _numbers(values: tuple[object, ...] | Span) -> str:
    return f"{values.low}–{values.high}" if isinstance(values, Span) else listed(str(value) for value in values)


def _value(policy: Policy, name: str, value: object) -> str:
    if name == "engagement":
        return labels.kind_label(policy, str(value))
    if name == "act":
        return labels.act_label(str(value)).lower()
    if name in ("responsible", "otherwise"):
        return body_kind_name(policy, str(value))
    if name == "scope":
        return labels.scope_label(str(value))
    if name == "initiative":
        return labels.initiative_label(None if value is None else str(value))
    return _("Yes") if value else _("No")


def request_summary(policy: Policy, request: Request) -> str:
    """A request in one line: kind and act, responsible body, scope, and every attribute with an unusual value."""
    usual = tuple((name, (getattr(request, name),)) for name in _FIRST)
    return "; ".join(condition_phrases(policy, Condition((*usual, *_unusual(request)))))


def unusual_attributes(policy: Policy, request: Request) -> str:
    """The attributes of a request that have an unusual value; empty for a plain request."""
    return "; ".join(condition_phrases(policy, Condition(tuple(_unusual(request)))))


def _unusual(request: Request) -> Iterator[tuple[str, tuple[object, ...]]]:
    usual = Request(request.engagement, request.act, request.responsible)
    for name in FACTS:
        if name not in _FIRST and getattr(request, name) != getattr(usual, name):
            yield name, (getattr(request, name),)


def body_kind_name(policy: Policy, kind: str) -> str:
    """A kind of body or `responsible`; the name of the body where the municipality has one of that kind."""
    if len(bodies := policy.bodies_of(kind)) == 1 and kind != "administration":
        return labels.localized(bodies[0].names)
    return labels.body_kind_label(kind)


def requirement_label(policy: Policy, requirement: Requirement) -> str:
    """The fields that a requirement asks for, or the group of goals."""
    if requirement.group is not None:
        group = next(group for group in policy.goals if group.group == requirement.group)
        return _("At least one goal of: %(group)s", group=labels.localized(group.names))
    return listed(labels.field_label(name) for name in requirement.fields)


def route_label(policy: Policy, name: str, responsible: str = "responsible") -> str:
    """A route in words: who decides, whether others are asked or it is signed, and where the law takes it over.

    `responsible` is the kind of body whose matter it is.
    """
    steps = policy.routes[name]
    decides = next(step.by[0] for step in steps if step.step == "decide")
    body = body_kind_name(policy, responsible if decides == "responsible" else decides)
    is_signed = any(step.step == "sign" for step in steps)
    title = _("Decided by %(body)s, then signed", body=body) if is_signed else _("Decided by %(body)s", body=body)
    notes = (
        (_("after a consultation"), any(step.step == "consult" for step in steps)),
        (_("by the law"), any(row.route == name for row in policy.law.rows)),
        (_("while no policy is in force"), any(row.route == name for row in policy.law.founding)),
    )
    return " – ".join((title, *(note for note, holds in notes if holds)))


def stored_version_label(row: Any, in_force: str) -> str:
    """The state of a stored version: in force, waiting, or its status."""
    if row.version == in_force:
        return _("in force")
    return status_label(row.status) if row.governs_from or row.status == "law" else _("waits, governs nothing")


def enforcement(policy: Policy) -> dict[str, tuple[str, ...]]:
    """What enforces each clause, in sentences; a clause that nothing enforces is left out."""
    found: dict[str, dict[str, None]] = {}
    for rule in rules(policy):
        for clause in rule.clauses:
            found.setdefault(clause, {})[label(_RULE_ENFORCES, rule.tier)] = None
    for own in policy.clauses.values():
        for code in own.enforced_by:
            if code in _SYSTEM_ENFORCES:
                found.setdefault(own.id, {})[label(_SYSTEM_ENFORCES, code)] = None
    return {clause: tuple(sentences) for clause, sentences in found.items()}


def enforcement_text(codes: Iterable[str]) -> str:
    """What the system itself does about a clause."""
    return " ".join(label(_SYSTEM_ENFORCES, code) for code in codes if code in _SYSTEM_ENFORCES)


def time_limit(within: Within | None) -> str:
    """How long a step may take."""
    if within is None:
        return _("no time is set")
    if within.unit == "workdays":
        return ngettext("within a working day", "within %(num)s working days", within.amount)
    return ngettext("within a day", "within %(num)s days", within.amount)


def rung_day(rung: Rung) -> str:
    """When a late evaluation is escalated to a rung of its ladder."""
    if rung.after.amount == 0:
        return _("on the day it is due")
    if rung.after.unit == "workdays":
        return ngettext("a working day late", "%(num)s working days late", rung.after.amount)
    return ngettext("a day late", "%(num)s days late", rung.after.amount)
