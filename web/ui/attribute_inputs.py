"""Inputs for the attributes of a request.

Which attributes there are, their values and defaults stand in `workflow.policy.request_domain`; here is the text of
their questions. An attribute without an entry is asked for by its label.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext

from web.i18n import labels
from web.i18n.gettext import _
from web.ui.forms import Choice, Demand, Input
from workflow.core.messages import N_
from workflow.policy.request_domain import ATTRIBUTES, Attribute


class Question(NamedTuple):
    """How a form asks for an attribute."""

    label: str
    hint: str = ""


QUESTIONS: Mapping[str, Question] = {
    "scope": Question(N_("Whom does it concern?")),
    "initiative": Question(N_("Who took the initiative?")),
    "eu_funded": Question(N_("The EU pays a part of it")),
    "external_funding": Question(
        N_("How much of the cost do others pay? (percent)"),
        N_("A whole number from 0 to 100. 0 means that the municipality pays everything."),
    ),
    "named_nordic_twin": Question(N_("It concerns a Nordic twin town that the policy names")),
    "principal": Question(
        N_("It is a matter of principle, or otherwise of major importance"),
        N_("Such a matter may go to a higher body. Say why below; the manager can say so later, too."),
    ),
}


def value_label(name: str, value: object) -> str:
    """What a value of an attribute is called."""
    if name == "scope":
        return labels.scope_label(str(value))
    if name == "initiative":
        return labels.initiative_label(None if value is None else str(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return f"{value} %" if ATTRIBUTES[name].unit == "percent" else str(value)


def attribute_question(name: str) -> str:
    """The question that asks for an attribute."""
    return str(gettext(QUESTIONS[name].label)) if name in QUESTIONS else labels.field_label(name)


def attribute_input(
    name: str, values: Mapping[str, Any], registered: Mapping[str, Any] | None, demands: tuple[Demand, ...] = ()
) -> Input:
    """The input for an attribute, named `attributes.NAME`; what the register knows is only shown."""
    attribute, input_name = ATTRIBUTES[name], f"attributes.{name}"
    if registered is not None and name in registered:
        shown = value_label(name, registered[name])
        return Input(input_name, "shown", attribute_question(name), shown, hint=_("As the register says."))
    hint = str(gettext(QUESTIONS[name].hint)) if name in QUESTIONS and QUESTIONS[name].hint else ""
    return Input(
        input_name,
        input_kind(attribute),
        attribute_question(name),
        _written(attribute, values.get(input_name)),
        choices=value_choices(name),
        hint=hint,
        is_needed=attribute.span is not None,
        demands=demands,
    )


def input_kind(attribute: Attribute) -> str:
    """The kind of input that an attribute needs."""
    if attribute.is_yes_no:
        return "tick"
    return "one" if attribute.span is None else "whole"


def value_choices(name: str) -> tuple[Choice, ...]:
    """The texts that an attribute can have, as choices; none for others."""
    return tuple(Choice(word, value_label(name, word)) for word in ATTRIBUTES[name].words)


def _written(attribute: Attribute, value: object) -> str:
    if attribute.is_yes_no:
        return "yes" if value else ""
    given = value or attribute.default
    return "" if given is None else str(given)
